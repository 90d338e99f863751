//ruletest:flags -starters=src/spanend/declared/tracing.Begin -enders=(*src/spanend/declared/tracing.Op).Finish,src/spanend/declared/tracing.Close:1

// Package declared has functions that are known by declarations alone.
package declared

import (
	"context"
	"errors"

	"src/spanend/declared/tracing"
)

var errEmpty = errors.New("empty")

func lost(ctx context.Context, id string) error {
	ctx, op := tracing.Begin(ctx, "lost") // want `op is not ended on every path`
	if id == "" {
		return errEmpty
	}
	op.Finish()
	return ctx.Err()
}

func silentFinished(ctx context.Context) error {
	ctx, op := tracing.Begin(ctx, "finished")
	defer op.Finish()
	return ctx.Err()
}

func silentClosed(ctx context.Context, id string) error {
	ctx, op := tracing.Begin(ctx, "closed")
	defer tracing.Close(ctx, op)
	if id == "" {
		return errEmpty
	}
	return nil
}

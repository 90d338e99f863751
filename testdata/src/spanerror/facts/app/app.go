// Package app ends its spans with helpers of another package.
//
//ruletest:flags -strict
package app

import (
	"context"

	"go.opentelemetry.io/otel"

	"src/spanerror/facts/tracing"
)

var tracer = otel.Tracer("app")

func work(ctx context.Context) error { return ctx.Err() }

func silentEnd(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "end")
	defer tracing.End(span, &err)
	return work(ctx)
}

func silentCtx(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "ctx")
	defer span.End()
	if err := work(ctx); err != nil {
		tracing.FailCtx(ctx, err)
		return err
	}
	return nil
}

func silentOwner(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "owner")
	defer span.End()
	return tracing.Query(ctx)
}

func unsetNoted(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "noted")
	defer span.End()
	if err := work(ctx); err != nil {
		tracing.Note(span, err)
		return err // want `status of span is unset`
	}
	return nil
}

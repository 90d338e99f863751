package spanend

import (
	"context"
	"testing"
)

func silentCleanup(t *testing.T, ctx context.Context) context.Context {
	ctx, span := tracer.Start(ctx, t.Name())
	t.Cleanup(func() { span.End() })
	return ctx
}

// A function of this file need not take a test itself.
func silentBesideHelper(ctx context.Context) context.Context {
	ctx, _ = tracer.Start(ctx, "op")
	return ctx
}

// As in a test: it is ended on some path, and not on another.
func lostBesideHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

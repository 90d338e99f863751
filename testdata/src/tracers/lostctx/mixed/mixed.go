// Package mixed moves from one tracer to another: a context has a span of
// each, and that one of them has ended says nothing of the other.
package mixed

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.opencensus.io/trace"
)

func silentBelowAnotherTracersSpan(ctx context.Context, load, save func(context.Context) error) error {
	ctx, span := trace.StartSpan(ctx, "all")
	defer span.End()
	old, ctx := opentracing.StartSpanFromContext(ctx, "load")
	err := load(ctx)
	old.Finish()
	if err != nil {
		return err
	}
	return save(ctx)
}

func silentForTheStartOfAnotherTracer(ctx context.Context, load func(context.Context) error) error {
	ctx, span := trace.StartSpan(ctx, "brief")
	err := load(ctx)
	span.End()
	if err != nil {
		return err
	}
	old, _ := opentracing.StartSpanFromContext(ctx, "after")
	old.Finish()
	return nil
}

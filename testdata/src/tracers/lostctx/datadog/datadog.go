// Package datadog hands the context of a finished span on.
package datadog

import (
	"context"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

func endedBeforeNext(ctx context.Context, load, save func(context.Context) error) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	err := load(ctx)
	span.Finish(tracer.WithError(err))
	if err != nil {
		return err
	}
	next, ctx := tracer.StartSpanFromContext(ctx, "save") // want `tracer.StartSpanFromContext gets ctx after the end of span, so what it starts hangs below an ended span`
	defer next.Finish()
	return save(ctx)
}

func silentWithBothOpen(ctx context.Context, load, save func(context.Context) error) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	defer span.Finish()
	if err := load(ctx); err != nil {
		return err
	}
	next, ctx := tracer.StartSpanFromContext(ctx, "save")
	defer next.Finish()
	return save(ctx)
}

// Package opencensus has spans of OpenCensus.
package opencensus

import (
	"context"
	"errors"

	"go.opencensus.io/trace"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func lostOnErrorPath(ctx context.Context) error {
	ctx, span := trace.StartSpan(ctx, "load") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func lostForGood(ctx context.Context) {
	ctx, span := trace.StartSpan(ctx, "load") // want `span is never ended`
	span.AddAttributes(trace.StringAttribute("k", "v"))
	_ = work(ctx)
}

func lostDiscarded(ctx context.Context) {
	ctx, _ = trace.StartSpanWithRemoteParent(ctx, "load", trace.SpanContext{}) // want `span started by trace.StartSpanWithRemoteParent is discarded`
	_ = work(ctx)
}

func manualEnd(ctx context.Context) error {
	ctx, span := trace.StartSpan(ctx, "load")
	err := work(ctx)
	span.End() // want `span is ended by hand, so a panic`
	return err
}

func inLoop(ctx context.Context, ids []string) {
	for range ids {
		ctx, span := trace.StartSpan(ctx, "round")
		defer span.End() // want `deferred End of span in a loop`
		_ = work(ctx)
	}
}

func foreignEnd(ctx context.Context) {
	span := trace.FromContext(ctx)
	span.Annotate(nil, "done")
	span.End() // want `the span that trace.FromContext returns belongs to whoever started it`
}

func late(ctx context.Context) {
	_, span := trace.StartSpan(ctx, "load")
	defer span.AddAttributes(trace.StringAttribute("k", "v"))
	defer span.End() // want `span is ended by a deferred call that runs before an earlier one annotates it`
	_ = work(ctx)
}

func early(ctx context.Context) func() error {
	ctx, span := trace.StartSpan(ctx, "load")
	defer span.End() // want `the function that leaves the function still works under it`
	return func() error { return work(ctx) }
}

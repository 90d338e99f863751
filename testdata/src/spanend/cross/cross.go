// Package cross uses the helpers of another package: what they do is known by
// facts.
package cross

import (
	"context"

	"go.opentelemetry.io/otel"

	"src/spanend/cross/otelx"
)

var tracer = otel.Tracer("cross")

func work(ctx context.Context) error { return ctx.Err() }

func deferForgotten(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	otelx.End(span, &err) // want `span is ended here, before the error that otelx.End looks at is known: a defer is missing`
	return work(ctx)
}

func lostInHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	err := work(ctx)
	otelx.Fail(span, err)
	return err
}

func lostThoughNoted(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is never ended`
	otelx.Note(span, "x")
	return work(ctx)
}

func lostFromFactory(ctx context.Context) error {
	span := otelx.Span(ctx, "op") // want `span is never ended`
	span.AddEvent("x")
	return work(ctx)
}

func uncalledEnd(ctx context.Context) error {
	defer otelx.Timed(ctx, "op") // want `deferred otelx.Timed starts a span at the end of the function`
	return work(ctx)
}

func foreignEnd(ctx context.Context) error {
	span := otelx.Current(ctx)
	defer span.End() // want `the span that otelx.Current returns belongs to whoever started it`
	span.AddEvent("x")
	return work(ctx)
}

func lateNote(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End() // want `span is ended here and annotated later`
	otelx.Note(span, "x")
	return err
}

func silentDeferred(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer otelx.End(span, &err)
	return work(ctx)
}

func silentTimed(ctx context.Context) error {
	defer otelx.Timed(ctx, "op")()
	return work(ctx)
}

func silentDone(ctx context.Context) error {
	ctx, _ = tracer.Start(ctx, "op")
	defer otelx.Done(ctx)
	return work(ctx)
}

func silentLent(ctx context.Context) {
	otelx.Current(ctx).AddEvent("x")
}

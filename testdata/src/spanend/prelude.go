// Package spanend is the testdata of the rule of that name.
package spanend

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("spanend")

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func load(ctx context.Context, id string) (string, error) { return id, ctx.Err() }

func logf(string, ...any) {}

// start is a wrapper, as most programs have one.
func start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindInternal))
}

// startSpan has the span first, and alone.
func startSpan(ctx context.Context) trace.Span {
	_, span := tracer.Start(ctx, "alone")
	return span
}

// startChecked fails without a span.
func startChecked(ctx context.Context, name string) (context.Context, trace.Span, error) {
	if name == "" {
		return ctx, nil, errBoom
	}
	ctx, span := tracer.Start(ctx, name)
	return ctx, span, nil
}

// traced returns what ends the span.
func traced(ctx context.Context, name string) (context.Context, func()) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, func() { span.End() }
}

// tracedErr returns a function that wants the error.
func tracedErr(ctx context.Context, name string) (context.Context, func(error)) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, func(err error) {
		if err != nil {
			span.RecordError(err)
		}
		span.End()
	}
}

// finish is a helper that ends.
func finish(span trace.Span, err error) error {
	if err != nil {
		span.RecordError(err)
	}
	span.End()
	return err
}

// note is one that does not.
func note(span trace.Span, text string) { span.AddEvent(text) }

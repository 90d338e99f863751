// Package tracing has the helpers by which other packages end their spans.
package tracing

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("facts")

// End sets the status.
func End(span trace.Span, err *error) {
	if *err != nil {
		span.SetStatus(codes.Error, (*err).Error())
	}
	span.End()
}

// Note does not.
func Note(span trace.Span, err error) { span.RecordError(err) }

// FailCtx finds the span in the context.
func FailCtx(ctx context.Context, err error) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetStatus(codes.Error, err.Error())
	}
}

// Query has a span of its own, and sets its status.
func Query(ctx context.Context) (err error) {
	_, span := tracer.Start(ctx, "query")
	defer End(span, &err)
	return ctx.Err()
}

// Package otelx has the helpers of another package.
package otelx

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("otelx")

// End records *err on span and ends it; meant to be deferred.
func End(span trace.Span, err *error) {
	if err != nil && *err != nil {
		span.RecordError(*err)
		span.SetStatus(codes.Error, (*err).Error())
	}
	span.End()
}

// Fail ends on one branch only.
func Fail(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.End()
	}
}

// Note annotates.
func Note(span trace.Span, text string) { span.AddEvent(text) }

// Span starts a span and returns nothing else.
func Span(ctx context.Context, name string) trace.Span {
	_, span := tracer.Start(ctx, name)
	return span
}

// Current lends the span of a context.
func Current(ctx context.Context) trace.Span { return trace.SpanFromContext(ctx) }

// Timed returns the end function.
func Timed(ctx context.Context, name string) func() {
	span := Span(ctx, name)
	return func() { span.End() }
}

// Done ends the span of a context.
func Done(ctx context.Context) {
	trace.SpanFromContext(ctx).End() // want `the span that trace.SpanFromContext returns belongs to whoever started it`
}

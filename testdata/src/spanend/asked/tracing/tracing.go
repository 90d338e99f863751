// Package tracing starts and ends spans for programs that may have traces
// switched off.
package tracing

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Configured says that SetUp has been called.
var Configured bool

var enabled atomic.Bool

var tracer trace.Tracer

// SetUp switches traces on.
func SetUp(tp trace.TracerProvider) {
	otel.SetTracerProvider(tp)
	tracer = tp.Tracer("tracing")
	enabled.Store(true)
	Configured = true
}

// Start starts a span.
func Start(ctx context.Context, name string) (context.Context, trace.Span) {
	return otel.Tracer("tracing").Start(ctx, name)
}

// End ends a span, if it can be a real one.
func End(span trace.Span, err error) {
	if !Configured {
		return
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

// EndIfEnabled asks an atomic.
func EndIfEnabled(span trace.Span) {
	if enabled.Load() {
		span.End()
	}
}

// EndIfTracer asks whether there is a tracer, and a span.
func EndIfTracer(span trace.Span, err error) error {
	if tracer == nil || span == nil {
		return err
	}
	span.End()
	return err
}

// On says whether traces are switched on.
func On() bool { return enabled.Load() }

// EndIfOn asks a function.
func EndIfOn(span trace.Span) {
	if !On() {
		return
	}
	span.End()
}

// Sampled says whether a span is exported.
func Sampled(span trace.Span) bool {
	if span == nil {
		return false
	}
	return span.IsRecording() && span.SpanContext().IsSampled()
}

// Package events traces what comes in, in traces of its own.
package events

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// An Event carries its trace.
type Event struct{ SpanContext trace.SpanContext }

// A Tracer is what others are given.
type Tracer interface {
	Receive(ctx context.Context, e *Event) (context.Context, trace.Span)
	Deliver(ctx context.Context, e *Event) (context.Context, trace.Span)
	Handle(ctx context.Context, e *Event) (context.Context, trace.Span)
}

type impl struct{ tracer trace.Tracer }

// New returns the one that there is.
func New(t trace.Tracer) Tracer { return &impl{t} }

// Receive begins a trace.
func (t *impl) Receive(ctx context.Context, e *Event) (context.Context, trace.Span) {
	ctx, span := t.tracer.Start(context.Background(), "receive")
	e.SpanContext = span.SpanContext()
	return ctx, span
}

// Deliver goes on with it.
func (t *impl) Deliver(_ context.Context, e *Event) (context.Context, trace.Span) {
	return t.tracer.Start(origin(e), "deliver")
}

func origin(e *Event) context.Context {
	if !e.SpanContext.IsValid() {
		return context.Background()
	}
	return trace.ContextWithRemoteSpanContext(context.Background(), e.SpanContext)
}

// Handle is a part of what the caller does.
func (t *impl) Handle(ctx context.Context, _ *Event) (context.Context, trace.Span) {
	return t.tracer.Start(ctx, "handle")
}

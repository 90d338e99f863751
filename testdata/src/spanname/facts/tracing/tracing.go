// Package tracing has the wrappers that other packages start their spans with.
package tracing

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("facts")

func Start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, "app."+name)
}

// Run hands its name on to another wrapper.
func Run(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := Start(ctx, "run."+name)
	defer span.End()
	return f(ctx)
}

// Note has a text that is no name.
func Note(ctx context.Context, text string) {
	trace.SpanFromContext(ctx).AddEvent(text)
}

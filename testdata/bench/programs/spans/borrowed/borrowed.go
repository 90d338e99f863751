// Package borrowed has a span that it has not started.
package borrowed

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

//bench:wrong ends the span of its caller
func foreign(ctx context.Context, key string) {
	span := trace.SpanFromContext(ctx)
	defer span.End()
	span.SetAttributes(attribute.String("key", key))
}

//bench:right annotates the span of its caller
func annotates(ctx context.Context, key string) {
	trace.SpanFromContext(ctx).SetAttributes(attribute.String("key", key))
}

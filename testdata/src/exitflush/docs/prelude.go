// Package docs is where the examples of the rule's documentation are tried.
package docs

import (
	"context"
	_ "log"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace"
)

var tracer = otel.Tracer("src/exitflush/docs")

var exporter trace.SpanExporter

// work starts a span.
func work(ctx context.Context) error {
	_, span := tracer.Start(ctx, "work")
	defer span.End()
	return ctx.Err()
}

// Package library injects what it has a provider for, and has no propagator.
package library

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// SetUp returns what stops it.
func SetUp(exporter sdktrace.SpanExporter) func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp) // want "otel.SetTracerProvider installs a provider and nothing a propagator, so no trace goes on in another service"
	return tp.Shutdown
}

// Call injects nothing.
func Call(ctx context.Context, req *http.Request) {
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(req.Header))
}

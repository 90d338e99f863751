// Package asserted asks a provider that it keeps as an interface for a Shutdown.
package asserted

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// New makes a provider.
func New(exporter sdktrace.SpanExporter) trace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
}

// Close shuts one down, if that can be.
func Close(ctx context.Context, tp trace.TracerProvider) error {
	if s, ok := tp.(interface{ Shutdown(context.Context) error }); ok {
		return s.Shutdown(ctx)
	}
	return nil
}

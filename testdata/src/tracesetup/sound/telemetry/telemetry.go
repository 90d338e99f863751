// Package telemetry installs a provider, and its init a propagator.
package telemetry

import (
	"context"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// SetUp returns what stops it.
func SetUp(exporter sdktrace.SpanExporter) func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	install(tp)
	return tp.Shutdown
}

func install(tp *sdktrace.TracerProvider) { otel.SetTracerProvider(tp) }

// Package telemetry sets a provider up and lets others take it down.
package telemetry

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// SetUp returns what shuts the provider down.
func SetUp(ctx context.Context, exporter sdktrace.SpanExporter) (shutdown func(context.Context) error, err error) {
	var stops []func(context.Context) error
	shutdown = func(ctx context.Context) error {
		var err error
		for _, stop := range stops {
			err = errors.Join(err, stop(ctx))
		}
		return err
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	stops = append(stops, tp.Shutdown)
	otel.SetTracerProvider(tp)
	return shutdown, nil
}

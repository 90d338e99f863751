// Command closed talks to nobody.
package main

import (
	"context"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var exporter sdktrace.SpanExporter

func main() {
	tp := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		// No parent comes from elsewhere.
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0.5)),
	)
	defer tp.Shutdown(context.Background())
	otel.SetTracerProvider(tp)
}

// Command syncer sends each of its spans by itself.
package main

import (
	"context"
	"log"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	defer tp.Shutdown(ctx)
	otel.SetTracerProvider(tp)
	for range 3 {
		work(ctx)
	}
}

func work(ctx context.Context) {
	_, span := otel.Tracer("proof").Start(ctx, "work")
	defer span.End()
}

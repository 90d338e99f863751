// Command exitorder shuts its provider down before its own span ends.
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
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	ctx, span := otel.Tracer("proof").Start(ctx, "main")
	defer span.End()
	defer tp.Shutdown(context.Background())
	work(ctx)
}

func work(ctx context.Context) {
	_, span := otel.Tracer("proof").Start(ctx, "work")
	defer span.End()
}

// Command exitcanceled is interrupted while it works, and shuts its provider
// down on the context that the signal has ended.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	defer tp.Shutdown(ctx)

	work(ctx)
}

func work(ctx context.Context) {
	_, span := otel.Tracer("proof").Start(ctx, "work")
	defer span.End()
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	<-ctx.Done()
}

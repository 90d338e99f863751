// Package service has programs that set their traces up, and stop.
package service

import (
	"context"
	"log"
	"os"
	"os/signal"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func work(ctx context.Context, name string) error {
	_, span := otel.Tracer("bench/service").Start(ctx, "service.work")
	defer span.End()
	return ctx.Err()
}

//bench:right sets a provider up
func provider(ctx context.Context) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	return tp, nil
}

//bench:wrong exits past the Shutdown that would send the last spans
func exits(ctx context.Context) {
	tp, err := provider(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = tp.Shutdown(context.WithoutCancel(ctx)) }()
	if err := work(ctx, "exits"); err != nil {
		os.Exit(1)
	}
}

//bench:wrong shuts its provider down on a context that has ended
func interrupted(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	tp, err := provider(ctx)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return tp.Shutdown(ctx)
}

//bench:wrong sends each span to the network before it goes on
func synchronous() (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)), nil
}

//bench:wrong data in the name of a span
func named(ctx context.Context, order string) {
	_, span := otel.Tracer("bench/service").Start(ctx, "order "+order)
	defer span.End()
}

//bench:right shuts its provider down when all is done
func orderly(ctx context.Context) error {
	tp, err := provider(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tp.Shutdown(context.WithoutCancel(ctx)) }()
	return work(ctx, "orderly")
}

package exitflush

import (
	"context"
	"errors"
	"log"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Functions that set up, and take down before anything has begun.

func prematureWhenInstalled() {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	defer func() { // want "Shutdown of tp runs when prematureWhenInstalled returns, before the program has traced anything"
		if err := tp.Shutdown(context.Background()); err != nil {
			log.Print(err)
		}
	}()
	log.Print("tracing is on")
}

type begun struct{ tracer trace.Tracer }

func prematureWhenReturned(name string) (*begun, error) {
	if name == "" {
		return nil, errors.New("no name")
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background()) // want "Shutdown of tp runs when prematureWhenReturned returns"
	return &begun{tracer: tp.Tracer(name)}, nil
}

func silentPrematureOnFailure(ctx context.Context) (_ *sdktrace.TracerProvider, err error) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer func() {
		if err != nil {
			_ = tp.Shutdown(ctx)
		}
	}()
	if err = ping(ctx); err != nil {
		return nil, err
	}
	return tp, nil
}

func silentPrematureWhenKept(ctx context.Context) (_ *begun, err error) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	kept := false
	defer func() {
		if kept {
			return
		}
		_ = tp.Shutdown(ctx)
	}()
	if err = ping(ctx); err != nil {
		return nil, err
	}
	kept = true
	return &begun{tp.Tracer("kept")}, nil
}

// The program runs below it.
func silentPrematureRun(ctx context.Context, run func(context.Context) error) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	defer tp.Shutdown(context.Background())
	return run(ctx)
}

// What is returned is a number.
func silentPrematureCount(ctx context.Context, a *begun) int {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	a.tracer = tp.Tracer("count")
	return a.count(ctx)
}

func (a *begun) count(ctx context.Context) int {
	_, span := a.tracer.Start(ctx, "count")
	defer span.End()
	return 1
}

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

// What is stopped too early is the exporter.

func newExporter(ctx context.Context) (sdktrace.SpanExporter, error) { return exporter, ctx.Err() }

func prematureExporter(ctx context.Context) error {
	exp, err := newExporter(ctx)
	if err != nil {
		return err
	}
	defer func() { // want "Shutdown of exp runs when prematureExporter returns, before the program has traced anything"
		if err := exp.Shutdown(ctx); err != nil {
			log.Print(err)
		}
	}()
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exp)) // want "nothing shuts this provider down"
	otel.SetTracerProvider(tp)
	return nil
}

func prematureExporterOfReturned(ctx context.Context) (*sdktrace.TracerProvider, error) {
	exp, err := newExporter(ctx)
	if err != nil {
		return nil, err
	}
	defer exp.Shutdown(ctx) // want "Shutdown of exp runs when prematureExporterOfReturned returns"
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exp)), nil
}

func prematureExporterOfProcessor(ctx context.Context) func(context.Context) error {
	exp, _ := newExporter(ctx)
	processor := sdktrace.NewBatchSpanProcessor(exp)
	options := sdktrace.WithSpanProcessor(processor)
	tp := sdktrace.NewTracerProvider(options)
	defer exp.Shutdown(ctx) // want "Shutdown of exp runs when prematureExporterOfProcessor returns"
	otel.SetTracerProvider(tp)
	return tp.Shutdown
}

var kept struct{ provider *sdktrace.TracerProvider }

func prematureExporterOfKept(ctx context.Context) {
	exp, _ := newExporter(ctx)
	defer exp.Shutdown(ctx) // want "Shutdown of exp runs when prematureExporterOfKept returns"
	kept.provider = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exp))
}

func stopKept(ctx context.Context) error { return kept.provider.Shutdown(ctx) }

func prematureWhenKept(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(ctx) // want "Shutdown of tp runs when prematureWhenKept returns"
	kept.provider = tp
}

func silentExporterOfRun(ctx context.Context, run func(context.Context) error) error {
	exp, err := newExporter(ctx)
	if err != nil {
		return err
	}
	defer exp.Shutdown(ctx)
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exp))
	otel.SetTracerProvider(tp)
	return run(ctx)
}

func silentExporterUntilDone(ctx context.Context) {
	exp, _ := newExporter(ctx)
	defer exp.Shutdown(context.WithoutCancel(ctx))
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exp)))
	<-ctx.Done()
}

func silentExporterOnFailure(ctx context.Context) (_ *sdktrace.TracerProvider, err error) {
	exp, err := newExporter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = exp.Shutdown(ctx)
		}
	}()
	if err = ping(ctx); err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exp)), nil
}

// The exporter is not the provider's.
func silentOtherExporter(ctx context.Context) *sdktrace.TracerProvider {
	exp, _ := newExporter(ctx)
	defer exp.Shutdown(ctx)
	_ = exp.ExportSpans(ctx, nil)
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
}

// The provider ends here as well, after what it is made for.
func silentExporterOfShort(ctx context.Context, a *begun) int {
	exp, _ := newExporter(ctx)
	defer exp.Shutdown(ctx)
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exp))
	defer tp.Shutdown(ctx)
	a.tracer = tp.Tracer("short")
	return a.count(ctx)
}

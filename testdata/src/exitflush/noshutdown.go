package exitflush

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func droppedInPlace() {
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))) // want "nothing shuts this provider down, so its last spans are never exported"
}

func droppedVariable() {
	tp := sdktrace.NewTracerProvider( // want "nothing shuts this provider down"
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
		sdktrace.WithSpanProcessor(sdktrace.NewBatchSpanProcessor(exporter)),
	)
	tracer = tp.Tracer("dropped")
	otel.SetTracerProvider(tp)
}

// Stopping the exporter is not stopping the provider.
func droppedForItsExporter() func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "nothing shuts this provider down"
	otel.SetTracerProvider(tp)
	return exporter.Shutdown
}

func droppedWithOptions(sampled bool) {
	options := []sdktrace.TracerProviderOption{sdktrace.WithBatcher(exporter)}
	if !sampled {
		options = append(options, sdktrace.WithSampler(sdktrace.NeverSample()))
	}
	tp := sdktrace.NewTracerProvider(options...) // want "nothing shuts this provider down"
	otel.SetTracerProvider(tp)
}

func keptAsAnInterface() trace.TracerProvider {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "the provider is kept as trace.TracerProvider, which cannot be shut down"
	return tp
}

type app struct {
	tracers trace.TracerProvider
	owned   *sdktrace.TracerProvider
}

func (a *app) keptInAField() {
	a.tracers = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "the provider is kept as trace.TracerProvider"
}

// The field could be shut down, and nobody does.
func (a *app) keptAndForgotten() {
	a.owned = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "nothing shuts this provider down"
	otel.SetTracerProvider(a.owned)
}

func droppedFunction() {
	setUp() // want "the function by which setUp lets its provider be shut down is dropped"
}

func droppedResult() error {
	_, err := setUpOrFail() // want "the function by which setUpOrFail lets its provider be shut down is dropped"
	return err
}

func droppedDeferred() {
	defer setUp() // want "the function by which setUp lets its provider be shut down is dropped"
}

func unusedFunction() {
	stop := setUp() // want "the function by which setUp lets its provider be shut down is dropped"
	_ = stop
}

func droppedProvider(ctx context.Context) {
	newProvider() // want "nothing shuts this provider down"
	_ = serve(ctx)
}

// setUpOrFail is how OpenTelemetry's own pages write it.
func setUpOrFail() (func(context.Context) error, error) {
	var stops []func(context.Context) error
	shutdown := func(ctx context.Context) error {
		var err error
		for _, stop := range stops {
			err = errors.Join(err, stop(ctx))
		}
		return err
	}
	if exporter == nil {
		return shutdown, errDown
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	stops = append(stops, tp.Shutdown)
	otel.SetTracerProvider(tp)
	return shutdown, nil
}

func droppedInAHelper() {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter)) // want "nothing shuts this provider down"
	installs(tp)
}

func installs(tp *sdktrace.TracerProvider) { otel.SetTracerProvider(tp) }

package exitflush

import (
	"context"
	"log"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What is lost here is not reported.

// The exit is in a variable.
func limitExitInVariable(ctx context.Context, exit func(int)) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if serve(ctx) != nil {
		exit(1)
	}
}

// A function that nobody follows may shut it down.
func limitGivenAway(keep func(any)) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	keep(tp)
	otel.SetTracerProvider(tp)
}

// What stops a provider is not followed through channels.
func limitThroughAChannel(ctx context.Context, stops chan func(context.Context) error) {
	defer (<-stops)(ctx)
	if err := serve(ctx); err != nil {
		log.Fatal(err)
	}
}

// Options that come from elsewhere may have no exporter.
func limitUnknownOptions(options ...sdktrace.TracerProviderOption) {
	otel.SetTracerProvider(sdktrace.NewTracerProvider(options...))
}

package exitflush

import (
	"context"
	"log"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What is lost here is not reported.

// check ends the process on some paths only, so what it does after the start
// is not known.
func limitHelperThatMayExit(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	check(serve(ctx))
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

package tracesetup

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func syncerOfAnyExporter(exporter sdktrace.SpanExporter) func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait until the span is exported"
	install(tp)
	return tp.Shutdown
}

func syncerByItsProcessor(exporter sdktrace.SpanExporter) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter)), // want "sdktrace.NewSimpleSpanProcessor makes each End wait"
	)
}

func syncerOfOwnExporter() *sdktrace.TracerProvider {
	exporter := &httpExporter{}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait"
	return tp
}

// What a batch still holds would be lost: nothing shuts the provider down.
func syncerForEver(exporter sdktrace.SpanExporter) {
	install(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))) // want "sdktrace.WithSyncer makes each End wait"
}

// The same, of a provider that somebody else makes.
func syncerOption(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

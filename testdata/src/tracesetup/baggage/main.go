// Command baggage is instrumented, and its propagator carries no trace.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var exporter sdktrace.SpanExporter

func main() {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	otel.SetTracerProvider(tp)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.Baggage{})) // want "the propagator that is chosen here carries no trace, so none goes on in another service"
	_ = http.ListenAndServe(":8080", otelhttp.NewHandler(http.DefaultServeMux, "server"))
}

func empty() {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator()) // want "the propagator that is chosen here carries no trace"
}

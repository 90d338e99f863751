// Command program is instrumented, and sets up no propagator.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"src/tracesetup/program/telemetry"
)

var exporter sdktrace.SpanExporter

func main() {
	stop := telemetry.SetUp(exporter) // want "telemetry.SetUp installs a provider and nothing a propagator"
	defer stop(context.Background())
	_ = http.ListenAndServe(":8080", otelhttp.NewHandler(http.DefaultServeMux, "server"))
}

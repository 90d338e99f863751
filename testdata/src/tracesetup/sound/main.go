// Command sound has a propagator by the init of what it imports.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"src/tracesetup/sound/telemetry"
)

var exporter sdktrace.SpanExporter

func main() {
	stop := telemetry.SetUp(exporter)
	defer stop(context.Background())
	_ = http.ListenAndServe(":8080", otelhttp.NewHandler(http.DefaultServeMux, "server"))
}

//ruletest:flags -strict

// Package strict has what is advice more than a fault.
package strict

import (
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func blocks(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithBatcher(exporter, sdktrace.WithBlocking()) // want "sdktrace.WithBlocking makes End wait while the queue is full"
}

func nameless(version string) sdktrace.TracerProviderOption {
	return sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.version", version))) // want "the resource has no service.name"
}

func namelessInAVariable(schema string) sdktrace.TracerProviderOption {
	res := resource.NewWithAttributes(schema, attribute.String("deployment.environment", "test")) // want "the resource has no service.name"
	return sdktrace.WithResource(res)
}

func silentNamed(key string, more ...attribute.KeyValue) []sdktrace.TracerProviderOption {
	return []sdktrace.TracerProviderOption{
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "orders"))),
		sdktrace.WithResource(resource.NewSchemaless(more...)),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String(key, "orders"))),
		sdktrace.WithResource(resource.Default()),
	}
}

func probes(handler http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {})
	return otelhttp.NewHandler(mux, "server") // want "every probe of GET /healthz is traced like a request"
}

func silentFiltered(handler http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/healthz", handler)
	return otelhttp.NewHandler(mux, "server", otelhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path != "/healthz" }))
}

func silentWithoutProbes(handler http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/healthy/food", handler)
	return otelhttp.NewHandler(mux, "server")
}

func blocksAmongOthers(exporter sdktrace.SpanExporter) sdktrace.SpanProcessor {
	return sdktrace.NewBatchSpanProcessor(exporter,
		sdktrace.WithMaxQueueSize(10),
		sdktrace.WithBlocking(), // want "sdktrace.WithBlocking makes End wait while the queue is full"
		sdktrace.WithMaxExportBatchSize(5),
	)
}

// The list would begin with a comma, or append nothing: no fix.
func blocksInList(more bool) []sdktrace.BatchSpanProcessorOption {
	options := []sdktrace.BatchSpanProcessorOption{sdktrace.WithBlocking()} // want "sdktrace.WithBlocking makes End wait"
	if more {
		options = append(options, sdktrace.WithBlocking()) // want "sdktrace.WithBlocking makes End wait"
	}
	return options
}

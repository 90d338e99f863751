// Package server has instrumentation that starts a span for each request.
package server

import (
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("server")

func routes() http.Handler { return otelhttp.NewHandler(http.HandlerFunc(extracts), "server") }

func extracts(w http.ResponseWriter, r *http.Request) {
	ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header)) // want "the server has started a span with this parent, and what is extracted here takes its place"
	_, span := tracer.Start(ctx, "serve")
	defer span.End()
}

// What is extracted is linked to.
func silentLinks(w http.ResponseWriter, r *http.Request) {
	origin := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	_, span := tracer.Start(r.Context(), "serve", trace.WithLinks(trace.LinkFromContext(origin)))
	defer span.End()
}

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

func extractsInLiteral() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header)) // want "the server has started a span with this parent"
		_, span := tracer.Start(ctx, "serve", trace.WithSpanKind(trace.SpanKindInternal))
		defer span.End()
	}
}

// Instrumentation: the server's span starts with what is extracted.
func silentInstrumentation(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := tracer.Start(ctx, r.Pattern, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

type middleware struct {
	next        http.Handler
	propagators propagation.TextMapPropagator
	options     []trace.SpanStartOption
	kind        trace.SpanKind
}

// Which kind the options say is not in view.
func (m *middleware) silentOptions(w http.ResponseWriter, r *http.Request) {
	ctx := m.propagators.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	opts := append([]trace.SpanStartOption{trace.WithNewRoot()}, m.options...)
	ctx, span := tracer.Start(ctx, "serve", opts...)
	defer span.End()
	m.next.ServeHTTP(w, r.WithContext(ctx))
}

func (m *middleware) silentKindOfField(w http.ResponseWriter, r *http.Request) {
	ctx := m.propagators.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := tracer.Start(ctx, "serve", trace.WithSpanKind(m.kind))
	defer span.End()
	m.next.ServeHTTP(w, r.WithContext(ctx))
}

// What is extracted is linked to.
func silentLinks(w http.ResponseWriter, r *http.Request) {
	origin := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	_, span := tracer.Start(r.Context(), "serve", trace.WithLinks(trace.LinkFromContext(origin)))
	defer span.End()
}

func extractsAgain(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracer.Start(otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header)), "again") // want "the server has started a span with this parent"
	defer span.End()
	_, inner := tracer.Start(ctx, "inner")
	defer inner.End()
}

// The carrier is made by a call: no fix.
func extractsFromCall(w http.ResponseWriter, r *http.Request) {
	ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header.Clone())) // want "the server has started a span with this parent"
	_, span := tracer.Start(ctx, "serve")
	defer span.End()
}

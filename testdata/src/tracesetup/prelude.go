// Package tracesetup has set-ups that are at fault by themselves. Programs as
// a whole are in the packages below.
package tracesetup

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// install chooses a propagator, so the package has no fault there, and traces
// may come in.
func install(tp *sdktrace.TracerProvider) {
	otel.SetTracerProvider(tp)
	otel.SetTextMapPropagator(propagation.TraceContext{})
}

// httpExporter posts spans.
type httpExporter struct{ client *http.Client }

func (e *httpExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return e.post(ctx)
}

func (e *httpExporter) post(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://collector", nil)
	if err != nil {
		return err
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (e *httpExporter) Shutdown(context.Context) error { return nil }

// listExporter keeps them.
type listExporter struct{ spans []sdktrace.ReadOnlySpan }

func (e *listExporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.spans = append(e.spans, spans...)
	return nil
}

func (e *listExporter) Shutdown(context.Context) error { return nil }

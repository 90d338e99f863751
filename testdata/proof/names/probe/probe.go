// Package probe runs work with the real SDK and prints the spans it leaves
// behind, in the order in which they start.
package probe

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// A Span is what a test compares.
type Span struct {
	Name, Parent, Status string
	// Late says that the span begins after its parent has ended.
	Late       bool
	Attributes map[string]string
}

// Run calls work with a context without a span.
func Run(work func(context.Context)) {
	exporter := tracetest.NewInMemoryExporter()
	provider := trace.NewTracerProvider(trace.WithSyncer(exporter))
	otel.SetTracerProvider(provider)
	work(context.Background())
	stubs := exporter.GetSpans()
	if err := provider.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
	slices.SortStableFunc(stubs, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	var spans []Span
	for _, s := range stubs {
		span := Span{Name: s.Name, Status: s.Status.Code.String(), Attributes: make(map[string]string)}
		for _, p := range stubs {
			if p.SpanContext.SpanID() == s.Parent.SpanID() {
				span.Parent, span.Late = p.Name, s.StartTime.After(p.EndTime)
			}
		}
		for _, kv := range s.Attributes {
			span.Attributes[string(kv.Key)] = kv.Value.Emit()
		}
		spans = append(spans, span)
	}
	if err := json.NewEncoder(os.Stdout).Encode(spans); err != nil {
		log.Fatal(err)
	}
}

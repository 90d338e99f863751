// Package probe runs work with the real SDK and prints the spans it leaves
// behind, in the order in which they start.
package probe

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// A Span is what a test compares.
type Span struct {
	Name, Parent, Status string
	// Late says that the span begins after its parent has ended.
	Late bool
	// Apart says that the span has a parent that was not exported.
	Apart         bool
	Links, Events []string
	// Overlaps says that another span of the same name and parent is still open
	// when it begins.
	Overlaps   bool
	Attributes map[string]string
}

// Run calls work with a context without a span.
func Run(work func(context.Context)) {
	exporter, provider := install()
	work(context.Background())
	report(exporter, provider)
}

// Serve lets handler answer a request: below the span of a server, and on a
// context that is cancelled when it returns. Then it calls stop, as a process
// does that ends. Without one it waits for what the handler has launched.
func Serve(handler http.HandlerFunc, stop func()) {
	exporter, provider := install()
	open := new(atomic.Int32)
	provider.RegisterSpanProcessor(counter{open})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := otel.Tracer("probe").Start(r.Context(), "server")
		defer span.End()
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		handler(w, r.WithContext(ctx))
	}))
	answer, err := http.Get(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	server.Close() // returns when the handler has, and its context is cancelled
	if stop == nil {
		close(over)
		time.Sleep(50 * time.Millisecond) // for what is launched to begin
		for open.Load() > 0 {
			time.Sleep(time.Millisecond)
		}
		report(exporter, provider)
		return
	}
	stopped := make(chan struct{})
	go func() {
		stop()
		close(stopped)
	}()
	select {
	case <-stopped: // and waits for nothing
	case <-time.After(100 * time.Millisecond):
		close(over)
		<-stopped
	}
	report(exporter, provider)
}

var over = make(chan struct{})

// Call is what work asks of another service. It begins when the request is
// over, takes its time, and fails if its context has ended.
func Call(ctx context.Context, name string) {
	<-over
	ctx, span := otel.Tracer("probe").Start(ctx, name)
	defer span.End()
	select {
	case <-ctx.Done():
		span.SetStatus(codes.Error, ctx.Err().Error())
	case <-time.After(20 * time.Millisecond):
	}
}

// A counter counts the spans that are open.
type counter struct{ open *atomic.Int32 }

func (c counter) OnStart(context.Context, trace.ReadWriteSpan) { c.open.Add(1) }
func (c counter) OnEnd(trace.ReadOnlySpan)                     { c.open.Add(-1) }
func (counter) Shutdown(context.Context) error                 { return nil }
func (counter) ForceFlush(context.Context) error               { return nil }

// A keeper keeps what was exported when the provider is shut down.
type keeper struct{ tracetest.InMemoryExporter }

func (k *keeper) Shutdown(context.Context) error { return nil }

func install() (*keeper, *trace.TracerProvider) {
	exporter := new(keeper)
	provider := trace.NewTracerProvider(trace.WithSyncer(exporter))
	otel.SetTracerProvider(provider)
	return exporter, provider
}

func report(exporter *keeper, provider *trace.TracerProvider) {
	if err := provider.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
	stubs := exporter.GetSpans()
	slices.SortStableFunc(stubs, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	find := func(sc oteltrace.SpanContext) *tracetest.SpanStub {
		for i := range stubs {
			if stubs[i].SpanContext.SpanID() == sc.SpanID() && stubs[i].SpanContext.TraceID() == sc.TraceID() {
				return &stubs[i]
			}
		}
		return nil
	}
	var spans []Span
	for _, s := range stubs {
		span := Span{Name: s.Name, Status: s.Status.Code.String(), Attributes: make(map[string]string)}
		if p := find(s.Parent); p != nil {
			span.Parent, span.Late = p.Name, s.StartTime.After(p.EndTime)
		} else {
			span.Apart = s.Parent.IsValid()
		}
		for _, link := range s.Links {
			if to := find(link.SpanContext); to != nil {
				span.Links = append(span.Links, to.Name)
			}
		}
		for _, o := range stubs {
			if o.Name == s.Name && o.Parent.Equal(s.Parent) && o.StartTime.Before(s.StartTime) && o.EndTime.After(s.StartTime) {
				span.Overlaps = true
			}
		}
		for _, event := range s.Events {
			span.Events = append(span.Events, event.Name)
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

package orphanspan

import (
	"context"
	"database/sql"
	"net/http"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Constructors, and what sets a program up: their context is that of the
// start, and what they launch serves what they return.

type registry struct{ store store }

func (r *registry) register(ctx context.Context) { _, _ = r.store.Load(ctx, "self") }

func (r *registry) Lookup(ctx context.Context, id string) error {
	_, err := r.store.Load(ctx, id)
	return err
}

type lookup interface {
	Lookup(ctx context.Context, id string) error
}

func silentNew(ctx context.Context, s store) (lookup, error) {
	r := &registry{store: s}
	go r.register(ctx)
	return r, nil
}

func silentNewNamedResult(ctx context.Context, s store) (r *registry, err error) {
	r = new(registry)
	r.store = s
	go func() { _ = work(ctx) }()
	return
}

func silentNewAtReturn(ctx context.Context, s store) *registry {
	go work(ctx)
	return &registry{store: s}
}

func silentNewValue(ctx context.Context, s store) (registry, error) {
	var r = registry{store: s}
	go r.register(ctx)
	return r, nil
}

type shelf[T any] struct{ items []T }

func (p *shelf[T]) Get(ctx context.Context) (T, error) { return p.items[0], ctx.Err() }

func silentNewGeneric[T any](ctx context.Context, warm func(context.Context) T) *shelf[T] {
	p := &shelf[T]{}
	go func() { p.items = append(p.items, warm(ctx)) }()
	return p
}

type front struct{ mux *http.ServeMux }

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

func silentNewHandler(ctx context.Context) http.Handler {
	f := &front{mux: http.NewServeMux()}
	go work(ctx)
	return f
}

var instance *registry

func silentSingleton(ctx context.Context, s store) error {
	instance = &registry{store: s}
	go instance.register(ctx)
	return nil
}

func silentInstall(ctx context.Context, exporter sdktrace.SpanExporter) func(context.Context) error {
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	go work(ctx) // asks once whether the collector is there
	return provider.Shutdown
}

func silentNewByAnother(ctx context.Context, s store) (lookup, error) {
	l, err := silentNew(ctx, s)
	if err != nil {
		return nil, err
	}
	go work(ctx)
	return l, nil
}

func silentOpen(ctx context.Context, dsn string) (*sql.DB, error) {
	pool, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	go func() { _ = work(ctx) }()
	return pool, nil
}

// A poller is started and stopped, and asked for nothing in between.
type poller struct {
	store store
	quit  chan struct{}
}

func (p *poller) silentBegin(ctx context.Context) error {
	go p.once(ctx)
	return nil
}

func (p *poller) silentBeginQuietly(ctx context.Context) { go p.once(ctx) }

func (p *poller) once(ctx context.Context) { _, _ = p.store.Load(ctx, "all") }

func (p *poller) Stop() { close(p.quit) }

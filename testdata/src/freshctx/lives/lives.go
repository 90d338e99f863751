// Package lives has contexts that last as long as a service, or carry a span
// that was put there.
package lives

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"src/freshctx/lives/service"
)

var tracer = otel.Tracer("src/freshctx/lives")

type store interface {
	Get(ctx context.Context, id string) (string, error)
	Open(ctx context.Context, id string) (io.ReadCloser, error)
	Stat(ctx context.Context, id string) (info, error)
}

// An info has methods, and nothing to close.
type info interface{ Size() int }

// What a service is made of is called in the life of the service.

type worker struct {
	*service.Service
	store store
	ids   chan string
}

func newWorker(s store) *worker {
	w := &worker{store: s}
	w.Service = service.New(w.silentStart, w.silentRun, w.stop)
	return w
}

func (w *worker) silentStart(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := w.store.Get(context.Background(), "start")
	return err
}

func (w *worker) silentRun(_ context.Context) error {
	for id := range w.ids {
		if _, err := w.store.Get(context.Background(), id); err != nil {
			return err
		}
	}
	return errors.New("stopped")
}

func (w *worker) stop(error) error { return nil }

func newIdle(s store) *service.Service {
	w := &worker{store: s}
	return service.Idle(w.silentIdle, w.stop)
}

func (w *worker) silentIdle(ctx context.Context) error {
	_, err := w.store.Get(context.Background(), "idle")
	return errors.Join(err, ctx.Err())
}

func newTicking(s store) *service.Service {
	w := &worker{store: s}
	return service.Ticking(time.Minute, w.silentTick)
}

func (w *worker) silentTick(ctx context.Context) error {
	_, err := w.store.Get(context.TODO(), "tick")
	return err
}

func newOfLiteral(s store) *service.Service {
	return service.New(func(ctx context.Context) error {
		_, err := s.Get(context.Background(), "silent literal")
		return err
	}, nil, nil)
}

func newRouter(s store) *service.Router {
	w := &worker{store: s}
	return service.NewRouter(w.routed)
}

func (w *worker) routed(ctx context.Context) error {
	_, err := w.store.Get(context.Background(), "routed") // want `call starts over from context.Background`
	return err
}

// What is opened and kept serves those who come later.

type file struct {
	reader io.ReadCloser
	size   int
	info   info
	store  store
}

func (f *file) silentOpen(ctx context.Context, id string) error {
	n, err := f.store.Stat(ctx, id)
	if err != nil {
		return err
	}
	f.size = n.Size()
	f.reader, err = f.store.Open(context.Background(), id)
	return err
}

func (f *file) silentOpenByVariable(ctx context.Context, id string) error {
	r, err := f.store.Open(context.Background(), id)
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	f.reader = r
	return nil
}

func (f *file) opensAndCloses(ctx context.Context, id string) error {
	r, err := f.store.Open(context.Background(), id) // want `call starts over from context.Background`
	if err != nil {
		return err
	}
	return r.Close()
}

func (f *file) keepsData(ctx context.Context, id string) (err error) {
	f.info, err = f.store.Stat(context.Background(), id) // want `call starts over from context.Background`
	return err
}

// A helper puts the span of the origin into a context.

func silentWithSpan(ctx context.Context, s store) {
	_, span := tracer.Start(ctx, "push")
	defer span.End()
	fresh, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := s.Get(service.WithSpan(fresh, span.SpanContext()), "a"); err != nil {
		slog.Error("not pushed", "err", err)
	}
}

func silentWithSpanDirectly(ctx context.Context, s store) {
	_, _ = s.Get(ctx, "first")
	_, _ = s.Get(service.WithSpan(context.Background(), trace.SpanContextFromContext(ctx)), "a")
}

func silentFresh(ctx context.Context, s store) {
	_, _ = s.Get(ctx, "first")
	_, _ = s.Get(service.Fresh(trace.SpanFromContext(ctx)), "a")
}

func withSpan(ctx context.Context, span trace.Span) context.Context {
	return trace.ContextWithSpan(ctx, span)
}

func silentWithSpanOfPackage(ctx context.Context, s store) {
	_, _ = s.Get(ctx, "first")
	c := withSpan(context.Background(), trace.SpanFromContext(ctx))
	_, _ = s.Get(c, "a")
}

func withoutSpan(ctx context.Context, s store) {
	_, _ = s.Get(ctx, "first")
	_, _ = s.Get(service.Without(context.Background(), "a"), "a") // want `call starts over from context.Background`
}

// A mirror serves with contexts, so who makes one is a constructor.
type mirror struct {
	store   store
	onEvict func(id string)
}

func (m *mirror) Get(ctx context.Context, id string) (string, error) { return m.store.Get(ctx, id) }

func (m *mirror) evicted(f func(id string)) { m.onEvict = f }

func newMirror(ctx context.Context, s store) (*mirror, error) {
	m := &mirror{store: s}
	go m.silentWarm()
	m.evicted(func(id string) { _, _ = s.Get(context.Background(), id) })
	go func() { _, _ = s.Get(context.Background(), "all") }()
	// What it calls itself is another matter: its caller may not wait so long.
	if _, err := s.Get(context.Background(), "one"); err != nil { // want `call starts over from context.Background\(\) although ctx is at hand`
		return nil, err
	}
	return m, ctx.Err()
}

func (m *mirror) silentWarm() {
	ctx := context.Background()
	_, _ = m.store.Get(ctx, "warm")
}

// Package lostctx is the testdata of the rule of that name.
package lostctx

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("lostctx")

var errBoom = errors.New("boom")

// load starts a span.
func load(ctx context.Context, id string) (string, error) {
	_, span := tracer.Start(ctx, "load")
	defer span.End()
	return id, ctx.Err()
}

// save has a helper that starts one.
func save(ctx context.Context, id string) error {
	_, err := load(ctx, id)
	return err
}

// count starts none.
func count(ctx context.Context, id string) (int, error) { return len(id), ctx.Err() }

// logID only reads from a context.
func logID(ctx context.Context, id string) { slog.InfoContext(ctx, "id", "id", id) }

// start is a wrapper, as most programs have one.
func start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindInternal))
}

// traced returns what ends the span.
func traced(ctx context.Context, name string) (context.Context, func()) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, func() { span.End() }
}

// A store has one implementation that traces, and a double that does not.
type store interface {
	Get(ctx context.Context, id string) (string, error)
	Len(ctx context.Context) int
}

type sqlStore struct{}

func (sqlStore) Get(ctx context.Context, id string) (string, error) { return load(ctx, id) }
func (sqlStore) Len(ctx context.Context) int                        { return 0 }

type fakeStore struct{}

func (fakeStore) Get(ctx context.Context, id string) (string, error) { return id, nil }
func (fakeStore) Len(ctx context.Context) int                        { return 0 }

// remote is implemented elsewhere, if anywhere.
type remote interface {
	Fetch(ctx context.Context, id string) (string, error)
}

type service struct {
	store  store
	remote remote
	ctx    context.Context
	span   trace.Span
	unread context.Context
}

func (s *service) find(ctx context.Context, id string) (string, error) { return s.store.Get(ctx, id) }

func reply(w http.ResponseWriter, text string) { _, _ = w.Write([]byte(text)) }

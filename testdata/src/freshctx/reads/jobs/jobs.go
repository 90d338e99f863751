// Package jobs reads what a context has, and works without it.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

type key struct{}

// From returns the logger in a context.
func From(ctx context.Context) *slog.Logger {
	if l, ok := ctx.Value(key{}).(*slog.Logger); ok {
		return l
	}
	return slog.Default()
}

// With puts a logger into a context.
func With(ctx context.Context, l *slog.Logger) context.Context {
	return context.WithValue(ctx, key{}, l)
}

// A Factory makes jobs.
type Factory struct {
	db    db
	store interface {
		Put(ctx context.Context, name string) error
	}
}

type db interface {
	Exec(q string, args ...any) (int, error)
}

// Create only logs with its context.
func (f *Factory) Create(ctx context.Context, name string) error {
	From(ctx).Info("create", "name", name)
	return f.insert(ctx, name)
}

func (f *Factory) insert(ctx context.Context, name string) error {
	logger := From(ctx).With("name", name)
	origin, err := json.Marshal(trace.SpanContextFromContext(ctx))
	if err != nil {
		return err
	}
	_, err = f.db.Exec("insert", name, origin)
	logger.DebugContext(ctx, "inserted")
	return err
}

// Carry writes down where it comes from.
func (f *Factory) Carry(ctx context.Context, name string) error {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	_, err := f.db.Exec("insert", name, carrier["traceparent"])
	return err
}

// Do works with it.
func (f *Factory) Do(ctx context.Context, name string) error {
	From(ctx).Info("do", "name", name)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("do: %w", err)
	}
	return f.store.Put(ctx, name)
}

// All works with it in a literal.
func (f *Factory) All(ctx context.Context, names []string) error {
	do := func(name string) error { return f.Do(ctx, name) }
	for _, name := range names {
		if err := do(name); err != nil {
			return err
		}
	}
	return nil
}

// Sleep waits, and says if it was too short.
func Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Ready does what it does without a context, if that is not done.
func Ready(ctx context.Context) error { return ctx.Err() }

// A Reader reads for others, in a goroutine of its own.
type Reader struct {
	wanted chan struct{}
	done   chan error
}

// Read asks for a read and waits for it.
func (r *Reader) Read(ctx context.Context) error {
	select {
	case r.wanted <- struct{}{}:
	default:
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Nap is a short one.
func Nap(ctx context.Context) error { return Sleep(ctx, time.Millisecond) }

// Each is generic, and only logs.
func Each[T any](ctx context.Context, list []T, do func(T)) {
	logger := From(ctx)
	for _, t := range list {
		logger.Info("each")
		do(t)
	}
}

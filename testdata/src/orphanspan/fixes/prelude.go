// Package fixes has what the detached span has to mind.
package fixes

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("fixes")

type order struct{ id string }

type store interface {
	Save(ctx context.Context, o order) error
}

var db store

func save(ctx context.Context, o order) error { return db.Save(ctx, o) }

func newOrder(id string) order { return order{id} }

type service struct {
	store
	onSave  func(ctx context.Context, o order) error
	writer  writer
	latest  *order
	waited  sync.WaitGroup
	ignored sync.WaitGroup
}

func (s *service) save(ctx context.Context, o order) error { return s.Save(ctx, o) }

func (s *service) Stop() { s.waited.Wait() }

type writer struct{ n int }

func (w *writer) write(ctx context.Context, o order) { _ = db.Save(ctx, o) }

func (w writer) copied(ctx context.Context, o order) { _ = db.Save(ctx, o) }

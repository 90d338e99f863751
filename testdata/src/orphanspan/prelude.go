// Package orphanspan is the testdata of the rule of that name.
package orphanspan

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("orphanspan")

var errBoom = errors.New("boom")

type order struct{ id string }

// store does I/O behind an interface, so nobody can say whether it traces.
type store interface {
	Save(ctx context.Context, o order) error
	Load(ctx context.Context, id string) (order, error)
}

var db store

// work may trace: what it calls is not in view.
func work(ctx context.Context) error { return db.Save(ctx, order{}) }

// notify traces below a span that it starts first.
func notify(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "notify")
	defer span.End()
	_ = work(ctx)
}

// audit starts spans, but not first.
func audit(ctx context.Context, o order) {
	if err := db.Save(ctx, o); err != nil {
		return
	}
	notify(ctx, o)
}

func logf(format string, args ...any) {}

// A service has whatever the cases need.
type service struct {
	store
	background sync.WaitGroup
	mu         sync.Mutex
	jobs       chan job
	pending    chan *job
	tasks      chan func()
	onSave     func(ctx context.Context, o order)
	retry      time.Duration
}

func (s *service) save(ctx context.Context, o order) error { return s.store.Save(ctx, o) }

// A job carries its context to whoever takes it from a channel.
type job struct {
	ctx   context.Context
	order order
}

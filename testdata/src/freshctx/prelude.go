// Package freshctx has the cases of the rule.
package freshctx

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/freshctx")

type order struct{ ID string }

// A store is a client of others, of which nothing is known.
type store interface {
	Get(ctx context.Context, id string) (order, error)
	Put(ctx context.Context, o order) error
}

type service struct {
	store  store
	client *http.Client
	tasks  sync.WaitGroup
	wg     sync.WaitGroup

	life   context.Context
	cancel context.CancelFunc
}

// Close waits for everything that was begun.
func (s *service) Close() {
	s.tasks.Wait()
	s.wg.Wait()
}

func (s *service) notify(ctx context.Context, o order) error {
	ctx, span := tracer.Start(ctx, "notify")
	defer span.End()
	return s.store.Put(ctx, o)
}

// sink uses what a case has no other use for.
func sink(...any) {}

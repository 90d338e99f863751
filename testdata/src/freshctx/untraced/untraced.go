// Package untraced does not speak of tracing.
package untraced

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
)

type store interface {
	Put(ctx context.Context, id string) error
}

type service struct {
	store store
	tasks sync.WaitGroup
}

// Close waits.
func (s *service) Close() { s.tasks.Wait() }

// Nothing shows that a trace is lost, and the rest is as its author wants it.
func (s *service) silentExplained(w http.ResponseWriter, r *http.Request) {
	s.tasks.Go(func() {
		// new context to outlive the request
		ctx := context.Background()
		if err := s.store.Put(ctx, "a"); err != nil {
			slog.Warn("not put", "err", err)
		}
	})
}

func (s *service) unexplained(w http.ResponseWriter, r *http.Request) {
	s.tasks.Go(func() {
		ctx := context.Background() // want `goroutine starts over`
		if err := s.store.Put(ctx, "b"); err != nil {
			slog.Warn("not put", "err", err)
		}
	})
}

func (s *service) promised(w http.ResponseWriter, r *http.Request) {
	s.tasks.Go(func() {
		// TODO: a detached context with the trace
		ctx := context.Background() // want `goroutine starts over`
		_ = s.store.Put(ctx, "c")
	})
}

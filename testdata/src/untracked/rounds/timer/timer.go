// Package timer makes services of functions.
package timer

import (
	"context"
	"time"
)

// A Service runs until it is stopped.
type Service struct{ run func(context.Context) error }

// Run blocks.
func (s *Service) Run(ctx context.Context) error { return s.run(ctx) }

// New makes a service that calls round at every tick.
func New(every time.Duration, round func(context.Context) error) *Service {
	return newService(func(ctx context.Context) error {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				if err := round(ctx); err != nil {
					return err
				}
			case <-ctx.Done():
				return nil
			}
		}
	})
}

func newService(run func(context.Context) error) *Service { return &Service{run} }

// A Router keeps functions for requests.
type Router struct {
	routes map[string]func(context.Context) error
}

// Handle keeps one.
func (r *Router) Handle(path string, f func(context.Context) error) { r.routes[path] = f }

// Package service makes services of functions, and puts spans into contexts.
package service

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// A Service is started and stopped.
type Service struct {
	start, run func(context.Context) error
	stop       func(error) error

	ctx    context.Context
	cancel context.CancelFunc
}

// New keeps the functions.
func New(start, run func(context.Context) error, stop func(error) error) *Service {
	return &Service{start: start, run: run, stop: stop}
}

// Idle has no loop.
func Idle(start func(context.Context) error, stop func(error) error) *Service {
	return New(start, func(ctx context.Context) error { <-ctx.Done(); return nil }, stop)
}

// Ticking calls a function now and then.
func Ticking(every time.Duration, round func(context.Context) error) *Service {
	return New(nil, func(ctx context.Context) error {
		for range time.Tick(every) {
			if err := round(ctx); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// StartAsync derives the context of the service.
func (s *Service) StartAsync(parent context.Context) {
	s.ctx, s.cancel = context.WithCancel(parent)
	go s.main()
}

func (s *Service) main() {
	err := s.start(s.ctx)
	if err == nil {
		err = s.run(s.ctx)
	}
	_ = s.stop(err)
}

// A Router calls its functions with the contexts of requests.
type Router struct{ get func(context.Context) error }

// NewRouter keeps a function.
func NewRouter(get func(context.Context) error) *Router { return &Router{get: get} }

// Serve hands its context on.
func (r *Router) Serve(ctx context.Context) error { return r.get(ctx) }

// WithSpan puts a span into a context.
func WithSpan(ctx context.Context, sc trace.SpanContext) context.Context {
	return trace.ContextWithSpanContext(ctx, sc)
}

// Fresh is a context with the span of another one.
func Fresh(span trace.Span) context.Context {
	return trace.ContextWithSpan(context.Background(), span)
}

// Without has none.
func Without(ctx context.Context, name string) context.Context {
	return trace.ContextWithSpanContext(ctx, trace.SpanContext{})
}

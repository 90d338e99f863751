// Package opentracing launches work below spans that are finished before it.
package opentracing

import (
	"context"
	"time"

	"github.com/opentracing/opentracing-go"
)

type server struct {
	tracer opentracing.Tracer
	work   func(ctx context.Context) error
}

func (s *server) endedBeforeTheWork() {
	span, ctx := opentracing.StartSpanFromContext(context.Background(), "all")
	defer span.Finish()
	go func() { // want `goroutine goes on after the span in ctx has ended, so its spans hang below a parent that is gone`
		_ = s.work(ctx)
	}()
}

func (s *server) endedInAContextMadeByHand() {
	span := s.tracer.StartSpan("all")
	defer span.Finish()
	ctx := opentracing.ContextWithSpan(context.Background(), span)
	go s.work(ctx) // want `goroutine goes on after the span in ctx has ended`
}

func (s *server) endedByATimeout() error {
	span := s.tracer.StartSpan("all")
	defer span.Finish()
	ctx := opentracing.ContextWithSpan(context.Background(), span)
	done := make(chan error, 1)
	go func() { // want `goroutine goes on after the span in ctx has ended`
		done <- s.work(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second):
		return context.DeadlineExceeded
	}
}

func (s *server) silentWithASpanOfItsOwn() {
	span, ctx := opentracing.StartSpanFromContext(context.Background(), "all")
	defer span.Finish()
	go func() {
		span, ctx := opentracing.StartSpanFromContext(ctx, "work")
		defer span.Finish()
		_ = s.work(ctx)
	}()
}

func (s *server) silentWhenTheWorkEndsIt() {
	span, ctx := opentracing.StartSpanFromContext(context.Background(), "all")
	go func() {
		defer span.Finish()
		_ = s.work(ctx)
	}()
}

func (s *server) silentWhenJoined() error {
	span, ctx := opentracing.StartSpanFromContext(context.Background(), "all")
	defer span.Finish()
	done := make(chan error)
	go func() { done <- s.work(ctx) }()
	return <-done
}

// It has the span of a caller, who may wait.
func (s *server) silentBelowABorrowedSpan(parent opentracing.Span) {
	ctx := opentracing.ContextWithSpan(context.Background(), parent)
	go s.work(ctx)
}

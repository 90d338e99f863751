package identity

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// A recorder may begin a trace of its own.
type recorder interface {
	Receive(ctx context.Context) (context.Context, trace.Span)
	Handle(ctx context.Context) (context.Context, trace.Span)
}

type events struct{}

func (events) Receive(context.Context) (context.Context, trace.Span) {
	return tracer.Start(context.Background(), "receive")
}

func (events) Handle(ctx context.Context) (context.Context, trace.Span) {
	return tracer.Start(ctx, "handle")
}

// The context of the recorder is none of the request's, so ctx is at hand.
func (s *service) received(ctx context.Context, r recorder) error {
	own, span := r.Receive(ctx)
	defer span.End()
	if _, err := s.api.Stat(own, "a"); err != nil {
		return err
	}
	_, err := s.api.Stat(context.Background(), "b") // want `although ctx is at hand`
	return err
}

func (s *service) silentReceived(ctx context.Context, r recorder) error {
	ctx, span := r.Receive(ctx)
	defer span.End()
	if _, err := s.api.Stat(ctx, "a"); err != nil {
		return err
	}
	_, err := s.api.Stat(context.Background(), "b")
	return err
}

func (s *service) receivedByType(ctx context.Context, e events) error {
	own, span := e.Receive(ctx)
	defer span.End()
	if _, err := s.api.Stat(own, "a"); err != nil {
		return err
	}
	_, err := s.api.Stat(context.Background(), "b") // want `although ctx is at hand`
	return err
}

func (s *service) begun(ctx context.Context) error {
	own, span := tracer.Start(context.Background(), "begun", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
	defer span.End()
	if _, err := s.api.Stat(own, "a"); err != nil {
		return err
	}
	_, err := s.api.Stat(context.Background(), "b") // want `although own is at hand`
	return err
}

func (s *service) handled(ctx context.Context, r recorder) error {
	below, span := r.Handle(ctx)
	defer span.End()
	if _, err := s.api.Stat(below, "a"); err != nil {
		return err
	}
	_, err := s.api.Stat(context.Background(), "b") // want `although below is at hand`
	return err
}

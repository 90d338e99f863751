// Package service stands between the handlers and the jobs.
package service

import (
	"context"

	"src/orphanspan/facts/jobs"
)

type Service struct {
	queue *jobs.Queue
}

func (s *Service) Queue() *jobs.Queue { return s.queue }

func (s *Service) Place(ctx context.Context, id string) { s.store(ctx, id) }

func (s *Service) store(ctx context.Context, id string) { s.enqueue(ctx, id) }

func (s *Service) enqueue(ctx context.Context, id string) { s.queue.Later(ctx, id) }

func (s *Service) Wait(ctx context.Context, id string) { s.queue.Now(ctx, id) }

func (s *Service) Cut(ctx context.Context, id string) {
	s.queue.Later(context.WithoutCancel(ctx), id)
}

func (s *Service) Detached(ctx context.Context, id string) { s.queue.Detached(ctx, id) }

func (s *Service) Record(ctx context.Context, id string) { jobs.Record(ctx, id) }

// Refresh is called for as long as the service lives.
func (s *Service) Refresh(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
			s.queue.Later(ctx, "refresh")
		}
	}
}

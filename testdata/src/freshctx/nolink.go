package freshctx

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

func (s *service) rootInGoroutine(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.Background(), "root") // want `root span in goroutine has no link to ctx, so nothing leads from the request to its trace`
		defer span.End()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) rootInHandler(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.tasks.Go(func() {
		ctx, span := tracer.Start(context.Background(), "root", trace.WithAttributes(attribute.String("id", id))) // want `no link to r.Context\(\)`
		defer span.End()
		_ = s.notify(ctx, order{ID: id})
	})
}

func (s *service) rootByOption(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "root", trace.WithNewRoot()) // want `no link to ctx`
		defer span.End()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) joinedRoots(ctx context.Context, orders []order) {
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Go(func() {
			ctx, span := tracer.Start(context.Background(), "each") // want `no link to ctx`
			defer span.End()
			_ = s.notify(ctx, o)
		})
	}
	wg.Wait()
	_, _ = s.store.Get(ctx, "all")
}

func (s *service) shadowedBefore(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx := context.Background() // want `no link to ctx`
		ctx, span := tracer.Start(ctx, "root")
		defer span.End()
		_ = s.notify(ctx, o)
	}()
}

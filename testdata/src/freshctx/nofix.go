package freshctx

import (
	"context"
	"net/http"
	"time"
)

func (s *service) noFixWithSpanCaptured(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "outer")
	defer span.End()
	sink(ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		span.AddEvent("notify")
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
	}()
}

func (s *service) noFixWithNameless(_ context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(context.Background(), o) // want `nothing leads from the unnamed context parameter`
	}()
}

func (s *service) noFixWithHelper(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(fresh(), o) // want `goroutine starts over from fresh\(\)`
	}()
}

func (s *service) noFixWhenDeferredCancelStopsIt(ctx context.Context, o order) {
	bg, cancel := context.WithTimeout(context.Background(), time.Minute) // want `goroutine starts over`
	defer cancel()
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(bg, o)
	}()
	_, _ = s.store.Get(ctx, o.ID)
}

func (s *service) noFixInLabelledStatement(w http.ResponseWriter, r *http.Request) {
	goto launch
launch:
	s.tasks.Go(func() { _ = s.notify(context.Background(), order{}) }) // want `goroutine starts over`
}

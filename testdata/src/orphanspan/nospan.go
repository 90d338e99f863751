package orphanspan

import (
	"context"
	"net/http"
	"time"
)

// Detached, and without a span of its own. That the work traces is proven.

func nospanArgument(ctx context.Context, o order) {
	go audit(context.WithoutCancel(ctx), o) // want `goroutine is detached but has no span of its own, so what it traces hangs below a span that has ended`
}

func nospanLiteralArgument(ctx context.Context, o order) {
	go func(ctx context.Context) { // want `goroutine is detached but has no span of its own`
		audit(ctx, o)
	}(context.WithoutCancel(ctx))
}

func nospanInside(ctx context.Context, o order) {
	go func() { // want `goroutine is detached but has no span of its own`
		ctx := context.WithoutCancel(ctx)
		audit(ctx, o)
	}()
}

func nospanBefore(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	go audit(ctx, o) // want `goroutine is detached but has no span of its own`
}

func nospanDeferred(ctx context.Context, o order) {
	defer func() {
		go audit(context.WithoutCancel(ctx), o) // want `goroutine is detached but has no span of its own`
	}()
	_ = work(ctx)
}

func nospanInLoop(ctx context.Context, orders []order) {
	ctx = context.WithoutCancel(ctx)
	for _, o := range orders {
		go func() { // want `goroutine is detached but has no span of its own`
			audit(ctx, o)
		}()
	}
}

func nospanTimeout(ctx context.Context, o order) {
	go func() { // want `goroutine is detached but has no span of its own`
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		audit(ctx, o)
	}()
}

func nospanHandler(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `goroutine is detached but has no span of its own`
		audit(ctx, order{})
	}()
}

func (s *service) nospanTracked(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	s.background.Go(func() { audit(ctx, o) }) // want `goroutine is detached but has no span of its own`
}

func nospanLauncher(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	safeGo(func() { audit(ctx, o) }) // want `goroutine is detached but has no span of its own`
}

func nospanAfterFunc(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	time.AfterFunc(time.Second, func() { audit(ctx, o) }) // want `callback is detached but has no span of its own`
}

func (s *service) nospanSent(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	s.tasks <- func() { audit(ctx, o) } // want `work sent to another goroutine is detached but has no span of its own`
}

// valueOnly cuts cancellation by hand.
type valueOnly struct{ context.Context }

func (valueOnly) Deadline() (time.Time, bool) { return time.Time{}, false }
func (valueOnly) Done() <-chan struct{}       { return nil }
func (valueOnly) Err() error                  { return nil }

func nospanByHand(ctx context.Context, o order) {
	go audit(valueOnly{ctx}, o) // want `goroutine is detached but has no span of its own`
}

func detached(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

func nospanThroughHelper(ctx context.Context, o order) {
	go audit(detached(ctx), o) // want `goroutine is detached but has no span of its own`
}

// Below a span, of a context that is nobody's request.
func nospanBelowSpan(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	go audit(context.WithoutCancel(ctx), o) // want `goroutine is detached but has no span of its own`
}

// The callee has a wrapper, and is called twice.
func nospanTwoCalls(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	go func() { // want `goroutine is detached but has no span of its own`
		notify(ctx, o)
		notify(ctx, o)
	}()
}

func (s *service) nospanInsideLoop(ctx context.Context, orders []order) {
	s.background.Add(1)
	go func() { // want `goroutine is detached but has no span of its own`
		defer s.background.Done()
		ctx := context.WithoutCancel(ctx)
		for _, o := range orders {
			notify(ctx, o)
		}
	}()
}

package freshctx

import (
	"context"
	"time"
)

// limitEndless: a loop that a request starts and nothing ends. What it needs
// is a span per round, not one around all of them.
func (s *service) limitEndless(ctx context.Context) {
	go func() {
		for {
			_ = s.notify(context.Background(), order{})
			time.Sleep(time.Minute)
		}
	}()
	_, _ = s.store.Get(ctx, "a")
}

// limitCondition: a context that one branch replaces for a reason that has to
// do with it, whatever it is.
func (s *service) limitCondition(ctx context.Context, base context.Context) {
	if base != ctx {
		ctx = context.Background()
	}
	_, _ = s.store.Get(ctx, "a")
}

package freshctx

import (
	"context"
	"net/http"
)

// What the user has silenced is not repaired. Nor is what shares a launch with
// it: below the new span it would be a fault of another kind.

func (s *service) firstOfTwoIgnored(w http.ResponseWriter, r *http.Request) {
	o, _ := s.store.Get(r.Context(), r.PathValue("id"))
	s.tasks.Go(func() {
		//spanlint:ignore freshctx.async the reminder has a trace of its own
		_ = s.notify(context.Background(), o)
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
	})
}

func (s *service) secondOfTwoIgnored(w http.ResponseWriter, r *http.Request) {
	o, _ := s.store.Get(r.Context(), r.PathValue("id"))
	s.tasks.Go(func() {
		_ = s.notify(context.Background(), o) // want `goroutine starts over`
		_ = s.notify(context.Background(), o) //spanlint:ignore freshctx.async the reminder has a trace of its own
	})
}

func (s *service) ignoredAlone(ctx context.Context, o order) {
	_ = s.notify(context.Background(), o) //spanlint:ignore freshctx.sync audited by itself
	_ = s.notify(context.TODO(), o)       // want `call starts over`
}

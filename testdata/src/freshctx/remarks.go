package freshctx

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Comments that say why a context starts over, and some that speak of something
// else.

func (s *service) silentWithReasonToPrevent(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// a new context, to prevent one that has expired from leaving half an order
	if err := s.store.Put(context.Background(), o); err != nil {
		return err
	}
	return nil
}

func (s *service) silentWithReasonAboveLimit(ctx context.Context, o order) error {
	// Give it five minutes, independent of the context of the request:
	// a late order is kept and used again.
	limit := 5 * time.Minute
	if d, ok := ctx.Deadline(); ok {
		limit += time.Until(d)
	}

	put, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return s.store.Put(put, o)
}

func (s *service) silentWithReasonAboveDefer(ctx context.Context, o order, mu *sync.Mutex) (err error) {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// Use a background context so that the order is not abandoned when this
	// caller hangs up; the others wait for it.
	done := false
	defer func() {
		if !done {
			mu.Unlock()
		}
	}()

	err = s.store.Put(context.Background(), o)
	done = true
	return err
}

// silentWithReasonInDoc stores an order with a context of its own, so that it
// is there when the customer asks again.
func (s *service) silentWithReasonInDoc(ctx context.Context, o order) error {
	_, _ = s.store.Get(ctx, o.ID)
	return s.store.Put(context.Background(), o)
}

// silentWithoutContextByDoc is meant to run in a goroutine, so it doesn't take a
// `context.Context`. It logs what fails.
func (s *service) silentWithoutContextByDoc(r *http.Request) {
	req, err := http.NewRequest(http.MethodPost, "http://hooks", r.Body)
	if err != nil {
		return
	}
	_, _ = s.client.Do(req)
}

func (s *service) silentHook(w http.ResponseWriter, r *http.Request) { s.silentWithoutContextByDoc(r) }

// remarkOnEarlierContext: the remark is about the first of the two.
func (s *service) remarkOnEarlierContext(ctx context.Context, o order) error {
	_, _ = s.store.Get(ctx, o.ID)
	// Use a background context so that the order is complete.
	done := s.store.Put(context.Background(), o)
	if done != nil {
		return done
	}
	return s.store.Put(context.Background(), order{}) // want `although ctx is at hand`
}

func (s *service) remarkInOtherBlock(ctx context.Context, o order) error {
	if o.ID == "" {
		// Use a new context, because this one may have ended.
		o.ID = "none"
	}
	_, _ = s.store.Get(ctx, o.ID)
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) remarkOnStatementBefore(ctx context.Context, o order) error {
	// The old one is deleted because it was cancelled, so nobody misses it.
	_, _ = s.store.Get(ctx, o.ID)
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) remarkAfterwards(ctx context.Context, o order) error {
	_, _ = s.store.Get(ctx, o.ID)
	err := s.store.Put(context.Background(), o) // want `although ctx is at hand`
	// A background context is used because the order must be complete.
	return err
}

func (s *service) remarkThatPromisesBefore(ctx context.Context, o order) error {
	// TODO: use the request's context instead of a new context
	id := o.ID
	_, _ = s.store.Get(ctx, id)
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

// docOnSomethingElse does not need the context for long. It puts an order.
func (s *service) docOnSomethingElse(ctx context.Context, o order) error {
	_, _ = s.store.Get(ctx, o.ID)
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

// docOnTwoThings looks at the orders instead of the accounts. The context of the
// order is checked, too.
func (s *service) docOnTwoThings(ctx context.Context, o order) error {
	_, _ = s.store.Get(ctx, o.ID)
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) silentWithReasonAboveClause(ctx context.Context, o order) error {
	switch {
	case o.ID != "":
		// Independent of the caller's context, which may end.
		o.ID += "!"
		return s.store.Put(context.Background(), o)
	}
	_, err := s.store.Get(ctx, o.ID)
	return err
}

func (s *service) remarkInOtherClause(ctx context.Context, o order) error {
	switch {
	case o.ID == "a":
		// Independent of the caller's context, which may end.
		o.ID += "!"
	case o.ID != "":
		return s.store.Put(context.Background(), o) // want `although ctx is at hand`
	}
	_, err := s.store.Get(ctx, o.ID)
	return err
}

func (s *service) silentWithReasonAboveLiteral(ctx context.Context, orders []order) error {
	// Each with a context of its own, so that one which fails stops no other.
	for _, o := range orders {
		put := func() error { return s.store.Put(context.Background(), o) }
		if err := put(); err != nil {
			return err
		}
	}
	_, err := s.store.Get(ctx, "all")
	return err
}

// What notify traces is lost whatever the comment says, and its repair must not
// bring the cancellation back.
func (s *service) reasonBeforeTraced(ctx context.Context, o order) error {
	// Use a background context so that the customer hears of it in any case.
	id := o.ID
	if _, err := s.store.Get(ctx, id); err != nil {
		return err
	}
	return s.notify(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) remarkedWork(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		// new context to outlive the request
		ctx := context.Background() // want `goroutine starts over`
		_ = s.notify(ctx, o)
	}()
	_, _ = s.store.Get(ctx, o.ID)
}

// silentForward expects to be run as a goroutine, so it doesn't take a context.
func (s *service) silentForward(r *http.Request) {
	req, err := http.NewRequest(http.MethodPost, "http://siblings", nil)
	if err != nil {
		return
	}
	_, _ = s.client.Do(req)
}

func (s *service) forwards(w http.ResponseWriter, r *http.Request) { go s.silentForward(r) }

// work of which nothing is said.
func (s *service) unremarkedWork(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.store.Put(context.Background(), o) // want `goroutine starts over`
	}()
	_, _ = s.store.Get(ctx, o.ID)
}

func (s *service) silentWithDirective(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return s.store.Put(context.Background(), o) //nolint:contextcheck // half an order is worse than none
}

// A directive alone says that somebody did not want to be asked.
func (s *service) directiveAlone(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return s.store.Put( /* want `call starts over` */ context.Background(), o) //nolint:contextcheck
}

func (s *service) directiveForOthers(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return s.store.Put( /* want `call starts over` */ context.Background(), o) //nolint:errcheck // it is never nil
}

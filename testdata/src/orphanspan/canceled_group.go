package orphanspan

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// errgroup cancels the context of a group when Wait returns.

func groupContextAfterWait(ctx context.Context, o order) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(ctx, o) })
	if err := g.Wait(); err != nil {
		return err
	}
	return db.Save(ctx, o) // want `ctx is the context of a group that has been waited for, and cancelled since Wait returned`
}

// One name of its own mends them all.
func groupContextTwiceAfterWait(ctx context.Context, o order) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(ctx, o) })
	if err := g.Wait(); err != nil {
		return err
	}
	if _, err := db.Load(ctx, o.id); err != nil { // want `ctx is the context of a group that has been waited for`
		return err
	}
	return db.Save(ctx, o)
}

func groupContextOfRequestAfterWait(w http.ResponseWriter, r *http.Request) {
	g, ctx := errgroup.WithContext(r.Context())
	g.Go(func() error { return work(ctx) })
	if g.Wait() == nil {
		notify(ctx, order{}) // want `ctx is the context of a group that has been waited for`
	}
}

func groupContextDerivedAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	valued := context.WithValue(group, keyOf{}, o)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	return db.Save(valued, o) // want `valued is the context of a group that has been waited for`
}

type keyOf struct{}

// A dead context knows why it is dead.

func silentErrAfterWait(ctx context.Context, o order) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(ctx, o) })
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

func silentCauseAfterWait(ctx context.Context, o order) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(ctx, o) })
	_ = g.Wait()
	return context.Cause(ctx)
}

func silentErrKeptAfterWait(ctx context.Context, o order) (err error) {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	err = group.Err()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return errors.Join(err, group.Err())
}

func silentErrInClosureAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	reason := func() error { return group.Err() }
	return reason()
}

func silentValueAfterWait(ctx context.Context, o order) any {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	return group.Value(keyOf{})
}

func silentDoneAfterWait(ctx context.Context, o order) bool {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	select {
	case <-group.Done():
		return true
	default:
		return false
	}
}

func reasonOf(ctx context.Context) error { return context.Cause(ctx) }

func silentHelperAsksAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	return reasonOf(group)
}

func silentOuterAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	return db.Save(ctx, o)
}

func silentWaitOnSomePath(ctx context.Context, o order, wait bool) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	if wait {
		if err := g.Wait(); err != nil {
			return err
		}
	}
	err := db.Save(group, o)
	return errors.Join(err, g.Wait())
}

func silentDetachedAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	return db.Save(context.WithoutCancel(group), o)
}

// A group, or a timeout, below one that has been waited for begins dead.

func groupBelowAGroupAfterWait(ctx context.Context, o order) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(ctx, o) })
	if err := g.Wait(); err != nil {
		return err
	}
	g, ctx = errgroup.WithContext(ctx) // want `ctx is the context of a group that has been waited for, and cancelled since Wait returned`
	g.Go(func() error { return db.Save(ctx, o) })
	return g.Wait()
}

func timeoutBelowAGroupAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	if err := g.Wait(); err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(group, time.Minute) // want `group is the context of a group that has been waited for`
	defer cancel()
	return db.Save(timed, o)
}

func silentGroupBesideAGroup(ctx context.Context, o order) error {
	first, one := errgroup.WithContext(ctx)
	first.Go(func() error { return db.Save(one, o) })
	if err := first.Wait(); err != nil {
		return err
	}
	second, two := errgroup.WithContext(ctx)
	second.Go(func() error { return db.Save(two, o) })
	return second.Wait()
}

func silentGroupBelowAGroupBeforeWait(ctx context.Context, o order) error {
	g, outer := errgroup.WithContext(ctx)
	g.Go(func() error {
		h, inner := errgroup.WithContext(outer)
		h.Go(func() error { return db.Save(inner, o) })
		return h.Wait()
	})
	return g.Wait()
}

func silentTimeoutDetachedAfterWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	timed, cancel := context.WithTimeout(context.WithoutCancel(group), time.Minute)
	defer cancel()
	return db.Save(timed, o)
}

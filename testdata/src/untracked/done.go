package untracked

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"src/untracked/gate"
)

// A return that is taken only because a context is done leaves work behind
// that this very context ends.

func doneBySemaphore(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	g, groupCtx := errgroup.WithContext(ctx)
	for _, id := range ids {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		g.Go(func() error {
			defer sem.Release(1)
			return s.Save(groupCtx, id)
		})
	}
	return g.Wait()
}

func doneInGroup(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, id := range ids {
		err := sem.Acquire(ctx, 1)
		if err != nil {
			slog.Warn("not all saved", "err", err)
			return errors.New("cancelled")
		}
		g.Go(func() error {
			defer sem.Release(1)
			return s.Save(ctx, id)
		})
	}
	return g.Wait()
}

func doneByGate(ctx context.Context, gate *gate.Gate, s store, ids []string) error {
	var wg sync.WaitGroup
	var err error
	for _, id := range ids {
		if err = gate.Start(ctx); err != nil {
			return err
		}
		wg.Go(func() {
			defer gate.Done()
			_ = s.Save(ctx, id)
		})
	}
	wg.Wait()
	return nil
}

func doneByGateOfTwoResults(ctx context.Context, gate *gate.Gate, s store, ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		n, err := gate.Retry(ctx)
		if n > 1 && err != nil {
			return
		}
		wg.Go(func() { _ = s.Save(ctx, id) })
	}
	wg.Wait()
}

func doneInSelect(ctx context.Context, places chan struct{}, s store, ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = s.Save(ctx, id)
		}()
	}
	wg.Wait()
	return nil
}

func doneInLabelledLoop(ctx context.Context, ticks <-chan time.Time, s store, ids []string) error {
	var wg sync.WaitGroup
	stop := ctx.Done()
loop:
	for _, id := range ids {
		wg.Go(func() { _ = s.Save(context.WithValue(ctx, ticks, id), id) })
		select {
		case <-stop:
			break loop
		case <-ticks:
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	wg.Wait()
	return nil
}

func doneAsked(ctx context.Context, s store, ids []string) error {
	g, groupCtx := errgroup.WithContext(ctx)
	for _, id := range ids {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case id == "":
			continue
		}
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(groupCtx, time.Second)
			defer cancel()
			return s.Save(ctx, id)
		})
	}
	return g.Wait()
}

// A limiter is what the semaphore is to its user.
type limiter interface {
	Acquire(context.Context, int64) error
	Release(int64)
}

type doorman struct {
	limiter limiter
	store   store
}

func (l *doorman) acquire(ctx context.Context) error {
	if l.limiter == nil {
		return nil
	}
	return l.limiter.Acquire(ctx, 1)
}

func (l *doorman) doneByInterface(ctx context.Context, ids []string) error {
	g, groupCtx := errgroup.WithContext(ctx)
	for _, id := range ids {
		ctx, span := tracer.Start(groupCtx, "save")
		if err := l.acquire(ctx); err != nil {
			span.End()
			return err
		}
		g.Go(func() error {
			defer span.End()
			return l.store.Save(ctx, id)
		})
	}
	return g.Wait()
}

func doneByClosure(ctx context.Context, gate *gate.Gate, s store, ids []string) error {
	var wg sync.WaitGroup
	enter := func(ctx context.Context) error { return gate.Start(ctx) }
	for _, id := range ids {
		if err := enter(ctx); nil != err {
			return err
		}
		wg.Go(func() { _ = s.Save(ctx, id) })
	}
	wg.Wait()
	return nil
}

type queue[T any] struct{ items chan T }

func (q *queue[T]) next(ctx context.Context) (item T, err error) {
	select {
	case item = <-q.items:
		return item, nil
	case <-ctx.Done():
		return item, ctx.Err()
	}
}

func doneGeneric(ctx context.Context, q *queue[string], s store) error {
	var wg sync.WaitGroup
	for range 10 {
		id, err := q.next(ctx)
		if err != nil {
			return err
		}
		wg.Go(func() { _ = s.Save(ctx, id) })
	}
	wg.Wait()
	return nil
}

// Other reasons, other contexts, work that goes on.

func doneOrFull(ctx context.Context, gate *gate.Gate, s store, ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		if err := gate.Full(ctx); err != nil {
			return err
		}
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return leaves it running without a wait`
	}
	wg.Wait()
	return nil
}

func doneWithin(ctx context.Context, gate *gate.Gate, s store, ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		if err := gate.Within(ctx, time.Second); err != nil {
			return err
		}
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return`
	}
	wg.Wait()
	return nil
}

func doneEither(ctx, other context.Context, gate *gate.Gate, s store, ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		if err := gate.Either(ctx, other); err != nil {
			return err
		}
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return`
	}
	wg.Wait()
	return nil
}

func doneDetached(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		wg.Go(func() { _ = s.Save(context.WithoutCancel(ctx), id) }) // want `wg counts this work, but an early return`
	}
	wg.Wait()
	return nil
}

// The group's context is done when the first of its work has failed, and the
// rest of it has another one.
func doneByFirstError(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	g, groupCtx := errgroup.WithContext(ctx)
	for _, id := range ids {
		if err := sem.Acquire(groupCtx, 1); err != nil {
			return err
		}
		g.Go(func() error { return s.Save(ctx, id) }) // want `g counts this work, but an early return`
	}
	return g.Wait()
}

func doneWithout(ctx context.Context, sem *semaphore.Weighted, f func(string) error, ids []string) error {
	g := new(errgroup.Group)
	for _, id := range ids {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		g.Go(func() error { return f(id) }) // want `g counts this work, but an early return`
	}
	return g.Wait()
}

func doneOrStopped(ctx context.Context, stop <-chan struct{}, s store, ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return`
		select {
		case <-ctx.Done():
			return
		case <-stop:
			return
		default:
		}
	}
	wg.Wait()
}

func doneOrElse(ctx context.Context, s store, ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return`
		if err := ctx.Err(); err != nil || id == "" {
			return
		}
	}
	wg.Wait()
}

func doneOverwritten(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		err := sem.Acquire(ctx, 1)
		if id == "" {
			err = errors.New("no id")
		}
		if err != nil {
			return err
		}
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return`
	}
	wg.Wait()
	return nil
}

func notDone(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() { _ = s.Save(ctx, id) }) // want `wg counts this work, but an early return`
		if err := sem.Acquire(ctx, 1); err == nil {
			return
		}
	}
	wg.Wait()
}

// The workers wait for jobs that nobody sends any more.
func doneBeforeWorkers(ctx context.Context, s store, ids []string) error {
	var wg sync.WaitGroup
	jobs := make(chan string)
	for range 3 {
		wg.Go(func() { // want `wg counts this work, but an early return`
			for id := range jobs {
				_ = s.Save(ctx, id)
			}
		})
	}
	for _, id := range ids {
		select {
		case jobs <- id:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	close(jobs)
	wg.Wait()
	return nil
}

// The work waits for somebody to take its result.
func doneBeforeResults(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	var wg sync.WaitGroup
	results := make(chan error)
	for _, id := range ids {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		wg.Go(func() { // want `wg counts this work, but an early return`
			results <- s.Save(ctx, id)
		})
	}
	for range ids {
		slog.Info("saved", "err", <-results)
	}
	wg.Wait()
	return nil
}

func doneWithRoom(ctx context.Context, sem *semaphore.Weighted, s store, ids []string) error {
	var wg sync.WaitGroup
	results := make(chan error, len(ids))
	for _, id := range ids {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		wg.Go(func() {
			err := s.Save(ctx, id)
			select {
			case results <- err:
			case <-ctx.Done():
			}
		})
	}
	wg.Wait()
	close(results)
	return nil
}

package orphanspan

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// The shapes of a go statement.

func canceledLiteral(ctx context.Context) {
	go func() { // want `goroutine outlives canceledLiteral but works with its ctx, which is cancelled when the request ends`
		_ = work(ctx)
	}()
}

func canceledArgument(ctx context.Context, o order) error {
	go func(ctx context.Context) { // want `goroutine outlives canceledArgument`
		_ = db.Save(ctx, o)
	}(ctx)
	return nil
}

func canceledFunction(ctx context.Context) error {
	go work(ctx) // want `goroutine outlives canceledFunction`
	return nil
}

func (s *service) canceledMethod(ctx context.Context, o order) error {
	go s.save(ctx, o) // want `goroutine outlives canceledMethod`
	return nil
}

func (s *service) canceledInterfaceMethod(ctx context.Context, o order) error {
	go s.store.Save(ctx, o) // want `goroutine outlives canceledInterfaceMethod`
	return nil
}

func canceledMethodExpression(ctx context.Context, s *service, o order) error {
	go (*service).save(s, ctx, o) // want `goroutine outlives canceledMethodExpression`
	return nil
}

func (s *service) canceledMethodValue(ctx context.Context, o order) error {
	save := s.save
	go save(ctx, o) // want `goroutine outlives canceledMethodValue`
	return nil
}

func canceledLocalClosure(ctx context.Context, o order) error {
	save := func() { _ = db.Save(ctx, o) }
	go save() // want `goroutine outlives canceledLocalClosure`
	return nil
}

func canceledLocalClosureWithParameter(ctx context.Context, o order) error {
	save := func(ctx context.Context) { _ = db.Save(ctx, o) }
	go save(ctx) // want `goroutine outlives canceledLocalClosureWithParameter`
	return nil
}

func (s *service) canceledFuncField(ctx context.Context, o order) error {
	go s.onSave(ctx, o) // want `goroutine outlives canceledFuncField`
	return nil
}

func canceledFuncParameter(ctx context.Context, after func(context.Context)) error {
	go after(ctx) // want `goroutine outlives canceledFuncParameter`
	return nil
}

func generic[T any](ctx context.Context, v T) error { return work(ctx) }

func canceledGeneric(ctx context.Context) error {
	go generic(ctx, 1) // want `goroutine outlives canceledGeneric`
	return nil
}

func canceledInstantiated(ctx context.Context) error {
	go generic[string](ctx, "") // want `goroutine outlives canceledInstantiated`
	return nil
}

type cache[K comparable, V any] struct {
	load func(context.Context, K) (V, error)
}

func (c *cache[K, V]) fill(ctx context.Context, k K) { _, _ = c.load(ctx, k) }

func (c *cache[K, V]) canceledGenericMethod(ctx context.Context, k K) {
	go c.fill(ctx, k) // want `goroutine outlives canceledGenericMethod`
}

func canceledInBranch(ctx context.Context, o order) error {
	if o.id != "" {
		go notify(ctx, o) // want `goroutine outlives canceledInBranch`
	}
	return work(ctx)
}

func canceledInLoop(ctx context.Context, orders []order) {
	for _, o := range orders {
		go notify(ctx, o) // want `goroutine outlives canceledInLoop`
	}
}

func canceledInSwitch(ctx context.Context, kind int, o order) {
	switch kind {
	case 1:
		go notify(ctx, o) // want `goroutine outlives canceledInSwitch`
	}
}

func canceledInDefer(ctx context.Context, o order) {
	defer func() {
		go notify(ctx, o) // want `goroutine outlives canceledInDefer`
	}()
	_ = work(ctx)
}

func canceledInInlineClosure(ctx context.Context, o order) {
	each([]order{o}, func(o order) {
		go notify(ctx, o) // want `goroutine outlives canceledInInlineClosure`
	})
}

func each(orders []order, do func(order)) {
	for _, o := range orders {
		do(o)
	}
}

func canceledNested(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledNested`
		_ = work(ctx)
		go notify(ctx, o) // want `goroutine outlives canceledNested`
	}()
}

// Helpers: the use is in the callee, or in one that it calls.

func canceledThroughHelper(ctx context.Context, o order) {
	sendLater(ctx, o)
}

func sendLater(ctx context.Context, o order) {
	go deliver(ctx, o) // want `goroutine outlives sendLater`
}

func deliver(ctx context.Context, o order) { attempt(ctx, o) }

func attempt(ctx context.Context, o order) { _ = db.Save(ctx, o) }

// Timers and events.

func canceledAfterFunc(ctx context.Context, o order) {
	time.AfterFunc(time.Minute, func() { notify(ctx, o) }) // want `callback outlives canceledAfterFunc but works with its ctx`
}

func (s *service) canceledAfterFuncMethod(ctx context.Context, o order) {
	time.AfterFunc(s.retry, func() { // want `callback outlives canceledAfterFuncMethod`
		_ = s.save(ctx, o)
	})
}

func canceledContextAfterFunc(ctx context.Context, o order) {
	// It runs when the context is done, and so cannot work with it.
	context.AfterFunc(ctx, func() { notify(ctx, o) }) // want `callback outlives canceledContextAfterFunc`
}

func canceledAfterSleep(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledAfterSleep`
		time.Sleep(time.Second)
		notify(ctx, o)
	}()
}

// Joins that are none.

func canceledEarlyReturn(ctx context.Context, o order) error {
	done := make(chan error)
	go func() { done <- db.Save(ctx, o) }() // want `goroutine outlives canceledEarlyReturn`
	if o.id == "" {
		return errBoom
	}
	close(done)
	return nil
}

// Others wait for nothing that this work has in hand: the answer is what the
// function has found by itself.
func (s *service) canceledBesideAnAnswer(ctx context.Context, id string) (order, error) {
	if id == "" {
		s.background.Go(func() { // want `goroutine outlives canceledBesideAnAnswer`
			_, _ = s.find(ctx, id)
		})
		return order{}, nil
	}
	return s.find(ctx, id)
}

func (s *service) find(ctx context.Context, id string) (order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.Load(ctx, id)
}

// The channel goes out only where nothing fills it.
func canceledWithoutAChannel(ctx context.Context, now bool) <-chan error {
	c := make(chan error, 1)
	if now {
		c <- work(ctx)
		return c
	}
	go func() { // want `goroutine outlives canceledWithoutAChannel`
		if err := work(ctx); err != nil {
			c <- err
		}
	}()
	return nil
}

func withTenant(ctx context.Context, name string) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	return context.WithValue(ctx, tenantKey{}, name)
}

type tenantKey struct{}

// Nobody who serves a request passes nil.
func derivedUnlessNil(ctx context.Context) {
	ctx = withTenant(ctx, "a")
	go notify(ctx, order{}) // want `goroutine outlives derivedUnlessNil`
}

type batcher interface {
	Flush(ctx context.Context, after <-chan time.Time) (sent int, err error)
	Send(ctx context.Context, at time.Time) error
}

// A result comes when the work is done: that is no loop.
func canceledFlush(ctx context.Context, b batcher) {
	go func() { // want `goroutine outlives canceledFlush`
		if _, err := b.Flush(ctx, time.After(time.Second)); err != nil {
			slog.Error("not flushed", "err", err)
		}
	}()
}

func canceledSend(ctx context.Context, b batcher) {
	go func() { // want `goroutine outlives canceledSend`
		if err := b.Send(ctx, time.Now()); err != nil {
			slog.Error("not sent", "err", err)
		}
	}()
}

// A file has an end.
func canceledFile(ctx context.Context, file io.Reader) {
	go func() { // want `goroutine outlives canceledFile`
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			_ = work(ctx)
		}
	}()
}

// The workers are done when the queue is closed, and the feeder is not.
func canceledFeederGoesOn(ctx context.Context, orders []order) {
	queue := make(chan order)
	go func() { // want `goroutine outlives canceledFeederGoesOn`
		for _, o := range orders {
			queue <- o
		}
		close(queue)
		_ = work(ctx)
	}()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range queue {
			logf("one more")
		}
	})
	wg.Wait()
}

// Others close the queue, whether or not the feeder has come to its end.
func canceledFeederOfOpenQueue(ctx context.Context, orders []order) {
	queue := make(chan order, len(orders))
	go func() { // want `goroutine outlives canceledFeederOfOpenQueue`
		for _, o := range orders {
			if work(ctx) == nil {
				offerTo(queue, o)
			}
		}
	}()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range queue {
			logf("one more")
		}
	})
	close(queue)
	wg.Wait()
}

func offerTo(queue chan order, o order) {
	defer func() { _ = recover() }()
	queue <- o
}

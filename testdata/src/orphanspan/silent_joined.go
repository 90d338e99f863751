package orphanspan

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// Work that the launching function waits for on every path.

func silentWaitGroup(ctx context.Context, orders []order) {
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Add(1)
		go func() {
			defer wg.Done()
			notify(ctx, o)
		}()
	}
	wg.Wait()
}

func silentWaitGroupGo(ctx context.Context, orders []order) {
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Go(func() { notify(ctx, o) })
	}
	wg.Wait()
}

func silentWaitDeferred(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { _ = work(r.Context()) })
}

func silentWaitDeferredInClosure(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	defer func() {
		logf("waiting")
		wg.Wait()
	}()
	wg.Go(func() { _ = work(r.Context()) })
}

func silentErrgroup(ctx context.Context, orders []order) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, o := range orders {
		g.Go(func() error { return db.Save(ctx, o) })
	}
	return g.Wait()
}

func silentErrgroupInCondition(ctx context.Context, o order) error {
	var g errgroup.Group
	g.SetLimit(2)
	g.Go(func() error { return db.Save(ctx, o) })
	if err := g.Wait(); err != nil {
		return err
	}
	return nil
}

func silentConcWaitGroup(ctx context.Context, o order) {
	var wg conc.WaitGroup
	wg.Go(func() { notify(ctx, o) })
	wg.Wait()
}

func silentConcPool(ctx context.Context, orders []order) error {
	p := pool.New().WithErrors().WithMaxGoroutines(4)
	for _, o := range orders {
		p.Go(func() error { return db.Save(ctx, o) })
	}
	return p.Wait()
}

func silentConcContextPool(ctx context.Context, o order) error {
	p := pool.New().WithContext(ctx)
	p.Go(func(ctx context.Context) error { return db.Save(ctx, o) })
	return p.Wait()
}

func silentChannel(ctx context.Context, o order) error {
	done := make(chan error)
	go func() { done <- db.Save(ctx, o) }()
	return <-done
}

func silentChannelClosed(ctx context.Context, o order) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		notify(ctx, o)
	}()
	<-done
}

func silentChannelCounted(ctx context.Context, orders []order) error {
	errs := make(chan error)
	for _, o := range orders {
		go func() { errs <- db.Save(ctx, o) }()
	}
	var err error
	for range orders {
		err = errors.Join(err, <-errs)
	}
	return err
}

func silentChannelRange(ctx context.Context, orders []order) {
	saved := make(chan order)
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if db.Save(ctx, o) == nil {
				saved <- o
			}
		}()
	}
	go func() {
		wg.Wait()
		close(saved)
	}()
	for o := range saved {
		logf("saved %s", o.id)
	}
}

func silentChannelDeferred(ctx context.Context, o order) error {
	done := make(chan error, 1)
	go func() { done <- db.Save(ctx, o) }()
	defer func() { <-done }()
	return work(ctx)
}

func silentSelectOnOwnContext(ctx context.Context, o order) error {
	done := make(chan error, 1)
	go func() { done <- db.Save(ctx, o) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func silentSelectWithTimeoutContext(ctx context.Context, o order) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- db.Save(ctx, o) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func trySend[T any](ctx context.Context, out chan<- T, v T) {
	select {
	case out <- v:
	case <-ctx.Done():
	}
}

func silentSendInHelper(ctx context.Context, o order) error {
	out := make(chan error)
	go func() { trySend(ctx, out, db.Save(ctx, o)) }()
	return <-out
}

func silentLocalClosure(ctx context.Context, orders []order) {
	var wg sync.WaitGroup
	save := func(o order) {
		defer wg.Done()
		notify(ctx, o)
	}
	for _, o := range orders {
		wg.Add(1)
		go save(o)
	}
	wg.Wait()
}

func silentWaitInLocalClosure(ctx context.Context, o order) error {
	var wg sync.WaitGroup
	wait := func() { wg.Wait() }
	wg.Go(func() { notify(ctx, o) })
	wait()
	return nil
}

func waitFor(wg *sync.WaitGroup) { wg.Wait() }

func silentWaitInHelper(ctx context.Context, o order) {
	var wg sync.WaitGroup
	wg.Go(func() { notify(ctx, o) })
	waitFor(&wg)
}

func silentWaitOnAllPaths(ctx context.Context, o order) error {
	var wg sync.WaitGroup
	wg.Go(func() { notify(ctx, o) })
	if o.id == "" {
		wg.Wait()
		return errBoom
	}
	wg.Wait()
	return nil
}

// boundedGroup is a wait group with a limit.
type boundedGroup struct {
	wg  sync.WaitGroup
	sem chan struct{}
}

func (g *boundedGroup) Add(n int) { g.sem <- struct{}{}; g.wg.Add(n) }
func (g *boundedGroup) Done()     { <-g.sem; g.wg.Done() }
func (g *boundedGroup) Wait()     { g.wg.Wait() }

func silentBoundedGroup(ctx context.Context, orders []order) {
	g := &boundedGroup{sem: make(chan struct{}, 3)}
	for _, o := range orders {
		g.Add(1)
		go func() {
			defer g.Done()
			notify(ctx, o)
		}()
	}
	g.Wait()
}

type fanOut struct {
	sync.WaitGroup
	errs []error
}

func silentEmbeddedGroup(ctx context.Context, o order) {
	var f fanOut
	f.Add(1)
	go func() {
		defer f.Done()
		notify(ctx, o)
	}()
	f.Wait()
}

type steps struct{ done chan struct{} }

func (s *steps) run(ctx context.Context) {
	defer close(s.done)
	_ = work(ctx)
}

func silentChannelInObject(ctx context.Context) error {
	s := &steps{done: make(chan struct{})}
	go s.run(ctx)
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The first answer wins; the deferred cancel ends the losers.
func silentHedged(ctx context.Context, replicas []store, id string) (order, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan order, len(replicas))
	for _, r := range replicas {
		go func() {
			if o, err := r.Load(ctx, id); err == nil {
				answers <- o
			}
		}()
	}
	select {
	case o := <-answers:
		return o, nil
	case <-ctx.Done():
		return order{}, ctx.Err()
	}
}

// The work calls cancel when it is done, and that is what is waited for.
func silentCancelAsSignal(ctx context.Context, o order) {
	done, finish := context.WithCancel(context.Background())
	go func() {
		defer finish()
		notify(ctx, o)
	}()
	<-done.Done()
}

// The deferred cancel is how the loop is stopped.
func silentCancelStopsLoop(ctx context.Context, o order) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			notify(ctx, o)
			time.Sleep(time.Second)
		}
	}()
	return work(ctx)
}

// Where the launch is in a closure, the closure's caller waits.
func silentWaitAroundInlineClosure(ctx context.Context, orders []order) {
	var wg sync.WaitGroup
	each(orders, func(o order) {
		wg.Go(func() { notify(ctx, o) })
	})
	wg.Wait()
}

func silentNested(ctx context.Context, o order) {
	var outer sync.WaitGroup
	outer.Go(func() {
		var inner sync.WaitGroup
		inner.Go(func() { notify(ctx, o) })
		inner.Wait()
	})
	outer.Wait()
}

func silentSemaphoreDrained(ctx context.Context, orders []order) error {
	sem := semaphore.NewWeighted(4)
	for _, o := range orders {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		go func() {
			defer sem.Release(1)
			notify(ctx, o)
		}()
	}
	return sem.Acquire(ctx, 4)
}

// runner's tasks send on channels that the caller reads.
type runner struct{ tasks []func(context.Context) }

func (r *runner) Add(task func(context.Context)) { r.tasks = append(r.tasks, task) }

func (r *runner) Start(ctx context.Context) {
	for _, task := range r.tasks {
		go task(ctx)
	}
}

func silentRunner(ctx context.Context, o order) error {
	out := make(chan error)
	r := &runner{}
	r.Add(func(ctx context.Context) { out <- db.Save(ctx, o) })
	r.Start(ctx)
	return <-out
}

// Workers drain what a feeder closes when it is done: they are waited for, so
// the feeder is.

func silentFeeder(ctx context.Context, ids []string) error {
	queue := make(chan order, 10)
	var failed error
	go func() {
		defer close(queue)
		for _, id := range ids {
			o, err := db.Load(ctx, id)
			if err != nil {
				failed = err
				return
			}
			queue <- o
		}
	}()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for o := range queue {
				_ = db.Save(ctx, o)
			}
		})
	}
	wg.Wait()
	return failed
}

func silentFeederAndGroup(ctx context.Context, ids []string) error {
	queue := make(chan order)
	go feedOrders(ctx, ids, queue)
	var g errgroup.Group
	g.Go(func() error { return drainOrders(ctx, queue) })
	return g.Wait()
}

func feedOrders(ctx context.Context, ids []string, out chan<- order) {
	for _, id := range ids {
		if o, err := db.Load(ctx, id); err == nil {
			out <- o
		}
	}
	close(out)
}

func drainOrders(ctx context.Context, in <-chan order) error {
	failed := error(nil)
	for o := range in {
		failed = errors.Join(failed, db.Save(ctx, o))
	}
	return failed
}

func silentFeederOfNamedWorkers(ctx context.Context, ids []string) {
	queue := make(chan order)
	go func() {
		defer func() {
			logf("fed")
			close(queue)
		}()
		for _, id := range ids {
			if o, err := db.Load(ctx, id); err == nil {
				queue <- o
			}
		}
	}()
	var wg sync.WaitGroup
	wg.Add(2)
	for range 2 {
		go drainOrdersCounted(ctx, &wg, queue)
	}
	wg.Wait()
}

func drainOrdersCounted(ctx context.Context, wg *sync.WaitGroup, in <-chan order) {
	defer wg.Done()
	for o := range in {
		_ = db.Save(ctx, o)
	}
}

// Joined before End, so the span is still open.

func silentEndAfterWait(ctx context.Context, orders []order) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Go(func() { audit(ctx, o) })
	}
	wg.Wait()
}

func silentDeferredWaitAfterDeferredEnd(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { audit(ctx, o) })
}

func silentEndByHandAfterWait(ctx context.Context, o order) error {
	ctx, span := tracer.Start(ctx, "op")
	var g errgroup.Group
	g.Go(func() error { return db.Save(ctx, o) })
	err := g.Wait()
	span.End()
	return err
}

// The span lives as long as the group.
func silentEndedByWaiter(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	var wg sync.WaitGroup
	wg.Go(func() { audit(ctx, o) })
	go func() {
		wg.Wait()
		span.End()
	}()
}

// The goroutine ends the span that was started for it.
func silentEndedByWork(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	go func() {
		defer span.End()
		audit(ctx, o)
	}()
}

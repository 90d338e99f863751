package orphanspan

import (
	"context"
	"io"
	"net/http"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Near misses of silent_received.go: on some path nobody asks what keeps the
// promise, or it is another one that is asked.

func promiseDropped(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []chan error
	p := make(chan error)
	promises = append(promises, p)
	go func() { p <- work(ctx) }() // want `goroutine outlives the request`
	logf("%d", len(promises))
}

func promiseJumpedOver(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []chan error
	p := make(chan error)
	promises = append(promises, p)
	go func() { p <- work(ctx) }() // want `goroutine outlives the request`
	if r.URL.Path == "" {
		return
	}
	for _, promise := range promises {
		_ = <-promise
	}
}

func promiseOfAnother(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises, others []chan error
	p, q := make(chan error), make(chan error)
	promises = append(promises, p)
	others = append(others, q)
	go func() { p <- work(ctx) }() // want `goroutine outlives the request`
	go func() { q <- errBoom }()
	for _, other := range others {
		_ = <-other
	}
	logf("%d", len(promises))
}

func promiseTimedOut(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	promises := make(map[string]chan error)
	p := make(chan error)
	promises["a"] = p
	go func() { p <- work(ctx) }() // want `goroutine outlives the request`
	select {
	case <-promises["a"]:
	default:
	}
}

func promiseOfClosureNotCalled(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var waits []func() error
	done := make(chan error)
	go func() { done <- work(ctx) }() // want `goroutine outlives the request`
	waits = append(waits, func() error { return <-done })
	logf("%d", len(waits))
}

func promiseOfClosureCalledElsewhere(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var waits []func() error
	done := make(chan error)
	go func() { done <- work(ctx) }() // want `goroutine outlives the request`
	waits = append(waits, func() error { return nil })
	for _, wait := range waits {
		_ = wait()
	}
}

func functionsNobodyWaitsFor(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error)
	for range 3 {
		go func() {
			for task := range tasks {
				_ = task()
			}
		}()
	}
	tasks <- func() error { return work(ctx) } // want `work sent to another goroutine outlives`
	close(tasks)
}

func functionsOfWorkersJumpedOver(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error)
	var wg sync.WaitGroup
	wg.Go(func() {
		for task := range tasks {
			_ = task()
		}
	})
	tasks <- func() error { return work(ctx) } // want `work sent to another goroutine outlives`
	close(tasks)
	if r.URL.Path == "" {
		return
	}
	wg.Wait()
}

func (a *answering) answerJumpedOver(w http.ResponseWriter, r *http.Request) {
	a.in <- job{ctx: r.Context()} // want `work sent to another goroutine outlives`
	if r.URL.Path == "" {
		return
	}
	_ = <-a.out
}

type other struct{ out chan error }

func (a *answering) answerOfAnother(w http.ResponseWriter, r *http.Request, o *other) {
	a.in <- job{ctx: r.Context()} // want `work sent to another goroutine outlives`
	_ = <-o.out
}

// Without room for its answer the goroutine blocks for ever.
func (s *service) trackerWithoutRoom(w http.ResponseWriter, r *http.Request) {
	t := tracker{pending: 1, done: make(chan struct{}), err: make(chan error)}
	go saveTracked(r.Context(), &t) // want `goroutine outlives the request`
	if err := s.prepare(); err != nil {
		return
	}
	select {
	case <-t.err:
	case <-t.done:
	}
}

func (s *service) trackerNotAsked(w http.ResponseWriter, r *http.Request) {
	t := newTracker(1)
	go saveTracked(r.Context(), t) // want `goroutine outlives the request`
	logf("%d", t.pending)
}

func (s *service) otherTrackerAsked(w http.ResponseWriter, r *http.Request) {
	t, u := newTracker(1), newTracker(1)
	go saveTracked(r.Context(), t) // want `goroutine outlives the request`
	go func(ctx context.Context) { u.finish(nil) }(r.Context())
	<-u.done
}

// The future is looked at and not asked, or another one is.

func futureNotAsked(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	f, s := newAnswer[order]()
	go func() { s.Set(db.Load(ctx, "a")) }() // want `goroutine outlives the request`
	logf("%v", f.IsReady())
}

func futureOfAnother(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	f, s := newAnswer[order]()
	go func() { s.Set(db.Load(ctx, "a")) }() // want `goroutine outlives the request`
	g, _ := newAnswer[order]()
	_, _ = g.Get(ctx)
	logf("%v", f)
}

func pipeClosed(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(export(ctx, order{}, pw)) }() // want `goroutine outlives the request`
	_ = pr.Close()
}

func semaphoreNotDrained(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	sem := semaphore.NewWeighted(4)
	for range 9 {
		if err := sem.Acquire(ctx, 1); err != nil {
			break
		}
		go func() { // want `goroutine outlives the request`
			defer sem.Release(1)
			_ = work(ctx)
		}()
	}
}

func slotsNotFilled(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	slots := make(chan struct{}, 3)
	for range 9 {
		slots <- struct{}{}
		go func() { // want `goroutine outlives the request`
			defer func() { <-slots }()
			_ = work(ctx)
		}()
	}
}

// What is put into the object is not what this work looks at.
func (s *subscribers) subscribedForOthers(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	ch := make(chan error)
	s.subs[""] = append(s.subs[""], ch)
	go s.audit(ctx) // want `goroutine outlives the request`
	_ = <-ch
}

func (s *subscribers) audit(ctx context.Context) { _ = work(ctx) }

func (q *requestQueue) enqueuedForOthers(ctx context.Context, p *pendingRequest) {
	q.pending = append(q.pending, p)
	go q.audit(ctx) // want `goroutine outlives enqueuedForOthers`
}

func (q *requestQueue) audit(ctx context.Context) { _ = work(ctx) }

// The handler returns at once, and the cancel with it.

func handlerStopsAtOnce(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	_ = work(ctx)
	go work(ctx) // want `which the deferred cancel ends`
	logf("%s", r.URL.Path)
}

func handlerStopsInCase(w http.ResponseWriter, r *http.Request, events chan string) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-events:
			if id != "" {
				go db.Save(ctx, order{id}) // want `which the deferred cancel ends`
				return
			}
		}
	}
}

func handlerStopsInLiteral(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	each([]order{{}}, func(o order) {
		go notify(ctx, o) // want `which the deferred cancel ends`
	})
}

func handlerStopsOnSomePath(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go work(ctx) // want `which the deferred cancel ends`
	if r.URL.Path != "" {
		_ = work(ctx)
	}
}

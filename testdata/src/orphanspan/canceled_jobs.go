package orphanspan

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"
)

// Jobs that are sent to a worker with the context of who sends them.

func (s *service) canceledSent(ctx context.Context, o order) {
	s.jobs <- job{ctx: ctx, order: o} // want `work sent to another goroutine outlives canceledSent but works with its ctx`
}

func (s *service) canceledSentInSelect(ctx context.Context, o order) error {
	select {
	case s.jobs <- job{ctx, o}: // want `work sent to another goroutine outlives canceledSentInSelect`
		return nil
	default:
		return errBoom
	}
}

func (s *service) canceledSentVariable(ctx context.Context, o order) {
	j := job{ctx: context.WithValue(ctx, userKey{}, o.id), order: o}
	s.jobs <- j // want `work sent to another goroutine outlives canceledSentVariable`
}

func (s *service) drainJobs() {
	for j := range s.jobs {
		_ = s.save(j.ctx, j.order)
	}
}

func (s *service) canceledSentPointer(w http.ResponseWriter, r *http.Request) {
	s.pending <- &job{ctx: r.Context()} // want `work sent to another goroutine outlives the request but works with the context of r`
}

func (s *service) drainPending(stop chan struct{}) {
	for {
		select {
		case j := <-s.pending:
			s.handle(j)
		case <-stop:
			return
		}
	}
}

func (s *service) handle(j *job) { _ = s.save(j.ctx, j.order) }

func (s *service) canceledSentFunction(ctx context.Context, o order) {
	s.tasks <- func() { notify(ctx, o) } // want `work sent to another goroutine outlives canceledSentFunction`
}

func (s *service) canceledSentFunctionInSelect(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	select {
	case s.tasks <- func() { _ = work(ctx) }: // want `work sent to another goroutine outlives the request`
	case <-time.After(time.Second):
	}
}

func (s *service) canceledSentClosureVariable(ctx context.Context, o order) {
	task := func() { _ = work(ctx) }
	s.tasks <- task // want `work sent to another goroutine outlives canceledSentClosureVariable`
}

func (s *service) drainTasks() {
	for task := range s.tasks {
		task()
	}
}

var contexts = make(chan context.Context)

func canceledSentContext(ctx context.Context) {
	contexts <- ctx // want `work sent to another goroutine outlives canceledSentContext`
}

func drainContexts() {
	for {
		ctx := <-contexts
		_ = work(ctx)
	}
}

var requests = make(chan *http.Request, 10)

func canceledSentRequest(w http.ResponseWriter, r *http.Request) {
	requests <- r // want `work sent to another goroutine outlives the request`
}

func drainRequests() {
	for r := range requests {
		_ = work(r.Context())
	}
}

// Groups that count, and that nobody waits for here.

func (s *service) canceledWaitGroupGo(ctx context.Context, o order) {
	s.background.Go(func() { notify(ctx, o) }) // want `goroutine outlives canceledWaitGroupGo`
}

func (s *service) canceledWaitGroupAdd(ctx context.Context, o order) {
	s.background.Add(1)
	go func() { // want `goroutine outlives canceledWaitGroupAdd`
		defer s.background.Done()
		notify(ctx, o)
	}()
}

func (s *service) Shutdown() { s.background.Wait() }

func canceledErrgroup(ctx context.Context, o order) {
	var g errgroup.Group
	g.Go(func() error { return db.Save(ctx, o) }) // want `goroutine outlives canceledErrgroup`
}

type pooled struct {
	pool  *pool.Pool
	group conc.WaitGroup
	errs  *errgroup.Group
}

func (p *pooled) canceledConcPool(ctx context.Context, o order) {
	p.pool.Go(func() { notify(ctx, o) }) // want `goroutine outlives canceledConcPool`
}

func (p *pooled) canceledConcWaitGroup(ctx context.Context, o order) {
	p.group.Go(func() { notify(ctx, o) }) // want `goroutine outlives canceledConcWaitGroup`
}

func (p *pooled) canceledErrgroupField(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	p.errs.Go(func() error { return work(ctx) }) // want `goroutine outlives the request`
}

func (p *pooled) canceledTryGo(ctx context.Context) bool {
	return p.errs.TryGo(func() error { return work(ctx) }) // want `goroutine outlives canceledTryGo`
}

// Launchers of the user's.

func safeGo(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

func canceledSafeGo(ctx context.Context, o order) {
	safeGo(func() { notify(ctx, o) }) // want `goroutine outlives canceledSafeGo`
}

func canceledSafeGoNamed(ctx context.Context, o order) {
	task := func() { notify(ctx, o) }
	safeGo(task) // want `goroutine outlives canceledSafeGoNamed`
}

func goWithContext(ctx context.Context, name string, f func(context.Context)) {
	go f(ctx) // want `goroutine outlives goWithContext`
}

func attemptLater(delay time.Duration, f func() error) {
	time.AfterFunc(delay, func() { _ = f() })
}

func canceledAttemptLater(ctx context.Context, o order) {
	attemptLater(time.Second, func() error { return db.Save(ctx, o) }) // want `goroutine outlives canceledAttemptLater`
}

func goGeneric[T any](v T, f func(T)) { go f(v) }

func canceledGenericLauncher(ctx context.Context, o order) {
	goGeneric(o, func(o order) { notify(ctx, o) }) // want `goroutine outlives canceledGenericLauncher`
}

type workers struct {
	queue chan func()
	wg    sync.WaitGroup
}

func newWorkers(n int) *workers {
	p := &workers{queue: make(chan func())}
	for range n {
		p.wg.Go(func() {
			for f := range p.queue {
				f()
			}
		})
	}
	return p
}

func (p *workers) Submit(f func())           { p.queue <- f }
func (p *workers) TrySubmit(n int, f func()) { p.Submit(f) }
func (p *workers) Close()                    { close(p.queue); p.wg.Wait() }
func (p *workers) Run(f func(), done func()) { p.wg.Go(func() { defer done(); f() }) }

func (p *workers) canceledSubmit(ctx context.Context, o order) {
	p.Submit(func() { notify(ctx, o) }) // want `goroutine outlives canceledSubmit`
}

func (p *workers) canceledTrySubmit(ctx context.Context, o order) {
	p.TrySubmit(1, func() { notify(ctx, o) }) // want `goroutine outlives canceledTrySubmit`
}

func (p *workers) canceledRun(w http.ResponseWriter, r *http.Request) {
	p.Run(func() { _ = work(r.Context()) }, func() {}) // want `goroutine outlives the request`
}

type typedPool[T any] struct{ run func(T) }

func (p *typedPool[T]) Go(v T, f func(T) error) {
	go func() { _ = f(v) }()
}

func canceledTypedPool(ctx context.Context, p *typedPool[order], o order) {
	p.Go(o, func(o order) error { return db.Save(ctx, o) }) // want `goroutine outlives canceledTypedPool`
}

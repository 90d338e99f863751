// Package helpers has trackers that users write themselves, told by what they
// do.
package helpers

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

type store interface {
	Save(ctx context.Context, id string) error
}

var db store

func work(ctx context.Context) { _ = db.Save(ctx, "1") }

func detached(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }

// A helper that nobody tracks is untracked where it is called.

func goSafe(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

func bareHelper(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	goSafe(func() { work(ctx) }) // want `nobody can wait for this goroutine, .*untracked.bare`
}

// A tracker for the whole process.

var background sync.WaitGroup

func Drain() { background.Wait() }

func goBackground(f func()) {
	background.Add(1)
	go func() {
		defer background.Done()
		f()
	}()
}

func goBackgroundOnce(f func()) { background.Go(f) }

func goThrough(f func()) { goBackgroundOnce(func() { f() }) }

func goCtx(ctx context.Context, f func(context.Context)) {
	background.Add(1)
	go trackedRun(context.WithoutCancel(ctx), f)
}

func trackedRun(ctx context.Context, f func(context.Context)) {
	defer background.Done()
	f(ctx)
}

func silentGlobalTracker(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	goBackground(func() { work(ctx) })
	goBackgroundOnce(func() { work(ctx) })
	goThrough(func() { work(ctx) })
	goCtx(r.Context(), work)
	defer goBackground(func() { work(ctx) })
}

// A tracker by type, the group embedded, wrapped or bounded.

type embeds struct{ sync.WaitGroup }

func (e *embeds) Close() { e.Wait() }

func (e *embeds) silentEmbedded(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	e.Add(1)
	go func() {
		defer e.Done()
		work(ctx)
	}()
}

type bounded struct {
	slots chan struct{}
	wg    sync.WaitGroup
}

func (b *bounded) Add(int) { b.slots <- struct{}{}; b.wg.Add(1) }
func (b *bounded) Done()   { <-b.slots; b.wg.Done() }
func (b *bounded) Wait()   { b.wg.Wait() }

type runner interface {
	Go(func())
	Wait()
}

type service struct {
	limit   bounded
	tasks   runner
	counter counter
	reg     registry
	pool    *pool
	inbox   chan func()
	jobs    chan job
	done    chan struct{}
}

func (s *service) Shutdown() {
	s.limit.Wait()
	s.tasks.Wait()
	s.counter.drain()
	s.reg.drain()
	s.pool.close()
	close(s.jobs)
	<-s.done
}

func (s *service) silentBounded(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	s.limit.Add(1)
	go func() {
		defer s.limit.Done()
		work(ctx)
	}()
}

func (s *service) silentRunner(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	s.tasks.Go(func() { work(ctx) })
}

// Release closures, counters, registries.

type counter struct{ n atomic.Int64 }

func (c *counter) begin() (release func()) {
	c.n.Add(1)
	return func() { c.n.Add(-1) }
}

func (c *counter) track(f func()) func() {
	c.n.Add(1)
	return func() {
		defer c.n.Add(-1)
		f()
	}
}

func (c *counter) drain() {
	for c.n.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
}

func (s *service) silentReleased(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	release := s.counter.begin()
	go func() {
		defer release()
		work(ctx)
	}()
}

func (s *service) silentReleasedByHelper(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	release := s.counter.begin()
	goSafe(func() {
		defer release()
		work(ctx)
	})
}

func (s *service) silentWrapped(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	go s.counter.track(func() { work(ctx) })()
}

func (s *service) silentWrappedValue(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	goSafe(s.counter.track(func() { work(ctx) }))
}

type registry struct {
	mu      sync.Mutex
	running map[string]struct{}
}

func (g *registry) start(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running[id] = struct{}{}
}

func (g *registry) end(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.running, id)
}

func (g *registry) Go(id string, f func()) {
	g.start(id)
	go func() {
		defer g.end(id)
		f()
	}()
}

func (g *registry) drain() {
	for len(g.running) > 0 {
		time.Sleep(time.Millisecond)
	}
}

func (s *service) silentRegistered(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	s.reg.Go("1", func() { work(ctx) })
}

// Worker pools.

type job struct {
	ctx context.Context
	id  string
}

type pool struct {
	tasks chan func()
	wg    sync.WaitGroup
}

func newPool(n int) *pool {
	p := &pool{tasks: make(chan func())}
	for range n {
		p.wg.Add(1)
		go p.run()
	}
	return p
}

func (p *pool) run() {
	defer p.wg.Done()
	for f := range p.tasks {
		f()
	}
}

func (p *pool) Submit(f func()) { p.tasks <- f }

func (p *pool) TrySubmit(f func()) bool {
	select {
	case p.tasks <- f:
		return true
	default:
		return false
	}
}

func (p *pool) close() {
	close(p.tasks)
	p.wg.Wait()
}

func (s *service) silentSubmitted(w http.ResponseWriter, r *http.Request) {
	ctx := detached(r)
	s.pool.Submit(func() { work(ctx) })
	_ = s.pool.TrySubmit(func() { work(ctx) })
	s.inbox <- func() { work(ctx) }
}

func (s *service) worker() {
	defer close(s.done)
	for j := range s.jobs {
		_ = db.Save(j.ctx, j.id)
	}
}

func (s *service) silentJob(w http.ResponseWriter, r *http.Request) {
	s.jobs <- job{ctx: detached(r)}
}

// The caller's group.

func goWith(wg *sync.WaitGroup, f func()) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		f()
	}()
}

func silentCallersGroup(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	goWith(&wg, func() { work(r.Context()) })
	goWith(&background, func() { work(detached(r)) })
	wg.Wait()
}

func unwaitedGroup(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	goWith(&wg, func() { work(detached(r)) }) // want `wg counts this work, but nobody waits for it .untracked.unwaited`
}

func (p *pool) offer(f func()) error {
	select {
	case p.tasks <- f:
		return nil
	default:
		return errFull
	}
}

var errFull = errors.New("full")

// Work that is refused never runs.
func (s *service) silentRefused(w http.ResponseWriter, r *http.Request) error {
	var wg sync.WaitGroup
	wg.Add(1)
	err := s.pool.offer(func() {
		defer wg.Done()
		work(r.Context())
	})
	if err != nil {
		return err
	}
	wg.Wait()
	return nil
}

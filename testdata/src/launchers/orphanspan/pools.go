package orphanspan

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/alitto/pond"
	pondv2 "github.com/alitto/pond/v2"
	"github.com/gammazero/workerpool"
	"github.com/hashicorp/go-multierror"
	"github.com/oklog/run"
	"github.com/panjf2000/ants/v2"
	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/iter"
	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"
)

type server struct {
	ants    *ants.Pool
	pond    *pond.WorkerPool
	pondv2  pondv2.Pool
	results pondv2.ResultPool[order]
	workers *workerpool.WorkerPool
	group   pondv2.TaskGroup
	conc    *pool.Pool
	invoked *ants.PoolWithFunc
	typed   *ants.PoolWithFuncGeneric[*task]
}

type task struct {
	ctx   context.Context
	order order
}

func newServer() (*server, error) {
	invoked, err := ants.NewPoolWithFunc(8, func(arg any) {
		t := arg.(*task)
		_ = db.Save(t.ctx, t.order)
	})
	if err != nil {
		return nil, err
	}
	s := &server{invoked: invoked}
	s.typed, err = ants.NewPoolWithFuncGeneric(8, s.handle)
	return s, err
}

func (s *server) handle(t *task) { _ = db.Save(t.ctx, t.order) }

// Pools live on when the request has ended.

func antsPackage(w http.ResponseWriter, r *http.Request) {
	_ = ants.Submit(func() { _ = work(r.Context()) }) // want `goroutine outlives the request but works with r.Context\(\), .*orphanspan.canceled`
}

func (s *server) antsPool(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	_ = s.ants.Submit(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func (s *server) antsInvoke(w http.ResponseWriter, r *http.Request) {
	_ = s.invoked.Invoke(&task{ctx: r.Context()}) // want `orphanspan.canceled`
}

func (s *server) antsInvokeTyped(w http.ResponseWriter, r *http.Request) {
	t := &task{ctx: r.Context()}
	_ = s.typed.Invoke(t) // want `orphanspan.canceled`
}

func (s *server) silentInvokeDetached(w http.ResponseWriter, r *http.Request) {
	_ = s.invoked.Invoke(&task{ctx: context.WithoutCancel(r.Context())})
}

func (s *server) pondSubmit(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.pond.Submit(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func (s *server) pondBefore(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.pond.SubmitBefore(func() { _ = work(ctx) }, time.Second) // want `orphanspan.canceled`
}

func (s *server) pondGo(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	_ = s.pondv2.Go(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func (s *server) pondTaskDropped(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.pondv2.SubmitErr(func() error { return work(ctx) }) // want `orphanspan.canceled`
}

func (s *server) pondResult(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.results.SubmitErr(func() (order, error) { return db.Load(ctx, "1") }) // want `orphanspan.canceled`
}

func (s *server) workerpoolSubmit(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.workers.Submit(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func (s *server) concPool(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.conc.Go(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

// Some calls wait for the work.

func (s *server) silentSubmitAndWait(w http.ResponseWriter, r *http.Request) {
	s.pond.SubmitAndWait(func() { _ = work(r.Context()) })
	s.workers.SubmitWait(func() { _ = work(r.Context()) })
	_ = s.workers.DoWait(func() { _ = work(r.Context()) })
}

func (s *server) silentTaskWaited(w http.ResponseWriter, r *http.Request) {
	t := s.pondv2.Submit(func() { _ = work(r.Context()) })
	_ = t.Wait()
}

func (s *server) silentTaskWaitedAtOnce(w http.ResponseWriter, r *http.Request) {
	_, _ = s.results.SubmitErr(func() (order, error) { return db.Load(r.Context(), "1") }).Wait()
}

func (s *server) silentTaskDone(w http.ResponseWriter, r *http.Request) {
	t := s.pondv2.Submit(func() { _ = work(r.Context()) })
	<-t.Done()
}

func silentIter(w http.ResponseWriter, r *http.Request, orders []order) {
	iter.ForEach(orders, func(o *order) { _ = db.Save(r.Context(), *o) })
	_, _ = iter.MapErr(orders, func(o *order) (order, error) { return db.Load(r.Context(), o.id) })
	panics.Try(func() { _ = work(r.Context()) })
}

// Groups of pools, and pools of one call, are waited for.

func (s *server) silentPondGroup(w http.ResponseWriter, r *http.Request, orders []order) {
	g := s.pond.Group()
	for _, o := range orders {
		g.Submit(func() { _ = db.Save(r.Context(), o) })
	}
	g.Wait()
}

func (s *server) silentPondGroupContext(w http.ResponseWriter, r *http.Request, orders []order) {
	g, ctx := s.pond.GroupContext(r.Context())
	for _, o := range orders {
		g.Submit(func() error { return db.Save(ctx, o) })
	}
	if err := g.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *server) silentPondV2Group(w http.ResponseWriter, r *http.Request, orders []order) {
	g := s.pondv2.NewGroupContext(r.Context())
	for _, o := range orders {
		g.SubmitErr(func() error { return db.Save(r.Context(), o) })
	}
	_ = g.Wait()
}

func silentLocalWorkerpool(w http.ResponseWriter, r *http.Request, orders []order) {
	wp := workerpool.New(4)
	for _, o := range orders {
		wp.Submit(func() { _ = db.Save(r.Context(), o) })
	}
	wp.StopWait()
}

func silentLocalPond(w http.ResponseWriter, r *http.Request, orders []order) {
	p := pond.New(4, 16)
	defer p.StopAndWait()
	for _, o := range orders {
		p.Submit(func() { _ = db.Save(r.Context(), o) })
	}
}

func silentLocalAnts(w http.ResponseWriter, r *http.Request, orders []order) {
	p, err := ants.NewPool(4)
	if err != nil {
		return
	}
	defer p.Release()
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Add(1)
		_ = p.Submit(func() {
			defer wg.Done()
			_ = db.Save(r.Context(), o)
		})
	}
	wg.Wait()
}

func silentLocalInvoke(w http.ResponseWriter, r *http.Request, orders []order) {
	var wg sync.WaitGroup
	p, err := ants.NewPoolWithFunc(4, func(arg any) {
		defer wg.Done()
		_ = db.Save(r.Context(), arg.(order))
	})
	if err != nil {
		return
	}
	defer p.Release()
	for _, o := range orders {
		wg.Add(1)
		_ = p.Invoke(o)
	}
	wg.Wait()
}

func silentConc(w http.ResponseWriter, r *http.Request, orders []order) {
	p := pool.New().WithErrors().WithContext(r.Context())
	for _, o := range orders {
		p.Go(func(ctx context.Context) error { return db.Save(ctx, o) })
	}
	_ = p.Wait()
	var wg conc.WaitGroup
	wg.Go(func() { _ = work(r.Context()) })
	wg.WaitAndRecover()
}

func silentMultierror(w http.ResponseWriter, r *http.Request) {
	var g multierror.Group
	g.Go(func() error { return work(r.Context()) })
	_ = g.Wait()
}

// Work that is waited for, only too late: the span has ended by then.
func endedBelowPool(ctx context.Context) {
	p := workerpool.New(4)
	defer p.StopWait()
	ctx, span := tracer.Start(ctx, "fan-out")
	defer span.End()
	p.Submit(func() { _ = work(ctx) }) // want `goroutine goes on after the span in ctx has ended, .*orphanspan.ended`
}

// Work that the pool refuses never runs.
func silentRefused(w http.ResponseWriter, r *http.Request, p *ants.Pool) {
	done := make(chan struct{})
	err := p.Submit(func() {
		defer close(done)
		_ = work(r.Context())
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	<-done
}

func refusedOtherwise(w http.ResponseWriter, r *http.Request, p *ants.Pool, other error) {
	done := make(chan struct{})
	ctx := r.Context()
	err := p.Submit(func() { // want `orphanspan.canceled`
		defer close(done)
		_ = work(ctx)
	})
	if other != nil {
		return
	}
	if err == nil {
		<-done
	}
}

func silentRunGroup(ctx context.Context) error {
	var g run.Group
	ctx, cancel := context.WithCancel(ctx)
	g.Add(func() error { return work(ctx) }, func(error) { cancel() })
	return g.Run()
}

func silentErrgroup(w http.ResponseWriter, r *http.Request) {
	g, ctx := errgroup.WithContext(r.Context())
	g.Go(func() error { return work(ctx) })
	_ = g.Wait()
}

// Package untracked has the cases of the rule with launchers of many modules.
package untracked

import (
	"context"
	"net/http"

	"github.com/alitto/pond"
	pondv2 "github.com/alitto/pond/v2"
	"github.com/gammazero/workerpool"
	"github.com/oklog/run"
	"github.com/panjf2000/ants/v2"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/fx"
	"golang.org/x/sync/errgroup"
)

type store interface {
	Save(ctx context.Context) error
}

var db store

func work(ctx context.Context) error { return db.Save(ctx) }

type server struct {
	ants    *ants.Pool
	pond    *pond.WorkerPool
	pondv2  pondv2.Pool
	workers *workerpool.WorkerPool
	invoked *ants.PoolWithFunc
}

// Who owns the pool waits for it, or does not: that is nothing a request
// decides.
func (s *server) silentPools(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	_ = s.ants.Submit(func() { _ = work(ctx) })
	s.pond.Submit(func() { _ = work(ctx) })
	s.pondv2.Submit(func() { _ = work(ctx) })
	s.workers.Submit(func() { _ = work(ctx) })
	_ = s.invoked.Invoke(ctx)
}

func (s *server) groupNotWaited(w http.ResponseWriter, r *http.Request) {
	g := s.pondv2.NewGroup()
	g.SubmitErr(func() error { return work(context.WithoutCancel(r.Context())) }) // want `nobody calls Wait on g, .*untracked.dropped`
}

func (s *server) pondGroupNotWaited(w http.ResponseWriter, r *http.Request) {
	g := s.pond.Group()
	g.Submit(func() { _ = work(context.WithoutCancel(r.Context())) }) // want `g counts this work, but nobody waits for it .untracked.unwaited`
}

func errgroupNotWaited(w http.ResponseWriter, r *http.Request) {
	var g errgroup.Group
	g.Go(func() error { return work(context.WithoutCancel(r.Context())) }) // want `untracked.dropped`
}

func (s *server) silentGroupWaited(w http.ResponseWriter, r *http.Request) {
	g := s.pond.Group()
	g.Submit(func() { _ = work(r.Context()) })
	g.Wait()
}

func silentRunGroup(ctx context.Context) error {
	var g run.Group
	g.Add(func() error { return work(ctx) }, func(error) {})
	return g.Run()
}

// A start is no request, and its end is not that of the work.

type exporter struct{ cancel context.CancelFunc }

func (e *exporter) Start(_ context.Context, _ component.Host) error {
	var ctx context.Context
	ctx, e.cancel = context.WithCancel(context.Background())
	go func() { _ = work(ctx) }()
	return nil
}

func (e *exporter) Shutdown(context.Context) error { e.cancel(); return nil }

func silentHook(lc fx.Lifecycle) {
	lc.Append(fx.Hook{OnStart: func(ctx context.Context) error {
		go func() { _ = work(context.WithoutCancel(ctx)) }()
		return nil
	}})
}

package orphanspan

import (
	"context"
	"net/http"
	"time"

	"github.com/robfig/cron/v3"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/fx"
)

// The context of a hook of fx is cancelled when the start is over.

func appendsHook(lc fx.Lifecycle) {
	lc.Append(fx.Hook{
		OnStart: func(ctx context.Context) error {
			go func() { _ = work(ctx) }() // want `goroutine outlives the life-cycle hook but works with its ctx, which lasts only until the hook returns .orphanspan.canceled`
			return nil
		},
		OnStop: func(ctx context.Context) error { return work(ctx) },
	})
}

func appendsMethod(lc fx.Lifecycle, p *poller) {
	lc.Append(fx.Hook{OnStart: p.start, OnStop: p.stop})
}

type poller struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func (p *poller) start(ctx context.Context) error {
	go p.loop(ctx) // want `orphanspan.canceled`
	return nil
}

func (p *poller) stop(ctx context.Context) error { return nil }

func (p *poller) loop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
			_ = work(ctx)
		}
	}
}

func startHook() fx.Hook {
	return fx.StartHook(func(ctx context.Context) {
		go func() { _ = work(ctx) }() // want `orphanspan.canceled`
	})
}

func startStopHook() fx.Hook {
	return fx.StartStopHook(begins, func() {})
}

func begins(ctx context.Context) error {
	deeper(ctx)
	return nil
}

func deeper(ctx context.Context) {
	time.AfterFunc(time.Minute, func() { _ = work(ctx) }) // want `callback outlives the life-cycle hook.*orphanspan.canceled`
}

func annotated() any {
	return fx.Annotate(newServer, fx.OnStart(func(ctx context.Context) {
		go func() { _ = work(ctx) }() // want `orphanspan.canceled`
	}))
}

func hookVariable(lc fx.Lifecycle) {
	start := func(ctx context.Context) error {
		go func() { _ = work(ctx) }() // want `orphanspan.canceled`
		return nil
	}
	lc.Append(fx.Hook{OnStart: start})
}

func hookAssigned(lc fx.Lifecycle) {
	var h fx.Hook
	h.OnStart = func(ctx context.Context) error {
		go func() { _ = work(ctx) }() // want `orphanspan.canceled`
		return nil
	}
	lc.Append(h)
}

func silentOwnLife(lc fx.Lifecycle) {
	ctx, cancel := context.WithCancel(context.Background())
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() { _ = work(ctx) }()
			return nil
		},
		OnStop: func(context.Context) error { cancel(); return nil },
	})
}

func silentDetachedHook(lc fx.Lifecycle) {
	lc.Append(fx.Hook{OnStart: func(ctx context.Context) error {
		go func() { _ = work(context.WithoutCancel(ctx)) }()
		return nil
	}})
}

func silentWaitsInHook(lc fx.Lifecycle) {
	lc.Append(fx.Hook{OnStart: func(ctx context.Context) error {
		errs := make(chan error, 1)
		go func() { errs <- work(ctx) }()
		return <-errs
	}})
}

func silentServesInHook(lc fx.Lifecycle, s *http.Server) {
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error { go func() { _ = s.ListenAndServe() }(); return nil },
		OnStop:  s.Shutdown,
	})
}

// The Collector says of the context of Start that it is for the start alone.

type receiver struct {
	cancel context.CancelFunc
	cron   *cron.Cron
}

func (r *receiver) Start(ctx context.Context, _ component.Host) error {
	go r.poll(ctx) // want `orphanspan.canceled`
	return nil
}

func (r *receiver) Shutdown(ctx context.Context) error {
	go func() { _ = work(ctx) }() // want `orphanspan.canceled`
	return nil
}

func (r *receiver) poll(ctx context.Context) {
	for range time.Tick(time.Second) {
		_ = work(ctx)
	}
}

type scraper struct {
	component.ShutdownFunc
	cancel context.CancelFunc
}

func (s *scraper) Start(ctx context.Context, host component.Host) error {
	ctx, s.cancel = context.WithCancel(ctx)
	go func() { _ = work(ctx) }() // want `orphanspan.canceled`
	return s.startCron(ctx, host)
}

func (s *scraper) startCron(ctx context.Context, _ component.Host) error {
	c := cron.New()
	_, err := c.AddFunc("@hourly", func() { _ = work(ctx) }) // want `callback outlives the life-cycle hook.*orphanspan.canceled`
	c.Start()
	return err
}

var startFunc = component.StartFunc(func(ctx context.Context, _ component.Host) error {
	go func() { _ = work(ctx) }() // want `orphanspan.canceled`
	return nil
})

type exporter struct{ cancel context.CancelFunc }

func (e *exporter) Start(ctx context.Context, _ component.Host) error {
	if err := work(ctx); err != nil {
		return err
	}
	ctx, e.cancel = context.WithCancel(context.Background())
	go func() { _ = work(ctx) }()
	return nil
}

func (e *exporter) Shutdown(context.Context) error { e.cancel(); return nil }

type detachedExporter struct{ cancel context.CancelFunc }

func (e *detachedExporter) Start(ctx context.Context, _ component.Host) error {
	ctx, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go func() { _ = work(ctx) }()
	return nil
}

func (e *detachedExporter) Shutdown(context.Context) error { e.cancel(); return nil }

// Whoever registers jobs has a context that lasts.
func silentCron(ctx context.Context, c *cron.Cron) error {
	_, err := c.AddFunc("@hourly", func() { _ = work(ctx) })
	return err
}

// The schedule outlives the request that has made it.
func cronOfARequest(c *cron.Cron) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, err := c.AddFunc(r.FormValue("when"), func() { // want `callback outlives the request but works with r.Context\(\)`
			_ = work(r.Context())
		})
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	}
}

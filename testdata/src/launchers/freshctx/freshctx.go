// Package freshctx has the cases of the rule with launchers of many modules.
package freshctx

import (
	"context"
	"net/http"

	"github.com/panjf2000/ants/v2"
	"github.com/robfig/cron/v3"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel"
	"go.uber.org/fx"
)

var tracer = otel.Tracer("freshctx")

type store interface {
	Save(ctx context.Context) error
}

var db store

func inPool(w http.ResponseWriter, r *http.Request) {
	_ = ants.Submit(func() { _ = db.Save(context.Background()) }) // want `goroutine starts over from context.Background\(\), .*freshctx.async`
}

// What a hook starts goes on when its context is gone.

func silentHook(lc fx.Lifecycle) {
	lc.Append(fx.Hook{OnStart: func(ctx context.Context) error {
		go func() { _ = db.Save(context.Background()) }()
		return nil
	}})
}

type exporter struct{ cron *cron.Cron }

func (e *exporter) Start(ctx context.Context, _ component.Host) error {
	go func() { _ = db.Save(context.Background()) }()
	return e.schedule(ctx)
}

func (e *exporter) schedule(ctx context.Context) error {
	if err := db.Save(ctx); err != nil {
		return err
	}
	go e.flush()
	_, err := e.cron.AddFunc("@hourly", func() { _ = db.Save(context.Background()) })
	return err
}

func (e *exporter) flush() { _ = db.Save(context.Background()) }

func (e *exporter) Shutdown(ctx context.Context) error { return db.Save(ctx) }

// A job begins its own life.
func silentJob(ctx context.Context, c *cron.Cron) error {
	_, err := c.AddFunc("@hourly", func() { _ = db.Save(context.Background()) })
	if err != nil {
		return err
	}
	return db.Save(ctx)
}

//ruletest:flags -launchers=(src/orphanspan/declared.runner).Run:task,(src/orphanspan/declared.runner).Sync:1:waits,(src/orphanspan/declared.runner).Detached:f:detached,(src/orphanspan/declared.cache).Load:shared -detachers=(src/orphanspan/declared.runner).Keep -handlers=(src/orphanspan/declared.runner).Handle,(*src/orphanspan/declared.consumer).OnMessage:ctx

// Package declared has functions that are known by declarations alone.
package declared

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("declared")

type store interface {
	Save(ctx context.Context, id string) error
}

var db store

func work(ctx context.Context) { _ = db.Save(ctx, "1") }

func notify(ctx context.Context) {
	if err := db.Save(ctx, "1"); err != nil {
		return
	}
	_, span := tracer.Start(ctx, "notify")
	defer span.End()
}

// A runner hides what it does behind an interface.
type runner interface {
	Run(name string, task func())
	Sync(name string, f func())
	Detached(ctx context.Context, f func(context.Context))
	Keep(ctx context.Context) context.Context
	Handle(topic string, h func(ctx context.Context, msg []byte) error)
	Other(topic string, h func(ctx context.Context, msg []byte) error)
}

type cache[K comparable] interface {
	Load(key K, f func() error) error
}

type service struct {
	r runner
	c cache[string]
}

func register(s *service) {
	s.r.Handle("orders", func(ctx context.Context, msg []byte) error {
		s.r.Run("save", func() { work(ctx) }) // want `goroutine outlives the request but works with ctx, .*orphanspan.canceled`
		return nil
	})
	s.r.Handle("users", s.onUser)
	s.r.Handle("quiet", s.onQuiet)
	s.r.Other("others", func(ctx context.Context, msg []byte) error {
		s.r.Run("silent", func() { work(ctx) })
		return nil
	})
}

func (s *service) onUser(ctx context.Context, msg []byte) error {
	go work(ctx) // want `orphanspan.canceled`
	return nil
}

func (s *service) onQuiet(ctx context.Context, msg []byte) error {
	s.r.Sync("waits", func() { work(ctx) })
	s.r.Run("detached", func() { work(s.r.Keep(ctx)) })
	s.r.Detached(ctx, work)
	return nil
}

type consumer struct{ s *service }

func (c *consumer) OnMessage(ctx context.Context, id string) {
	c.s.r.Detached(ctx, func(ctx context.Context) { notify(ctx) }) // want `goroutine is detached but has no span of its own, .*orphanspan.nospan`
	kept := c.s.r.Keep(ctx)
	go work(kept)
	_ = c.s.c.Load(id, func() error {
		return db.Save(ctx, id) // want `work shared by all callers runs on ctx of the first one.*orphanspan.shared`
	})
}

//ruletest:flags -strict

// Package strict has detached work of which nothing proves that it traces.
package strict

import (
	"context"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("strict")

type order struct{ id string }

type store interface {
	Save(ctx context.Context, o order) error
}

var db store

type service struct {
	background sync.WaitGroup
	tasks      chan func()
}

func (s *service) save(ctx context.Context, o order) error { return db.Save(ctx, o) }

func mayspanInterface(ctx context.Context, o order) {
	go db.Save(context.WithoutCancel(ctx), o) // want `goroutine is detached and has no span of its own, so what it may trace hangs below a span that has ended`
}

func mayspanLiteral(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	go func() { // want `goroutine is detached and has no span of its own`
		_ = db.Save(ctx, o)
	}()
}

func mayspanArgument(ctx context.Context, o order) {
	go func(ctx context.Context) { // want `goroutine is detached and has no span of its own`
		_ = db.Save(ctx, o)
	}(context.WithoutCancel(ctx))
}

func (s *service) mayspanMethod(ctx context.Context, o order) {
	go s.save(context.WithoutCancel(ctx), o) // want `goroutine is detached and has no span of its own`
}

func (s *service) mayspanTracked(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	s.background.Go(func() { _ = s.save(ctx, o) }) // want `goroutine is detached and has no span of its own`
}

func (s *service) Stop() { s.background.Wait() }

func (s *service) mayspanSent(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	s.tasks <- func() { _ = s.save(ctx, o) } // want `work sent to another goroutine is detached and has no span of its own`
}

func mayspanHandler(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `goroutine is detached and has no span of its own`
		_ = db.Save(ctx, order{})
	}()
}

func mayspanTimeout(ctx context.Context, o order) {
	go func() { // want `goroutine is detached and has no span of its own`
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		_ = db.Save(ctx, o)
	}()
}

func mayspanAfterFunc(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	time.AfterFunc(time.Second, func() { _ = db.Save(ctx, o) }) // want `callback is detached and has no span of its own`
}

func mayspanFuncValue(ctx context.Context, after func(context.Context) error) {
	ctx = context.WithoutCancel(ctx)
	go after(ctx) // want `goroutine is detached and has no span of its own`
}

func mayspanBelowSpan(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	go db.Save(context.WithoutCancel(ctx), o) // want `goroutine is detached and has no span of its own`
}

func silentOwnSpan(ctx context.Context, o order) {
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "save", trace.WithNewRoot())
		defer span.End()
		_ = db.Save(ctx, o)
	}()
}

func saveTraced(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "save")
	defer span.End()
	_ = db.Save(ctx, o)
}

func silentWrapperInCallee(ctx context.Context, o order) {
	go saveTraced(context.WithoutCancel(ctx), o)
}

// A loop would have one span for ever.
func silentLoop(ctx context.Context, s *service) {
	ctx = context.WithoutCancel(ctx)
	go func() {
		for {
			time.Sleep(time.Second)
			_ = s.save(ctx, order{})
		}
	}()
}

func silentNoRequest() {
	go db.Save(context.WithoutCancel(context.Background()), order{})
}

func silentJoined(ctx context.Context, o order) {
	ctx = context.WithoutCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = db.Save(ctx, o) })
	wg.Wait()
}

//ruletest:flags -detach=child

// Package child has the variant of the fix that starts a child.
package child

import (
	"context"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("child")

type order struct{ id string }

type store interface {
	Save(ctx context.Context, o order) error
}

var db store

type service struct {
	store
	background sync.WaitGroup
}

func (s *service) Stop() { s.background.Wait() }

func audit(ctx context.Context, o order) {
	if db.Save(ctx, o) != nil {
		return
	}
	ctx, span := tracer.Start(ctx, "audit")
	defer span.End()
	_ = db.Save(ctx, o)
}

func canceledCall(ctx context.Context, o order) {
	go audit(ctx, o) // want `goroutine outlives canceledCall`
}

func canceledLiteral(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledLiteral`
		audit(ctx, o)
	}()
}

func (s *service) canceledTracked(w http.ResponseWriter, r *http.Request) {
	go s.Save(r.Context(), order{}) // want `goroutine outlives the request`
}

func canceledWrapper(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledWrapper`
		ctx, span := tracer.Start(ctx, "background")
		defer span.End()
		audit(ctx, o)
	}()
}

func canceledDeadline(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	go audit(ctx, o) // want `which the deferred cancel ends`
}

func endedBelowSpan(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	go audit(ctx, o) // want `goroutine goes on after the span in ctx has ended`
}

func nospanDetached(ctx context.Context, o order) {
	go audit(context.WithoutCancel(ctx), o) // want `goroutine is detached but has no span of its own`
}

func silentDetachedChild(ctx context.Context, o order) {
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "background")
		defer span.End()
		audit(ctx, o)
	}()
}

package fixes

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/trace"
)

// Names that are taken, and what has to mean the same inside.

func spanTaken(ctx context.Context, span int) {
	go func() { // want `goroutine outlives`
		_ = save(ctx, order{string(rune(span))})
	}()
}

func traceTaken(ctx context.Context, trace string) {
	go save(ctx, order{trace}) // want `goroutine outlives`
}

func tracerTaken(ctx context.Context, tracer int) {
	go countOrders(ctx, tracer) // want `goroutine outlives`
}

type traced struct {
	tracer trace.Tracer
	store  store
}

func (t *traced) tracerOfReceiver(ctx context.Context, o order) {
	go t.store.Save(ctx, o) // want `goroutine outlives`
}

func tracerOfParameter(ctx context.Context, own trace.Tracer, o order) {
	go save(ctx, o) // want `goroutine outlives`
}

func otherName(c context.Context, o order) {
	go save(c, o) // want `goroutine outlives`
}

func requestInside(w http.ResponseWriter, ctx *http.Request) {
	go func() { // want `goroutine outlives`
		_ = save(ctx.Context(), order{})
		_ = save(ctx.Context(), order{"2"})
	}()
}

func requestAsParameter(w http.ResponseWriter, r *http.Request) {
	go func(req *http.Request) { // want `goroutine outlives`
		_ = save(req.Context(), order{})
	}(r)
}

func parameterReassigned(ctx context.Context, o order) {
	go func(ctx context.Context) { // want `goroutine outlives`
		_ = save(ctx, o)
		ctx = context.WithValue(ctx, userKey{}, o.id)
		_ = save(ctx, o)
	}(ctx)
}

func derivedInside(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		c := context.WithValue(ctx, userKey{}, o.id)
		_ = save(c, o)
	}()
}

func sentClosure(ctx context.Context, tasks chan func(), o order) {
	tasks <- func() { // want `work sent to another goroutine outlives`
		_ = save(ctx, o)
	}
}

// There is nothing to cut.
func fromBackground(o order) {
	ctx, op := tracer.Start(context.Background(), "op")
	defer op.End()
	go save(ctx, o) // want `goroutine goes on after the span in ctx has ended`
}

type userContext struct {
	context.Context
	user string
}

func wrappedInside(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		_ = save(&userContext{ctx, "me"}, o)
	}()
}

// The package gets another name.
func contextShadowed(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		context := o.id
		_ = save(ctx, order{context})
	}()
}

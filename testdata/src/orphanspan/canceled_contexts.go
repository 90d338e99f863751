package orphanspan

import (
	"context"
	"net/http"
	"time"
)

// What a context has become on the way.

func canceledWithValue(ctx context.Context) {
	ctx = context.WithValue(ctx, userKey{}, "me")
	go work(ctx) // want `goroutine outlives canceledWithValue`
}

func canceledWithTimeout(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledWithTimeout`
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		notify(ctx, o)
	}()
}

func canceledShadowed(ctx context.Context, o order) {
	if o.id != "" {
		ctx := context.WithValue(ctx, userKey{}, o.id)
		go work(ctx) // want `goroutine outlives canceledShadowed`
	}
}

func canceledAssignedInBranches(ctx context.Context, o order) {
	if o.id != "" {
		ctx = context.WithValue(ctx, userKey{}, o.id)
	} else {
		ctx = context.WithValue(ctx, userKey{}, "nobody")
	}
	go work(ctx) // want `goroutine outlives canceledAssignedInBranches`
}

func canceledAlias(ctx context.Context) {
	c := ctx
	go func() { // want `goroutine outlives canceledAlias`
		_ = work(c)
	}()
}

func canceledVarDeclaration(ctx context.Context, o order) {
	var c context.Context
	if o.id != "" {
		c = ctx
	} else {
		c = context.WithValue(ctx, userKey{}, "nobody")
	}
	go work(c) // want `goroutine outlives canceledVarDeclaration`
}

func enriched(ctx context.Context, o order) context.Context {
	return context.WithValue(ctx, userKey{}, o.id)
}

func canceledThroughDeriver(ctx context.Context, o order) {
	go work(enriched(ctx, o)) // want `goroutine outlives canceledThroughDeriver`
}

type call struct {
	ctx context.Context
	id  string
}

func canceledInStruct(ctx context.Context) {
	c := call{ctx: ctx, id: "1"}
	go func() { // want `goroutine outlives canceledInStruct`
		_ = work(c.ctx)
	}()
}

func canceledInStructPointer(ctx context.Context) {
	c := &call{ctx, "1"}
	go c.run() // want `goroutine outlives canceledInStructPointer`
}

func (c *call) run() { _ = work(c.ctx) }

func canceledInStructArgument(ctx context.Context) {
	go handleCall(&call{ctx: ctx}) // want `goroutine outlives canceledInStructArgument`
}

func handleCall(c *call) { c.run() }

type appContext struct {
	context.Context
	user string
}

func canceledEmbedded(c *appContext) {
	go work(c) // want `goroutine outlives canceledEmbedded`
}

func canceledEmbeddedField(c *appContext) {
	go func() { // want `goroutine outlives canceledEmbeddedField`
		_ = work(c.Context)
	}()
}

func canceledEmbedding(ctx context.Context) {
	c := &appContext{Context: ctx, user: "me"}
	go work(c) // want `goroutine outlives canceledEmbedding`
}

// customContext is a context by its methods alone.
type customContext struct {
	ctx  context.Context
	user string
}

func (c customContext) Deadline() (time.Time, bool) { return c.ctx.Deadline() }
func (c customContext) Done() <-chan struct{}       { return c.ctx.Done() }
func (c customContext) Err() error                  { return c.ctx.Err() }
func (c customContext) Value(key any) any           { return c.ctx.Value(key) }

func canceledCustom(c customContext) {
	go work(c) // want `goroutine outlives canceledCustom`
}

// One use is detached, the other is not.
func canceledBesideDetached(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledBesideDetached`
		notify(context.WithoutCancel(ctx), o)
		_ = db.Save(ctx, o)
	}()
}

func canceledBesideBackground(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledBesideBackground`
		_, _ = db.Load(context.Background(), o.id)
		_ = db.Save(ctx, o)
	}()
}

// The shape is right and the work still dies.
func canceledWrapperSpan(ctx context.Context, o order) {
	go func() { // want `goroutine outlives canceledWrapperSpan`
		ctx, span := tracer.Start(ctx, "background")
		defer span.End()
		_ = db.Save(ctx, o)
	}()
}

// Detached and then bound to the request again.
func canceledReplaced(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	_ = work(ctx)
	ctx = r.Context()
	go work(ctx) // want `goroutine outlives the request`
}

// Package nofix has findings for which no detached span is offered.
package nofix

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
)

var tracer = otel.Tracer("nofix")

type order struct{ id string }

type store interface {
	Save(ctx context.Context, o order) error
}

var db store

func save(ctx context.Context, o order) error { return db.Save(ctx, o) }

type userKey struct{}

// The span would last for ever.
func endless(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	go func() { // want `start a span in each round`
		for {
			time.Sleep(time.Second)
			_ = save(ctx, o)
		}
	}()
}

// Nothing but the context ends it.
func waitsForContext(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	go func() { // want `start a span in each round`
		_ = save(ctx, o)
		<-ctx.Done()
	}()
}

// Nobody takes the result after the early return, so it never ends.
func blocksForEver(ctx context.Context, o order) error {
	done := make(chan error)
	go func() { done <- save(ctx, o) }() // want `goroutine outlives`
	if o.id == "" {
		return nil
	}
	return save(ctx, o)
}

// The group cancels it, on purpose.
func ofGroup(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return save(ctx, o) }) // want `goroutine goes on after the span`
}

// The duration may mean something else by then.
func deadlineVariable(ctx context.Context, patience time.Duration, o order) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	go save(ctx, o) // want `which the deferred cancel ends`
}

func deadlineInstant(ctx context.Context, o order) {
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), time.Now().Add(time.Minute))
	defer cancel()
	go func() { // want `which the deferred cancel ends`
		_ = save(ctx, o)
	}()
}

func deadlineShadowed(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	go func() { // want `which the deferred cancel ends`
		time := o.id
		_ = save(ctx, order{time})
	}()
}

// It would annotate one span and work below another.
func capturedSpan(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	go func() { // want `goroutine outlives`
		span.AddEvent("saving")
		_ = save(ctx, o)
	}()
}

func spanArgument(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	go annotated(ctx, span, o) // want `goroutine outlives`
}

func annotated(ctx context.Context, span trace.Span, o order) { _ = save(ctx, o) }

// A type of its own would be lost.

type appContext struct {
	context.Context
	user string
}

func customContext(ctx *appContext, o order) {
	go func() { // want `goroutine outlives`
		_ = save(ctx, order{ctx.user})
	}()
}

func customContextArgument(ctx *appContext, o order) {
	go save(ctx, o) // want `goroutine outlives`
}

// A new variable would take the assignment.
func assigns(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		_ = save(ctx, o)
		ctx = context.WithValue(ctx, userKey{}, o.id)
		_ = save(ctx, o)
	}()
}

// Declared again in the same block, it would be an error.
func redeclared(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		_ = save(ctx, o)
		var ctx context.Context = context.WithValue(ctx, userKey{}, o.id)
		_ = save(ctx, o)
	}()
}

// The context is in a struct or request, and nowhere else.

type job struct {
	ctx   context.Context
	order order
}

func (j *job) run() { _ = save(j.ctx, j.order) }

func inStruct(ctx context.Context, o order) {
	j := &job{ctx, o}
	go j.run() // want `goroutine outlives`
}

var other = context.Background()

func inStructBesideOther(ctx context.Context, o order) {
	j := &job{ctx: ctx, order: o}
	go func() { // want `goroutine outlives`
		logCtx(other)
		j.run()
	}()
}

func logCtx(ctx context.Context, args ...any) {}

func requestItself(w http.ResponseWriter, r *http.Request) {
	go record(r) // want `goroutine outlives`
}

func record(r *http.Request) { _ = save(r.Context(), order{}) }

// What is sent is wrapped where it is received.
var jobs = make(chan job)

func sent(ctx context.Context, o order) {
	jobs <- job{ctx, o} // want `work sent to another goroutine outlives`
}

func drain() {
	for j := range jobs {
		_ = save(j.ctx, j.order)
	}
}

// A go statement that is no statement of a list.
func labelled(ctx context.Context, o order) {
	if o.id == "" {
		goto start
	}
	_ = save(ctx, o)
start:
	go save(ctx, o) // want `goroutine outlives`
}

// Named functions given to a launcher are launched elsewhere, too.
func later(f func()) { time.AfterFunc(time.Second, f) }

func namedClosure(ctx context.Context, o order) {
	task := func() { _ = save(ctx, o) }
	later(task) // want `goroutine outlives`
	task()
}

func closureWithCapture(ctx context.Context, o order) {
	task := func(c context.Context) {
		logCtx(c)
		_ = save(ctx, o)
	}
	go task(ctx) // want `goroutine outlives`
}

// Joined, only too late: the order of End and Wait is what is wrong.
func joinedAfterEnd(o order) error {
	ctx, span := tracer.Start(context.Background(), "op")
	done := make(chan error, 1)
	go func() { done <- save(ctx, o) }() // want `goroutine goes on after the span`
	span.End()
	return <-done
}

// A comment would be lost.
func commentInCall(ctx context.Context, o order) {
	go save( // want `goroutine outlives`
		ctx,
		o, // this one
	)
}

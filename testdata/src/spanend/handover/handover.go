// Package handover lets a span go with its context to the function that ends it.
package handover

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("handover")

func New() interface {
	Check(ctx context.Context) error
} {
	return &dbJob{}
}

func work(ctx context.Context) error { return ctx.Err() }

// Started and let go by the caller.

func schedule(ctx context.Context) error {
	sctx, _ := tracer.Start(ctx, "ensure")
	return silentEnsure(sctx)
}

func silentEnsure(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End()
	return work(ctx)
}

// By the method of an interface.

type job interface {
	Ensure(ctx context.Context) error
}

type dbJob struct{ id string }

func (j *dbJob) Ensure(ctx context.Context) error {
	span := trace.SpanFromContext(ctx)
	defer span.End()
	span.SetAttributes(attribute.String("id", j.id))
	return work(ctx)
}

func scheduleJob(ctx context.Context, j job) error {
	ctx, _ = tracer.Start(ctx, "job")
	return j.Ensure(ctx)
}

// To a goroutine.

func launch(ctx context.Context) {
	ctx, _ = tracer.Start(context.WithoutCancel(ctx), "launched")
	go silentLaunched(ctx)
}

func silentLaunched(ctx context.Context) {
	defer trace.SpanFromContext(ctx).End()
	_ = work(ctx)
}

// The span is only looked at before.

func scheduleNamed(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "named")
	span.SetAttributes(attribute.Bool("late", true))
	return silentNamed(ctx)
}

func silentNamed(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End()
	return work(ctx)
}

// Passed on by one between.

func scheduleDeep(ctx context.Context) error {
	ctx, _ = tracer.Start(ctx, "deep")
	return pass(ctx)
}

func pass(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return silentDeep(ctx)
}

func silentDeep(ctx context.Context) error {
	err := work(ctx)
	trace.SpanFromContext(ctx).End()
	return err
}

// By a function value.

func scheduleValue(ctx context.Context) error {
	run := silentValue
	ctx, _ = tracer.Start(ctx, "value")
	return run(ctx)
}

func silentValue(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End()
	return work(ctx)
}

// Of a generic type.

type queue[T any] struct{ items []T }

func (q *queue[T]) silentDrain(ctx context.Context) {
	defer trace.SpanFromContext(ctx).End()
	_ = work(ctx)
}

func drain(ctx context.Context, q *queue[string]) {
	ctx, _ = tracer.Start(ctx, "drain")
	q.silentDrain(ctx)
}

// The caller ends its span itself.

func keep(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "kept")
	defer span.End()
	return endsKept(ctx)
}

func endsKept(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
	return work(ctx)
}

func keepInClosure(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "kept")
	defer func() { span.End() }()
	return endsKeptInClosure(ctx)
}

func endsKeptInClosure(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
	return work(ctx)
}

// What is let go goes somewhere else.

func other(ctx context.Context) error {
	started, _ := tracer.Start(ctx, "ensure")
	if err := silentEnsure(started); err != nil {
		return err
	}
	return endsOther(ctx)
}

func endsOther(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
	return work(ctx)
}

// Callers elsewhere have an interface, and may let the span go: this one does
// nothing with it but end it with itself.
func (j *dbJob) Check(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End()
	return work(ctx)
}

// A span that is also described is taken for one's own.
func (j *dbJob) Describe(ctx context.Context) error {
	span := trace.SpanFromContext(ctx)
	defer span.End() // want `belongs to whoever started it`
	span.SetAttributes(attribute.String("id", j.id))
	return work(ctx)
}

// Request and Response are messages.
type Request struct{ Name string }
type Response struct{}

// Servers start the span of a request, and end it.
func (j *dbJob) Get(ctx context.Context, r *Request) (*Response, error) {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
	return nil, work(ctx)
}

// DB can be called by its name.
type DB struct{}

func (d *DB) Check(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
	return work(ctx)
}

type seen struct{}

func (s *seen) Check(ctx context.Context) error {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
	return work(ctx)
}

func checkSeen(ctx context.Context, s *seen) error { return s.Check(ctx) }

// Package objects has spans that objects hold and end.
package objects

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("objects")

func work(ctx context.Context) error { return ctx.Err() }

// An operation holds its span, and ends it.
type operation struct {
	name string
	span trace.Span
	once sync.Once
}

func newOperation(ctx context.Context, name string) (context.Context, *operation) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, &operation{name: name, span: span}
}

func (o *operation) done(err error) {
	if err != nil {
		o.span.RecordError(err)
	}
	o.span.End()
}

func (o *operation) doneOnce() { o.once.Do(func() { o.span.End() }) }

func (o *operation) close() { o.done(nil) }

func (o *operation) note(text string) { o.span.AddEvent(text) }

func (o *operation) title() string { return o.name }

func objectLostOnErrorPath(ctx context.Context) error {
	ctx, op := newOperation(ctx, "op") // want `span in what newOperation returns is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	op.done(nil)
	return nil
}

func objectNeverEnded(ctx context.Context) {
	ctx, op := newOperation(ctx, "op") // want `span in what newOperation returns is never ended`
	op.note(op.title())
	_ = work(ctx)
}

func objectOverwritten(ctx context.Context) {
	ctx, op := newOperation(ctx, "one") // want `span in what newOperation returns is overwritten before it is ended`
	_ = work(ctx)
	ctx, op = newOperation(ctx, "two")
	defer op.close()
	_ = work(ctx)
}

// openOperation has an object with a span only where it does not fail.
func openOperation(ctx context.Context, name string) (*operation, error) {
	ctx, span := tracer.Start(ctx, name)
	if err := work(ctx); err != nil {
		span.End()
		return nil, err
	}
	op := &operation{name: name}
	op.span = span
	return op, nil
}

func again(ctx context.Context) *operation {
	_, op := newOperation(ctx, "again")
	op.note("again")
	return op
}

func objectFromAnother(ctx context.Context) error {
	op := again(ctx) // want `span in what again returns is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	op.span.End()
	return nil
}

func objectAfterError(ctx context.Context) error {
	op, err := openOperation(ctx, "op") // want `span in what openOperation returns is not ended on every path`
	if err != nil {
		return err
	}
	if err := work(ctx); err != nil {
		return err
	}
	op.close()
	return nil
}

// A logger has all methods of its span.
type spanLogger struct {
	trace.Span
	prefix string
}

func newLogger(ctx context.Context) (*spanLogger, context.Context) {
	ctx, span := tracer.Start(ctx, "log")
	l := spanLogger{prefix: "x"}
	l.Span = span
	return &l, ctx
}

func (l *spanLogger) finish() { l.End() }

func objectEmbeds(ctx context.Context) error {
	l, ctx := newLogger(ctx) // want `span in what newLogger returns is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	l.End()
	return nil
}

func silentObjectDeferred(ctx context.Context) error {
	ctx, op := newOperation(ctx, "op")
	defer op.close()
	return work(ctx)
}

func silentObjectClosure(ctx context.Context) (err error) {
	ctx, op := newOperation(ctx, "op")
	defer func() { op.done(err) }()
	return work(ctx)
}

func silentObjectValue(ctx context.Context, cleanup func(func())) error {
	ctx, op := newOperation(ctx, "op")
	cleanup(op.close)
	return work(ctx)
}

func silentObjectOnce(ctx context.Context) error {
	ctx, op := newOperation(ctx, "op")
	defer op.doneOnce()
	if err := work(ctx); err != nil {
		return err
	}
	op.doneOnce()
	return nil
}

func silentObjectOpened(ctx context.Context) error {
	op, err := openOperation(ctx, "op")
	if err != nil {
		return err
	}
	defer op.done(nil)
	return work(ctx)
}

func silentObjectPromoted(ctx context.Context) error {
	l, ctx := newLogger(ctx)
	defer l.Span.End()
	return work(ctx)
}

func silentObjectFinish(ctx context.Context) error {
	l, ctx := newLogger(ctx)
	defer l.finish()
	l.AddEvent("x")
	return work(ctx)
}

func silentObjectLaunched(ctx context.Context) {
	ctx, op := newOperation(ctx, "op")
	go func() {
		defer op.close()
		_ = work(ctx)
	}()
}

func silentObjectGiven(ctx context.Context, take func(*operation)) {
	_, op := newOperation(ctx, "op")
	take(op)
}

func silentObjectReturned(ctx context.Context) (*operation, error) {
	ctx, op := newOperation(ctx, "op")
	return op, work(ctx)
}

func silentObjectCondition(ctx context.Context, on bool) error {
	var op *operation
	if on {
		ctx, op = newOperation(ctx, "op")
	}
	defer func() {
		if op != nil {
			op.close()
		}
	}()
	return work(ctx)
}

type opServer struct {
	mu  sync.Mutex
	ops map[string]*operation
}

func silentObjectKept(ctx context.Context, s *opServer) {
	_, op := newOperation(ctx, "op")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ops[op.title()] = op
}

func (s *opServer) finish(name string) { s.ops[name].close() }

// Who registers its objects may end them.
func (s *opServer) begin(ctx context.Context) *operation {
	_, span := tracer.Start(ctx, "begin")
	op := &operation{span: span}
	s.ops["begin"] = op
	return op
}

func silentObjectRegistered(ctx context.Context, s *opServer) string {
	return s.begin(ctx).title()
}

// A span that was lent is nobody's here.
func current(ctx context.Context) *operation {
	return &operation{span: trace.SpanFromContext(ctx)}
}

func silentObjectLent(ctx context.Context) {
	op := current(ctx)
	op.note("x")
}

type ender interface{ close() }

func silentObjectInterface(ctx context.Context) ender {
	_, op := newOperation(ctx, "op")
	var e ender = op
	return e
}

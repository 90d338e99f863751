// Package helpers has enders and owners that users write themselves, told by
// what they do.
package helpers

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("helpers")

func work(ctx context.Context) error { return ctx.Err() }

// Helpers that end a span.

func endWithCause(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

func endWithError(span trace.Span, err *error) {
	defer span.End()
	if *err != nil && !errors.Is(*err, context.Canceled) {
		span.SetStatus(codes.Error, (*err).Error())
	}
}

func endAll(spans ...trace.Span) {
	for _, s := range spans {
		s.End()
	}
}

func endOnce(once *sync.Once, span trace.Span) { once.Do(func() { span.End() }) }

func endIf(span trace.Span, ok bool) {
	if ok {
		span.End()
	}
}

func ender(span trace.Span) func(error) {
	return func(err error) { endWithCause(span, err) }
}

func endThrough(span trace.Span, err error) error {
	endWithCause(span, err)
	return err
}

type finisher struct{ failed bool }

func (f *finisher) finish(span trace.Span) {
	span.End()
}

func finishAny[S interface{ End(...trace.SpanEndOption) }](span S) { span.End() }

func silentDeferredHelper(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "deferred")
	defer endWithError(span, &err)
	return work(ctx)
}

func silentDeferredClosure(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "closure")
	defer func() { endWithCause(span, err) }()
	return work(ctx)
}

func silentEndAll(ctx context.Context) {
	ctx, a := tracer.Start(ctx, "a")
	_, b := tracer.Start(ctx, "b")
	defer endAll(b, a)
	_ = work(ctx)
}

func silentEndOnce(ctx context.Context) {
	var once sync.Once
	ctx, span := tracer.Start(ctx, "once")
	defer endOnce(&once, span)
	_ = work(ctx)
}

func silentEnder(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "ender")
	end := ender(span)
	end(work(ctx))
}

func silentEndThrough(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "through")
	if err := work(ctx); err != nil {
		return endThrough(span, err)
	}
	return endThrough(span, nil)
}

func (f *finisher) silentMethod(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "method")
	defer f.finish(span)
	_ = work(ctx)
}

func silentGeneric(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "generic")
	defer finishAny(span)
	_ = work(ctx)
}

func silentMethodValue(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "value")
	end := span.End
	defer end()
	_ = work(ctx)
}

func lostBesideHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "lost") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	endWithCause(span, nil)
	return nil
}

func lostWhereHelperDoesNot(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "may") // want `span is not ended on every path`
	endIf(span, work(ctx) == nil)
}

// Owners that end their span by another name.

type operation struct {
	span trace.Span
	err  error
}

func begin(ctx context.Context, name string) (context.Context, *operation) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, &operation{span: span}
}

func (o *operation) Finish()      { endWithCause(o.span, o.err) }
func (o *operation) fail(e error) { o.err = e }

func silentOwner(ctx context.Context) {
	ctx, op := begin(ctx, "op")
	defer op.Finish()
	op.fail(work(ctx))
}

type timer struct{ spans []trace.Span }

func (t *timer) start(ctx context.Context, name string) context.Context {
	ctx, span := tracer.Start(ctx, name)
	t.spans = append(t.spans, span)
	return ctx
}

func (t *timer) Drop() {
	for _, s := range t.spans {
		s.End()
	}
}

type scope struct {
	span trace.Span
	done func()
}

func silentOwnerFunc(ctx context.Context) *scope {
	_, span := tracer.Start(ctx, "scope")
	return &scope{span: span, done: func() { span.End() }}
}

type builder struct{ trace.Span }

func (b builder) Send() { b.End() }

func silentEmbedded(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "embedded")
	b := builder{span}
	defer b.Send()
	_ = work(ctx)
}

// RunWithNewRoot and its like.

func runWithNewRoot(ctx context.Context, name string, f func(context.Context) error) (err error) {
	ctx, span := tracer.Start(ctx, name, trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
	defer endWithError(span, &err)
	return f(ctx)
}

func withSpan(ctx context.Context, name string, f func(context.Context, trace.Span) error) error {
	ctx, span := tracer.Start(ctx, name)
	defer span.End()
	return f(ctx, span)
}

func silentRun(ctx context.Context) error {
	return runWithNewRoot(ctx, "root", func(ctx context.Context) error {
		return withSpan(ctx, "inner", func(ctx context.Context, span trace.Span) error {
			span.AddEvent("working")
			return work(ctx)
		})
	})
}

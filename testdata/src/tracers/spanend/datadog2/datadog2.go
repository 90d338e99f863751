// Package datadog2 has spans of Datadog's tracer, version 2.
package datadog2

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func lostOnErrorPath(ctx context.Context) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "load") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		span.Finish(tracer.WithError(err))
		return err
	}
	if ctx.Err() != nil {
		return nil
	}
	span.Finish()
	return nil
}

func lostForGood(ctx context.Context) {
	span := tracer.StartSpan("load", tracer.ResourceName("x")) // want `span is never ended`
	span.SetTag("k", 1)
	_ = work(tracer.ContextWithSpan(ctx, span))
}

func lostDiscarded(ctx context.Context) {
	_, ctx = tracer.StartSpanFromContext(ctx, "load") // want `span started by tracer.StartSpanFromContext is discarded`
	_ = work(ctx)
}

func lostOverwritten(ctx context.Context) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "one") // want `span is overwritten before it is ended`
	_ = work(ctx)
	span, ctx = tracer.StartSpanFromContext(ctx, "two")
	defer span.Finish()
	return work(ctx)
}

func manualFinish(ctx context.Context) {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	_ = work(ctx)
	span.Finish() // want `span is ended by hand, so a panic`
}

func manualWithError(ctx context.Context) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	err := work(ctx)
	span.Finish(tracer.WithError(err)) // want `span is ended by hand`
	return err
}

func inLoop(ctx context.Context, ids []string) {
	for range ids {
		span, ctx := tracer.StartSpanFromContext(ctx, "round")
		defer span.Finish() // want `deferred Finish of span in a loop`
		_ = work(ctx)
	}
}

func foreignFinish(ctx context.Context) {
	span, ok := tracer.SpanFromContext(ctx)
	if !ok {
		return
	}
	span.SetTag("k", 1)
	span.Finish() // want `the span that tracer.SpanFromContext returns belongs`
}

func lateTag(ctx context.Context) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	err := work(ctx)
	span.Finish() // want `span is ended here and annotated later`
	span.SetTag("error", err)
	return err
}

func silentDeferred(ctx context.Context) error {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	defer span.Finish()
	return work(ctx)
}

func silentError(ctx context.Context) (err error) {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	defer func() { span.Finish(tracer.WithError(err)) }()
	return work(ctx)
}

func silentTimed(ctx context.Context, begin time.Time) {
	span, _ := tracer.StartSpanFromContext(ctx, "load", tracer.StartTime(begin))
	_ = work(ctx)
	span.Finish(tracer.FinishTime(time.Now()))
}

func silentChild(ctx context.Context) error {
	if _, ok := tracer.SpanFromContext(ctx); ok {
		span, next := tracer.StartSpanFromContext(ctx, "child")
		defer span.Finish()
		ctx = next
	}
	return work(ctx)
}

func silentFinishOptions(ctx context.Context) (err error) {
	span, ctx := tracer.StartSpanFromContext(ctx, "load")
	var opts []tracer.FinishOption
	defer func() {
		if err != nil {
			opts = append(opts, tracer.WithError(err), tracer.NoDebugStack())
		}
		span.Finish(opts...)
	}()
	return work(ctx)
}

func silentMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		span, ctx := tracer.StartSpanFromContext(r.Context(), "http.request")
		defer span.Finish()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

type job struct {
	span *tracer.Span
}

func silentStored(ctx context.Context) *job {
	span, _ := tracer.StartSpanFromContext(ctx, "job")
	return &job{span: span}
}

func (j *job) finish(err error) { j.span.Finish(tracer.WithError(err)) }

func silentAsync(ctx context.Context) {
	span, ctx := tracer.StartSpanFromContext(ctx, "send")
	go func() {
		defer span.Finish()
		_ = work(ctx)
	}()
}

func silentFails(ctx context.Context) error {
	span, _ := tracer.StartSpanFromContext(ctx, "load")
	defer span.Finish()
	return errBoom
}

func lostStartChild(parent *tracer.Span) {
	span := parent.StartChild("child") // want `span is never ended`
	span.SetTag("k", 1)
}

func silentStartChild(parent *tracer.Span) {
	span := parent.StartChild("child")
	defer span.Finish()
}

func silentUser(ctx context.Context) {
	span, _ := tracer.StartSpanFromContext(ctx, "login")
	defer span.Finish()
	tracer.SetUser(span, "id")
}

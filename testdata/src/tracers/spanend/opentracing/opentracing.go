// Package opentracing has spans of OpenTracing, whose second Finish counts.
package opentracing

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func lostOnErrorPath(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		ext.LogError(span, err)
		return err
	}
	span.Finish()
	return nil
}

// The other Finish is not directly before its return: with a deferred one
// there would be two.
func lostWithoutFix(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.Finish()
	return work(ctx)
}

func lostForGood(tracer opentracing.Tracer) {
	span := tracer.StartSpan("load") // want `span is never ended`
	ext.Component.Set(span, "db")
	span.SetTag("k", 1)
}

func lostAlone(ctx context.Context) {
	opentracing.StartSpan("load") // want `span started by opentracing.StartSpan is discarded`
	_ = work(ctx)
}

func lostChild(ctx context.Context) error {
	parent := opentracing.SpanFromContext(ctx)
	if parent == nil {
		return work(ctx)
	}
	span := opentracing.StartSpan("child", opentracing.ChildOf(parent.Context())) // want `span is not ended on every path`
	ctx = opentracing.ContextWithSpan(ctx, span)
	if err := work(ctx); err != nil {
		return err
	}
	span.Finish()
	return nil
}

func manualFinish(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	err := work(ctx)
	span.Finish() // want `span is ended by hand, so a panic`
	return err
}

func inLoop(ctx context.Context, ids []string) {
	for range ids {
		span, ctx := opentracing.StartSpanFromContext(ctx, "round")
		defer span.Finish() // want `deferred Finish of span in a loop`
		_ = work(ctx)
	}
}

func foreignFinish(ctx context.Context) {
	span := opentracing.SpanFromContext(ctx)
	span.SetTag("k", 1)
	span.Finish() // want `the span that opentracing.SpanFromContext returns belongs`
}

func lateTag(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	err := work(ctx)
	span.Finish() // want `span is ended here and annotated later`
	if err != nil {
		ext.Error.Set(span, true)
	}
	return err
}

func earlyFinish(ctx context.Context) func() error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	defer span.Finish() // want `the function that leaves the function still works under it`
	return func() error { return work(ctx) }
}

func silentDeferred(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	defer span.Finish()
	return work(ctx)
}

func silentAtOnce(ctx context.Context, tracer opentracing.Tracer) error {
	defer tracer.StartSpan("load").Finish()
	return work(ctx)
}

func silentOptions(ctx context.Context) (err error) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	defer func() {
		if err != nil {
			ext.LogError(span, err)
		}
		span.FinishWithOptions(opentracing.FinishOptions{FinishTime: time.Now()})
	}()
	return work(ctx)
}

// A span only below another one.
func silentConditional(ctx context.Context) error {
	if parent := opentracing.SpanFromContext(ctx); parent != nil {
		span := opentracing.StartSpan("child", opentracing.ChildOf(parent.Context()))
		defer span.Finish()
		ctx = opentracing.ContextWithSpan(ctx, span)
	}
	return work(ctx)
}

func silentConditionalOutside(ctx context.Context) error {
	var span opentracing.Span
	if parent := opentracing.SpanFromContext(ctx); parent != nil {
		span = parent.Tracer().StartSpan("child", opentracing.ChildOf(parent.Context()))
		defer span.Finish()
	}
	return work(ctx)
}

func silentOptional(ctx context.Context, on bool) error {
	var span opentracing.Span
	if on {
		span, ctx = opentracing.StartSpanFromContext(ctx, "load")
	}
	defer func() {
		if span != nil {
			span.Finish()
		}
	}()
	return work(ctx)
}

// A server's middleware.
func silentMiddleware(tracer opentracing.Tracer, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parent, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		span := tracer.StartSpan(r.URL.Path, ext.RPCServerOption(parent))
		defer span.Finish()
		ext.HTTPMethod.Set(span, r.Method)
		next.ServeHTTP(w, r.WithContext(opentracing.ContextWithSpan(r.Context(), span)))
	})
}

// The body is read later, and ends the span when it is closed.
type body struct {
	span opentracing.Span
}

func (b *body) Close() error {
	b.span.Finish()
	return nil
}

func silentStored(ctx context.Context) *body {
	span, _ := opentracing.StartSpanFromContext(ctx, "read")
	return &body{span}
}

func silentReturned(ctx context.Context) (opentracing.Span, context.Context) {
	return opentracing.StartSpanFromContext(ctx, "load")
}

func lostByCaller(ctx context.Context) error {
	span, ctx := silentReturned(ctx) // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.Finish()
	return nil
}

func finish(span opentracing.Span, err error) error {
	if err != nil {
		ext.LogError(span, err)
	}
	span.Finish()
	return err
}

func silentHelper(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	if err := work(ctx); err != nil {
		return finish(span, err)
	}
	return finish(span, nil)
}

// Whatever has the method ends it.
func close(s interface{ Finish() }) { s.Finish() }

func silentInterface(ctx context.Context) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	defer close(span)
	return work(ctx)
}

func silentNoop(ctx context.Context) error {
	span := opentracing.NoopTracer{}.StartSpan("load")
	span.SetTag("k", 1)
	return work(ctx)
}

func silentContextAfter(ctx context.Context) opentracing.SpanContext {
	span, ctx := opentracing.StartSpanFromContext(ctx, "load")
	defer span.Finish()
	_ = work(ctx)
	return span.Context()
}

func silentCallback(ctx context.Context, on func(func(error))) {
	span, _ := opentracing.StartSpanFromContext(ctx, "load")
	on(func(err error) { finish(span, err) })
}

func silentFails(ctx context.Context) error {
	span, _ := opentracing.StartSpanFromContext(ctx, "load")
	defer span.Finish()
	return errBoom
}

// The setters return their span.
func lostChain(ctx context.Context, tracer opentracing.Tracer) error {
	span := tracer.StartSpan("load").SetTag("k", 1).SetOperationName("store") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.SetTag("k", 2).Finish()
	return nil
}

func silentChain(ctx context.Context, tracer opentracing.Tracer) error {
	span := tracer.StartSpan("load").SetTag("k", 1)
	defer span.SetTag("k", 2).Finish()
	return work(ctx)
}

type wrapper struct {
	opentracing.Span
	begin time.Time
}

func wrap(span opentracing.Span) *wrapper {
	w := wrapper{begin: time.Now()}
	w.Span = span.SetTag("wrapped", true)
	return &w
}

func silentWrapped(tracer opentracing.Tracer, on bool) opentracing.Span {
	span := tracer.StartSpan("load")
	if !on {
		return span
	}
	return wrap(span)
}

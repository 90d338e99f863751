// Package elastic has spans and transactions of Elastic APM.
package elastic

import (
	"context"
	"errors"
	"net/http"

	"go.elastic.co/apm/v2"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func lostOnErrorPath(ctx context.Context) error {
	span, ctx := apm.StartSpan(ctx, "load", "db") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func lostTransaction(tracer *apm.Tracer) {
	tx := tracer.StartTransaction("job", "task") // want `span tx is never ended`
	tx.Context.SetLabel("k", 1)
	_ = work(apm.ContextWithTransaction(context.Background(), tx))
}

func lostChild(tx *apm.Transaction) {
	span := tx.StartSpan("load", "db", nil) // want `span is never ended`
	span.Context.SetLabel("k", 1)
}

func manualEnd(ctx context.Context) error {
	span, ctx := apm.StartSpanOptions(ctx, "load", "db", apm.SpanOptions{ExitSpan: true})
	err := work(ctx)
	span.End() // want `span is ended by hand, so a panic`
	return err
}

func inLoop(ctx context.Context, ids []string) {
	for range ids {
		span, ctx := apm.StartSpan(ctx, "round", "db")
		defer span.End() // want `deferred End of span in a loop`
		_ = work(ctx)
	}
}

func foreignEnd(ctx context.Context) {
	tx := apm.TransactionFromContext(ctx)
	tx.Result = "done"
	tx.End() // want `the span that apm.TransactionFromContext returns belongs`
}

func silentDeferred(ctx context.Context) error {
	span, ctx := apm.StartSpan(ctx, "load", "db")
	defer span.End()
	return work(ctx)
}

func silentDropped(ctx context.Context) {
	span, ctx := apm.StartSpan(ctx, "load", "db")
	if !span.Dropped() {
		span.Context.SetLabel("k", 1)
	}
	defer span.End()
	_ = work(ctx)
}

func silentDiscarded(tracer *apm.Tracer, keep func() bool) {
	tx := tracer.StartTransaction("poll", "task")
	if !keep() {
		tx.Discard()
		return
	}
	defer tx.End()
	_ = work(apm.ContextWithTransaction(context.Background(), tx))
}

func silentError(ctx context.Context) (err error) {
	span, ctx := apm.StartSpan(ctx, "load", "db")
	defer func() {
		if err != nil {
			apm.CaptureError(ctx, err).Send()
			span.Outcome = "failure"
		}
		span.End()
	}()
	return work(ctx)
}

func silentParent(ctx context.Context, tx *apm.Transaction) {
	parent := tx.StartSpan("outer", "app", nil)
	defer parent.End()
	span := tx.StartSpan("inner", "app", parent)
	defer span.End()
	_ = work(ctx)
}

func silentMiddleware(tracer *apm.Tracer, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tx := tracer.StartTransaction(r.URL.Path, "request")
		defer tx.End()
		next.ServeHTTP(w, r.WithContext(apm.ContextWithTransaction(r.Context(), tx)))
	})
}

func silentFails(ctx context.Context) error {
	span, _ := apm.StartSpan(ctx, "load", "db")
	defer span.End()
	return errBoom
}

// Package sentry has spans of Sentry, which carry their context themselves.
package sentry

import (
	"context"
	"errors"
	"net/http"

	"github.com/getsentry/sentry-go"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func lostOnErrorPath(ctx context.Context) error {
	span := sentry.StartSpan(ctx, "load") // want `span is not ended on every path`
	if err := work(span.Context()); err != nil {
		return err
	}
	span.Finish()
	return nil
}

func lostForGood(ctx context.Context) {
	span := sentry.StartSpan(ctx, "load") // want `span is never ended`
	ctx = span.Context()
	_ = work(ctx)
}

func lostContext(ctx context.Context) {
	_ = work(sentry.StartSpan(ctx, "load").Context()) // want `span started by sentry.StartSpan is discarded`
}

func lostChild(parent *sentry.Span) {
	span := parent.StartChild("load") // want `span is never ended`
	span.SetTag("k", "v")
}

func lostTransaction(ctx context.Context) error {
	tx := sentry.StartTransaction(ctx, "job") // want `span tx is not ended on every path`
	if err := work(tx.Context()); err != nil {
		return err
	}
	tx.Finish()
	return nil
}

func manualFinish(ctx context.Context) error {
	span := sentry.StartSpan(ctx, "load")
	err := work(span.Context())
	span.Finish() // want `span is ended by hand, so a panic`
	return err
}

func inLoop(ctx context.Context, ids []string) {
	for range ids {
		span := sentry.StartSpan(ctx, "round")
		defer span.Finish() // want `deferred Finish of span in a loop`
		_ = work(span.Context())
	}
}

func foreignFinish(ctx context.Context) {
	span := sentry.SpanFromContext(ctx)
	span.Status = sentry.SpanStatusOK
	span.Finish() // want `the span that sentry.SpanFromContext returns belongs`
}

func earlyFinish(ctx context.Context) context.Context {
	span := sentry.StartSpan(ctx, "load")
	defer span.Finish() // want `span is ended here, but its context leaves the function`
	return span.Context()
}

func silentDeferred(ctx context.Context) error {
	span := sentry.StartSpan(ctx, "load")
	defer span.Finish()
	ctx = span.Context()
	return work(ctx)
}

func silentAtOnce(ctx context.Context) error {
	defer sentry.StartSpan(ctx, "load").Finish()
	return work(ctx)
}

func silentError(ctx context.Context) (err error) {
	span := sentry.StartSpan(ctx, "load", sentry.WithDescription("x"))
	defer func() {
		if err != nil {
			span.Status = sentry.SpanStatusInternalError
		}
		span.Finish()
	}()
	return work(span.Context())
}

// The transaction can be the one of the middleware.
func silentLent(ctx context.Context) error {
	tx := sentry.StartTransaction(ctx, "job")
	tx.SetTag("k", "v")
	return work(tx.Context())
}

// It is exported with its transaction, and what is set until then too.
func silentLate(ctx context.Context) error {
	span := sentry.StartSpan(ctx, "load")
	defer span.SetTag("k", "v")
	defer span.Finish()
	return work(span.Context())
}

func silentMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tx := sentry.StartTransaction(r.Context(), r.URL.Path, sentry.ContinueFromRequest(r))
		defer tx.Finish()
		next.ServeHTTP(w, r.WithContext(tx.Context()))
	})
}

func silentReturned(ctx context.Context) (context.Context, *sentry.Span) {
	span := sentry.StartSpan(ctx, "load")
	return span.Context(), span
}

func silentEndFunc(ctx context.Context) (context.Context, func()) {
	span := sentry.StartSpan(ctx, "load")
	return span.Context(), span.Finish
}

func lostByCaller(ctx context.Context) error {
	ctx, end := silentEndFunc(ctx) // want `span started by silentEndFunc is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	end()
	return nil
}

func silentNil(ctx context.Context) error {
	var span *sentry.Span
	if parent := sentry.SpanFromContext(ctx); parent != nil {
		span = parent.StartChild("load")
	}
	if span != nil {
		defer span.Finish()
	}
	return work(ctx)
}

func silentFails(ctx context.Context) error {
	span := sentry.StartSpan(ctx, "load")
	defer span.Finish()
	return errBoom
}

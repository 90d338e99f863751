// Package newrelic has transactions and segments of New Relic.
package newrelic

import (
	"context"
	"errors"
	"net/http"

	"github.com/newrelic/go-agent/v3/newrelic"
)

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

func lostOnErrorPath(ctx context.Context, txn *newrelic.Transaction) error {
	seg := txn.StartSegment("load") // want `span seg is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	seg.End()
	return nil
}

func lostFunction(ctx context.Context) {
	seg := newrelic.StartSegment(newrelic.FromContext(ctx), "load") // want `span seg is never ended`
	seg.AddAttribute("k", 1)
	_ = work(ctx)
}

func lostTransaction(app *newrelic.Application) {
	txn := app.StartTransaction("job") // want `span txn is never ended`
	defer txn.StartSegment("load").End()
	_ = work(newrelic.NewContext(context.Background(), txn))
}

func lostExternal(txn *newrelic.Transaction, req *http.Request) error {
	seg := newrelic.StartExternalSegment(txn, req) // want `span seg is not ended on every path`
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	seg.Response = res
	seg.End()
	return res.Body.Close()
}

func manualEnd(ctx context.Context, txn *newrelic.Transaction) error {
	seg := txn.StartSegment("load")
	err := work(ctx)
	seg.End() // want `span seg is ended by hand, so a panic`
	return err
}

func inLoop(ctx context.Context, ids []string) {
	txn := newrelic.FromContext(ctx)
	for range ids {
		defer txn.StartSegment("round").End() // want `deferred End of span started by txn.StartSegment in a loop`
		_ = work(ctx)
	}
}

func foreignEnd(ctx context.Context) {
	txn := newrelic.FromContext(ctx)
	txn.AddAttribute("k", 1)
	txn.End() // want `the span that newrelic.FromContext returns belongs`
}

func lateAttribute(ctx context.Context, app *newrelic.Application) error {
	txn := app.StartTransaction("job")
	err := work(newrelic.NewContext(ctx, txn))
	txn.End() // want `span txn is ended here and annotated later`
	txn.NoticeError(err)
	return err
}

func silentDeferred(ctx context.Context) error {
	txn := newrelic.FromContext(ctx)
	defer txn.StartSegment("load").End()
	return work(ctx)
}

func silentDeferredFunction(ctx context.Context) error {
	defer newrelic.StartSegment(newrelic.FromContext(ctx), "load").End()
	return work(ctx)
}

func silentTransaction(app *newrelic.Application) error {
	txn := app.StartTransaction("job")
	defer txn.End()
	return work(newrelic.NewContext(context.Background(), txn))
}

// Segments that are made as literals are not followed.
func silentDatastore(ctx context.Context) error {
	txn := newrelic.FromContext(ctx)
	seg := newrelic.DatastoreSegment{StartTime: txn.StartSegmentNow(), Product: newrelic.DatastorePostgres}
	defer seg.End()
	return work(ctx)
}

// The transaction of another goroutine is not ended there.
func silentGoroutine(ctx context.Context) {
	txn := newrelic.FromContext(ctx).NewGoroutine()
	go func() { _ = work(newrelic.NewContext(ctx, txn)) }()
}

func silentMiddleware(app *newrelic.Application, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		txn := app.StartTransaction(r.Method + " " + r.URL.Path)
		defer txn.End()
		w = txn.SetWebResponse(w)
		txn.SetWebRequestHTTP(r)
		next.ServeHTTP(w, newrelic.RequestWithTransactionContext(r, txn))
	})
}

func silentFails(txn *newrelic.Transaction) error {
	seg := txn.StartSegment("load")
	defer seg.End()
	return errBoom
}

// Package variants2 has Ends in the wrong place, and some in the right one, in
// shapes that real programs have.
package variants2

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("variants")

func work(ctx context.Context) error { return ctx.Err() }

// ---- early

type conn struct {
	ctx  context.Context
	base context.Context
	hook func()
	next http.Handler
}

func dial(ctx context.Context, addr string) (*conn, error) {
	ctx, span := tracer.Start(ctx, "dial")
	defer span.End() // want `span is ended here, but its context leaves the function`
	if addr == "" {
		return nil, errors.New("x")
	}
	c := &conn{}
	c.ctx = ctx
	return c, nil
}

func dialNew(ctx context.Context) *conn {
	ctx, span := tracer.Start(ctx, "dial")
	defer span.End() // want `span is ended here, but its context leaves the function`
	c := new(conn)
	c.base = context.WithValue(ctx, "k", 1)
	return c
}

func dialCancel(ctx context.Context) (*conn, context.CancelFunc) {
	sctx, span := tracer.Start(ctx, "dial")
	defer span.End() // want `span is ended here, but its context leaves the function`
	cctx, cancel := context.WithCancel(sctx)
	return &conn{ctx: cctx}, cancel
}

func detachedCtx(ctx context.Context) *conn {
	ctx, span := tracer.Start(ctx, "dial")
	defer func() { // want `span is ended here, but its context leaves the function`
		span.End()
	}()
	return &conn{ctx: context.WithoutCancel(ctx)}
}

func value(ctx context.Context) conn {
	ctx, span := tracer.Start(ctx, "dial")
	defer span.End() // want `span is ended here, but its context leaves the function`
	return conn{ctx: ctx}
}

func viaOuterCtx(ctx context.Context) *conn {
	sctx, span := tracer.Start(ctx, "dial")
	defer span.End()
	_ = work(sctx)
	return &conn{ctx: ctx}
}

func mw(ctx context.Context, next http.Handler) http.Handler {
	ctx, span := tracer.Start(ctx, "setup")
	defer span.End() // want `span is ended here, but the function that leaves the function still works under it`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := work(ctx); err != nil {
			return
		}
		next.ServeHTTP(w, r)
	})
}

func handlers(ctx context.Context) map[string]func() error {
	ctx, span := tracer.Start(ctx, "setup")
	defer span.End() // want `span is ended here, but the function that leaves the function still works under it`
	return map[string]func() error{
		"a": func() error { return work(ctx) },
	}
}

func logsOnly(ctx context.Context) func() {
	ctx, span := tracer.Start(ctx, "setup")
	defer span.End()
	return func() { slog.InfoContext(ctx, "later") }
}

func startsBelow(ctx context.Context) func() {
	ctx, span := tracer.Start(ctx, "setup")
	defer span.End() // want `span is ended here, but the function that leaves the function still works under it`
	return func() {
		_, s := tracer.Start(ctx, "later")
		defer s.End()
	}
}

func deferredCleanup(ctx context.Context) (cleanup func(), err error) {
	ctx, span := tracer.Start(ctx, "setup")
	defer span.End() // want `span is ended here, but the function that leaves the function still works under it`
	cleanup = func() { _ = work(ctx) }
	return cleanup, nil
}

func deferredCleanupBare(ctx context.Context) (cleanup func(), err error) {
	ctx, span := tracer.Start(ctx, "setup")
	defer span.End() // want `span is ended here, but the function that leaves the function still works under it`
	cleanup = func() { _ = work(ctx) }
	return
}

func endFuncEarly(ctx context.Context) func() error {
	ctx, end := traced(ctx)
	defer end() // want `span started by traced is ended here, but the function that leaves the function still works under it`
	return func() error { return work(ctx) }
}

func traced(ctx context.Context) (context.Context, func()) {
	ctx, s := tracer.Start(ctx, "x")
	return ctx, func() { s.End() }
}

func finish(s trace.Span, err error) { s.End() }

func helperEarly(ctx context.Context) (fn func() error, err error) {
	ctx, span := tracer.Start(ctx, "x")
	defer func() { finish(span, err) }() // want `span is ended here, but the function that leaves the function still works under it`
	return func() error { return work(ctx) }, nil
}

func byHandEarly(ctx context.Context, ids []string) iter.Seq[string] {
	ctx, span := tracer.Start(ctx, "x")
	seq := func(yield func(string) bool) {
		for _, id := range ids {
			_ = work(ctx)
			if !yield(id) {
				return
			}
		}
	}
	span.End() // want `span is ended here, but the iterator that leaves the function still works under it`
	return seq
}

type scanner struct {
	ctx context.Context
	s   *bufio.Scanner
}

func (s *scanner) Next() bool { _ = work(s.ctx); return s.s.Scan() }

func newScanner(ctx context.Context, r io.Reader) *scanner {
	ctx, span := tracer.Start(ctx, "scan")
	defer span.End() // want `span is ended here, but its context leaves the function`
	return &scanner{ctx, bufio.NewScanner(r)}
}

func rowsOut(ctx context.Context, db *sql.DB) (*sql.Rows, error) {
	ctx, span := tracer.Start(ctx, "q")
	defer span.End()
	return db.QueryContext(ctx, "select 1")
}

func seqErr(ctx context.Context, ids []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ctx, span := tracer.Start(ctx, "scan")
		defer span.End()
		for _, id := range ids {
			if !yield(id, work(ctx)) {
				return
			}
		}
	}
}

// calls closure before returning: fine
func calledHere(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	defer span.End()
	f := func() error { return work(ctx) }
	return f()
}

func passedHere(ctx context.Context, do func(func() error) error) error {
	ctx, span := tracer.Start(ctx, "x")
	defer span.End()
	return do(func() error { return work(ctx) })
}

func appended(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	defer span.End()
	var fs []func() error
	fs = append(fs, func() error { return work(ctx) })
	for _, f := range fs {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func paramStruct(ctx context.Context, c *conn) error {
	ctx, span := tracer.Start(ctx, "x")
	defer span.End()
	c.ctx = ctx
	return serve(c)
}

func serve(c *conn) error { return work(c.ctx) }

func ctxMiddleware(h func(context.Context, *conn) error) func(context.Context, *conn) error {
	return func(ctx context.Context, c *conn) error {
		ctx, span := tracer.Start(ctx, "x")
		defer span.End()
		return h(ctx, c)
	}
}

// ---- late

func lateAttr(ctx context.Context) {
	_, span := tracer.Start(ctx, "x")
	defer func() {
		span.End() // want `span is ended here and annotated later`
		span.SetAttributes(attribute.Bool("x", true))
	}()
	_ = work(ctx)
}

func lateDefers(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "x")
	defer setErr(span, &err)
	defer span.End() // want `span is ended by a deferred call that runs before an earlier one annotates it`
	return work(ctx)
}

func setErr(span trace.Span, err *error) {
	if *err != nil {
		span.SetStatus(codes.Error, (*err).Error())
	}
}

func timing(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	start := time.Now()
	defer func() { span.SetAttributes(attribute.Int64("ms", time.Since(start).Milliseconds())) }()
	defer span.End() // want `span is ended by a deferred call that runs before an earlier one annotates it`
	return work(ctx)
}

func timingRight(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	defer span.End()
	start := time.Now()
	defer func() { span.SetAttributes(attribute.Int64("ms", time.Since(start).Milliseconds())) }()
	return work(ctx)
}

func endInCallbackTwice(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	if err := work(ctx); err != nil {
		span.End() // want `span is ended here and annotated later`
	} else {
		span.AddEvent("ok")
	}
	span.SetName("y")
	span.End()
	return nil
}

func endThenDefer(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	err := work(ctx)
	span.End() // want `span is ended here and annotated later`
	defer func() { span.RecordError(err) }()
	return err
}

func manyLaunch(ctx context.Context, jobs []func(context.Context)) {
	ctx, span := tracer.Start(ctx, "x")
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() {
			j(ctx)
			span.End() // want `span is ended here by several goroutines`
		})
	}
	wg.Wait()
}

func oneOfTwo(ctx context.Context, a bool) {
	_, span := tracer.Start(ctx, "x")
	if a {
		go func() { defer span.End(); _ = work(ctx) }()
	} else {
		go func() { defer span.End(); _ = work(ctx) }()
	}
}

func goWorker(ctx context.Context, n int) {
	_, span := tracer.Start(ctx, "x")
	worker := func() {
		defer span.End() // want `span is ended here by several goroutines`
		_ = work(ctx)
	}
	for range n {
		go worker()
	}
}

func goEnd(ctx context.Context, n int) {
	_, span := tracer.Start(ctx, "x")
	for range n {
		go finish(span, nil) // want `span is ended here by several goroutines`
	}
}

// idempotent double end by return path
func doubleOnError(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	defer span.End()
	if err := work(ctx); err != nil {
		span.SetStatus(codes.Error, err.Error())
		span.End()
		return err
	}
	return nil
}

func isRecordingAfter(ctx context.Context) {
	_, span := tracer.Start(ctx, "x")
	_ = work(ctx)
	span.End()
	if span.IsRecording() {
		span.AddEvent("never")
	}
	_ = work(ctx)
}

func readsAfter(ctx context.Context) string {
	_, span := tracer.Start(ctx, "x")
	_ = work(ctx)
	span.End()
	_ = work(ctx)
	return span.SpanContext().TraceID().String()
}

// ---- loop

func loopHelper(ctx context.Context, ids []string) (err error) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, id)
		defer func() { finish(span, err) }() // want `deferred End of span in a loop runs when the function returns`
		if err = work(ctx); err != nil {
			return err
		}
	}
	return nil
}

func loopDeep(ctx context.Context, m map[string][]string) {
	for k, ids := range m {
		for range ids {
			switch k {
			case "a":
				_, span := tracer.Start(ctx, k)
				defer span.End() // want `deferred End of span in a loop runs when the function returns`
				_ = work(ctx)
			}
		}
	}
}

func loopSelect(ctx context.Context, in <-chan string) {
	for {
		select {
		case <-in:
			_, span := tracer.Start(ctx, "k")
			defer span.End() // want `deferred End of span in a loop runs when the function returns`
			_ = work(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func loopGoroutine(ctx context.Context, in <-chan string) {
	go func() {
		for s := range in {
			_, span := tracer.Start(ctx, s)
			defer span.End() // want `deferred End of span in a loop runs when the function returns`
			_ = work(ctx)
		}
	}()
}

func loopLabel(ctx context.Context, in [][]string) {
outer:
	for _, l := range in {
		for range l {
			_, span := tracer.Start(ctx, "x")
			defer span.End() // want `deferred End of span in a loop runs when the function returns`
			if work(ctx) != nil {
				continue outer
			}
		}
	}
}

func loopLeft(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if id == "x" {
			ctx, span := tracer.Start(ctx, id)
			defer span.End()
			return work(ctx)
		}
	}
	return nil
}

func loopLit(ctx context.Context, ids []string) {
	for _, id := range ids {
		process := func() error {
			ctx, span := tracer.Start(ctx, id)
			defer span.End()
			return work(ctx)
		}
		_ = process()
	}
}

func paginated(ctx context.Context) error {
	page := 0
	for page >= 0 {
		pctx, span := tracer.Start(ctx, "page")
		defer span.End() // want `deferred End of span in a loop runs when the function returns`
		if err := work(pctx); err != nil {
			return fmt.Errorf("page %d: %w", page, err)
		}
		page--
	}
	return nil
}

// ---- uncalled

type C struct{ t trace.Tracer }

func (c C) span(ctx context.Context, name string) func() {
	_, s := c.t.Start(ctx, name)
	return func() { s.End() }
}

func uncalled1(ctx context.Context, c C) error {
	defer c.span(ctx, "x") // want `deferred c.span starts a span at the end of the function, and the function it returns, which ends the span, is not called`
	return work(ctx)
}

func uncalled2[T any](ctx context.Context, v T) error {
	defer gspan(ctx, v) // want `deferred gspan starts a span at the end of the function, and the function it returns, which ends the span, is not called`
	return work(ctx)
}

func gspan[T any](ctx context.Context, v T) func() {
	_, s := tracer.Start(ctx, fmt.Sprint(v))
	return func() { s.End() }
}

type EndFunc func(err *error)

func espan(ctx context.Context) EndFunc {
	_, s := tracer.Start(ctx, "x")
	return func(err *error) {
		if *err != nil {
			s.RecordError(*err)
		}
		s.End()
	}
}

func uncalled3(ctx context.Context) (err error) {
	defer espan(ctx) // want `deferred espan starts a span at the end of the function, and the function it returns, which ends the span, is not called`
	return work(ctx)
}

func called3(ctx context.Context) (err error) {
	defer espan(ctx)(&err)
	return work(ctx)
}

func cancelFn(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	_, s := tracer.Start(ctx, "x")
	return ctx, func() { s.End(); cancel() }
}

func useCancel(ctx context.Context) error {
	ctx, cancel := cancelFn(ctx)
	defer cancel()
	return work(ctx)
}

func useCancelLost(ctx context.Context) error {
	ctx, cancel := cancelFn(ctx) // want `span started by cancelFn is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

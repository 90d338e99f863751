package spanend

import (
	"context"
	"fmt"
	"iter"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

func lostOnErrorPath(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func lostWithNamedResult(ctx context.Context) (err error) {
	ctx, dbSpan := tracer.Start(ctx, "op") // want `span dbSpan is not ended on every path, so it may never be exported`
	err = work(ctx)
	if err != nil {
		return
	}
	dbSpan.End()
	return
}

func lostInOneBranch(ctx context.Context, ok bool) error {
	_, span := tracer.Start(ctx, "op") // want `not ended on every path`
	if ok {
		span.End()
	}
	return nil
}

func lostInSelect(ctx context.Context, in <-chan int, stop <-chan struct{}) int {
	_, span := tracer.Start(ctx, "op") // want `not ended on every path`
	select {
	case n := <-in:
		span.End()
		return n
	case <-stop:
		span.End()
		return 0
	case <-ctx.Done():
		return 0
	}
}

func lostInSwitch(ctx context.Context, kind int) string {
	_, span := tracer.Start(ctx, "op") // want `not ended on every path`
	switch kind {
	case 1:
		span.End()
		return "one"
	case 2:
		return "two"
	default:
		span.End()
	}
	return "many"
}

func lostInTypeSwitch(ctx context.Context, v any) {
	_, span := tracer.Start(ctx, "op") // want `not ended on every path`
	switch v.(type) {
	case string:
		span.AddEvent("string")
		return
	}
	span.End()
}

func lostOnContinue(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item") // want `not ended on every path through the loop`
		if id == "" {
			continue
		}
		_ = work(ctx)
		span.End()
	}
}

func lostOnLabelledBreak(ctx context.Context, ids [][]string) {
outer:
	for _, list := range ids {
		_, span := tracer.Start(ctx, "list") // want `not ended on every path`
		for _, id := range list {
			if id == "" {
				break outer
			}
		}
		span.End()
	}
}

func lostOnGoto(ctx context.Context, ok bool) {
	_, span := tracer.Start(ctx, "op") // want `not ended on every path`
	if ok {
		goto out
	}
	span.End()
out:
	logf("out")
}

func lostAsDeferComesTooLate(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	if id == "" {
		return errBoom
	}
	defer span.End()
	return work(ctx)
}

func neverEnded(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is never ended, so it is never exported`
	span.SetAttributes(attribute.Bool("ok", true))
	return work(ctx)
}

func neverEndedByHelper(ctx context.Context) {
	_, span := tracer.Start(ctx, "op") // want `never ended`
	note(span, "looked at")
}

func neverEndedInHandler(mux *http.ServeMux) {
	mux.HandleFunc("/x", func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "x") // want `never ended`
		span.SetAttributes(attribute.Bool("ok", work(ctx) == nil))
		w.WriteHeader(http.StatusNoContent)
	})
}

func neverEndedInMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "x") // want `never ended`
		span.AddEvent("in")
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func neverEndedInGoroutine(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, span := tracer.Start(ctx, "async") // want `not ended on every path`
		if work(ctx) != nil {
			return
		}
		span.End()
	}()
	<-done
}

func overwritten(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "a") // want `span is overwritten before it is ended, so it is never exported`
	ctx, span = tracer.Start(ctx, "b")
	defer span.End()
	return work(ctx)
}

func overwrittenBelowClosure(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "a") // want `overwritten before it is ended`
	defer func() {
		span.End()
	}()
	_ = work(ctx)
	ctx, span = tracer.Start(ctx, "b")
	return work(ctx)
}

func overwrittenInLoop(ctx context.Context, ids []string) {
	var span trace.Span
	for _, id := range ids {
		_, span = tracer.Start(ctx, id) // want `not ended on every path through the loop`
	}
	if span != nil {
		span.End()
	}
}

func lostByWrongName(ctx context.Context) error {
	ctx, parent := tracer.Start(ctx, "parent")
	defer parent.End()
	ctx, child := tracer.Start(ctx, "child") // want `span child is never ended`
	defer parent.End()
	child.AddEvent("begin")
	return work(ctx)
}

func lostAsShadowed(ctx context.Context, deep bool) error {
	ctx, span := tracer.Start(ctx, "outer")
	defer span.End()
	if deep {
		ctx, span := tracer.Start(ctx, "inner") // want `span is never ended`
		span.AddEvent("deep")
		return work(ctx)
	}
	return work(ctx)
}

func lostAsDeferEndsOnErrorOnly(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	defer func() {
		if err != nil {
			span.RecordError(err)
			span.End()
		}
	}()
	return work(ctx)
}

func lostAsDeferEndsOnSuccessOnly(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	defer func() {
		if err == nil {
			span.End()
		}
	}()
	if err = work(ctx); err != nil {
		return fmt.Errorf("op: %w", err)
	}
	return nil
}

func lostAsDeferAsksSomethingElse(ctx context.Context, verbose bool) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	defer func() {
		if verbose {
			span.End()
		}
	}()
	return work(ctx)
}

func lostAsOnlyPanicsEnd(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	defer func() {
		if r := recover(); r != nil {
			span.End()
			panic(r)
		}
	}()
	return work(ctx)
}

// finishFailed ends on one branch only.
func finishFailed(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.End()
	}
}

func lostInHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	err := work(ctx)
	finishFailed(span, err)
	return err
}

func lostInDeferredHelper(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	defer finishFailed(span, err)
	return work(ctx)
}

func lostByLocalClosure(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	done := func(text string) {
		span.AddEvent(text)
		span.End()
	}
	if err := work(ctx); err != nil {
		return err
	}
	done("well")
	return nil
}

func lostWithMethodValue(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	end := span.End
	if err := work(ctx); err != nil {
		return err
	}
	end()
	return nil
}

func lostWithAlias(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	same := span
	if err := work(ctx); err != nil {
		return err
	}
	same.End()
	return nil
}

func conditionalStartNobodyEnds(ctx context.Context, on bool) error {
	var span trace.Span
	if on {
		ctx, span = tracer.Start(ctx, "op") // want `never ended`
	}
	if span != nil {
		span.AddEvent("x")
	}
	return work(ctx)
}

func conditionalEndAsksAnother(ctx context.Context, on, other bool) error {
	var span trace.Span
	if on {
		ctx, span = tracer.Start(ctx, "op") // want `not ended on every path`
	}
	err := work(ctx)
	if other {
		span.End()
	}
	return err
}

func lostFromWrapper(ctx context.Context) error {
	ctx, span := start(ctx, "op") // want `not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func lostFromFactory(ctx context.Context) error {
	span := startSpan(ctx) // want `span is never ended`
	span.AddEvent("x")
	return work(ctx)
}

func lostAfterTheGuard(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name) // want `not ended on every path`
	if err != nil {
		return err
	}
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func lostWhenTheErrorIsAnother(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name) // want `not ended on every path`
	if err != nil {
		return err
	}
	err = work(ctx)
	if err != nil {
		return err
	}
	span.End()
	return nil
}

func startEither(ctx context.Context, a bool) (context.Context, trace.Span) {
	if a {
		return start(ctx, "a")
	}
	return tracer.Start(ctx, "b")
}

func lostFromDeepWrapper(ctx context.Context) {
	_, span := startEither(ctx, true) // want `never ended`
	span.AddEvent("x")
}

func lostFromMethodValue(ctx context.Context) {
	begin := tracer.Start
	_, span := begin(ctx, "op") // want `never ended`
	span.AddEvent("x")
}

func lostFromLocalLiteral(ctx context.Context) {
	begin := func(name string) trace.Span {
		_, span := tracer.Start(ctx, name)
		return span
	}
	span := begin("op") // want `never ended`
	span.AddEvent("x")
}

func startAs[S any](ctx context.Context, name string, with S) (context.Context, trace.Span, S) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, span, with
}

func lostFromGeneric(ctx context.Context) int {
	_, span, n := startAs(ctx, "op", 1) // want `never ended`
	span.AddEvent("x")
	return n
}

func lostInGeneric[T any](ctx context.Context, get func(context.Context) (T, error)) (T, error) {
	ctx, span := tracer.Start(ctx, "op") // want `not ended on every path`
	v, err := get(ctx)
	if err != nil {
		return v, err
	}
	span.End()
	return v, nil
}

type server struct {
	trace.Tracer // embedded
	begin        func(context.Context, string) (context.Context, trace.Span)
}

func (s *server) lostFromEmbeddedTracer(ctx context.Context) error {
	ctx, span := s.Start(ctx, "op") // want `not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func (s *server) lostFromFuncField(ctx context.Context) {
	_, span := s.begin(ctx, "op") // want `never ended`
	span.AddEvent("x")
}

type beginner interface {
	Begin(ctx context.Context, name string) (context.Context, trace.Span)
}

func lostFromInterface(ctx context.Context, b beginner) {
	_, span := b.Begin(ctx, "op") // want `never ended`
	span.AddEvent("x")
}

func lostInIterator(ctx context.Context, ids []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		ctx, span := tracer.Start(ctx, "scan") // want `not ended on every path`
		for _, id := range ids {
			v, _ := load(ctx, id)
			if !yield(v) {
				return
			}
		}
		span.End()
	}
}

func lostInRangeOverFunc(ctx context.Context, seq iter.Seq[string]) error {
	for id := range seq {
		ctx, span := tracer.Start(ctx, "item") // want `not ended on every path`
		if _, err := load(ctx, id); err != nil {
			return err
		}
		span.End()
	}
	return nil
}

func lostWithDeferredStart(ctx context.Context) error {
	defer tracer.Start(ctx, "op") // want `span started by tracer.Start is discarded`
	return work(ctx)
}

func discarded(ctx context.Context) error {
	ctx, _ = tracer.Start(ctx, "op") // want `span started by tracer.Start is discarded, so nothing can end it and it is never exported`
	return work(ctx)
}

func discardedBoth(ctx context.Context) error {
	_, _ = tracer.Start(ctx, "op") // want `span started by tracer.Start is discarded`
	return work(ctx)
}

func discardedStatement(ctx context.Context) error {
	tracer.Start(ctx, "op") // want `span started by tracer.Start is discarded`
	return work(ctx)
}

func discardedNewContext(ctx context.Context) error {
	inner, _ := start(ctx, "op") // want `span started by start is discarded`
	return work(inner)
}

func annotatedInPassing(ctx context.Context) {
	startSpan(ctx).AddEvent("x") // want `span started by startSpan is discarded`
}

func assignedToOuterNeverEnded(ctx context.Context) error {
	var span trace.Span
	begin := func() {
		_, span = tracer.Start(ctx, "op") // want `span is never ended`
	}
	begin()
	span.AddEvent("x")
	return work(ctx)
}

// End functions.

func endFuncLost(ctx context.Context) error {
	ctx, end := traced(ctx, "op") // want `span started by traced is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	end()
	return nil
}

func endFuncNeverCalled(ctx context.Context) error {
	ctx, end := traced(ctx, "op") // want `span started by traced is never ended`
	_ = end
	return work(ctx)
}

func endFuncDiscarded(ctx context.Context) error {
	ctx, _ = traced(ctx, "op") // want `function that ends the span started by traced is discarded, so the span is never exported`
	return work(ctx)
}

func endFuncDropped(ctx context.Context) error {
	traced(ctx, "op") // want `function that ends the span started by traced is discarded`
	return work(ctx)
}

func timed(ctx context.Context) func() {
	_, span := tracer.Start(ctx, "op")
	return func() { span.End() }
}

func endFuncAloneDropped(ctx context.Context) error {
	timed(ctx) // want `function that ends the span started by timed is discarded`
	return work(ctx)
}

func endFuncAloneNotCalled(ctx context.Context) error {
	end := timed(ctx) // want `not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	end()
	return nil
}

func endFuncWithErrorLost(ctx context.Context) error {
	ctx, end := tracedErr(ctx, "op") // want `not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	end(nil)
	return nil
}

// Kept where nothing ends it.

type session struct {
	span trace.Span
	hits int
}

func openSession(ctx context.Context) *session {
	s := &session{}
	ctx, s.span = tracer.Start(ctx, "session") // want `span is kept in span, where nothing in this package ends it`
	_ = work(ctx)
	return s
}

func (s *session) hit() { s.hits++; s.span.AddEvent("hit") }

type visit struct{ visitSpan trace.Span }

func newVisit(ctx context.Context) *visit {
	_, span := tracer.Start(ctx, "visit") // want `span is kept in visitSpan, where nothing in this package ends it`
	return &visit{visitSpan: span}
}

func (v *visit) id() string { return v.visitSpan.SpanContext().SpanID().String() }

type book struct {
	open map[string]trace.Span
}

func (b *book) begin(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "page") // want `span is kept in open, where nothing in this package ends it`
	b.open[id] = span
}

func (b *book) drop(id string) { delete(b.open, id) }

var bootSpan trace.Span

func boot(ctx context.Context) {
	ctx, bootSpan = tracer.Start(ctx, "boot") // want `span bootSpan is kept in bootSpan, where nothing`
	_ = work(ctx)
}

type generic[T any] struct {
	span  trace.Span
	value T
}

func newGeneric[T any](ctx context.Context, v T) *generic[T] {
	_, span := tracer.Start(ctx, "generic") // want `kept in span, where nothing`
	return &generic[T]{span: span, value: v}
}

func (g *generic[T]) touch() { g.span.AddEvent("touch") }

// A function that is called on does not look for spans to end.
func discardedBeforeTheNext(ctx context.Context, next func(context.Context) error) error {
	ctx, _ = tracer.Start(ctx, "next") // want `span started by tracer.Start is discarded`
	return next(ctx)
}

// A check returns what it finds, and nothing of the context.
type checked struct{ ok bool }

func checkFor(ctx context.Context) checked { return checked{work(ctx) == nil} }

func discardedBeforeCheck(ctx context.Context) checked {
	ctx, _ = tracer.Start(ctx, "op") // want `span started by tracer.Start is discarded`
	return checkFor(ctx)
}

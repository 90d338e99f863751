package spanend

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/errgroup"
)

// B1 to B3: deferred.

func silentDefer(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	return work(ctx)
}

func silentDeferredHelper(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() { _ = finish(span, err) }()
	return work(ctx)
}

func endWith(span trace.Span, err *error) {
	if err != nil && *err != nil {
		span.SetStatus(codes.Error, (*err).Error())
	}
	span.End()
}

func silentDeferredHelperWithPointer(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer endWith(span, &err)
	return work(ctx)
}

func silentDeferredClosure(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}()
	return work(ctx)
}

func silentDeferredClosureReturnsEarly(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		if err == nil {
			span.End()
			return
		}
		span.RecordError(err)
		span.End()
	}()
	return work(ctx)
}

func silentGenericHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer endAny(span)
	return work(ctx)
}

func endAny[S interface {
	End(...trace.SpanEndOption)
}](s S) {
	s.End()
}

type ender interface {
	End(options ...trace.SpanEndOption)
}

func endEnder(e ender) { e.End() }

func silentInterfaceHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer endEnder(span)
	return work(ctx)
}

type reporter struct{ name string }

func (r reporter) close(span trace.Span) {
	span.AddEvent(r.name)
	span.End()
}

func silentMethodHelper(ctx context.Context, r reporter) error {
	ctx, span := tracer.Start(ctx, "op")
	defer r.close(span)
	return work(ctx)
}

func silentMethodExpression(ctx context.Context, r reporter) error {
	ctx, span := tracer.Start(ctx, "op")
	defer reporter.close(r, span)
	return work(ctx)
}

func silentHelperOfHelper(ctx context.Context, r reporter) error {
	ctx, span := tracer.Start(ctx, "op")
	defer closeTwice(r, span)
	return work(ctx)
}

func closeTwice(r reporter, span trace.Span) { r.close(span) }

func silentNilCheckedHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer endIfAny(span)
	return work(ctx)
}

func endIfAny(span trace.Span) {
	if span == nil || !span.IsRecording() {
		return
	}
	span.End()
}

// B5, B12: by hand, closed on every path.

func silentHelperOnEachReturn(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "op")
	if id == "" {
		return finish(span, errBoom)
	}
	return finish(span, work(ctx))
}

func silentPanicIsNoExit(ctx context.Context, ok bool) error {
	ctx, span := tracer.Start(ctx, "op")
	if !ok {
		panic("not ok")
	}
	err := work(ctx)
	span.End()
	_ = work(ctx)
	return err
}

func silentFatalIsNoExit(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		log.Fatal(err)
	}
	span.End()
	_ = work(ctx)
}

func die(err error) {
	logf("dead: %v", err)
	os.Exit(1)
}

func silentOwnFatalIsNoExit(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		die(err)
	}
	span.End()
	_ = work(ctx)
}

func silentEndlessLoop(ctx context.Context, in <-chan string) {
	ctx, span := tracer.Start(ctx, "op")
	for id := range in {
		if id == "" {
			span.End()
			return
		}
		_, _ = load(ctx, id)
	}
	span.End()
	_ = work(ctx)
}

func silentSwitchWithDefault(ctx context.Context, n int) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	switch {
	case err != nil:
		span.RecordError(err)
		span.End()
	case n > 1:
		span.AddEvent("many")
		fallthrough
	default:
		span.End()
	}
	return errOf(err, ctx)
}

func silentGoto(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	_, err := load(ctx, "x")
	if err != nil {
		goto out
	}
	err = work(ctx)
out:
	span.End()
	logf("out")
	return err
}

func silentLabelledContinue(ctx context.Context, lists [][]string) {
outer:
	for _, list := range lists {
		ctx, span := tracer.Start(ctx, "list")
		for _, id := range list {
			if id == "" {
				span.End()
				continue outer
			}
			_, _ = load(ctx, id)
		}
		span.End()
	}
}

func silentLocalClosure(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	done := func(err error) error {
		span.RecordError(err)
		span.End()
		return err
	}
	if err := work(ctx); err != nil {
		return done(err)
	}
	return done(nil)
}

func silentVariableOfClosure(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	var end func()
	end = func() { span.End() }
	defer end()
	return work(ctx)
}

func silentMethodValue(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	end := span.End
	defer end()
	return work(ctx)
}

func silentAlias(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	s := span
	defer s.End()
	return work(ctx)
}

func silentCalledOnTheSpot(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	func() {
		span.RecordError(err)
		span.End()
	}()
	logf("done")
	return err
}

// B6: returned.

func silentFactory(ctx context.Context) (context.Context, trace.Span) {
	ctx, span := tracer.Start(ctx, "op")
	span.AddEvent("begin")
	return ctx, span
}

func silentNamedFactory(ctx context.Context) (out context.Context, span trace.Span) {
	out, span = tracer.Start(ctx, "op")
	return
}

func silentFactoryWithError(ctx context.Context, id string) (context.Context, trace.Span, string, error) {
	ctx, span := tracer.Start(ctx, "op")
	v, err := load(ctx, id)
	if err != nil {
		span.End()
		return nil, nil, "", err
	}
	return ctx, span, v, nil
}

func silentGuarded(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name)
	if err != nil {
		return err
	}
	defer span.End()
	return work(ctx)
}

func silentGuardedInside(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name)
	if err == nil {
		defer span.End()
		err = work(ctx)
	}
	return err
}

func startIf(ctx context.Context, on bool) (context.Context, trace.Span, bool) {
	if !on {
		return ctx, nil, false
	}
	ctx, span := tracer.Start(ctx, "op")
	return ctx, span, true
}

func silentGuardedByFlag(ctx context.Context, on bool) error {
	ctx, span, ok := startIf(ctx, on)
	if !ok {
		return work(ctx)
	}
	defer span.End()
	return work(ctx)
}

func silentPassedOn(ctx context.Context) error {
	return finish2(tracer.Start(ctx, "op"))
}

func finish2(ctx context.Context, span trace.Span) error {
	defer span.End()
	return work(ctx)
}

func silentEndedAtOnce(ctx context.Context) {
	startSpan(ctx).End()
	endEnder(startSpan(ctx))
}

// B7: stored where a method ends it.

type operation struct {
	span  trace.Span
	spans []trace.Span
	named map[string]trace.Span
	end   func()
}

func silentOperation(ctx context.Context) *operation {
	_, span := tracer.Start(ctx, "op")
	return &operation{span: span}
}

func (o *operation) silentField(ctx context.Context) {
	_, o.span = tracer.Start(ctx, "op")
}

func (o *operation) Finish() { o.span.End() }

func (o *operation) silentSlice(ctx context.Context) {
	_, span := tracer.Start(ctx, "op")
	o.spans = append(o.spans, span)
}

func (o *operation) finishAll() {
	for _, s := range o.spans {
		s.End()
	}
}

func (o *operation) silentMap(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "op")
	o.named[id] = span
}

func (o *operation) finishOne(id string) {
	if s, ok := o.named[id]; ok {
		s.End()
		delete(o.named, id)
	}
}

func (o *operation) silentEndFunc(ctx context.Context) {
	_, span := tracer.Start(ctx, "op")
	o.end = func() { span.End() }
}

func (o *operation) silentMethodValueInField(ctx context.Context) {
	_, o.end = traced(ctx, "op")
}

func (o *operation) Close() { o.end() }

type lent struct{ mine trace.Span }

func silentHandedOut(ctx context.Context) *lent {
	_, span := tracer.Start(ctx, "op")
	return &lent{mine: span}
}

func (l *lent) take() trace.Span { return l.mine }

type Exported struct{ Span trace.Span }

func silentExportedField(ctx context.Context) *Exported {
	_, span := tracer.Start(ctx, "op")
	return &Exported{Span: span}
}

type embedding struct{ trace.Span }

func silentEmbedded(ctx context.Context) *embedding {
	_, span := tracer.Start(ctx, "op")
	return &embedding{span}
}

type box[T any] struct {
	inner trace.Span
	v     T
}

func silentGenericBox[T any](ctx context.Context, v T) *box[T] {
	_, span := tracer.Start(ctx, "op")
	return &box[T]{inner: span, v: v}
}

func (b *box[T]) close() { b.inner.End() }

var processSpan trace.Span

func silentPackageVariable(ctx context.Context) {
	_, processSpan = tracer.Start(ctx, "process")
}

func stop() { processSpan.End() }

func silentSent(ctx context.Context, out chan<- trace.Span) {
	_, span := tracer.Start(ctx, "op")
	out <- span
}

func silentSentInJob(ctx context.Context, out chan<- *operation) {
	_, span := tracer.Start(ctx, "op")
	out <- &operation{span: span}
}

func silentUnknownOwner(ctx context.Context, own func(trace.Span)) {
	_, span := tracer.Start(ctx, "op")
	own(span)
}

type keeper interface{ Keep(trace.Span) }

func silentUnknownMethod(ctx context.Context, k keeper) {
	_, span := tracer.Start(ctx, "op")
	k.Keep(span)
}

func silentAddressTaken(ctx context.Context, fill func(*trace.Span)) {
	_, span := tracer.Start(ctx, "op")
	fill(&span)
}

type spanKey struct{}

func silentInContext(ctx context.Context) context.Context {
	_, span := tracer.Start(ctx, "op")
	return context.WithValue(ctx, spanKey{}, span)
}

// B8: ended in another closure.

func silentReturnedEnd(ctx context.Context) (context.Context, func(error)) {
	ctx, span := tracer.Start(ctx, "op")
	return ctx, func(err error) {
		span.RecordError(err)
		span.End()
	}
}

func silentReturnedMethodValue(ctx context.Context) func(...trace.SpanEndOption) {
	_, span := tracer.Start(ctx, "op")
	return span.End
}

func silentReturnedNamedClosure(ctx context.Context) func(*error) {
	_, span := tracer.Start(ctx, "op")
	end := func(err *error) { endWith(span, err) }
	return end
}

func silentDeferredCallOfResult(ctx context.Context) (err error) {
	defer silentReturnedNamedClosure(ctx)(&err)
	return work(ctx)
}

func silentCallback(ctx context.Context, onDone func(func())) {
	_, span := tracer.Start(ctx, "op")
	onDone(func() { span.End() })
}

func silentOnce(ctx context.Context) func() {
	_, span := tracer.Start(ctx, "op")
	return sync.OnceFunc(func() { span.End() })
}

func silentGoroutineEnds(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		span.End()
		return err
	}
	go func() {
		defer span.End()
		_ = work(ctx)
	}()
	return nil
}

func silentGroup(ctx context.Context, n int) {
	ctx, span := tracer.Start(ctx, "op")
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { _ = work(ctx) })
	}
	go func() { wg.Wait(); span.End() }()
}

func silentErrgroup(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		ctx, span := tracer.Start(ctx, "a")
		defer span.End()
		return work(ctx)
	})
	return g.Wait()
}

// Ended by a deferred closure on error, and by a goroutine on success.
func silentPair(ctx context.Context) (err error) {
	execCtx, execSpan := tracer.Start(context.WithoutCancel(ctx), "exec")
	defer func() {
		if err != nil {
			execSpan.End()
		}
	}()
	if err := work(execCtx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("gone: %w", ctx.Err())
	}
	go func() {
		defer execSpan.End()
		_ = work(execCtx)
	}()
	return nil
}

func silentFlagged(ctx context.Context) (*operation, error) {
	ctx, span := tracer.Start(ctx, "op")
	handedOver := false
	defer func() {
		if !handedOver {
			span.End()
		}
	}()
	if err := work(ctx); err != nil {
		return nil, err
	}
	handedOver = true
	return &operation{span: span}, nil
}

func silentSuccessReturnsIt(ctx context.Context) (span trace.Span, err error) {
	ctx, span = tracer.Start(ctx, "op")
	defer func() {
		if err != nil {
			span.End()
			span = nil
		}
	}()
	if err = work(ctx); err != nil {
		return nil, err
	}
	return span, nil
}

// B10: optional.

func silentOptional(ctx context.Context, on bool) error {
	var span trace.Span
	if on {
		ctx, span = tracer.Start(ctx, "op")
	}
	err := work(ctx)
	if span != nil {
		span.End()
	}
	return errOf(err, ctx)
}

func silentOptionalDeferred(ctx context.Context, on bool) error {
	var span trace.Span
	if on {
		ctx, span = tracer.Start(ctx, "op")
	}
	defer func() {
		if span != nil {
			span.End()
		}
	}()
	return work(ctx)
}

func silentDeferredBefore(ctx context.Context, on bool) error {
	var span trace.Span
	defer func() {
		if span != nil {
			span.End()
		}
	}()
	if on {
		ctx, span = tracer.Start(ctx, "op")
	}
	return work(ctx)
}

func silentSameCondition(ctx context.Context, on bool) error {
	var span trace.Span
	if on {
		ctx, span = tracer.Start(ctx, "op")
	}
	err := work(ctx)
	if on {
		span.End()
	}
	return errOf(err, ctx)
}

type options struct{ trace bool }

func silentSameConditionOfField(ctx context.Context, o *options, id string) error {
	var span trace.Span
	if o.trace && id != "" {
		ctx, span = tracer.Start(ctx, "op")
	}
	err := work(ctx)
	if o.trace && id != "" {
		span.RecordError(err)
		span.End()
	}
	return errOf(err, ctx)
}

func silentSameConditionTurned(ctx context.Context, on bool) error {
	if !on {
		return work(ctx)
	}
	_, span := tracer.Start(ctx, "op")
	err := work(ctx)
	if on {
		span.End()
	}
	return errOf(err, ctx)
}

func silentSameConditionDeferred(ctx context.Context, o *options) error {
	var span trace.Span
	if o.trace {
		ctx, span = tracer.Start(ctx, "op")
	}
	defer func() {
		if o.trace {
			span.End()
		}
	}()
	return work(ctx)
}

func silentSameErrorAskedTwice(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	if err != nil {
		span.RecordError(err)
		span.End()
	}
	if err != nil {
		return err
	}
	span.End()
	return work(ctx)
}

func silentEndFuncOptional(ctx context.Context, on bool) error {
	end := func() {}
	if on {
		ctx, end = traced(ctx, "op")
	}
	defer end()
	return work(ctx)
}

func silentSameCase(ctx context.Context, kind int) error {
	var span trace.Span
	switch kind {
	case 1, 2:
		ctx, span = tracer.Start(ctx, "op")
	}
	err := work(ctx)
	switch kind {
	case 1, 2:
		span.End()
	}
	return errOf(err, ctx)
}

func silentNilCase(ctx context.Context, on bool) error {
	var span trace.Span
	if on {
		ctx, span = tracer.Start(ctx, "op")
	}
	err := work(ctx)
	switch span {
	case nil:
	default:
		span.End()
	}
	return errOf(err, ctx)
}

func silentFinishIfAny(ctx context.Context, on bool) error {
	var done func()
	if on {
		_, span := tracer.Start(ctx, "op")
		done = func() { span.End() }
	}
	err := work(ctx)
	if done != nil {
		done()
	}
	return errOf(err, ctx)
}

// B11: several in one variable.

func silentReassigned(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "a")
	defer span.End()
	if _, err := load(ctx, "x"); err != nil {
		return err
	}
	span.End()
	ctx, span = tracer.Start(ctx, "b")
	defer span.End()
	return work(ctx)
}

func silentAcrossRounds(ctx context.Context, ids []string) {
	var span trace.Span
	for _, id := range ids {
		if span != nil {
			span.End()
		}
		_, span = tracer.Start(ctx, id)
	}
	if span != nil {
		span.End()
	}
	_ = work(ctx)
}

// Not a span of ours to end.

func silentNoopTracer(ctx context.Context) error {
	_, span := noop.NewTracerProvider().Tracer("").Start(ctx, "op")
	span.AddEvent("x")
	none := noop.NewTracerProvider().Tracer("")
	_, other := none.Start(ctx, "op")
	other.AddEvent("x")
	return work(ctx)
}

type lender struct{ cur trace.Span }

func (l *lender) Span() trace.Span { return l.cur }

func silentLentByField(l *lender) {
	span := l.Span()
	span.AddEvent("x")
}

func pick(a, b trace.Span) trace.Span {
	if a != nil {
		return a
	}
	return b
}

func silentLentByParameter(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	pick(span, nil).AddEvent("x")
	return work(ctx)
}

func (l *lender) set(s trace.Span) { l.cur = s; defer s.End() }

// The handler's own, in a method with everything deferred.
func (s *server) silentHandler(w http.ResponseWriter, r *http.Request) {
	ctx, span := s.Start(r.Context(), "serve")
	defer span.End()
	if err := work(ctx); err != nil {
		if errors.Is(err, context.Canceled) {
			return
		}
		span.RecordError(err)
		http.Error(w, "no", http.StatusInternalServerError)
	}
}

func silentInterceptor(ctx context.Context, next func(context.Context) error) error {
	_, span := tracer.Start(ctx, "call")
	defer span.End()
	return next(ctx)
}

func silentWaits(ctx context.Context) {
	_, span := tracer.Start(ctx, "serve")
	span.AddEvent("up")
	select {}
}

type watcher interface {
	watch(ctx context.Context, id string) error
}

// What is behind the interface can take the span out of the context, and end
// it when the watch is over.
func silentDiscardedForAnInterface(ctx context.Context, w watcher) error {
	ctx, _ = tracer.Start(ctx, "watch")
	return w.watch(ctx, "id")
}

// A message carries its context to whoever ends the span that is in it.
type message struct {
	ctx  context.Context
	text string
}

func (m *message) withContext(ctx context.Context) *message {
	c := *m
	c.ctx = ctx
	return &c
}

func newMessage(ctx context.Context, text string) message { return message{ctx, text} }

func silentInMessages(ctx context.Context, batch []*message) {
	for i, m := range batch {
		c, _ := tracer.Start(m.ctx, "part")
		batch[i] = m.withContext(c)
	}
}

func silentInMessage(ctx context.Context, out chan<- message) {
	ctx, _ = tracer.Start(ctx, "part")
	out <- newMessage(ctx, "first")
}

// A handler of spans keeps them, from one reconciliation to the next.
type spanHandler interface {
	GetSpan(ctx context.Context, id string) (context.Context, trace.Span, error)
	Unbind(id string)
}

func silentLookedUp(ctx context.Context, h spanHandler, done bool) error {
	ctx, span, err := h.GetSpan(ctx, "id")
	if err != nil {
		return err
	}
	if err := work(ctx); err != nil {
		return err
	}
	if done {
		span.End()
		h.Unbind("id")
	}
	return nil
}

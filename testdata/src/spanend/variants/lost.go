// Package variants has lost spans, and some that are not, in shapes that real
// programs have.
package variants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
)

var tracer = otel.Tracer("variants")

func work(ctx context.Context) error { return ctx.Err() }

type T struct {
	tracer trace.Tracer
	db     *sql.DB
	mu     sync.Mutex
}

// method with tracer field, error inside tx
func (t *T) txLost(ctx context.Context) error {
	ctx, span := t.tracer.Start(ctx, "tx") // want `span is not ended on every path`
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "x"); err != nil {
		span.RecordError(err)
		span.End()
		return err
	}
	span.End()
	return tx.Commit()
}

func (t *T) deferInIf(ctx context.Context, on bool) error {
	ctx, span := t.tracer.Start(ctx, "x") // want `span is not ended on every path`
	if on {
		defer span.End()
	}
	return work(ctx)
}

func (t *T) deferInBothBranches(ctx context.Context, on bool) error {
	ctx, span := t.tracer.Start(ctx, "x")
	if on {
		defer span.End()
	} else {
		defer func() { span.AddEvent("off"); span.End() }()
	}
	return work(ctx)
}

// forgotten call of End: method value as statement is not legal Go; assigned to blank
func methodValueBlank(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x") // want `span is never ended`
	_ = span.End
	return work(ctx)
}

// defer inside immediately called literal: ends too early but ended
func deferInLiteral(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	func() {
		defer span.End()
		_ = work(ctx)
	}()
	return nil
}

// errgroup: started outside, ended in one goroutine
func endedInErrgroup(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	_, span := tracer.Start(ctx, "x")
	g.Go(func() error {
		defer span.End()
		return work(ctx)
	})
	return g.Wait()
}

// timer
func endedByTimer(ctx context.Context) {
	_, span := tracer.Start(ctx, "x")
	time.AfterFunc(time.Second, func() { span.End() })
}

func endedByContext(ctx context.Context) {
	_, span := tracer.Start(ctx, "x")
	context.AfterFunc(ctx, func() { span.End() })
}

// struct with a Close called through an interface
type body struct {
	io.ReadCloser
	span trace.Span
}

func (b *body) Close() error {
	defer b.span.End()
	return b.ReadCloser.Close()
}

func wrapBody(ctx context.Context, c *http.Client, req *http.Request) (*http.Response, error) {
	ctx, span := tracer.Start(ctx, "get")
	res, err := c.Do(req.WithContext(ctx))
	if err != nil {
		span.RecordError(err)
		span.End()
		return nil, err
	}
	res.Body = &body{res.Body, span}
	return res, nil
}

func wrapBodyLost(ctx context.Context, c *http.Client, req *http.Request) (*http.Response, error) {
	ctx, span := tracer.Start(ctx, "get") // want `span is not ended on every path`
	res, err := c.Do(req.WithContext(ctx))
	if err != nil {
		span.RecordError(err)
		return nil, err
	}
	res.Body = &body{res.Body, span}
	return res, nil
}

// once
type lazy struct {
	once sync.Once
	s    trace.Span
}

func (l *lazy) begin(ctx context.Context) {
	l.once.Do(func() { _, l.s = tracer.Start(ctx, "x") })
}
func (l *lazy) end() { l.s.End() }

// atomic.Pointer / sync.Map
type reg struct {
	m sync.Map
	p atomic.Value
}

func (r *reg) put(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "x")
	r.m.Store(id, span)
}

// array field element
type arr struct{ spans [4]trace.Span }

func (a *arr) put(ctx context.Context, i int) {
	_, a.spans[i] = tracer.Start(ctx, "x")
}
func (a *arr) done(i int) { a.spans[i].End() }

type arr2 struct{ spans2 []trace.Span }

func (a *arr2) put(ctx context.Context) {
	_, s := tracer.Start(ctx, "x") // want `span s is kept in spans2, where nothing in this package ends it`
	a.spans2 = append(a.spans2, s)
}
func (a *arr2) count() int { return len(a.spans2) }

// nested struct
type inner struct{ sp trace.Span }
type outer struct{ in inner }

func newOuter(ctx context.Context) *outer {
	_, sp := tracer.Start(ctx, "x") // want `span sp is kept in sp, where nothing in this package ends it`
	return &outer{in: inner{sp: sp}}
}
func (o *outer) note() { o.in.sp.AddEvent("x") }

type inner2 struct{ sp2 trace.Span }
type outer2 struct{ in inner2 }

func newOuter2(ctx context.Context) *outer2 {
	_, sp := tracer.Start(ctx, "x")
	return &outer2{in: inner2{sp2: sp}}
}
func (o *outer2) done() { o.in.sp2.End() }

// field copied to local alias then ended
type op3 struct{ sp3 trace.Span }

func newOp3(ctx context.Context) *op3 {
	o := new(op3)
	_, o.sp3 = tracer.Start(ctx, "x")
	return o
}
func (o *op3) done() {
	s := o.sp3
	o.sp3 = nil
	if s != nil {
		s.End()
	}
}

// field ended by helper
type op4 struct{ sp4 trace.Span }

func newOp4(ctx context.Context) *op4 {
	o := &op4{}
	_, o.sp4 = tracer.Start(ctx, "x")
	return o
}
func (o *op4) done(err error) { fin(o.sp4, err) }

func fin(s trace.Span, err error) {
	if err != nil {
		s.SetStatus(codes.Error, err.Error())
	}
	s.End()
}

// local struct
func localStruct(ctx context.Context) {
	st := struct {
		s    trace.Span
		name string
	}{}
	_, st.s = tracer.Start(ctx, "x")
	defer st.s.End()
	_ = work(ctx)
}

func localSlice(ctx context.Context, ids []string) {
	var spans []trace.Span
	for _, id := range ids {
		_, s := tracer.Start(ctx, id)
		spans = append(spans, s)
	}
	_ = work(ctx)
	for _, s := range spans {
		s.End()
	}
}

func localMapNeverEnded(ctx context.Context, ids []string) {
	m := map[string]trace.Span{}
	for _, id := range ids {
		_, s := tracer.Start(ctx, id) // want `span s is kept in m, where nothing in this package ends it`
		m[id] = s
	}
	_ = work(ctx)
}

// switch-case correlated by string
func correlatedSwitch(ctx context.Context, mode string) error {
	var span trace.Span
	if mode == "traced" {
		ctx, span = tracer.Start(ctx, "x")
	}
	err := work(ctx)
	switch {
	case mode == "traced":
		span.End() // want `span is ended by hand`
	}
	return err
}

// err variable shared
func errShared(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "x")
	defer func() {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		} else {
			span.SetStatus(codes.Ok, "")
		}
		span.End()
	}()
	if err = work(ctx); err != nil {
		return
	}
	return nil
}

// retry loop, ended by hand on each round
func retry(ctx context.Context) error {
	var err error
	for i := 0; i < 3; i++ {
		rctx, span := tracer.Start(ctx, "try")
		err = work(rctx)
		if err == nil {
			span.End()
			return nil
		}
		span.RecordError(err)
		span.End()
		time.Sleep(time.Second)
	}
	return err
}

func retryLost(ctx context.Context) error {
	var err error
	for i := 0; i < 3; i++ {
		rctx, span := tracer.Start(ctx, "try") // want `span is not ended on every path`
		err = work(rctx)
		if err == nil {
			return nil
		}
		span.RecordError(err)
		span.End()
		time.Sleep(time.Second)
	}
	return err
}

func breakLost(ctx context.Context, in <-chan int) {
	for n := range in {
		_, span := tracer.Start(ctx, "n") // want `span is not ended on every path`
		if n == 0 {
			break
		}
		span.End()
	}
}

func selectInFor(ctx context.Context, in <-chan int) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case n, ok := <-in:
			ctx, span := tracer.Start(ctx, "n") // want `span is not ended on every path`
			if !ok {
				return nil
			}
			span.SetAttributes(attribute.Int("n", n))
			_ = work(ctx)
			span.End()
		}
	}
}

// wrapper with callback
func withSpan(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := tracer.Start(ctx, name)
	defer span.End()
	return f(ctx)
}

func withSpanLost(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := tracer.Start(ctx, name) // want `span is not ended on every path`
	err := f(ctx)
	if err != nil {
		span.RecordError(err)
		return err
	}
	span.End()
	return nil
}

// iter pull
func pull(ctx context.Context, seq iter.Seq[int]) {
	_, span := tracer.Start(ctx, "pull") // want `span is not ended on every path`
	next, stop := iter.Pull(seq)
	defer stop()
	for {
		if _, ok := next(); !ok {
			return
		}
	}
	span.End()
}

// os.Exit path fine
func mainLike() {
	ctx, span := tracer.Start(context.Background(), "main")
	if err := work(ctx); err != nil {
		span.End()
		os.Exit(1)
	}
	span.End()
}

// named results explicit return
func named(ctx context.Context) (out context.Context, sp trace.Span, err error) {
	out, sp = tracer.Start(ctx, "x") // want `span sp is not ended on every path`
	if err = work(out); err != nil {
		return nil, nil, err
	}
	return
}

func namedOK(ctx context.Context) (out context.Context, sp trace.Span, err error) {
	out, sp = tracer.Start(ctx, "x")
	if err = work(out); err != nil {
		sp.End()
		return nil, nil, err
	}
	return
}

// returns composite
type Handle struct {
	ctx  context.Context
	span trace.Span
}

func open(ctx context.Context) (h Handle, err error) {
	h.ctx, h.span = tracer.Start(ctx, "x")
	if err = work(h.ctx); err != nil {
		h.span.End()
		return Handle{}, err
	}
	return h, nil
}

// errors.Is on err from the start
func guardIs(ctx context.Context) error {
	ctx, span, err := checked(ctx)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("x: %w", err)
	}
	defer span.End()
	return work(ctx)
}

func checked(ctx context.Context) (context.Context, trace.Span, error) {
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	ctx, s := tracer.Start(ctx, "x")
	return ctx, s, nil
}

// two guards
func guardNil(ctx context.Context) error {
	ctx, span, _ := checked(ctx)
	if span == nil {
		return nil
	}
	defer span.End()
	return work(ctx)
}

// conversion
type mySpan trace.Span

func conv(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	s := mySpan(span)
	defer s.End()
	return work(ctx)
}

// type assert
func asserted(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "x")
	if e, ok := span.(interface{ End(...trace.SpanEndOption) }); ok {
		defer e.End()
	}
	return work(ctx)
}

// interface any field
type anyHolder struct{ v any }

func inAny(ctx context.Context) *anyHolder {
	_, span := tracer.Start(ctx, "x") // want `span is kept in v, where nothing in this package ends it`
	return &anyHolder{v: span}
}

// variadic helper
func endAll(spans ...trace.Span) {
	for _, s := range spans {
		s.End()
	}
}

func variadic(ctx context.Context) {
	_, a := tracer.Start(ctx, "a")
	_, b := tracer.Start(ctx, "b")
	defer endAll(a, b)
	_ = work(ctx)
}

func ptrHelper(s *trace.Span) { (*s).End() }

func viaPointer(ctx context.Context) {
	_, a := tracer.Start(ctx, "a")
	defer ptrHelper(&a)
	_ = work(ctx)
}

// goto retry
func gotoLoop(ctx context.Context) {
	n := 0
again:
	_, span := tracer.Start(ctx, "a") // want `span is not ended on every path through the loop`
	if n++; n < 3 {
		goto again
	}
	span.End()
}

// in defer
func inDefer(ctx context.Context) {
	defer func() {
		ctx, span := tracer.Start(ctx, "cleanup") // want `span is not ended on every path`
		if work(ctx) != nil {
			return
		}
		span.End()
	}()
}

// init
func init() {
	_, span := tracer.Start(context.Background(), "init") // want `span is never ended`
	span.AddEvent("x")
}

var global = func() trace.Span { // want `span global is kept in global, where nothing in this package ends it`
	_, s := tracer.Start(context.Background(), "global")
	return s
}()

// select default
func selDefault(ctx context.Context, out chan int) bool {
	_, span := tracer.Start(ctx, "send") // want `span is not ended on every path`
	select {
	case out <- 1:
		span.End()
		return true
	default:
		return false
	}
}

func nilledAfterEnd(ctx context.Context, on bool) {
	var span trace.Span
	if on {
		_, span = tracer.Start(ctx, "x")
	}
	if work(ctx) != nil {
		if span != nil {
			span.End()
			span = nil
		}
	}
	_ = work(ctx)
	if span != nil {
		span.End()
	}
}

func noopDefault(ctx context.Context, on bool) error {
	span := trace.SpanFromContext(ctx)
	if on {
		ctx, span = tracer.Start(ctx, "x")
		defer span.End()
	}
	span.AddEvent("x")
	return work(ctx)
}

func noopDefaultLost(ctx context.Context, on bool) error {
	span := trace.SpanFromContext(ctx)
	if on {
		ctx, span = tracer.Start(ctx, "x") // want `span is never ended`
	}
	span.AddEvent("x")
	return work(ctx)
}

func closureReassigns(ctx context.Context) error {
	var span trace.Span
	next := func(name string) {
		if span != nil {
			span.End()
		}
		ctx, span = tracer.Start(ctx, name)
	}
	next("a")
	_ = work(ctx)
	next("b")
	err := work(ctx)
	span.End()
	return err
}

type task struct {
	tctx  context.Context
	tspan trace.Span
}

func submit(ctx context.Context, q chan<- *task) {
	ctx, span := tracer.Start(ctx, "job") // want `span is kept in tspan, where nothing in this package ends it`
	q <- &task{ctx, span}
}

func runTask(t *task) { _ = work(t.tctx); t.tspan.AddEvent("done") }

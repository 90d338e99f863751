package spans_test

import (
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

// What a user declares is followed like the spans of a known tracer.
func TestDeclared(t *testing.T) {
	const p = "src." // the path of testdata's module
	tracers := otelapi.KnownTracers().Extend(
		[]string{p + "Open", "(" + p + "opener).Enter", "(" + p + "opener).Lease"},
		map[string]int{"(*" + p + "Span).Done": otelapi.Receiver, p + "finish": 1, "(" + p + "opener).Leave": 0, "(" + p + "opener).Exit": 0},
	)
	x := indexWith(t, tracers, prelude+`
// Span is a project's own.
type Span struct{ inner trace.Span }

func (s *Span) Done(err error) { s.inner.End() }
func (s *Span) Note(string)    {}

var table = map[string]*Span{}

func Open(ctx context.Context, name string) *Span { return table[name] }

var finish2 = finish

func finish(name string, s *Span) {}

type opener interface {
	Enter(ctx context.Context) (context.Context, func(error))
	Lease(ctx context.Context) trace.Span
	Leave(s trace.Span)
	Exit(ctx context.Context)
}

func lostOpen(ctx context.Context) error {
	s := Open(ctx, "x")
	if err := work(ctx); err != nil { return err }
	s.Done(nil)
	return nil
}
func keptOpen(ctx context.Context) (err error) {
	s := Open(ctx, "x")
	defer func() { s.Done(err) }()
	s.Note("x")
	return work(ctx)
}
func keptFinish(ctx context.Context) error {
	s := Open(ctx, "x")
	defer finish("x", s)
	return work(ctx)
}
func lostEnter(ctx context.Context, o opener) error {
	ctx, end := o.Enter(ctx)
	if err := work(ctx); err != nil { return err }
	end(nil)
	return nil
}
func keptEnter(ctx context.Context, o opener) error {
	ctx, end := o.Enter(ctx)
	err := work(ctx)
	end(err)
	return err
}
func lostLease(ctx context.Context, o opener) {
	s := o.Lease(ctx)
	s.AddEvent("x")
}
func keptLease(ctx context.Context, o opener) {
	s := o.Lease(ctx)
	defer o.Leave(s)
}
func keptExit(ctx context.Context, o opener) {
	ctx, _ = tracer.Start(ctx, "x")
	defer o.Exit(ctx)
	_ = work(ctx)
}
`)
	seen := 0
	for _, s := range x.Starts() {
		name := s.Func.Root().Obj.Name()
		lost := strings.HasPrefix(name, "lost")
		if !lost && !strings.HasPrefix(name, "kept") {
			continue
		}
		seen++
		if got := s.Lost().How != spans.Kept; got != lost {
			t.Errorf("%s: lost is %v", name, got)
		}
	}
	if seen != 8 {
		t.Errorf("%d starts in 8 functions", seen)
	}
}

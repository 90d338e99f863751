package spans_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// index returns the spans of a package with this source, checked against the
// real modules of testdata/src.
func index(t *testing.T, src string) *spans.Index {
	t.Helper()
	return indexWith(t, otelapi.KnownTracers(), src)
}

// indexWith is index with other tracers.
func indexWith(t *testing.T, tracers *otelapi.Tracers, src string) *spans.Index {
	t.Helper()
	pkg := scopetest.Package(t, scopetest.Src, src)
	pkg.Tracers = tracers
	return spans.Of(summary.Build(pkg, nil, spans.Contribute))
}

// funcNamed returns the function with that name.
func funcNamed(t *testing.T, x *spans.Index, name string) *scope.Func {
	t.Helper()
	for _, f := range x.Pkg.Funcs {
		if f.Obj != nil && f.Obj.Name() == name {
			return f
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

const prelude = `package p

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var (
	tracer = otel.Tracer("p")
	errNo  = errors.New("no")
)

func work(ctx context.Context) error { return ctx.Err() }

var _ trace.Span
`

func TestResults(t *testing.T) {
	x := index(t, prelude+`
type T struct{ span trace.Span; start func(context.Context) (context.Context, trace.Span) }

func direct(ctx context.Context) (context.Context, trace.Span) { return tracer.Start(ctx, "x") }
func variable(ctx context.Context) (context.Context, trace.Span) { ctx, s := tracer.Start(ctx, "x"); return ctx, s }
func first(ctx context.Context) (trace.Span, context.Context) { ctx, s := direct(ctx); return s, ctx }
func named(ctx context.Context) (c context.Context, s trace.Span, err error) { c, s = direct(ctx); return }
func alone(ctx context.Context) trace.Span { _, s := direct(ctx); return s }
func mixed(ctx context.Context, on bool) trace.Span { if on { return trace.SpanFromContext(ctx) }; return alone(ctx) }
func root(ctx context.Context) context.Context { ctx, _ = tracer.Start(ctx, "x", trace.WithNewRoot()); return ctx }
func ambient(ctx context.Context) trace.Span { return trace.SpanFromContext(ctx) }
func ambientAgain(ctx context.Context) trace.Span { s := ambient(ctx); return s }
func param(s trace.Span) trace.Span { return s }
func (t *T) field() trace.Span { return t.span }
func (t *T) fieldFunc(ctx context.Context) (context.Context, trace.Span) { return t.start(ctx) }
func none() trace.Span { return nil }
func end(ctx context.Context) (context.Context, func()) { ctx, s := direct(ctx); return ctx, func() { s.End() } }
func endErr(ctx context.Context) func(error) { s := alone(ctx); f := func(err error) { s.RecordError(err); s.End() }; return f }
func endValue(ctx context.Context) func(...trace.SpanEndOption) { s := alone(ctx); return s.End }
func endAgain(ctx context.Context) func() { _, e := end(ctx); return e }
func job(ctx context.Context) func() { return func() { s := alone(ctx); s.End() } }
func note(ctx context.Context) func() { _, s := direct(ctx); defer s.End(); return func() { s.AddEvent("x") } }
func generic[V any](ctx context.Context, v V) (context.Context, trace.Span, V) { c, s := direct(ctx); return c, s, v }
`)
	tests := map[string]string{
		"direct":       "ctx span",
		"variable":     "ctx span",
		"first":        "span ctx",
		"named":        "ctx span -",
		"alone":        "span",
		"mixed":        "span",
		"root":         "root",
		"ambient":      "ambient",
		"ambientAgain": "ambient",
		"param":        "borrowed",
		"field":        "borrowed",
		"fieldFunc":    "ctx span",
		"none":         "borrowed",
		"end":          "ctx end",
		"endErr":       "end",
		"endValue":     "end",
		"endAgain":     "end",
		"job":          "-",
		"note":         "-",
		"generic":      "ctx span -",
	}
	for name, want := range tests {
		var got []string
		for _, r := range x.Table.Of(funcNamed(t, x, name)).Results {
			word := "-"
			switch {
			case r.Span == summary.Open:
				word = "span"
			case r.Span == summary.Borrowed:
				word = "borrowed"
			case r.Span == summary.Ambient:
				word = "ambient"
			case r.End:
				word = "end"
			case r.Ctx.NewRoot:
				word = "root"
			case r.Ctx.Started:
				word = "ctx"
			}
			got = append(got, word)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: got %q, want %q", name, s, want)
		}
	}
}

func TestSlots(t *testing.T) {
	x := index(t, prelude+`
type T struct{ span trace.Span; all []trace.Span }

var global trace.Span

func ends(s trace.Span) { s.End() }
func defers(s trace.Span, err error) error { defer s.End(); return err }
func checks(s trace.Span) { if s == nil { return }; s.End() }
func asks(s trace.Span) { if s.IsRecording() { s.End() } }
func branches(s trace.Span, err error) { if err != nil { s.End() } }
func calls(s trace.Span) { ends(s) }
func literal(s trace.Span) { defer func() { s.End() }() }
func aliases(s trace.Span) { t := s; t.End() }
func looks(s trace.Span) string { return s.SpanContext().TraceID().String() }
func annotates(s trace.Span) { s.AddEvent("x") }
func annotatesBelow(s trace.Span) { annotates(s) }
func stores(s trace.Span) { global = s }
func (t *T) keeps(s trace.Span) { t.span = s }
func (t *T) appends(s trace.Span) { t.all = append(t.all, s) }
func launches(s trace.Span) { go func() { s.End() }() }
func sends(s trace.Span, c chan trace.Span) { c <- s }
func returns(s trace.Span) trace.Span { return s }
func unknown(s trace.Span, f func(trace.Span)) { f(s) }
func pointer(s *trace.Span) { (*s).End() }
func endFunc(end func()) { defer end() }
func endFuncMaybe(end func(), on bool) { if on { end() } }
func context1(ctx context.Context) { trace.SpanFromContext(ctx).End() }
func context2(ctx context.Context) { defer context1(ctx) }
func context3(ctx context.Context) { trace.SpanFromContext(ctx).AddEvent("x") }
func duck[S interface{ End(...trace.SpanEndOption) }](s S) { s.End() }
func recursive(s trace.Span, n int) { if n > 0 { recursive(s, n-1); return }; s.End() }
`)
	tests := map[string]string{
		"ends": "ends", "defers": "ends", "checks": "ends", "asks": "ends", "calls": "ends",
		"literal": "ends", "aliases": "ends", "endFunc": "ends", "duck": "ends",
		"context1": "ends", "context2": "ends", "recursive": "ends",
		"branches": "mayend", "endFuncMaybe": "mayend",
		"looks": "", "annotates": "annotates", "annotatesBelow": "annotates", "context3": "annotates",
		"stores": "keeps", "keeps": "keeps", "appends": "keeps", "launches": "keeps", "sends": "keeps",
		"returns": "keeps", "unknown": "keeps", "pointer": "keeps",
	}
	for name, want := range tests {
		h := x.Table.Of(funcNamed(t, x, name)).SlotAt(0).Span
		got := ""
		switch {
		case h&summary.Keeps != 0:
			got = "keeps"
		case h&summary.Ends != 0:
			got = "ends"
		case h&summary.MayEnd != 0:
			got = "mayend"
		case h&summary.Annotates != 0:
			got = "annotates"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestTraces(t *testing.T) {
	x := index(t, prelude+`
func wrapper(ctx context.Context) error { ctx, s := tracer.Start(ctx, "x"); defer s.End(); return work(ctx) }
func late(ctx context.Context) error { _ = work(ctx); return wrapper(ctx) }
func through(ctx context.Context) error { if ctx.Err() != nil { return nil }; return wrapper(ctx) }
func derived(ctx context.Context) error { ctx, cancel := context.WithCancel(ctx); defer cancel(); return wrapper(ctx) }
func onOnePath(ctx context.Context, on bool) error { if on { return wrapper(ctx) }; return work(ctx) }
func literal(ctx context.Context) { f := func() { _ = wrapper(ctx) }; f() }
func callback(ctx context.Context, f func(context.Context) error) error { ctx, s := tracer.Start(ctx, "x"); defer s.End(); return f(ctx) }
func plain(ctx context.Context) error { return work(ctx) }
`)
	tests := map[string]struct{ traces, first bool }{
		"wrapper":   {true, true},
		"late":      {true, false},
		"through":   {true, true},
		"derived":   {true, true},
		"onOnePath": {true, false},
		"literal":   {true, true},
		"callback":  {true, true},
		"plain":     {false, false},
	}
	for name, want := range tests {
		sum := x.Table.Of(funcNamed(t, x, name))
		if sum.Traces != want.traces || sum.StartsFirst != want.first {
			t.Errorf("%s: traces %v, first %v", name, sum.Traces, sum.StartsFirst)
		}
	}
}

// Where a span is ended, as launches ask.
func TestEndPoints(t *testing.T) {
	x := index(t, prelude+`
func ends(s trace.Span) { s.End() }

func byDefer(ctx context.Context) { _, s := tracer.Start(ctx, "x"); defer s.End() }
func byHand(ctx context.Context) { _, s := tracer.Start(ctx, "x"); s.End() }
func both(ctx context.Context) { _, s := tracer.Start(ctx, "x"); defer s.End(); s.End() }
func byDeferredLiteral(ctx context.Context) { _, s := tracer.Start(ctx, "x"); defer func() { s.End() }() }
func byHelper(ctx context.Context) { _, s := tracer.Start(ctx, "x"); defer ends(s) }
func byLocal(ctx context.Context) { _, s := tracer.Start(ctx, "x"); end := func() { s.End() }; end() }
func inGoroutine(ctx context.Context) { _, s := tracer.Start(ctx, "x"); go func() { defer s.End() }() }
func inReturned(ctx context.Context) func() { _, s := tracer.Start(ctx, "x"); return func() { s.End() } }
func nowhere(ctx context.Context) trace.Span { _, s := tracer.Start(ctx, "x"); return s }
func onOneBranch(ctx context.Context, on bool) { _, s := tracer.Start(ctx, "x"); if on { s.End() } }
`)
	tests := map[string]string{
		"byDefer":           "deferred",
		"byHand":            "hand",
		"both":              "deferred hand",
		"byDeferredLiteral": "deferred",
		"byHelper":          "deferred",
		"byLocal":           "hand",
		"inGoroutine":       "literal",
		"inReturned":        "literal",
		"nowhere":           "",
		"onOneBranch":       "hand",
	}
	for name, want := range tests {
		f := funcNamed(t, x, name)
		var got []string
		for _, s := range x.StartsIn(f) {
			for _, e := range s.EndPoints() {
				switch {
				case e.Func != f:
					got = append(got, "literal")
				case e.Deferred:
					got = append(got, "deferred")
				default:
					got = append(got, "hand")
				}
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: got %q, want %q", name, s, want)
		}
	}
}

// Where the span and its context go, by name of the variable.
func TestBinding(t *testing.T) {
	x := index(t, prelude+`
type T struct{ span trace.Span }

func startErr(ctx context.Context) (trace.Span, error) { if ctx.Err() != nil { return nil, errNo }; _, s := tracer.Start(ctx, "x"); return s, nil }
func end(ctx context.Context) (context.Context, func()) { ctx, s := tracer.Start(ctx, "x"); return ctx, func() { s.End() } }

func define(ctx context.Context) { c, s := tracer.Start(ctx, "x"); _, _ = c, s }
func blank(ctx context.Context) { ctx, _ = tracer.Start(ctx, "x"); _ = ctx }
func declare(ctx context.Context) { var c, s = tracer.Start(ctx, "x"); _, _ = c, s }
func inIf(ctx context.Context) { if _, s := tracer.Start(ctx, "x"); s != nil { _ = s } }
func withErr(ctx context.Context) error { s, err := startErr(ctx); _ = s; return err }
func field(ctx context.Context, t *T) { _, t.span = tracer.Start(ctx, "x") }
func endOf(ctx context.Context) { c, e := end(ctx); _, _ = c, e }
func deferred(ctx context.Context) { defer end(ctx) }
`)
	tests := map[string]string{
		"define":   "span=s ctx=c",
		"blank":    "ctx=ctx",
		"declare":  "span=s ctx=c",
		"inIf":     "span=s",
		"withErr":  "span=s err=err",
		"field":    "dest=span",
		"endOf":    "end=e ctx=c",
		"deferred": "deferred",
	}
	for name, want := range tests {
		starts := x.StartsIn(funcNamed(t, x, name))
		if len(starts) != 1 {
			t.Errorf("%s: %d starts", name, len(starts))
			continue
		}
		s := starts[0]
		var got []string
		if s.Span != nil {
			got = append(got, "span="+s.Span.Name())
		}
		if s.End != nil {
			got = append(got, "end="+s.End.Name())
		}
		if s.Ctx != nil {
			got = append(got, "ctx="+s.Ctx.Name())
		}
		if s.Err != nil {
			got = append(got, "err="+s.Err.Name())
		}
		if s.Dest != nil {
			got = append(got, "dest="+s.Dest.Name())
		}
		if s.Deferred {
			got = append(got, "deferred")
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%s: got %q, want %q", name, g, want)
		}
		if x.StartOf(s.Call) != s {
			t.Errorf("%s: StartOf does not find the start", name)
		}
	}
	order := slices.IsSortedFunc(x.Starts(), func(a, b *spans.Start) int { return int(a.Call.Pos() - b.Call.Pos()) })
	if !order {
		t.Error("starts are not in source order")
	}
}

// EndedIn is asked about goroutines that end the span they work under.
func TestEndedIn(t *testing.T) {
	x := index(t, prelude+`
func f(ctx context.Context) {
	_, s := tracer.Start(ctx, "x")
	go func() { s.AddEvent("x") }()
	go func() { defer s.End() }()
}
`)
	f := funcNamed(t, x, "f")
	var got []bool
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok {
			got = append(got, x.StartsIn(f)[0].EndedIn(x.Pkg.FuncOf(lit)))
		}
		return true
	})
	if !slices.Equal(got, []bool{false, true}) {
		t.Errorf("got %v", got)
	}
}

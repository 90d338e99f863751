package ctxflow_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

const origins = `package p

import (
	"context"
	"net/http"
	"os/signal"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

type key struct{}

type holder struct{ ctx context.Context }

type embedding struct {
	context.Context
	name string
}

type undone struct{ context.Context }

func (undone) Done() <-chan struct{} { return nil }

var (
	tracer = otel.Tracer("p")
	todo   = context.TODO()
	global context.Context
	maker  func() context.Context
)

func use(context.Context)                                        {}
func same(ctx context.Context) context.Context                   { return ctx }
func valued(ctx context.Context) context.Context                 { return context.WithValue(ctx, key{}, 1) }
func cut(ctx context.Context) context.Context                    { return context.WithoutCancel(ctx) }
func begin(ctx context.Context) (context.Context, trace.Span)    { return tracer.Start(ctx, "x") }
func limit(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 1) }
func either(ctx context.Context, b bool) context.Context         { if b { return cut(ctx) }; return ctx }

func parameter(ctx context.Context)     { use(ctx) } // is: ctx
func renamed(ctx context.Context)       { c := ctx; use(c) } // is: ctx
func value(ctx context.Context)         { use(context.WithValue(ctx, key{}, 1)) } // is: ctx
func cancel(ctx context.Context)        { ctx, stop := context.WithCancel(ctx); defer stop(); use(ctx) } // is: ctx+cancels(stop)
func timeout(ctx context.Context)       { ctx, stop := context.WithTimeout(ctx, time.Second); defer stop(); use(ctx) } // is: ctx+times(stop)
func detach(ctx context.Context)        { use(context.WithoutCancel(ctx)) } // is: ctx+detaches
func start(ctx context.Context)         { ctx, span := tracer.Start(ctx, "x"); defer span.End(); use(ctx) } // is: ctx+starts(span)
func root(ctx context.Context)          { ctx, span := tracer.Start(ctx, "x", trace.WithNewRoot()); defer span.End(); use(ctx) } // is: ctx+root(span)
func remote(ctx context.Context)        { use(trace.ContextWithSpanContext(ctx, trace.SpanContext{})) } // is: ctx+sets
func group(ctx context.Context)         { g, ctx := errgroup.WithContext(ctx); use(ctx); g.Wait() } // is: ctx+groups(g)
func signals(ctx context.Context)       { ctx, stop := signal.NotifyContext(ctx); defer stop(); use(ctx) } // is: ctx+signals(stop)
func chain(ctx context.Context)         { ctx, stop := context.WithTimeout(context.WithoutCancel(valued(ctx)), 1); defer stop(); use(ctx) } // is: ctx+detaches+times(stop)

func background()                       { use(context.Background()) } // is: background
func packageTodo()                      { use(todo) } // is: background
func packageVariable()                  { use(global) } // is: package
func field(h *holder)                   { use(h.ctx) } // is: field
func called()                           { use(maker()) } // is: unknown
func converted(e *embedding)            { use(context.Context(e)) } // is: e

func helper(ctx context.Context)        { use(same(ctx)) } // is: ctx
func cutter(ctx context.Context)        { use(cut(ctx)) } // is: ctx+detaches
func beginner(ctx context.Context)      { ctx, s := begin(ctx); use(ctx); s.End() } // is: ctx+starts(s)
func limiter(ctx context.Context)       { ctx, stop := limit(ctx); use(ctx); stop() } // is: ctx+times(stop)
func mayCut(ctx context.Context)        { use(either(ctx, true)) } // is: ctx

func branches(ctx context.Context, b bool) { c := context.Background(); if b { c = ctx }; use(c) } // is: background ctx
func overwritten(ctx context.Context)   { c := context.Background(); c = ctx; use(c) } // is: ctx
func looped(ctx context.Context)        { for range 3 { ctx = context.WithValue(ctx, key{}, 1) }; use(ctx) } // is: ctx
func switched(ctx context.Context, n int) { c := ctx; switch n { case 1: c = cut(ctx); case 2: c = todo }; use(c) } // is: background ctx ctx+detaches
func declared(ctx context.Context)      { var c context.Context; c = ctx; use(c) } // is: ctx

func captured(ctx context.Context)      { func() { use(ctx) }() } // is: ctx
func shadowed(ctx context.Context)      { func(ctx context.Context) { use(ctx) }(cut(ctx)) } // is: ctx+detaches
func assignedInside(ctx context.Context, f func(func())) { f(func() { ctx = todo }); use(ctx) } // is: unknown
func addressed(ctx context.Context)     { p := &ctx; use(*p) } // is: unknown

func request(r *http.Request)           { use(r.Context()) } // is: r
func clone(r *http.Request)             { use(r.Clone(r.Context()).Context()) } // is: r
func replaced(r *http.Request)          { r = r.WithContext(cut(r.Context())); use(r.Context()) } // is: r+detaches
func outgoing(ctx context.Context)      { r, _ := http.NewRequestWithContext(ctx, "", "", nil); use(r.Context()) } // is: ctx
func unlessNil(ctx context.Context)     { if ctx == nil { ctx = context.Background() }; use(ctx) } // is: ctx
func unlessNilCut(ctx context.Context)  { if nil == ctx { ctx = cut(ctx) }; ctx = cut(ctx); use(ctx) } // is: ctx+detaches
func unlessOther(ctx context.Context, err error) { if err == nil { ctx = context.Background() }; use(ctx) } // is: background ctx
func stream(s grpc.ServerStream)        { use(s.Context()) } // is: s

func inStruct(ctx context.Context)      { h := holder{ctx}; use(h.ctx) } // is: ctx
func inPointer(ctx context.Context)     { h := &holder{ctx: cut(ctx)}; use(h.ctx) } // is: ctx+detaches
func embedded(e *embedding)             { use(e.Context) } // is: e
func embeds(ctx context.Context)        { use(&embedding{ctx, "x"}) } // is: ctx
func undoes(ctx context.Context)        { use(undone{ctx}) } // is: ctx+detaches
`

func TestEval(t *testing.T) {
	pkg := scopetest.Package(t, scopetest.Src, origins)
	flow := ctxflow.New(summary.Build(pkg, nil, spans.Contribute, launch.Contributor()))

	used := make(map[string]string)
	for _, f := range pkg.Funcs {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "use" {
					used[f.Root().Node.(*ast.FuncDecl).Name.Name] = all(flow.Eval(call.Args[0], pkg.FuncAt(call), nil))
				}
			}
			return true
		})
	}
	for _, m := range regexp.MustCompile(`(?m)^func (\w+)\(.*// is: (.*)$`).FindAllStringSubmatch(origins, -1) {
		if used[m[1]] != m[2] {
			t.Errorf("%s: %s, want %s", m[1], used[m[1]], m[2])
		}
	}
}

// all describes values, in an order of its own.
func all(values []ctxflow.Value) string {
	var texts []string
	for _, v := range values {
		text := map[ctxflow.Origin]string{ctxflow.Unknown: "unknown", ctxflow.Background: "background", ctxflow.Field: "field", ctxflow.Package: "package"}[v.Origin]
		if v.Origin == ctxflow.Param {
			text = v.Var.Name()
		}
		for _, s := range v.Steps {
			text += "+" + step(s)
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func step(s ctxflow.Step) string {
	text := map[ctxflow.StepKind]string{ctxflow.Cancels: "cancels", ctxflow.Detaches: "detaches", ctxflow.Starts: "starts",
		ctxflow.SetsSpan: "sets", ctxflow.Groups: "groups", ctxflow.Signals: "signals"}[s.Kind]
	switch {
	case s.Deadline:
		text = "times"
	case s.NewRoot:
		text = "root"
	}
	if s.Handle != nil {
		text += "(" + s.Handle.Name() + ")"
	}
	return text
}

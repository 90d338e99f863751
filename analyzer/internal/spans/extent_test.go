package spans_test

import (
	"go/ast"
	"strings"
	"testing"
)

// A span reaches from its start to its End; what marks no place for sure is
// on neither side.
func TestExtent(t *testing.T) {
	x := index(t, prelude+`
func before(context.Context) {}
func below(context.Context) {}
func after(context.Context) {}
func either(context.Context) {}

func phase(ctx context.Context, ok bool) {
	before(ctx)
	ctx, span := tracer.Start(ctx, "phase")
	below(ctx)
	func() { below(ctx) }()
	span.End()
	after(ctx)
	defer func() { after(ctx) }()
}

func branch(ctx context.Context, ok bool) {
	ctx, span := tracer.Start(ctx, "branch")
	if ok {
		below(ctx)
		span.End()
	}
	either(ctx)
	span.End()
}

func loop(ctx context.Context, n int) {
	for range n {
		_, span := tracer.Start(ctx, "loop")
		below(ctx)
		span.End()
		after(ctx)
	}
	either(ctx)
}

func deferred(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "deferred")
	defer span.End()
	below(ctx)
}
`)
	for _, s := range x.Starts() {
		ast.Inspect(s.Func.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			id, ok := call.Fun.(*ast.Ident)
			if !ok {
				return true
			}
			got := ""
			if s.OpenAt(call) {
				got += "open "
			}
			if s.Holds(call) {
				got += "held "
			}
			if s.EndedAt(call) != nil {
				got += "ended"
			}
			want := map[string]string{"before": "", "below": "open held", "after": "ended"}
			if w, ok := want[id.Name]; ok && strings.TrimSpace(got) != w {
				t.Errorf("%s: %s is %q, want %q", s.Func.Obj.Name(), id.Name, got, w)
			}
			if id.Name == "either" && s.Holds(call) {
				t.Errorf("%s: either is below the span", s.Func.Obj.Name())
			}
			return true
		})
	}
}

func TestCtxUnused(t *testing.T) {
	x := index(t, prelude+`
type kept struct{ read, unread context.Context }

var k kept

func discarded(ctx context.Context) { _, span := tracer.Start(ctx, "unused"); span.End() }
func quiet(ctx context.Context)     { ctx2, span := tracer.Start(ctx, "unused"); span.End(); _ = ctx2 }
func assigned(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "unused")
	span.End()
	ctx = context.Background()
	_ = work(ctx)
}
func field(ctx context.Context)   { var span trace.Span; k.unread, span = tracer.Start(ctx, "unused"); span.End() }
func used(ctx context.Context)    { ctx, span := tracer.Start(ctx, "used"); _ = work(ctx); span.End() }
func readsIt(ctx context.Context) { var span trace.Span; k.read, span = tracer.Start(ctx, "used"); span.End(); _ = work(k.read) }
func named(ctx context.Context) (out context.Context) { out, span := tracer.Start(ctx, "used"); span.End(); return }
func again(ctx context.Context) {
	var span trace.Span
	for range 3 {
		ctx, span = tracer.Start(ctx, "used")
		span.End()
	}
}
`)
	for _, s := range x.Starts() {
		want := s.Call.Args[1].(*ast.BasicLit).Value == `"unused"`
		if _, got := s.CtxUnused(); got != want {
			t.Errorf("%s: unused is %v", s.Func.Obj.Name(), got)
		}
	}
}

func TestMayTrace(t *testing.T) {
	x := index(t, strings.Replace(prelude, `"errors"`, `"errors"
	"net/http"`, 1)+`
type store interface{ Get(context.Context) error }
type sql struct{}

func (sql) Get(ctx context.Context) error { _, span := tracer.Start(ctx, "get"); span.End(); return nil }

type fake struct{}

func (fake) Get(ctx context.Context) error { return nil }

type other interface{ Put(context.Context) error }

type memory struct{}

func (memory) Put(ctx context.Context) error { return nil }

func find(ctx context.Context, s store) error { return s.Get(ctx) }
func each(ctx context.Context, f func(context.Context) error) error { return f(ctx) }

func yes(ctx context.Context, s store, h http.Handler, w http.ResponseWriter, r *http.Request) {
	_ = s.Get(ctx)
	_ = find(ctx, s)
	h.ServeHTTP(w, r)
	_ = each(ctx, sql{}.Get)
	_ = each(ctx, func(ctx context.Context) error { return find(ctx, s) })
}

func no(ctx context.Context, o other, f func(context.Context) error) {
	_ = o.Put(ctx)
	_ = f(ctx)
	_ = work(ctx)
	_ = each(ctx, fake{}.Get)
}
`)
	for name, want := range map[string]bool{"yes": true, "no": false} {
		f := funcNamed(t, x, name)
		for _, stmt := range f.Body.List {
			call, ok := stmtCall(stmt)
			if ok && x.MayTrace(call) != want {
				t.Errorf("%s: %v", name, x.Pkg.Fset.Position(call.Pos()))
			}
		}
	}
}

func stmtCall(stmt ast.Stmt) (*ast.CallExpr, bool) {
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		call, ok := stmt.X.(*ast.CallExpr)
		return call, ok
	case *ast.AssignStmt:
		call, ok := stmt.Rhs[0].(*ast.CallExpr)
		return call, ok
	}
	return nil, false
}

package setup

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// Premature returns the stops that f defers although it only sets a provider
// up: it installs the provider, keeps it, or returns it or its tracers, and the
// stop, of the provider or of its exporter, runs when f returns, before the
// program has traced anything.
func (x *Index) Premature(f *scope.Func) []Deferred {
	if f.Obj == nil || f.Obj.Name() == "main" && f.Sig.Recv() == nil && f.Obj.Pkg().Name() == "main" {
		return nil // what a literal does, somebody may call for all that the program does
	}
	var out []Deferred
	for _, d := range x.Deferred(f) {
		if d.Flush || !x.isLocal(d.Of, f) || !otelapi.CanShutdown(d.Of.Type()) || x.onCondition(d) {
			continue
		}
		if x.livesOn(f, made{v: d.Of}) {
			out = append(out, d)
		}
	}
	for _, d := range x.deferredExporters(f) {
		if !x.isLocal(d.Of, f) || x.onCondition(d) {
			continue
		}
		for _, p := range x.Providers(f) {
			if p.Result == 0 && x.madeWith(p.Call, d.Of, 0) && x.livesOn(f, made{call: p.Call, v: x.boundTo(p.Call)}) {
				out = append(out, d)
				break
			}
		}
	}
	return out
}

// made is a provider, by the call that makes it, its variable, or both.
type made struct {
	call *ast.CallExpr
	v    *types.Var
}

// is reports whether an expression denotes the provider.
func (x *Index) is(e ast.Expr, tp made) bool {
	return tp.call != nil && ast.Unparen(e) == ast.Expr(tp.call) || tp.v != nil && x.pkg.VarOf(e) == tp.v
}

// livesOn reports whether a provider is there for what comes after f.
func (x *Index) livesOn(f *scope.Func, tp made) bool {
	return x.gives(f, tp) || x.onlyKeeps(f, tp)
}

// deferredExporters returns the stops of exporters that f defers.
func (x *Index) deferredExporters(f *scope.Func) []Deferred {
	var out []Deferred
	note := func(c call, in *scope.Func, d *ast.DeferStmt) {
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if ok && otelapi.StopsExporter(c.fn) {
			out = append(out, Deferred{Stop{Call: c.CallExpr, Func: in, Of: x.pkg.VarOf(sel.X), Exporter: true}, d})
		}
	}
	for _, d := range x.local[f].defers {
		note(call{d.Call, x.pkg.Callee(d.Call)}, f, d)
		if lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); ok {
			if inner := x.pkg.FuncOf(lit); inner != nil {
				for _, c := range x.local[inner].calls {
					note(c, inner, d)
				}
			}
		}
	}
	return out
}

// madeWith reports whether a variable is among what a call is given, or among
// what that is made with.
func (x *Index) madeWith(c *ast.CallExpr, v *types.Var, depth int) bool {
	if v == nil || depth > maxDepth {
		return false
	}
	found := false
	for _, arg := range c.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || found {
				return !found
			}
			w := x.pkg.VarOf(id)
			if w == v {
				found = true
			} else if w != nil && !w.IsField() {
				if rhs, _, ok := x.only(w); ok {
					if made, ok := ast.Unparen(rhs).(*ast.CallExpr); ok && made != c {
						found = x.madeWith(made, v, depth+1)
					}
				}
			}
			return !found
		})
	}
	return found
}

// boundTo returns the variable or field that gets the first result of a call.
func (x *Index) boundTo(c *ast.CallExpr) *types.Var {
	cur, ok := x.pkg.Cursor(c)
	if !ok {
		return nil
	}
	cur = outermost(cur)
	_, i := cur.ParentEdge()
	switch p := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if cur.ParentEdgeKind() == edge.AssignStmt_Rhs && i < len(p.Lhs) {
			return x.pkg.VarOf(p.Lhs[i])
		}
	case *ast.ValueSpec:
		if cur.ParentEdgeKind() == edge.ValueSpec_Values && i < len(p.Names) {
			return x.pkg.VarOf(p.Names[i])
		}
	}
	return nil
}

// onCondition reports whether a deferred function may leave the provider
// alone: when nothing has failed, say.
func (x *Index) onCondition(d Deferred) bool {
	if d.Func == x.pkg.FuncAt(d.Defer) {
		return false
	}
	cur, ok := x.pkg.Cursor(d.Call)
	if !ok {
		return true
	}
	for up := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil), (*ast.CommClause)(nil)) {
		s, isIf := up.Node().(*ast.IfStmt)
		if d.Func.Body.Pos() > up.Node().Pos() {
			break
		}
		if !isIf || s.Init == nil || d.Call.Pos() > s.Init.End() { // if err := tp.Shutdown(ctx); err != nil
			return true
		}
	}
	// A return at the head of the literal is a condition, too.
	g := d.Func.Graph()
	p, ok := g.At(d.Call)
	if !ok {
		return true
	}
	_, past := g.Exit(g.Entry(), path.Search{Stop: func(n ast.Node) bool { return n == p.Node() }})
	return past
}

// gives reports whether f returns a provider, or something that is made with
// its tracers.
func (x *Index) gives(f *scope.Func, tp made) bool {
	found := false
	for _, ret := range x.local[f].returns {
		for _, res := range ret.Results {
			ast.Inspect(res, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.CallExpr:
					found = found || n == tp.call
				case *ast.Ident:
					found = found || tp.v != nil && x.pkg.Info.ObjectOf(n) == tp.v
				case *ast.SelectorExpr:
					if x.is(n.X, tp) && n.Sel.Name != "Tracer" {
						return false // its Shutdown, for the caller to call again
					}
				}
				return !found
			})
		}
	}
	return found
}

// onlyKeeps reports whether f makes a provider the global one, or puts it where
// it is kept, and then calls nothing that could trace.
func (x *Index) onlyKeeps(f *scope.Func, tp made) bool {
	g := f.Graph()
	var installed path.Point
	found := false
	for _, c := range x.local[f].calls {
		if otelapi.Installs(c.fn) && len(c.Args) == 1 && x.is(c.Args[0], tp) {
			installed, found = g.At(c.CallExpr)
		}
	}
	if n := x.keptAt(f, tp); !found && n != nil {
		installed, found = g.At(n)
	}
	if !found {
		return false
	}
	for _, c := range x.local[f].calls {
		if p, ok := g.At(c.CallExpr); !ok || p == installed || x.deferred(c.CallExpr) || x.quiet(c) {
			continue
		} else if x.reaches(g, installed, p, nil) {
			return false
		}
	}
	// A loop or a wait is what the function is there for.
	waits := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.SelectStmt, *ast.GoStmt, *ast.SendStmt:
			waits = true
		case *ast.UnaryExpr:
			waits = waits || n.Op.String() == "<-"
		}
		return !waits
	})
	return !waits
}

// keptAt returns the assignment in f that puts a provider into a field or a
// package variable, nil if there is none.
func (x *Index) keptAt(f *scope.Func, tp made) ast.Node {
	var at ast.Node
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				v := x.pkg.VarOf(lhs)
				rhs, result := assigned(i, len(n.Lhs), n.Rhs)
				if v != nil && rhs != nil && result == 0 && (v.IsField() || v.Pkg() != nil && v.Parent() == v.Pkg().Scope()) && x.is(rhs, tp) {
					at = n
				}
			}
		}
		return at == nil
	})
	return at
}

// quiet reports whether a call starts no span: it sets OpenTelemetry up, logs,
// formats, or makes a value.
func (x *Index) quiet(c call) bool {
	if tv := x.pkg.Info.Types[c.Fun]; tv.IsType() || tv.IsBuiltin() {
		return true
	}
	if c.fn == nil || c.fn.Pkg() == nil {
		return false
	}
	if otelapi.ReadsOnly(c.fn) || otelapi.EndsProcess(c.fn) {
		return true
	}
	if _, derives := otelapi.DerivationOf(c.fn); derives {
		return false
	}
	switch c.fn.Pkg().Path() {
	case "fmt", "errors", "log", "log/slog", "strings", "strconv", "time", "os":
		return true
	}
	return strings.HasPrefix(c.fn.Pkg().Path(), otelapi.OtelPath+"/") || c.fn.Pkg().Path() == otelapi.OtelPath
}

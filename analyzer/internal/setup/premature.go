package setup

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// Premature returns the stops that f defers although it only sets a provider
// up: it installs the provider, or returns it or its tracers, and the stop runs
// when f returns, before the program has traced anything.
func (x *Index) Premature(f *scope.Func) []Deferred {
	if f.Obj == nil || f.Obj.Name() == "main" && f.Sig.Recv() == nil && f.Obj.Pkg().Name() == "main" {
		return nil // what a literal does, somebody may call for all that the program does
	}
	var out []Deferred
	for _, d := range x.Deferred(f) {
		if d.Flush || !x.isLocal(d.Of, f) || !otelapi.CanShutdown(d.Of.Type()) || x.onCondition(d) {
			continue
		}
		if x.gives(f, d.Of) || x.onlyInstalls(f, d.Of) {
			out = append(out, d)
		}
	}
	return out
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
func (x *Index) gives(f *scope.Func, tp *types.Var) bool {
	found := false
	for _, ret := range x.local[f].returns {
		for _, res := range ret.Results {
			ast.Inspect(res, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.Ident:
					found = found || x.pkg.Info.ObjectOf(n) == tp
				case *ast.SelectorExpr:
					if x.pkg.VarOf(n.X) == tp && n.Sel.Name != "Tracer" {
						return false // its Shutdown, for the caller to call again
					}
				}
				return !found
			})
		}
	}
	return found
}

// onlyInstalls reports whether f makes a provider the global one and then
// calls nothing that could trace.
func (x *Index) onlyInstalls(f *scope.Func, tp *types.Var) bool {
	g := f.Graph()
	var installed path.Point
	found := false
	for _, c := range x.local[f].calls {
		if otelapi.Installs(c.fn) && len(c.Args) == 1 && x.pkg.VarOf(c.Args[0]) == tp {
			installed, found = g.At(c.CallExpr)
		}
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

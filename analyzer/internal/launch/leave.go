package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Leaving is a context that a function returns, or on which something that
// it returns still depends.
type Leaving struct {
	// Expr is the context where the function has it, Func the function.
	Expr ast.Expr
	Func *scope.Func
	// What is what is returned.
	What ast.Expr
	// Values is what the context can be.
	Values []ctxflow.Value
}

// Leavings returns the contexts that leave f by a return: the context itself,
// a struct or closure that holds it, a response or stream that was opened
// with it and is read later.
func (x *Index) Leavings(f *scope.Func) []Leaving {
	var out []Leaving
	inOwn(f, func(n ast.Node) {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok {
			return
		}
		for _, r := range ret.Results {
			for _, e := range x.leaves(r, f, ret, 0) {
				out = append(out, Leaving{Expr: e.expr, Func: f, What: r, Values: x.Flow.Eval(e.expr, e.fn, nil)})
			}
		}
	})
	return out
}

type leaving struct {
	expr ast.Expr
	fn   *scope.Func
}

// leaves returns the contexts in a returned expression.
func (x *Index) leaves(e ast.Expr, f *scope.Func, ret ast.Node, depth int) []leaving {
	if depth > 3 {
		return nil
	}
	e = ast.Unparen(e)
	if t := x.pkg.Info.TypeOf(e); t != nil && otelapi.IsContext(t) {
		return []leaving{{e, f}}
	}
	switch e := e.(type) {
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return x.leaves(e.X, f, ret, depth)
		}
	case *ast.CompositeLit:
		var out []leaving
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			out = append(out, x.leaves(elt, f, ret, depth+1)...)
		}
		return out
	case *ast.FuncLit:
		body := x.pkg.FuncOf(e)
		if body == nil {
			return nil
		}
		var out []leaving
		for _, u := range x.usesIn(body, nil, 0) {
			if u.Does&(summary.Works|summary.Outlives) != 0 {
				out = append(out, leaving{u.Expr, u.Func})
			}
		}
		return out
	case *ast.SelectorExpr:
		if otelapi.IsReader(x.pkg.Info.TypeOf(e)) {
			return x.leaves(e.X, f, ret, depth+1) // resp.Body, as opposed to its status
		}
	case *ast.Ident:
		v, ok := x.pkg.Info.ObjectOf(e).(*types.Var)
		if !ok || x.Flow.Owner(v) != f {
			return nil
		}
		rhs, g, ok := x.Flow.Single(v)
		if !ok || g != f {
			return nil
		}
		if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			if x.closed(v) {
				return nil // nobody can read on
			}
			return x.opened(call, v.Type(), f)
		}
		return x.leaves(rhs, f, ret, depth+1)
	case *ast.CallExpr:
		return x.opened(e, x.pkg.Info.TypeOf(e), f)
	}
	return nil
}

// closed reports whether something in a variable, or its body, is closed by a
// deferred call: what is returned of it then is what has been read.
func (x *Index) closed(v *types.Var) bool {
	for _, cur := range x.pkg.Uses(v) {
		for cur.ParentEdgeKind() == edge.SelectorExpr_X {
			cur = cur.Parent()
		}
		sel, ok := cur.Node().(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Close" || cur.ParentEdgeKind() != edge.CallExpr_Fun {
			continue
		}
		call := cur.Parent()
		if call.ParentEdgeKind() == edge.DeferStmt_Call {
			return true
		}
		if g := x.pkg.Enclosing(call); g != nil && g.Cursor.ParentEdgeKind() == edge.CallExpr_Fun && g.Cursor.Parent().ParentEdgeKind() == edge.DeferStmt_Call {
			return true // defer func() { _ = v.Body.Close() }()
		}
	}
	return false
}

// opened returns the context with which a call opened something that is read
// later: a response with a body, a stream. Cursors over rows are left out:
// who returns them under a deferred cancel sees at once that they are empty.
func (x *Index) opened(call *ast.CallExpr, t types.Type, f *scope.Func) []leaving {
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(0).Type()
	}
	if !otelapi.IsStream(t) {
		return nil
	}
	var out []leaving
	for _, arg := range call.Args {
		if at := x.pkg.Info.TypeOf(arg); at != nil && ctxflow.Carries(at) {
			out = append(out, leaving{arg, f})
		}
	}
	return out
}

// AfterWait returns the uses of a group's context in f that run after the
// group has been waited for: its context is cancelled by then.
func (x *Index) AfterWait(f *scope.Func) []Use {
	var waits []ast.Node
	inOwn(f, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Wait" && otelapi.IsGroup(x.pkg.Info.TypeOf(sel.X)) {
				waits = append(waits, call)
			}
		}
	})
	if len(waits) == 0 {
		return nil
	}
	var out []Use
	inOwn(f, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		for _, u := range x.usesOf(call, f, nil) {
			if u.Does&summary.Works != 0 && len(u.Values) == 1 && x.waitedBefore(f, waits, u) {
				out = append(out, u)
			}
		}
	})
	return out
}

// waitedBefore reports whether the group whose context a use is given has
// been waited for on every path to the use.
func (x *Index) waitedBefore(f *scope.Func, waits []ast.Node, u Use) bool {
	steps := u.Values[0].Cancels()
	if len(steps) == 0 {
		return false
	}
	s := steps[len(steps)-1]
	if s.Kind != ctxflow.Groups || s.Handle == nil || s.Func != f {
		return false
	}
	use, ok := f.Graph().At(u.Call)
	if !ok {
		return false
	}
	for _, w := range waits {
		sel := ast.Unparen(w.(*ast.CallExpr).Fun).(*ast.SelectorExpr)
		if x.pkg.VarOf(sel.X) != s.Handle {
			continue
		}
		if p, ok := f.Graph().At(w); ok && p != use && f.Graph().Dominates(p, use) {
			return true
		}
	}
	return false
}

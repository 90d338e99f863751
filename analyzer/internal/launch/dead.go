package launch

import (
	"go/ast"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A DeadUse is a use of a context that is cancelled by then, on every way.
type DeadUse struct {
	Use
	// By is the call, or the defer statement, that cancels.
	By ast.Node
}

// AfterCancel returns the uses of contexts in f that come when f has called
// the cancel function: after a call by hand, or in a deferred call that was
// deferred before the cancel and so runs after it.
func (x *Index) AfterCancel(f *scope.Func) []DeadUse {
	var out []DeadUse
	note := func(u Use, at *ast.DeferStmt) {
		s, ok := cancelOf(u, f)
		if !ok {
			return
		}
		if at != nil {
			if d, ok := x.DeferredCall(s.Handle, f); ok && d != at && runsFirst(f, d, at) {
				out = append(out, DeadUse{u, d})
			}
			return
		}
		if call, ok := x.cancelledBefore(u, s, f); ok {
			out = append(out, DeadUse{u, call})
		}
	}
	for _, u := range x.UsesIn(f) {
		d, _ := x.deferOf(u.Call)
		note(u, d)
	}
	inOwn(f, func(n ast.Node) {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return
		}
		lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit)
		if !ok {
			return
		}
		if inner := x.pkg.FuncOf(lit); inner != nil {
			for _, u := range x.UsesIn(inner) {
				note(u, d)
			}
		}
	})
	return out
}

// cancelOf returns the cancellation, made by f, that is the last thing done to
// the one context a use can have.
func cancelOf(u Use, f *scope.Func) (ctxflow.Step, bool) {
	if sel, ok := ast.Unparen(u.Call.Fun).(*ast.SelectorExpr); ok && sel.X == u.Expr {
		return ctxflow.Step{}, false // asked for its error, say
	}
	if u.Does&summary.Works == 0 || len(u.Values) != 1 || u.Values[0].Detached() {
		return ctxflow.Step{}, false
	}
	steps := u.Values[0].Cancels()
	if len(steps) == 0 {
		return ctxflow.Step{}, false
	}
	s := steps[len(steps)-1]
	return s, s.Kind == ctxflow.Cancels && s.Handle != nil && !s.Handle.IsField() && s.Func == f
}

func (x *Index) deferOf(call *ast.CallExpr) (*ast.DeferStmt, bool) {
	cur, ok := x.pkg.Cursor(call)
	if !ok || cur.ParentEdgeKind() != edge.DeferStmt_Call {
		return nil, false
	}
	d, ok := cur.Parent().Node().(*ast.DeferStmt)
	return d, ok
}

// runsFirst reports whether a deferred call runs before one that was deferred
// earlier, wherever both do.
func runsFirst(f *scope.Func, late, early *ast.DeferStmt) bool {
	g := f.Graph()
	p, ok1 := g.At(early)
	q, ok2 := g.At(late)
	return ok1 && ok2 && p != q && g.Dominates(p, q)
}

// cancelledBefore returns a call of the cancel function in f after which a use
// comes, whichever way it is reached.
func (x *Index) cancelledBefore(u Use, s ctxflow.Step, f *scope.Func) (*ast.CallExpr, bool) {
	g := f.Graph()
	use, ok := g.At(u.Call)
	if !ok {
		return nil, false
	}
	made, ok := g.At(s.Call)
	if !ok {
		return nil, false
	}
	calls := func(cur inspector.Cursor) (*ast.CallExpr, bool) {
		if cur.ParentEdgeKind() != edge.CallExpr_Fun || cur.Parent().ParentEdgeKind() != edge.ExprStmt_X || x.pkg.Enclosing(cur) != f {
			return nil, false
		}
		return cur.Parent().Node().(*ast.CallExpr), true
	}
	for _, cur := range x.pkg.Uses(s.Handle) {
		call, ok := calls(cur)
		if !ok {
			continue
		}
		p, ok := g.At(call)
		if !ok || p == use || !g.Dominates(p, use) || !x.workedBefore(s, p, f) {
			continue
		}
		// Not where the next round makes another context.
		if _, same := g.Reach(p, func(n ast.Node) bool { return n == use.Node() },
			path.Search{Stop: func(n ast.Node) bool { return n == made.Node() }}); same {
			return call, true
		}
	}
	return nil, false
}

// workedBefore reports whether something works with a context before f cancels
// it by hand. One that is cancelled as it is made is meant to be dead.
func (x *Index) workedBefore(s ctxflow.Step, cancel path.Point, f *scope.Func) bool {
	g := f.Graph()
	for _, u := range x.UsesIn(f) {
		of, ok := cancelOf(u, f)
		if !ok || of.Call != s.Call {
			continue
		}
		if p, ok := g.At(u.Call); ok && p != cancel {
			if _, before := g.Reach(p, func(n ast.Node) bool { return n == cancel.Node() }, path.Search{}); before {
				return true
			}
		}
	}
	return false
}

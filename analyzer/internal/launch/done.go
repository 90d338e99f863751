package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// An endings knows where in a function one of certain contexts is done.
type endings struct {
	x    *Index
	f    *scope.Func
	asks func(ctx ast.Expr, f *scope.Func) bool // is it one of them
}

func (x *Index) endings(f *scope.Func, asks func(ast.Expr, *scope.Func) bool) endings {
	return endings{x, f, asks}
}

// at reports whether the node waits for the end of such a context and for
// nothing else: a receive that stands alone, or the case of a select that was
// taken.
func (e endings) at(n ast.Node) bool {
	var recv ast.Expr
	switch n := n.(type) {
	case *ast.ExprStmt:
		recv = n.X
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 {
			recv = n.Rhs[0]
		}
	case ast.Expr:
		recv = n
	}
	u, ok := ast.Unparen(recv).(*ast.UnaryExpr)
	if !ok || u.Op != token.ARROW {
		return false
	}
	ctx := e.x.doneOf(u.X)
	return ctx != nil && e.asks(ctx, e.f)
}

// where reports whether such a context is done if the condition has this
// outcome: it asks for the error of the context, or of a call that fails for
// no other reason.
func (e endings) where(cond ast.Expr, outcome bool) bool {
	switch c := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return c.Op == token.NOT && e.where(c.X, !outcome)
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LAND:
			return outcome && (e.where(c.X, true) || e.where(c.Y, true))
		case token.LOR:
			return !outcome && (e.where(c.X, false) || e.where(c.Y, false))
		case token.EQL, token.NEQ:
			info := e.x.pkg.Info
			if outcome != (c.Op == token.NEQ) {
				return false
			}
			if info.Types[c.Y].IsNil() {
				return e.error(c.X, cond)
			}
			return info.Types[c.X].IsNil() && e.error(c.Y, cond)
		}
	}
	return false
}

// error reports whether an expression is an error that is nil unless such a
// context is done, where at stands.
func (e endings) error(err ast.Expr, at ast.Node) bool {
	switch err := ast.Unparen(err).(type) {
	case *ast.CallExpr:
		return e.fails(err)
	case *ast.Ident:
		v, ok := e.x.pkg.Info.ObjectOf(err).(*types.Var)
		if !ok || !isErr(v.Type()) {
			return false
		}
		assigned, ok := e.x.Flow.Reaching(v, at, e.f)
		for _, a := range assigned {
			if a.Expr == nil || e.x.pkg.Info.Types[a.Expr].IsNil() {
				continue
			}
			call, isCall := ast.Unparen(a.Expr).(*ast.CallExpr)
			if !isCall || a.Index != results(e.x.pkg.Info.TypeOf(call))-1 || !e.fails(call) {
				return false
			}
		}
		return ok
	}
	return false
}

// results returns how many results a call of the type has.
func results(t types.Type) int {
	if tuple, ok := t.(*types.Tuple); ok {
		return tuple.Len()
	}
	return 1
}

// fails reports whether the error that a call returns is nil unless such a
// context is done.
func (e endings) fails(call *ast.CallExpr) bool {
	x := e.x
	fn := x.pkg.Callee(call)
	if fn != nil && fn.Name() == "Err" && fn.Signature().Recv() != nil {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && ctxflow.Carries(x.pkg.Info.TypeOf(sel.X)) {
			return e.asks(sel.X, e.f)
		}
	}
	if fn != nil && fn.FullName() == "context.Cause" || otelapi.FailsDone(fn) {
		return len(call.Args) > 0 && e.asks(call.Args[0], e.f)
	}
	sum := x.table.Call(call)
	for i, arg := range call.Args {
		if t := x.pkg.Info.TypeOf(arg); t != nil && ctxflow.Carries(t) && sum.SlotAt(i).FailsDone && e.asks(arg, e.f) {
			return true
		}
	}
	return false
}

// failures says for which contexts it holds that f fails only if they are
// done: every path to an error waits for that, or asks.
func (x *Index) failures(f *scope.Func, sum *summary.Func) {
	n := f.Sig.Results().Len()
	if n == 0 || !types.Identical(f.Sig.Results().At(n-1).Type(), types.Universe.Lookup("error").Type()) {
		return
	}
	for i := range f.Sig.Params().Len() {
		p := f.Sig.Params().At(i)
		if !otelapi.IsContext(p.Type()) {
			continue
		}
		e := x.endings(f, func(ctx ast.Expr, in *scope.Func) bool {
			values := x.Flow.Eval(ctx, in, nil)
			for _, v := range values {
				if v.Origin != ctxflow.Param || v.Func != f || v.Var != p || v.Has(ctxflow.Signals) || v.Detached() || len(v.Cancels()) > 0 {
					return false // another one, or one that can be done when this is not
				}
			}
			return len(values) > 0
		})
		_, other := f.Graph().Reach(f.Graph().Entry(), func(n ast.Node) bool {
			ret, ok := n.(*ast.ReturnStmt)
			return ok && !e.returns(ret)
		}, path.Search{Stop: e.at, Edge: func(cond ast.Expr, outcome bool) bool { return !e.where(cond, outcome) }})
		sum.Slots[i+1].FailsDone = !other
	}
}

// returns reports whether the error of a return statement is nil, or nil
// unless such a context is done. What a bare return returns is not followed.
func (e endings) returns(ret *ast.ReturnStmt) bool {
	if len(ret.Results) == 0 {
		return false
	}
	last := ret.Results[len(ret.Results)-1]
	return e.x.pkg.Info.Types[last].IsNil() || e.error(last, ret)
}

// endsWith reports whether all that the work does with contexts ends when ctx
// does: each of them is ctx, or made of it with its cancellation. Work that
// has no context goes on, and so does what waits for others without asking.
func (l *Launch) endsWith(ctx ast.Expr, f *scope.Func) bool {
	ends := l.index.Flow.Eval(ctx, f, nil)
	if len(ends) != 1 {
		return false
	}
	works := false
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives) == 0 {
			continue
		}
		for _, v := range u.Values {
			if !v.EndsWith(ends[0]) {
				return false
			}
		}
		works = works || len(u.Values) > 0
	}
	return works && !l.stuck()
}

// stuck reports whether the work may wait on a channel whatever becomes of its
// context: for jobs that nobody sends any more, for somebody to take a result.
func (l *Launch) stuck() bool {
	x, found := l.index, false
	if l.Body == nil {
		return false
	}
	x.eachRun(l.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.RangeStmt:
			_, ch := scope.Underlying(x.pkg.Info, n.X).(*types.Chan)
			found = found || ch
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && !x.isDone(n.X) && !x.inSelectWithDone(n)
		case *ast.SendStmt:
			found = found || !x.inSelectWithDone(n) && !x.buffered(n.Chan)
		}
	})
	return found
}

// inSelectWithDone reports whether a communication is one of a select that is
// left when a context is done, or at once.
func (x *Index) inSelectWithDone(n ast.Node) bool {
	cur, ok := x.pkg.Cursor(n)
	for ok && cur.ParentEdgeKind() != edge.CommClause_Comm {
		switch cur.ParentEdgeKind() {
		case edge.ExprStmt_X, edge.AssignStmt_Rhs, edge.ParenExpr_X:
			cur = cur.Parent()
		default:
			return false
		}
	}
	if !ok {
		return false
	}
	s, ok := cur.Parent().Parent().Parent().Node().(*ast.SelectStmt)
	return ok && slices.ContainsFunc(s.Body.List, func(c ast.Stmt) bool {
		comm := c.(*ast.CommClause).Comm
		return comm == nil || x.receivesDone(comm)
	})
}

// buffered reports whether a channel was made with room.
func (x *Index) buffered(ch ast.Expr) bool {
	v := x.pkg.VarOf(ch)
	if v == nil || v.IsField() {
		return false
	}
	rhs, _, ok := x.Flow.Single(v)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	return ok && isBuiltin(x.pkg.Info, call) && len(call.Args) == 2
}

package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// MadeUpFor reports whether a loop does the same work again by itself, every
// time a ticker says so: what a shutdown cuts off is done by the next round.
// The work is the same if it is told nothing but what the receiver has.
func (l *Launch) MadeUpFor() bool {
	x := l.index
	work, call := x.onlyWork(l)
	if work == nil || call == nil || !x.known(call, l.Func.Root().Recv()) {
		return false
	}
	for _, c := range x.Callers(work) {
		cur, ok := x.pkg.Cursor(c.Call)
		if ok && c.Func != l.Body && x.ticks(cur) && (&Launch{index: x, Func: c.Func}).InRequest() != Proven {
			return true // a loop of a request ends with it
		}
	}
	return false
}

// onlyWork returns the declared function that the work is: the body, or the
// only one that a body calls which is worth waiting for; and its call.
func (x *Index) onlyWork(l *Launch) (*scope.Func, *ast.CallExpr) {
	if l.Body == nil || l.Body.Obj != nil {
		return l.Body, l.Call
	}
	var only *scope.Func
	var at *ast.CallExpr
	others := false
	x.eachRun(l.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		callee := x.pkg.Decl(x.pkg.Callee(call))
		switch {
		case callee == nil:
			others = others || x.givesContext(call) || x.reaches(call)
		case only == nil:
			only, at = callee, call
		default:
			others = true
		}
	})
	if others {
		return nil, nil
	}
	return only, at
}

// known reports whether all that a call is given, contexts apart, is constant
// or what the receiver has: a field, an element of one, what it finds there.
func (x *Index) known(call *ast.CallExpr, recv *types.Var) bool {
	for _, arg := range call.Args {
		if t := x.pkg.Info.TypeOf(arg); t == nil || ctxflow.Carries(t) || x.pkg.Info.Types[arg].Value != nil {
			continue
		}
		if as, ok := ast.Unparen(arg).(*ast.TypeAssertExpr); ok {
			arg = as.X
		}
		v, ok := x.root(arg).(*types.Var)
		if !ok || recv == nil || v != recv && !x.foundIn(v, recv) {
			return false
		}
	}
	return true
}

// foundIn reports whether a local variable is an element of something that the
// receiver has: assigned from a method or a range, or handed to the callback
// that walks it.
func (x *Index) foundIn(v, recv *types.Var) bool {
	if f := x.Flow.Owner(v); f != nil && isParam(f, v) {
		if f.Cursor.ParentEdgeKind() != edge.CallExpr_Args {
			return false
		}
		return x.root(f.Cursor.Parent().Node().(*ast.CallExpr)) == types.Object(recv)
	}
	if x.rangesOver(v, recv) {
		return true
	}
	rhs, _, ok := x.Flow.Single(v)
	return ok && rhs != nil && x.root(rhs) == types.Object(recv)
}

// ticks reports whether a call stands in a loop without an end that waits for
// a ticker in every round, in the function around it: for ... { <-ticker.C },
// the same with a select, for range ticker.C.
func (x *Index) ticks(cur inspector.Cursor) bool {
	for c := cur; ; c = c.Parent() {
		switch c.ParentEdgeKind() {
		case edge.FuncDecl_Body, edge.FuncLit_Body, edge.Invalid:
			return false
		case edge.RangeStmt_Body:
			if isTicker(x.pkg.Info.TypeOf(c.Parent().Node().(*ast.RangeStmt).X)) {
				return true
			}
		case edge.ForStmt_Body:
			loop := c.Parent().Node().(*ast.ForStmt)
			if loop.Cond == nil && !x.succeeds(loop) && x.awaitsTick(loop.Body) {
				return true
			}
		}
	}
}

func (x *Index) awaitsTick(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && isTicker(x.pkg.Info.TypeOf(n.X))
		}
		return !found
	})
	return found
}

// isTicker reports whether t is a channel on which times come.
func isTicker(t types.Type) bool {
	if t == nil {
		return false
	}
	ch := chanOf(t)
	if ch == nil {
		return false
	}
	named, ok := types.Unalias(ch.Elem()).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time" && named.Obj().Name() == "Time"
}

// Fills reports whether all that the work does that others would notice is to
// fill a pipe, whose reader the launching function closes when it returns: it
// is told to end then, and nothing is left to be waited for.
func (l *Launch) Fills() bool {
	x := l.index
	if l.Body == nil {
		return false
	}
	for obj := range l.inHand() {
		w := obj.(*types.Var)
		if !isPipeEnd(w.Type(), "PipeWriter") {
			continue
		}
		for _, sib := range x.siblings(w) {
			if r := sib.(*types.Var); isPipeEnd(r.Type(), "PipeReader") && x.closed(r) && !l.beside(w) {
				return true
			}
		}
	}
	return false
}

// beside reports whether the work does something worth waiting for that has
// nothing to do with w.
func (l *Launch) beside(w *types.Var) bool {
	x, found := l.index, false
	x.eachRun(l.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return
		}
		effort := Trivial
		if callee := x.pkg.Decl(x.pkg.Callee(call)); callee != nil {
			effort = x.effort(callee, 0, make(map[*scope.Func]bool))
		} else if x.givesContext(call) || x.reaches(call) {
			effort = DoesIO
		}
		if effort == Trivial {
			return
		}
		uses := false
		ast.Inspect(call, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				v, _ := x.pkg.Info.Uses[id].(*types.Var)
				if b, ok := l.Env.Bound[v]; ok {
					v = x.pkg.VarOf(b.Expr) // a parameter of the work
				}
				uses = uses || v == w
			}
			return !uses
		})
		found = !uses
	})
	return found
}

func isPipeEnd(t types.Type, name string) bool {
	named := namedOf(t)
	return named != nil && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "io" && named.Obj().Name() == name
}

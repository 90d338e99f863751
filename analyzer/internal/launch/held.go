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

// A promise is kept until it is asked: in a slice, a map, a struct, a channel
// of channels. Whoever then asks what holds it waits for the work.

// maxHolders bounds how many containers a promise is followed through.
const maxHolders = 4

// held returns what the work has in hand, and what holds that.
func (l *Launch) held() map[types.Object]bool {
	if l.holders != nil {
		return l.holders
	}
	x := l.index
	l.holders = make(map[types.Object]bool)
	var add func(obj types.Object, depth int)
	add = func(obj types.Object, depth int) {
		if obj == nil || l.holders[obj] {
			return
		}
		l.holders[obj] = true
		v, ok := obj.(*types.Var)
		if !ok || depth == maxHolders {
			return
		}
		for _, h := range x.holdersOf(v) {
			add(h, depth+1)
		}
		// done := s.done, for _, w := range workers: what it was taken from has it
		// still.
		if x.local(v) && x.askable(v.Type()) {
			if src := x.source(v); src != nil {
				if w := x.innermost(src); w != nil {
					add(w, depth+1)
				}
			}
		}
	}
	for obj := range l.inHand() {
		add(obj, 0)
	}
	return l.holders
}

// holdersOf returns the variables and fields into which the value of a local
// variable is put.
func (x *Index) holdersOf(v *types.Var) []*types.Var {
	if !x.local(v) || !x.askable(v.Type()) {
		return nil
	}
	var out []*types.Var
	for _, cur := range x.pkg.Uses(v) {
		if h, ok := x.putInto(cur); ok && h != v {
			out = append(out, h)
		}
	}
	return out
}

// local reports whether v is a variable of a function.
func (x *Index) local(v *types.Var) bool {
	return !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

// askable reports whether a value of the type is, or holds, something that
// somebody may wait for later on. What an interface stands for is not known,
// unless it can be waited for itself.
func (x *Index) askable(t types.Type) bool {
	if waitable(t) {
		return true
	}
	if types.IsInterface(t) {
		obj, _, _ := types.LookupFieldOrMethod(t, true, x.pkg.Types, "Wait")
		return obj != nil
	}
	return !ctxflow.Carries(t) && holdsEnd(t, 0)
}

// putInto returns the variable or field into which the value at cur is put:
// by itself, in a literal, by append, by a call that is given it and returns
// something that holds it, by a send, or by a method of a container.
func (x *Index) putInto(cur inspector.Cursor) (*types.Var, bool) {
	for {
		parent := cur.Parent()
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.KeyValueExpr_Value, edge.CompositeLit_Elts:
		case edge.UnaryExpr_X:
			if parent.Node().(*ast.UnaryExpr).Op != token.AND {
				return nil, false
			}
		case edge.CallExpr_Args:
			call := parent.Node().(*ast.CallExpr)
			if parent.ParentEdgeKind() == edge.ExprStmt_X {
				// list.PushBack(p): a container that was made here.
				if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && x.pkg.Info.Selections[sel] != nil {
					if v := x.pkg.VarOf(sel.X); v != nil && x.local(v) && !x.isParam(v) {
						return v, true
					}
				}
				return nil, false
			}
			if id := identOf(call.Fun); id == nil || id.Name != "append" || !isBuiltin(x.pkg.Info, call) {
				arg, t := x.pkg.Info.TypeOf(call.Args[cur.ParentEdgeIndex()]), x.pkg.Info.TypeOf(call)
				if arg == nil || t == nil || !waitable(arg) || !x.askable(t) {
					return nil, false
				}
			}
		case edge.AssignStmt_Rhs:
			assign := parent.Node().(*ast.AssignStmt)
			if i := cur.ParentEdgeIndex(); len(assign.Lhs) == len(assign.Rhs) {
				v := x.innermost(assign.Lhs[i])
				return v, v != nil
			}
			return nil, false
		case edge.ValueSpec_Values:
			spec := parent.Node().(*ast.ValueSpec)
			if i := cur.ParentEdgeIndex(); len(spec.Names) == len(spec.Values) {
				v := x.pkg.VarOf(spec.Names[i])
				return v, v != nil
			}
			return nil, false
		case edge.SendStmt_Value:
			v := x.innermost(parent.Node().(*ast.SendStmt).Chan)
			return v, v != nil
		default:
			return nil, false
		}
		cur = parent
	}
}

// innermost returns the variable or field whose value, or an element of which,
// an expression denotes.
func (x *Index) innermost(e ast.Expr) *types.Var {
	for {
		switch n := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			e = n.X
		case *ast.StarExpr:
			e = n.X
		case *ast.UnaryExpr:
			if n.Op != token.ARROW && n.Op != token.AND {
				return nil
			}
			e = n.X
		case *ast.Ident, *ast.SelectorExpr:
			return originVar(x.pkg.VarOf(n))
		default:
			return nil
		}
	}
}

// source returns what the elements come from that a variable stands for: what
// a loop ranges over, or the one value it is ever given, if that is a part of
// something else.
func (x *Index) source(v *types.Var) ast.Expr {
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.RangeStmt_Value:
			return cur.Parent().Node().(*ast.RangeStmt).X
		case edge.RangeStmt_Key:
			over := cur.Parent().Node().(*ast.RangeStmt).X
			if _, ok := scope.Underlying(x.pkg.Info, over).(*types.Chan); ok {
				return over
			}
			return nil
		}
	}
	rhs, _, ok := x.Flow.Single(v)
	if !ok || rhs == nil {
		return nil
	}
	switch rhs := ast.Unparen(rhs).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		return rhs
	case *ast.UnaryExpr:
		if rhs.Op == token.ARROW || rhs.Op == token.AND {
			return rhs
		}
	case *ast.CallExpr: // done := s.Done()
		if sel, ok := ast.Unparen(rhs.Fun).(*ast.SelectorExpr); ok && x.pkg.Info.Selections[sel] != nil && waitable(v.Type()) {
			return sel.X
		}
	}
	return nil
}

// has reports whether an expression denotes something that the launched work
// has in hand, or a part of it, so that it can be the end of a channel, group
// or object that the work uses.
func (l *Launch) has(e ast.Expr) bool {
	x, held := l.index, l.held()
	for range maxHolders {
		for _, v := range x.named(e) {
			if held[v] {
				return true
			}
		}
		root, ok := x.root(e).(*types.Var)
		if !ok || !x.local(root) {
			return false
		}
		if e = x.source(root); e == nil {
			return false
		}
	}
	return false
}

// named returns the variables and fields that an expression names on the way
// to its base.
func (x *Index) named(e ast.Expr) []*types.Var {
	var out []*types.Var
	for {
		switch n := ast.Unparen(e).(type) {
		case *ast.Ident:
			if v := x.pkg.VarOf(n); v != nil {
				out = append(out, v)
			}
			return out
		case *ast.SelectorExpr:
			if v := originVar(x.pkg.VarOf(n)); v != nil {
				out = append(out, v)
			}
			if x.pkg.Info.Selections[n] == nil {
				return out
			}
			e = n.X
		case *ast.IndexExpr:
			e = n.X
		case *ast.StarExpr:
			e = n.X
		case *ast.UnaryExpr:
			e = n.X
		case *ast.CallExpr:
			sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
			if !ok || x.pkg.Info.Selections[sel] == nil {
				return out
			}
			e = sel.X
		default:
			return out
		}
	}
}

// elementWaits reports whether a call is of an element of something into which
// closures were put that wait for the work: for _, wait := range waits { wait() }.
func (l *Launch) elementWaits(fun ast.Expr, depth int) bool {
	x := l.index
	if depth >= maxHelpers {
		return false
	}
	from := fun
	if v := x.pkg.VarOf(fun); v != nil && x.local(v) {
		if from = x.source(v); from == nil {
			return false
		}
	}
	holder := x.innermost(from)
	if holder == nil {
		return false
	}
	found := false
	for f := l.Func; f != nil && !found; f = f.Outer {
		inOwn(f, func(n ast.Node) {
			lit, ok := n.(*ast.FuncLit)
			if !ok || found || l.Body != nil && lit == l.Body.Node {
				return
			}
			if cur, ok := x.pkg.Cursor(lit); ok {
				if v, ok := x.putInto(cur); ok && v == holder {
					found = l.partWaits(lit.Body, depth+1)
				}
			}
		})
	}
	return found
}

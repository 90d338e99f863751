package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// forsaken reports whether nobody misses the work, nor is harmed by it, when
// the launching function fails and returns: the work only computes, and what it
// writes has been made by the function, which leaves it to nobody.
func (l *Launch) forsaken(ret *ast.ReturnStmt, group *types.Var) bool {
	x, f := l.index, l.Func
	if l.Body == nil || l.Endless() || !x.failsAt(f, ret) || !x.computes(l.Body.Body, x.staysInMemory, 0) {
		return false
	}
	w := x.written(l.Body, l.Env, 0)
	for v, deep := range w.deep {
		switch {
		case v == group:
		case x.Flow.Owner(v) != f, x.isParam(v), deep && !x.madeIn(f, v), x.uses(ret, v), l.leaves(v, group):
			return false
		}
	}
	return w.known
}

// staysInMemory reports whether a call that is not known to compute does:
// locks, counts, and functions of plain values that cannot fail.
func (x *Index) staysInMemory(call *ast.CallExpr) bool {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && x.isDoneOf(sel) {
		return true
	}
	fn := x.pkg.Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "sync/atomic":
		return true
	case "sync":
		switch fn.Name() {
		case "Lock", "Unlock", "RLock", "RUnlock", "TryLock", "TryRLock":
			return true
		}
		return false
	}
	sig := fn.Signature()
	if sig.Recv() != nil || sig.Results().Len() == 0 {
		return false
	}
	for _, vars := range [...]*types.Tuple{sig.Params(), sig.Results()} {
		for i := range vars.Len() {
			if _, ok := vars.At(i).Type().Underlying().(*types.Basic); !ok {
				return false
			}
		}
	}
	return true
}

// writes has the variables that are not a function's own, its parameters apart,
// and that it may write: deep for those through which it writes something else.
type writes struct {
	x     *Index
	f     *scope.Func
	env   *ctxflow.Env // binds the parameters of launched work
	depth int

	deep  map[*types.Var]bool
	known bool // all of them have been found
}

// written returns what f may write. Its literals are parts of it.
func (x *Index) written(f *scope.Func, env *ctxflow.Env, depth int) *writes {
	w := &writes{x: x, f: f, env: env, depth: depth, deep: make(map[*types.Var]bool), known: depth <= maxHelpers}
	if !w.known {
		return w
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				w.to(lhs, false, 0)
			}
		case *ast.IncDecStmt:
			w.to(n.X, false, 0)
		case *ast.RangeStmt:
			for _, e := range [...]ast.Expr{n.Key, n.Value} {
				if e != nil && n.Tok == token.ASSIGN {
					w.to(e, false, 0)
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				w.to(n.X, true, 0)
			}
		case *ast.CallExpr:
			w.call(n)
		}
		return w.known
	})
	return w
}

// call notes what a call may write: what it is given by reference, and the
// object whose method it is. Of functions in view it is known what they do.
func (w *writes) call(call *ast.CallExpr) {
	x := w.x
	fn := x.pkg.Callee(call)
	if tv := x.pkg.Info.Types[call.Fun]; tv.IsType() || otelapi.Looks(fn) {
		return
	} else if tv.IsBuiltin() {
		if id := identOf(call.Fun); id != nil && len(call.Args) > 0 && (id.Name == "copy" || id.Name == "delete" || id.Name == "clear") {
			w.to(call.Args[0], true, 0)
		}
		return
	}
	if g := x.pkg.Decl(fn); g != nil {
		if g == w.f {
			return
		}
		inner := x.written(g, nil, w.depth+1)
		w.known = w.known && inner.known
		for v := range inner.deep {
			slot, param := g.SlotOf(v)
			if arg, ok := ctxflow.Argument(call, slot); !param {
				w.deep[v] = true
			} else if !ok || g.Sig.Variadic() && slot == g.Sig.Params().Len()-1 {
				w.known = false
			} else {
				w.to(arg, true, 0)
			}
		}
		return
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && x.pkg.Info.Selections[sel] != nil && !x.readsValue(sel) {
		w.to(sel.X, true, 0)
	}
	for _, arg := range call.Args {
		if refers(x.pkg.Info.TypeOf(arg), 0) && !x.pkg.Info.Types[arg].IsNil() {
			w.to(arg, true, 0)
		}
	}
}

// readsValue reports whether a method cannot write its receiver: it has a copy
// that shares nothing, or it is one of the standard library's values, as a time.
func (x *Index) readsValue(sel *ast.SelectorExpr) bool {
	fn, ok := x.pkg.Info.ObjectOf(sel.Sel).(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return false
	}
	recv := fn.Signature().Recv().Type()
	_, st := recv.Underlying().(*types.Struct)
	return st && fn.Pkg() != nil && isStd(fn.Pkg().Path()) || !refers(recv, 0)
}

// to notes that what an expression denotes is written, through it if deep.
func (w *writes) to(e ast.Expr, deep bool, depth int) {
	x := w.x
	if e == nil {
		w.known = false
		return
	}
	id, plain := ast.Unparen(e).(*ast.Ident)
	if plain && id.Name == "_" {
		return
	}
	switch n := ast.Unparen(e).(type) {
	case *ast.CompositeLit, *ast.FuncLit, *ast.BasicLit, *ast.BinaryExpr:
		return // its parts are looked at by themselves
	case *ast.CallExpr:
		if tv := x.pkg.Info.Types[n.Fun]; tv.IsType() && len(n.Args) == 1 {
			w.to(n.Args[0], deep, depth)
		}
		return // made by what has been looked at
	case *ast.UnaryExpr:
		w.to(n.X, deep, depth)
		return
	}
	v, ok := x.root(e).(*types.Var)
	if !ok {
		w.known = false
		return
	}
	deep = deep || !plain
	deep = deep && refers(v.Type(), 0)
	switch _, param := w.f.SlotOf(v); {
	case !x.within(w.f, v):
		w.deep[v] = w.deep[v] || deep
	case !deep: // its own
	case depth > maxHolders:
		w.known = false
	case param && w.env == nil:
		w.deep[v] = true
	case param:
		w.to(w.env.Bound[v].Expr, true, depth+1)
	default:
		if rhs, _, ok := x.Flow.Single(v); ok && rhs != nil {
			w.to(rhs, true, depth+1)
		} else if src := x.source(v); src != nil {
			w.to(src, true, depth+1)
		} else if !x.zero(v) || x.isParam(v) {
			w.known = false
		}
	}
}

// refers reports whether a copy of a value of the type shares anything with it.
func refers(t types.Type, depth int) bool {
	if t == nil || depth > 4 {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return refers(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if refers(u.Field(i).Type(), depth+1) {
				return true
			}
		}
		return false
	}
	return true
}

// zero reports whether a variable is declared without a value, and assigned
// nothing but what is appended to it.
func (x *Index) zero(v *types.Var) bool {
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.ValueSpec_Names:
			if len(cur.Parent().Node().(*ast.ValueSpec).Values) > 0 {
				return false
			}
		case edge.AssignStmt_Lhs:
			if !x.appends(cur.Parent().Node().(*ast.AssignStmt), cur.ParentEdgeIndex(), v) {
				return false
			}
		case edge.RangeStmt_Key, edge.RangeStmt_Value:
			return false
		}
	}
	return true
}

// appends reports whether an assignment gives v back with more elements.
func (x *Index) appends(assign *ast.AssignStmt, i int, v *types.Var) bool {
	if len(assign.Lhs) != len(assign.Rhs) {
		return false
	}
	call, ok := ast.Unparen(assign.Rhs[i]).(*ast.CallExpr)
	if !ok || !isBuiltin(x.pkg.Info, call) || len(call.Args) == 0 {
		return false
	}
	id := identOf(call.Fun)
	return id != nil && id.Name == "append" && x.pkg.VarOf(call.Args[0]) == v
}

// madeIn reports whether f has made what a variable of its own refers to.
func (x *Index) madeIn(f *scope.Func, v *types.Var) bool {
	if x.zero(v) {
		return true
	}
	rhs, g, ok := x.Flow.Single(v)
	if !ok || g != f {
		return false
	}
	switch e := ast.Unparen(rhs).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		_, lit := ast.Unparen(e.X).(*ast.CompositeLit)
		return e.Op == token.AND && lit
	case *ast.CallExpr:
		id := identOf(e.Fun)
		return isBuiltin(x.pkg.Info, e) && id != nil && (id.Name == "make" || id.Name == "new")
	}
	return false
}

// uses reports whether a node names a variable.
func (x *Index) uses(n ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && x.pkg.Info.ObjectOf(id) == types.Object(v)
		return !found
	})
	return found
}

// leaves reports whether the launching function may leave what is in a
// variable to somebody before it has waited for the group: others can see then
// how far the work has come. What comes after the wait is not asked.
func (l *Launch) leaves(v, group *types.Var) bool {
	x, f := l.index, l.Func
	for _, cur := range x.pkg.Uses(v) {
		n := cur.Node()
		if x.pkg.Info.Defs[n.(*ast.Ident)] != nil || l.Body.Node.Pos() <= n.Pos() && n.End() <= l.Body.Node.End() {
			continue
		}
		g := x.pkg.Enclosing(cur)
		if g != f {
			if !x.countedIn(g, f, group) {
				return true // deferred, or kept
			}
			continue
		}
		p, ok := f.Graph().At(n)
		if !ok || x.keepsToItself(cur) {
			continue
		}
		if _, early := f.Graph().Reach(f.Graph().Entry(), func(m ast.Node) bool { return m == p.Node() },
			path.Search{Stop: func(m ast.Node) bool { return m != p.Node() && l.awaits(m, group) }}); early {
			return true
		}
	}
	return false
}

// countedIn reports whether g is, or stands in, work of f that the group counts.
func (x *Index) countedIn(g, f *scope.Func, group *types.Var) bool {
	for ; g != nil && g != f; g = g.Outer {
		for _, other := range x.byBody[g] {
			groups, _ := other.CountedBy()
			for _, v := range groups {
				if v == group {
					return true
				}
			}
		}
	}
	return false
}

// keepsToItself reports whether the use of a variable at cur hands it to nobody:
// it is assigned, measured, compared, returned, or a part of it is read that
// shares nothing with it.
func (x *Index) keepsToItself(cur inspector.Cursor) bool {
	for {
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.IndexExpr_X, edge.StarExpr_X:
			cur = cur.Parent()
		case edge.SelectorExpr_X:
			sel := cur.Parent().Node().(*ast.SelectorExpr)
			if s := x.pkg.Info.Selections[sel]; s == nil || s.Kind() != types.FieldVal {
				fn, ok := x.pkg.Info.ObjectOf(sel.Sel).(*types.Func)
				return ok && fn.Pkg() != nil && fn.Pkg().Path() == "sync"
			}
			cur = cur.Parent()
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X, edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.RangeStmt_X, edge.ReturnStmt_Results, edge.IndexExpr_Index:
			return true
		case edge.CallExpr_Args:
			return isBuiltin(x.pkg.Info, cur.Parent().Node().(*ast.CallExpr))
		default:
			e, ok := cur.Node().(ast.Expr)
			return ok && !refers(x.pkg.Info.TypeOf(e), 0)
		}
	}
}

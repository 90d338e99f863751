package launch

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Work can be counted by an object that lives as long as one request: whoever
// has made it, a middleware often, hands it on in the context, in a field or as
// a receiver, and waits for it before the request ends.

// maxScopes bounds how many callers out the wait is looked for.
const maxScopes = 4

// waitedOutside reports whether the work is waited for further out than the
// function that launches it: wherever that is called, or, if the group is part
// of something that every request makes for itself, where that is made.
func (l *Launch) waitedOutside() bool {
	x := l.index
	groups, others := l.CountedBy()
	if others {
		return false
	}
	for _, v := range groups {
		if root := l.Func.Root(); v.IsField() && (l.Func == root && x.callersWait(root, v, false, 0) || x.perRequest(v)) {
			return true
		}
	}
	return false
}

// waiters returns the functions in which a group is waited for, on some path,
// by themselves or by what they call.
func (x *Index) waiters(group *types.Var) map[*scope.Func]bool {
	found, ok := x.waitersOf[group]
	if ok {
		return found
	}
	found = make(map[*scope.Func]bool)
	x.waitersOf[group] = found
	var add func(f *scope.Func)
	add = func(f *scope.Func) {
		for f != nil && f.Obj == nil && x.runsInline(f) {
			f = f.Outer
		}
		if f == nil || f.Obj == nil || found[f] {
			return
		}
		found[f] = true
		for _, c := range x.Callers(f) {
			if cur, ok := x.pkg.Cursor(c.Call); ok && cur.ParentEdgeKind() != edge.GoStmt_Call {
				add(c.Func)
			}
		}
	}
	for _, f := range x.pkg.Funcs {
		if x.pkg.IsTest(f.Node) {
			continue
		}
		inOwn(f, func(n ast.Node) {
			if call, ok := n.(*ast.CallExpr); ok && x.waitsOn(call, group) {
				add(f)
			}
		})
	}
	return found
}

// WaitsFor reports whether the work itself, or what it calls, waits for a group:
// counted by that, it would wait for its own end.
func (l *Launch) WaitsFor(group *types.Var) bool {
	x := l.index
	if l.Body == nil {
		return false
	}
	waiters := x.waiters(group)
	found := waiters[l.Body]
	for _, f := range x.inside(l.Body) {
		inOwn(f, func(n ast.Node) {
			if call, ok := n.(*ast.CallExpr); ok && !found {
				callee := x.pkg.Callee(call)
				found = x.waitsOn(call, group) || callee != nil && waiters[x.pkg.Decl(callee)]
			}
		})
	}
	return found
}

// waitsOn reports whether a call is the Wait of a group.
func (x *Index) waitsOn(call *ast.CallExpr, group *types.Var) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && x.isWait(sel) && x.groupVar(x.promoter(sel)) == group
}

// waitsAt reports whether what runs as part of a node waits for a group: by its
// Wait, or by a function that does, called or handed to one that calls it.
func (x *Index) waitsAt(n ast.Node, group *types.Var) bool {
	waits := func(e ast.Expr) bool {
		targets, _ := x.pkg.Targets(e)
		for _, t := range targets {
			if t.Func != nil && x.waiters(group)[t.Func] {
				return true
			}
			if t.Func == nil && t.Obj != nil && t.Obj.Name() == "Wait" && x.groupVar(t.Recv) == group {
				return true // stop := s.group.Wait
			}
		}
		return false
	}
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.GoStmt:
			return false
		case *ast.FuncLit:
			inner := x.pkg.FuncOf(m)
			return inner != nil && x.runsHere(inner)
		case *ast.CallExpr:
			if found = found || x.waitsOn(m, group) || waits(m.Fun); found {
				return false
			}
			sum := x.table.Call(m)
			for i, arg := range m.Args {
				if isFuncType(x.pkg.Info.TypeOf(arg)) && sum.SlotAt(x.slot(m, i)).Func&summary.Called != 0 {
					found = found || waits(arg)
				}
			}
		}
		return !found
	})
	return found
}

// perRequest reports whether whoever makes what a group is part of serves a
// request, and waits for the group before that ends.
func (x *Index) perRequest(group *types.Var) bool {
	if known, ok := x.scopes[group]; ok {
		return known
	}
	x.scopes[group] = false // recursion adds nothing
	x.scopes[group] = x.isPerRequest(group)
	return x.scopes[group]
}

func (x *Index) isPerRequest(group *types.Var) bool {
	for _, name := range x.pkg.Types.Scope().Names() {
		if v, ok := x.pkg.Types.Scope().Lookup(name).(*types.Var); ok && hasField(v.Type(), group, 0) {
			return false // one for all
		}
	}
	made, scoped := 0, true
	note := func(n ast.Node, f *scope.Func) {
		if scoped && !x.pkg.IsTest(n) {
			made++
			scoped = x.keptByRequest(n) && x.scoped(n, f, group, true, 0)
		}
	}
	for _, f := range x.pkg.Funcs {
		inOwn(f, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if hasField(x.pkg.Info.TypeOf(n), group, 0) {
					note(n, f)
				}
			case *ast.CallExpr:
				if id := identOf(n.Fun); id != nil && id.Name == "new" && isBuiltin(x.pkg.Info, n) && hasField(x.pkg.Info.TypeOf(n.Args[0]), group, 0) {
					note(n, f)
				}
			case *ast.ValueSpec:
				if n.Type != nil && len(n.Values) == 0 && hasField(x.pkg.Info.TypeOf(n.Type), group, 0) {
					note(n, f)
				}
			}
		})
	}
	return made > 0 && scoped
}

// hasField reports whether a value of the type has the field in itself, not
// behind a pointer.
func hasField(t types.Type, field *types.Var, depth int) bool {
	if t == nil || depth > 4 {
		return false
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if f := st.Field(i); originVar(f) == field || hasField(f.Type(), field, depth+1) {
			return true
		}
	}
	return false
}

// keptByRequest reports whether what is made at a node is not put into a field
// of something that was there before: the next request would find it.
func (x *Index) keptByRequest(n ast.Node) bool {
	cur, ok := x.pkg.Cursor(n)
	for ok {
		switch cur.ParentEdgeKind() {
		case edge.UnaryExpr_X, edge.ParenExpr_X:
			cur = cur.Parent()
			continue
		case edge.AssignStmt_Rhs:
			assign := cur.Parent().Node().(*ast.AssignStmt)
			if i := cur.ParentEdgeIndex(); i < len(assign.Lhs) {
				v := x.pkg.VarOf(assign.Lhs[i])
				return v != nil && x.local(v)
			}
		}
		return true
	}
	return false
}

// scoped reports whether every path from a node of f waits for a group before
// f returns, or, wherever f is called, before its caller does; with request,
// that one has to serve a request.
func (x *Index) scoped(n ast.Node, f *scope.Func, group *types.Var, request bool, depth int) bool {
	for ; f != nil; n, f = f.Node, f.Outer {
		if x.waitsFrom(n, f, group) {
			return !request || (&Launch{index: x, Func: f}).InRequest() == Proven
		}
		if f.Obj != nil {
			return x.callersWait(f, group, request, depth)
		}
		if !x.runsHere(f) {
			return false
		}
	}
	return false
}

// callersWait reports whether f has callers, and each waits for a group after
// the call: see scoped.
func (x *Index) callersWait(f *scope.Func, group *types.Var, request bool, depth int) bool {
	callers := x.Callers(f)
	if depth >= maxScopes {
		return false
	}
	for _, c := range callers {
		cur, ok := x.pkg.Cursor(c.Call)
		if !ok || cur.ParentEdgeKind() == edge.GoStmt_Call || !x.scoped(c.Call, c.Func, group, request, depth+1) {
			return false
		}
	}
	return len(callers) > 0
}

// waitsFrom reports whether f waits for a group after a node, before it returns.
// Where the node makes what a variable holds, a return before anybody has been
// given that has nothing to wait for.
func (x *Index) waitsFrom(n ast.Node, f *scope.Func, group *types.Var) bool {
	if x.waitsAfter(n, f, group) {
		return true
	}
	v := x.madeFor(n, f)
	if v == nil {
		return false
	}
	given := 0
	for _, cur := range x.pkg.Uses(v) {
		p, ok := f.Graph().At(cur.Node())
		if !ok || x.pkg.Info.Defs[cur.Node().(*ast.Ident)] != nil || x.keepsToItself(cur) && !calls(cur) || x.waitsAt(p.Node(), group) {
			continue
		}
		if given++; !x.waitsAfter(cur.Node(), f, group) {
			return false
		}
	}
	return given > 0
}

// calls reports whether a method is called of what stands at cur, or of a part.
func calls(cur inspector.Cursor) bool {
	for cur.ParentEdgeKind() == edge.SelectorExpr_X {
		cur = cur.Parent()
	}
	return cur.ParentEdgeKind() == edge.CallExpr_Fun
}

// madeFor returns the variable of f that is given what a node makes.
func (x *Index) madeFor(n ast.Node, f *scope.Func) *types.Var {
	cur, ok := x.pkg.Cursor(n)
	for ok {
		switch cur.ParentEdgeKind() {
		case edge.UnaryExpr_X, edge.ParenExpr_X:
			cur = cur.Parent()
		case edge.AssignStmt_Rhs:
			if v := x.pkg.VarOf(cur.Parent().Node().(*ast.AssignStmt).Lhs[cur.ParentEdgeIndex()]); v != nil && x.Flow.Owner(v) == f && !x.Flow.Reassigned(v) {
				return v
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}

// waitsAfter reports whether every path from a node of f to its exits waits for
// a group, or whether one that was deferred before the node does.
func (x *Index) waitsAfter(n ast.Node, f *scope.Func, group *types.Var) bool {
	g := f.Graph()
	p, ok := g.At(n)
	if !ok {
		return false
	}
	waits := func(m ast.Node) bool { return m != p.Node() && x.waitsAt(m, group) }
	if _, open := g.Exit(p, path.Search{Stop: waits}); !open {
		return g.Returns(p)
	}
	found := false
	inOwn(f, func(m ast.Node) {
		d, ok := m.(*ast.DeferStmt)
		if !ok || found || !x.waitsAt(d, group) {
			return
		}
		if q, ok := g.At(d); ok && g.Dominates(q, p) {
			found = true
		}
	})
	return found
}

package launch

import (
	"go/ast"
	"go/types"
	"maps"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// HandedOut reports whether the launching function gives its caller, or got
// from it, the other end of the work: the channel it fills, the iterator,
// future or pipe it works for. Such work belongs to whoever holds that end.
func (l *Launch) HandedOut() bool {
	x := l.index
	if l.Kind == Sent {
		return l.sentToCaller()
	}
	if l.Kind == Shared {
		return false
	}
	ends := l.ends()
	if len(ends) == 0 {
		return false
	}
	node := l.Node
	for f := l.Func; f != nil; node, f = f.Node, f.Outer {
		found := false
		at, known := f.Graph().At(node)
		inOwn(f, func(n ast.Node) {
			ret, ok := n.(*ast.ReturnStmt)
			if !ok || known && !x.comesTo(f, at, ret) {
				return // with nothing launched there is nothing to hand out
			}
			for i, r := range ret.Results {
				found = found || x.asks(r, ends) || x.mayHold(f, i, len(ret.Results)) && x.mentions(r, x.without(ends, f, r), 0)
			}
		})
		if found {
			return true
		}
		// Named results are handed out by a bare return, and the other end of
		// a channel parameter is the caller's.
		for i := range f.Sig.Results().Len() {
			found = found || ends[f.Sig.Results().At(i)]
		}
		for i := range f.Sig.Params().Len() {
			p := f.Sig.Params().At(i)
			found = found || ends[p] && chanOf(p.Type()) != nil
		}
		if found {
			return true
		}
		if _, ok := otelapi.HandlerSlot(f.Sig); ok {
			return false // what is around a handler has returned long since
		}
	}
	return false
}

// comesTo reports whether f can come from a point to a return.
func (x *Index) comesTo(f *scope.Func, from path.Point, ret *ast.ReturnStmt) bool {
	to, ok := f.Graph().At(ret)
	if !ok {
		return false
	}
	if from == to || from.Node() == to.Node() {
		return true
	}
	_, ok = f.Graph().Reach(from, func(n ast.Node) bool { return n == to.Node() }, path.Search{})
	return ok
}

// sentToCaller reports whether work is sent on a channel that a function around
// it was given by a caller in view who has made it, and so drains it.
func (l *Launch) sentToCaller() bool {
	x := l.index
	ch := x.sentOn(l.Node.(*ast.SendStmt))
	if ch == nil || !x.local(ch) {
		return false
	}
	owner := x.Flow.Owner(ch)
	if owner == nil {
		return false
	}
	slot, ok := owner.SlotOf(ch)
	if !ok {
		return false
	}
	callers := x.Callers(owner)
	for _, c := range callers {
		arg, ok := c.argument(slot)
		if !ok {
			return false
		}
		if v := x.pkg.VarOf(arg); v == nil || !x.local(v) || x.isParam(v) {
			return false
		}
	}
	return len(callers) > 0
}

// asks reports whether a result is the answer of an end: return sem.Acquire(n).
// Of a method in view it is known whether it waits for its receiver.
func (x *Index) asks(result ast.Expr, ends map[types.Object]bool) bool {
	call, ok := ast.Unparen(result).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id := identOf(sel.X)
	if id == nil || !ends[x.pkg.Info.ObjectOf(id)] {
		return false
	}
	if sum := x.table.Call(call); sum != nil && sum.SlotAt(scope.Receiver).Group&(summary.Waits|summary.Receives) == 0 {
		for t := range resultTypes(x.pkg.Info.TypeOf(call)) {
			if holdsEnd(t, 0) {
				return true
			}
		}
		return false
	}
	return true
}

// mayHold reports whether one of n results of f can have an end of work in
// it: not a number, nor a message of data.
func (x *Index) mayHold(f *scope.Func, i, n int) bool {
	results := f.Sig.Results()
	if results.Len() == n {
		return holdsEnd(results.At(i).Type(), 0)
	}
	for j := range results.Len() { // return f()
		if holdsEnd(results.At(j).Type(), 0) {
			return true
		}
	}
	return false
}

// holdsEnd reports whether an end of work can be in a value of the type, at
// some depth. What can be sent over a wire is data.
func holdsEnd(t types.Type, depth int) bool {
	if isEnd(t) {
		return true
	}
	if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "ProtoReflect"); obj != nil || depth > 3 {
		return depth > 3
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Interface:
		return u.NumMethods() == 0 // any; an error is none
	case *types.Pointer:
		return holdsEnd(u.Elem(), depth+1)
	case *types.Slice:
		return holdsEnd(u.Elem(), depth+1)
	case *types.Array:
		return holdsEnd(u.Elem(), depth+1)
	case *types.Map:
		return holdsEnd(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if holdsEnd(u.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

// without leaves out the receiver where a closure is returned: that the
// closure uses the same object as the work does not make it the work's end.
func (x *Index) without(ends map[types.Object]bool, f *scope.Func, result ast.Expr) map[types.Object]bool {
	recv := f.Root().Recv()
	if recv == nil || !ends[recv] {
		return ends
	}
	if call, ok := ast.Unparen(result).(*ast.CallExpr); ok && x.pkg.Info.Types[call.Fun].IsType() && len(call.Args) == 1 {
		result = call.Args[0] // http.HandlerFunc(func ...)
	}
	if _, ok := ast.Unparen(result).(*ast.FuncLit); !ok {
		return ends
	}
	rest := maps.Clone(ends)
	delete(rest, recv)
	return rest
}

// Kept reports whether the launching function puts an end of the work where
// others find it: a field, an element of a map. Whoever looks there may wait.
func (l *Launch) Kept() bool {
	x, ends := l.index, l.ends()
	if len(ends) == 0 {
		return false
	}
	for obj := range ends {
		for _, h := range x.holdersOf(obj.(*types.Var)) {
			if !x.local(h) {
				return true
			}
		}
	}
	found := false
	for f := l.Func; f != nil && !found; f = f.Outer {
		inOwn(f, func(n ast.Node) {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != len(assign.Rhs) {
				return
			}
			for i, lhs := range assign.Lhs {
				if _, plain := ast.Unparen(lhs).(*ast.Ident); plain {
					continue
				}
				if id := identOf(assign.Rhs[i]); id != nil && ends[x.pkg.Info.ObjectOf(id)] {
					found = true
				}
			}
		})
	}
	return found
}

// OfLocal reports whether the work is a function value that is not in view,
// read from the receiver of the launching function, and every caller in view
// made that receiver itself: a runner of tasks, whose other ends its maker has.
func (l *Launch) OfLocal() bool {
	x, root := l.index, l.Func.Root()
	if l.Body != nil || l.Kind != Go || root.Obj == nil || root.Recv() == nil {
		return false
	}
	v := x.pkg.VarOf(l.Fn)
	if v == nil || !v.IsField() && !x.rangesOver(v, root.Recv()) {
		return false
	}
	callers := x.Callers(root)
	for _, c := range callers {
		recv, ok := c.argument(scope.Receiver)
		if !ok {
			return false
		}
		made, _ := x.root(recv).(*types.Var)
		if made == nil || made.IsField() {
			return false
		}
		owner := x.Flow.Owner(made)
		if owner == nil {
			return false
		}
		if _, param := owner.SlotOf(made); param {
			return false
		}
	}
	return len(callers) > 0
}

// rangesOver reports whether v is the variable of a range over something that
// the receiver holds.
func (x *Index) rangesOver(v, recv *types.Var) bool {
	for _, cur := range x.pkg.Uses(v) {
		if k := cur.ParentEdgeKind(); k != edge.RangeStmt_Key && k != edge.RangeStmt_Value {
			continue
		}
		return x.root(cur.Parent().Node().(*ast.RangeStmt).X) == types.Object(recv)
	}
	return false
}

// Feeds reports whether the work sends on, or closes, a channel of the
// receiver or a parameter of the function that launches: whoever drains it
// may be what the work is for.
func (l *Launch) Feeds() bool {
	if l.Body == nil {
		return false
	}
	x, f := l.index, l.Func.Root()
	found := false
	ast.Inspect(l.Body.Body, func(n ast.Node) bool {
		var ch ast.Expr
		switch n := n.(type) {
		case *ast.SendStmt:
			ch = n.Chan
		case *ast.CallExpr:
			if id := identOf(n.Fun); id != nil && id.Name == "close" && isBuiltin(x.pkg.Info, n) && len(n.Args) == 1 {
				ch = n.Args[0]
			}
		}
		if ch == nil {
			return !found
		}
		root, _ := x.root(ch).(*types.Var)
		if b, ok := l.Env.Bound[root]; ok {
			root, _ = x.root(b.Expr).(*types.Var)
		}
		if root != nil {
			_, param := f.SlotOf(root)
			found = found || param
		}
		return !found
	})
	return found
}

// ends returns the variables in the work's hand whose other end somebody may
// hold: channels, and objects that are more than data. Siblings count: the
// reader of a pipe is made with its writer.
func (l *Launch) ends() map[types.Object]bool {
	x := l.index
	ends := make(map[types.Object]bool)
	for _, v := range l.placed() {
		ends[v] = true
	}
	for obj := range l.inHand() {
		v := obj.(*types.Var)
		if v.Parent() == v.Pkg().Scope() || !isEnd(v.Type()) || x.served(v) {
			continue
		}
		ends[v] = true
		for _, sib := range x.siblings(v) {
			ends[sib] = true
		}
		for _, h := range x.holdersOf(v) {
			if x.local(h) {
				ends[h] = true
			}
		}
	}
	return ends
}

// served reports whether v is a parameter of a handler: what a server hands
// in is the server's again when the handler has returned, whatever the
// handler's last statement does with it.
func (x *Index) served(v *types.Var) bool {
	owner := x.Flow.Owner(v)
	if owner == nil {
		return false
	}
	if _, param := owner.SlotOf(v); !param {
		return false
	}
	_, handler := otelapi.HandlerSlot(owner.Sig)
	return handler
}

// isEnd reports whether a value of the type can be an end that work is done
// for: a channel, an interface with methods, a struct that synchronizes.
func isEnd(t types.Type) bool {
	if chanOf(t) != nil {
		return true
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return u.NumMethods() > 0 && !types.Identical(t, types.Universe.Lookup("error").Type())
	case *types.Struct:
		for i := range u.NumFields() {
			ft := u.Field(i).Type()
			if chanOf(ft) != nil || otelapi.IsCancel(ft) {
				return true
			}
			if named, ok := types.Unalias(ft).(*types.Named); ok && named.Obj().Pkg() != nil {
				switch named.Obj().Pkg().Path() {
				case "sync", "sync/atomic", "io":
					return true
				}
			}
			if p, ok := ft.(*types.Pointer); ok {
				if named, ok := types.Unalias(p.Elem()).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" {
					return true
				}
			}
		}
	}
	return false
}

// siblings returns the other variables of the assignment that makes v.
func (x *Index) siblings(v *types.Var) []types.Object {
	var out []types.Object
	for _, cur := range x.pkg.Uses(v) {
		if cur.Node().Pos() != v.Pos() || cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
			continue
		}
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if len(assign.Rhs) != 1 {
			continue
		}
		for _, lhs := range assign.Lhs {
			if w := x.pkg.VarOf(lhs); w != nil && isEnd(w.Type()) && !ctxflow.Carries(w.Type()) {
				out = append(out, w)
			}
		}
	}
	return out
}

// mentions reports whether the value of an expression has one of the objects
// in it: directly, in a literal, as an argument of what makes it.
func (x *Index) mentions(e ast.Expr, objs map[types.Object]bool, depth int) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if found {
			return false
		}
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if s := x.pkg.Info.Selections[n]; s != nil && s.Kind() == types.FieldVal && !isEnd(s.Type()) {
				return false // data read from it
			}
		case *ast.Ident:
			v, ok := x.pkg.Info.ObjectOf(n).(*types.Var)
			if !ok {
				return true
			}
			if objs[v] {
				found = true
				return false
			}
			if depth < 2 && !v.IsField() {
				if rhs, _, ok := x.Flow.Single(v); ok {
					switch r := ast.Unparen(rhs).(type) {
					case *ast.FuncLit, *ast.CompositeLit, *ast.UnaryExpr:
						found = x.mentions(r, objs, depth+1)
					case *ast.CallExpr:
						for _, arg := range r.Args {
							if id, ok := ast.Unparen(arg).(*ast.Ident); ok && objs[x.pkg.Info.ObjectOf(id)] {
								found = true
							}
						}
					}
				}
			}
		}
		return !found
	})
	return found
}

// WaitedFor reports whether a function of the package that somebody calls,
// tests apart, waits for the group in a field or package variable.
func (x *Index) WaitedFor(group *types.Var) bool { return x.Awaited(group).Await == Somewhere }

package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
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
	for _, v := range l.placed() {
		add(v, 0)
	}
	return l.holders
}

// placed returns the promises, of the launching function or given to it, that
// it puts where the work looks: into a field of something the work has in hand,
// and of which it or what it calls makes use; and channels that it gives to the
// constructor of such a thing.
func (l *Launch) placed() []*types.Var {
	x, hand := l.index, l.inHand()
	if l.Func == nil {
		return nil
	}
	var out []*types.Var
	inOwn(l.Func, func(n ast.Node) {
		var values []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			values = n.Rhs
		case *ast.ValueSpec:
			values = n.Values
		case *ast.SendStmt:
			values = []ast.Expr{n.Value}
		}
		for _, value := range values {
			ast.Inspect(value, func(m ast.Node) bool {
				id, ok := m.(*ast.Ident)
				if !ok {
					_, lit := m.(*ast.FuncLit)
					return !lit
				}
				v := x.pkg.VarOf(id)
				if v == nil || !x.local(v) || hand[v] || types.IsInterface(v.Type()) || !x.askable(v.Type()) {
					return true
				}
				cur, ok := x.pkg.Cursor(id)
				if !ok {
					return true
				}
				field, ok := x.putInto(cur)
				switch {
				case ok && field.IsField():
					if x.rootedIn(n, field, hand) && (l.Body == nil || x.touches(l.Body, field, 0)) {
						out = append(out, v)
					}
				case chanOf(v.Type()) != nil && x.madeOf(n, cur, hand):
					out = append(out, v)
				}
				return true
			})
		}
	})
	return out
}

// madeOf reports whether a statement makes something of a set of the channel at
// cur: by a literal, or by a call that is given the channel and returns an
// object with methods.
func (x *Index) madeOf(stmt ast.Node, cur inspector.Cursor, set map[types.Object]bool) bool {
	for {
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.UnaryExpr_X, edge.KeyValueExpr_Value, edge.CompositeLit_Elts, edge.CallExpr_Args:
			if u, ok := cur.Parent().Node().(*ast.UnaryExpr); ok && u.Op != token.AND {
				return false // what has been received is not the channel
			}
			cur = cur.Parent()
			continue
		}
		break
	}
	var w *types.Var
	i := cur.ParentEdgeIndex() // the first, where there is one call: what else it returns is its error
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		if cur.ParentEdgeKind() == edge.AssignStmt_Rhs {
			w = x.pkg.VarOf(stmt.Lhs[i])
		}
	case *ast.ValueSpec:
		if cur.ParentEdgeKind() == edge.ValueSpec_Values {
			w = x.pkg.VarOf(stmt.Names[i])
		}
	}
	return w != nil && x.local(w) && set[w] && acts(w.Type())
}

// rootedIn reports whether a statement names the field of something in a set.
func (x *Index) rootedIn(stmt ast.Node, field *types.Var, set map[types.Object]bool) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && originVar(x.pkg.VarOf(sel)) == field {
			if root := x.root(sel.X); root != nil && set[root] {
				found = true
			}
		}
		return !found
	})
	return found
}

// touches reports whether f, or a function of this package that it calls, makes
// use of a field.
func (x *Index) touches(f *scope.Func, field *types.Var, depth int) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || originVar(x.pkg.VarOf(n)) == field
		case *ast.CallExpr:
			if g := x.pkg.Decl(x.pkg.Callee(n)); g != nil && g != f && depth < maxInline {
				found = found || x.touches(g, field, depth+1)
			}
		}
		return !found
	})
	return found
}

// otherEnds returns what was made together with something that the work has in
// hand, or stands for the work, and what holds that: the future of a promise,
// the reader of a pipe.
func (l *Launch) otherEnds() map[types.Object]bool {
	if l.others != nil {
		return l.others
	}
	x, hand := l.index, l.inHand()
	l.others = make(map[types.Object]bool)
	var add func(v *types.Var)
	add = func(v *types.Var) {
		if hand[v] || l.others[v] || ctxflow.Carries(v.Type()) {
			return
		}
		l.others[v] = true
		for _, cur := range x.pkg.Uses(v) {
			if h, ok := x.putInto(cur); ok {
				add(h) // futures[id] = future
			}
		}
	}
	for obj := range hand {
		if v, ok := obj.(*types.Var); ok && x.local(v) {
			for _, sib := range x.siblings(v) {
				add(sib.(*types.Var))
			}
		}
	}
	if l.Kind == Helped && l.handle != nil && acts(l.handle.Type()) {
		add(l.handle)
	}
	return l.others
}

// asksOtherEnd reports whether a call asks the other end of the work for what
// comes of it: by a method that can be given up or returns a value or an error,
// or by handing it to a function that takes such a thing.
func (l *Launch) asksOtherEnd(call *ast.CallExpr) bool {
	x := l.index
	if call == l.Call || len(l.otherEnds()) == 0 || isBuiltin(x.pkg.Info, call) {
		return false
	}
	sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature)
	if !ok {
		return false
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && x.pkg.Info.Selections[sel] != nil && x.among(sel.X, l.otherEnds()) {
		if sig.Params().Len() > 0 && otelapi.IsContext(sig.Params().At(0).Type()) {
			return true
		}
		return sig.Params().Len() == 0 && sig.Results().Len() == 2 && isErr(sig.Results().At(1).Type())
	}
	for i, arg := range call.Args {
		if i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1 {
			break
		}
		if t, ok := sig.Params().At(i).Type().Underlying().(*types.Interface); ok && t.NumMethods() == 0 {
			continue // printed, compared, kept as a plain value
		}
		if x.lists(arg, l.otherEnds()) {
			return true
		}
	}
	return false
}

// lists reports whether an argument is one of a set, or a list of such written
// where it stands.
func (x *Index) lists(arg ast.Expr, set map[types.Object]bool) bool {
	switch arg := ast.Unparen(arg).(type) {
	case *ast.CompositeLit:
		for _, elt := range arg.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if x.lists(elt, set) {
				return true
			}
		}
		return false
	case *ast.CallExpr:
		if isBuiltin(x.pkg.Info, arg) {
			for _, a := range arg.Args {
				if x.lists(a, set) {
					return true
				}
			}
			return false
		}
	}
	return x.among(arg, set)
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
func (l *Launch) has(e ast.Expr) bool { return l.index.among(e, l.held()) }

// among reports whether an expression denotes one of a set, or a part of it.
func (x *Index) among(e ast.Expr, set map[types.Object]bool) bool {
	for range maxHolders {
		for _, v := range x.named(e) {
			if set[v] {
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
	vars, _ := x.down(e)
	return vars
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

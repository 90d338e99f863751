package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A DroppedResult is the result of a call that the caller does not take, and
// by which it could wait for the work the call has launched, or stop it.
type DroppedResult struct {
	Call   *ast.CallExpr
	Callee *types.Func
	// What names the result, Use what it would be good for.
	What, Use string
}

// Dropped returns the calls whose work nobody can wait for because a result
// is dropped.
func (x *Index) Dropped() []DroppedResult {
	var out []DroppedResult
	for _, f := range x.pkg.Funcs {
		inOwn(f, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			callee := x.pkg.Callee(call)
			if otelapi.StopsLater(callee) && x.drops(call, 0, 1) && !x.pkg.IsTest(call) && !x.ofEntry(call) {
				out = append(out, DroppedResult{Call: call, Callee: callee, What: "the context that is done when its jobs are", Use: "wait for them"})
				return
			}
			sum := x.table.Callee(callee)
			if sum == nil {
				return
			}
			for i := range sum.Results {
				h := handles[sum.Results[i].Handle]
				if h.what != "" && x.drops(call, i, callee.Signature().Results().Len()) && !x.endsWithLife(call, f) {
					out = append(out, DroppedResult{Call: call, Callee: callee, What: h.what, Use: h.use})
				}
			}
		})
	}
	return out
}

// ofEntry reports whether the method is called on an entry of a map, which is
// replaced or taken out: others go on, and nobody shuts down.
//
//	if item, ok := timers[key]; ok { item.cron.Stop() }
func (x *Index) ofEntry(call *ast.CallExpr) bool {
	e := call.Fun
	for {
		switch of := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = of.X
			continue
		case *ast.IndexExpr:
			return isMap(x.pkg.Info.TypeOf(of.X))
		case *ast.Ident:
			v := x.pkg.VarOf(of)
			return v != nil && slices.ContainsFunc(x.pkg.Uses(v), func(cur inspector.Cursor) bool {
				if cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
					return false
				}
				rhs := cur.Parent().Node().(*ast.AssignStmt).Rhs
				index, ok := ast.Unparen(rhs[0]).(*ast.IndexExpr)
				return ok && len(rhs) == 1 && isMap(x.pkg.Info.TypeOf(index.X))
			})
		}
		return false
	}
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// endsWithLife reports whether a call that sets a program up gives what it begins
// a channel by which that learns of the end: that of a context that lasts as long
// as what is set up, or one that the function was given itself. It is stopped by
// that, then, and whether somebody waits for it too is the author's choice.
func (x *Index) endsWithLife(call *ast.CallExpr, f *scope.Func) bool {
	for f.Outer != nil && f.Cursor.ParentEdgeKind() == edge.CallExpr_Fun && f.Cursor.Parent().ParentEdgeKind() != edge.GoStmt_Call {
		f = f.Outer // called where it stands
	}
	if !x.setsUp(f) {
		return false
	}
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		ch := chanOf(x.pkg.Info.TypeOf(arg))
		if ch == nil || ch.Dir() != types.RecvOnly || !empty(ch.Elem()) {
			return false // who gives away the other end, too, decides himself when it is over
		}
		if ctx := x.doneOf(arg); ctx != nil {
			return x.lastsLike(ctx, f)
		}
		v := x.pkg.VarOf(arg)
		return v != nil && (v.IsField() || isParam(f, v))
	})
}

// lastsLike reports whether a context ends neither with the function nor never.
func (x *Index) lastsLike(ctx ast.Expr, f *scope.Func) bool {
	values := x.Flow.Eval(ctx, f, nil)
	for _, v := range values {
		for _, s := range v.Cancels() {
			if s.Deadline || s.Handle == nil {
				return false
			}
			if _, ok := x.DeferredCall(s.Handle, s.Func); ok {
				return false
			}
		}
		if v.Detached() || v.Origin == ctxflow.Background && len(v.Cancels()) == 0 {
			return false
		}
	}
	return len(values) > 0
}

// handles says how to speak of each kind of handle.
var handles = map[summary.Handle]struct{ what, use string }{
	summary.Counts: {"the group that counts its work", "wait for it"},
	summary.Closes: {"the channel that its work closes", "wait for it"},
	summary.Stops:  {"the function that ends its work", "end it"},
	summary.Future: {"what its work can be waited for by", "wait for it"},
}

// drops reports whether a call stands alone as a statement, or its result is
// assigned to the blank identifier.
func (x *Index) drops(call *ast.CallExpr, i, n int) bool {
	cur, ok := x.pkg.Cursor(call)
	if !ok {
		return false
	}
	switch cur.ParentEdgeKind() {
	case edge.ExprStmt_X:
		return true
	case edge.AssignStmt_Rhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if len(assign.Lhs) != n || len(assign.Rhs) != 1 && n != 1 {
			return false
		}
		if n == 1 {
			i = cur.ParentEdgeIndex()
		} else {
			// Who takes another end of the work does not need this one.
			results, ok := x.pkg.Info.TypeOf(call).(*types.Tuple)
			if !ok {
				return false // a call that is not well-typed
			}
			for j, lhs := range assign.Lhs {
				t := results.At(j).Type()
				_, isFunc := t.Underlying().(*types.Signature)
				if id := identOf(lhs); j != i && (id == nil || id.Name != "_") && (isFunc || isEnd(t)) {
					return false
				}
			}
		}
		id := identOf(assign.Lhs[i])
		return id != nil && id.Name == "_"
	}
	return false
}

// handle reports whether a result of f is what its work can be waited for by:
// a group that counts it, a channel that it closes, or a function that waits
// or stops.
func (x *Index) handle(f *scope.Func, i int) summary.Handle {
	t := f.Sig.Results().At(i).Type()
	_, isFunc := t.Underlying().(*types.Signature)
	ch := chanOf(t)
	group := otelapi.IsGroup(t)
	future := !isFunc && ch == nil && !group && x.canBeAwaited(t)
	if !isFunc && ch == nil && !group && !future {
		return summary.NoHandle
	}
	for _, l := range x.byRoot[f] {
		if l.Kind == Sent || l.Kind == Shared || l.JoinedIn() != nil {
			continue
		}
		if !isFunc && (l.Endless() || l.Watches() || l.Pumps()) {
			continue // it ends with what it reads from, and is not waited for
		}
		for _, ret := range f.Graph().Exits() {
			if i >= len(ret.Results) || len(ret.Results) != f.Sig.Results().Len() {
				continue
			}
			switch e := ret.Results[i]; {
			case future:
				if v := x.pkg.VarOf(e); v != nil && !v.IsField() && x.completes(l, v) {
					return summary.Future
				}
			case group:
				v := x.groupVar(e)
				counts, _ := l.CountedBy()
				for _, c := range counts {
					if c == v {
						return summary.Counts
					}
				}
			case ch != nil:
				if v := x.pkg.VarOf(e); v != nil && x.closes(l, v) && empty(ch.Elem()) {
					return summary.Closes
				}
			default:
				lit, isLit := ast.Unparen(e).(*ast.FuncLit)
				if v := x.pkg.VarOf(e); v != nil {
					if g := x.localLiteral(v); g != nil {
						lit, isLit = g.Node.(*ast.FuncLit)
					}
				}
				if isLit && x.ends(l, lit) {
					return summary.Stops
				}
			}
		}
	}
	return summary.NoHandle
}

// canBeAwaited reports whether a type of the package has a method that waits
// for something in its receiver.
func (x *Index) canBeAwaited(t types.Type) bool {
	named := namedOf(t)
	if named == nil || named.Obj().Pkg() != x.pkg.Types {
		return false
	}
	for m := range named.Methods() {
		if sum := x.table.Callee(m); sum != nil && sum.SlotAt(scope.Receiver).Group&(summary.Waits|summary.Receives) != 0 {
			return true
		}
	}
	return false
}

// completes reports whether the launched work closes, or sends on, a channel
// of an object, or calls Done on a group of it: that is its last word.
func (x *Index) completes(l *Launch, v *types.Var) bool {
	if l.Body == nil || !l.inHand()[v] {
		return false
	}
	of := func(e ast.Expr) bool {
		root, _ := x.root(e).(*types.Var)
		if b, ok := l.Env.Bound[root]; ok {
			root, _ = x.root(b.Expr).(*types.Var)
		}
		return root == v
	}
	found := false
	x.eachRun(l.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SendStmt:
			found = found || of(n.Chan)
		case *ast.CallExpr:
			if id := identOf(n.Fun); id != nil && id.Name == "close" && isBuiltin(x.pkg.Info, n) {
				found = found || of(n.Args[0])
			} else if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && x.isDoneOf(sel) {
				found = found || of(sel.X)
			}
		}
	})
	return found
}

func empty(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}

// closes reports whether the launched work closes a channel.
func (x *Index) closes(l *Launch, ch *types.Var) bool {
	if l.Body == nil {
		return false
	}
	found := false
	x.eachRun(l.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		if id := identOf(call.Fun); id != nil && id.Name == "close" && isBuiltin(x.pkg.Info, call) {
			v := x.pkg.VarOf(call.Args[0])
			if b, ok := l.Env.Bound[v]; ok {
				v = x.pkg.VarOf(b.Expr)
			}
			found = found || v == ch
		}
	})
	return found
}

// ends reports whether a literal waits for the launched work, or closes a
// channel that the work receives from.
func (x *Index) ends(l *Launch, lit *ast.FuncLit) bool {
	hand := l.inHand()
	if x.waitsFor(lit, hand) {
		return true
	}
	found := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return !found
		}
		if id := identOf(call.Fun); id != nil && id.Name == "close" && isBuiltin(x.pkg.Info, call) {
			found = found || hand[x.root(call.Args[0])]
		}
		return !found
	})
	return found
}

// Held reports whether somebody outside holds the other end of the work. It
// is narrower than HandedOut: what is returned must be able to be such an
// end, as a number is not; the receiver was there before and is nobody's end;
// and a handler that is returned is not work that is handed out.
func (l *Launch) Held() bool {
	x := l.index
	if l.Kind == Sent || l.Kind == Shared {
		return false
	}
	ends := maps.Clone(l.ends())
	if recv := l.Func.Root().Recv(); recv != nil {
		delete(ends, recv)
	}
	fields := l.endFields(ends)
	if len(ends) == 0 && len(fields) == 0 {
		return false
	}
	for f := l.Func; f != nil; f = f.Outer {
		found := false
		inOwn(f, func(n ast.Node) {
			ret, ok := n.(*ast.ReturnStmt)
			if !ok {
				return
			}
			for i, r := range ret.Results {
				around := r.Pos() <= l.Node.Pos() && l.Node.End() <= r.End()
				if !around && x.canHold(f, i, len(ret.Results)) && (x.mentions(r, ends, 0) || fields[x.fieldOf(r)]) {
					found = true
				}
			}
		})
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

// endFields returns the fields in which others find an end of the work: an end
// that the launching function has put there, or into an element there, and an
// object of the receiver that the work tells what has become of it, by methods
// that return nothing and take no context.
func (l *Launch) endFields(ends map[types.Object]bool) map[*types.Var]bool {
	x, fields := l.index, make(map[*types.Var]bool)
	for f := l.Func; f != nil; f = f.Outer {
		inOwn(f, func(n ast.Node) {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != len(assign.Rhs) {
				return
			}
			for i, lhs := range assign.Lhs {
				if id := identOf(assign.Rhs[i]); id != nil && ends[x.pkg.Info.ObjectOf(id)] {
					fields[x.fieldOf(lhs)] = true
				}
			}
		})
	}
	if l.Body != nil {
		x.eachRun(l.Body, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
			fn := x.pkg.Callee(call)
			if !ok || fn == nil || fn.Signature().Recv() == nil || fn.Signature().Results().Len() > 0 || contextSlot(fn.Signature()) >= 0 {
				return
			}
			if t := x.pkg.Info.TypeOf(sel.X); t != nil && isEnd(t) && !otelapi.ReadsOnly(fn) {
				fields[x.fieldOf(sel.X)] = true
			}
		})
	}
	delete(fields, nil)
	return fields
}

// fieldOf returns the field that an expression, or the map or list it is an
// element of, is read from; nil if it is not.
func (x *Index) fieldOf(e ast.Expr) *types.Var {
	if ix, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		e = ix.X
	}
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		if v := x.pkg.VarOf(sel); v != nil && v.IsField() {
			return v.Origin()
		}
	}
	return nil
}

// canHold reports whether the value of one of n results can be an end of work.
func (x *Index) canHold(f *scope.Func, i, n int) bool {
	can := func(t types.Type) bool {
		_, isFunc := t.Underlying().(*types.Signature)
		return isFunc || isEnd(t)
	}
	results := f.Sig.Results()
	if results.Len() == n {
		return can(results.At(i).Type())
	}
	for j := range results.Len() { // return f()
		if can(results.At(j).Type()) {
			return true
		}
	}
	return false
}

// Returns reports whether the launching function can return after the launch.
func (x *Index) Returns(l *Launch) bool {
	p, ok := l.Func.Graph().At(l.Node)
	return ok && l.Func.Graph().Returns(p)
}

// WaitFails reports whether waiting for the group gives an error or a result.
func (x *Index) WaitFails(group *types.Var) bool {
	obj, _, _ := types.LookupFieldOrMethod(group.Type(), true, x.pkg.Types, "Wait")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Results().Len() > 0
}

// A Stop is a method that ends a type and does not wait for its work.
type Stop struct {
	// Name is the method, Of what it belongs to.
	Name, Of string
	// Deferred says that the launching function defers the call.
	Deferred bool
}

// Unstopped returns the stop that should wait for the work and does not: that
// of the type whose work it is, or a deferred one below which the work goes
// on using what is closed.
func (l *Launch) Unstopped() (Stop, bool) {
	x := l.index
	if l.Kind == Sent || l.Kind == Shared || l.Kind == Later || l.JoinedIn() != nil || l.MayJoin() || l.Tracked() || l.Watches() || l.serves() {
		return Stop{}, false
	}
	if s, ok := l.belowClose(); ok {
		return s, true
	}
	root := l.Func.Root()
	if root.Obj == nil || l.Body == nil || l.Effort() == Trivial && !l.Endless() {
		return Stop{}, false
	}
	recv := root.Recv()
	var named *types.Named
	if recv != nil {
		if !l.mentions(recv) || l.Held() {
			return Stop{}, false
		}
		named = namedOf(recv.Type())
	} else {
		for i := range root.Sig.Results().Len() {
			n := namedOf(root.Sig.Results().At(i).Type())
			if n != nil && n.Obj().Pkg() == x.pkg.Types && l.mentionsType(n) {
				named = n
				break
			}
		}
	}
	if named == nil {
		return Stop{}, false
	}
	for i := range named.NumMethods() {
		m := named.Method(i)
		if f := x.pkg.Decl(m); f != nil && Stops(m) && f != root && !x.pkg.IsTest(f.Node) {
			return Stop{Name: m.Name(), Of: named.Obj().Name()}, true
		}
	}
	return Stop{}, false
}

// serves reports whether the work runs a server, which a Shutdown ends.
func (l *Launch) serves() bool {
	found := false
	if l.Body == nil {
		return l.Call != nil && l.index.blocks(l.Call)
	}
	l.index.eachRun(l.Body, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			found = found || l.index.blocks(call)
		}
	})
	return found
}

func namedOf(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	if n == nil {
		return nil
	}
	return n.Origin()
}

// Stops reports whether a method ends what it belongs to: the three names
// that Go has for it, in either case.
func Stops(m *types.Func) bool {
	switch strings.ToLower(m.Name()) {
	case "close", "stop", "shutdown":
		return true
	}
	return false
}

// Drains returns the server that the work shuts down while the launching
// function serves with it: serving ends when the shutdown begins, and a function
// that returns then does not wait until it is over.
func (l *Launch) Drains() (server *types.Var, ok bool) {
	x := l.index
	if l.Body == nil || l.Kind != Go || l.JoinedIn() != nil || l.MayJoin() {
		return nil, false
	}
	of := func(call *ast.CallExpr) *types.Var {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || x.pkg.Info.Selections[sel] == nil {
			return nil
		}
		v := x.pkg.VarOf(sel.X)
		if b, ok := l.Env.Bound[v]; ok {
			v = x.pkg.VarOf(b.Expr)
		}
		return v
	}
	x.eachRun(l.Body, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && otelapi.EndsServingFirst(x.pkg.Callee(call)) {
			server = of(call)
		}
	})
	if server == nil {
		return nil, false
	}
	g := l.Func.Graph()
	at, found := g.At(l.Node)
	inOwn(l.Func, func(n ast.Node) {
		call, isCall := n.(*ast.CallExpr)
		if !isCall || !found || ok || !otelapi.Blocks(x.pkg.Callee(call)) || of(call) != server {
			return
		}
		p, known := g.At(call)
		if !known {
			return
		}
		_, after := g.Reach(at, func(m ast.Node) bool { return m == p.Node() }, path.Search{})
		// Where the function waits for something else, that may tell of the end.
		_, waits := g.Reach(p, func(m ast.Node) bool { return m != p.Node() && x.waitsAtAll(m) }, path.Search{})
		ok = after && !waits
	})
	return server, ok
}

// waitsAtAll reports whether a node of a graph receives, selects, or waits for
// a group.
func (x *Index) waitsAtAll(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || m.Op == token.ARROW
		case *ast.SelectorExpr:
			found = found || x.isWait(m)
		}
		return !found
	})
	return found
}

// mentions reports whether the work uses a variable of the launching function.
func (l *Launch) mentions(v *types.Var) bool { return l.inHand()[v] }

// mentionsType reports whether the work uses a variable of the type.
func (l *Launch) mentionsType(n *types.Named) bool {
	for obj := range l.inHand() {
		if namedOf(obj.Type()) == n {
			return true
		}
	}
	return false
}

// belowClose finds a deferred call that closes, when the launching function
// returns, what the work uses.
func (l *Launch) belowClose() (Stop, bool) {
	x := l.index
	hand := l.inHand()
	var found Stop
	ok := false
	inOwn(l.Func, func(n ast.Node) {
		d, isDefer := n.(*ast.DeferStmt)
		if !isDefer || ok {
			return
		}
		sel, isSel := ast.Unparen(d.Call.Fun).(*ast.SelectorExpr)
		if !isSel {
			return
		}
		fn, isFunc := x.pkg.Info.ObjectOf(sel.Sel).(*types.Func)
		v := x.pkg.VarOf(sel.X)
		if !isFunc || v == nil || v.IsField() || !Stops(fn) || !hand[v] || x.Flow.Owner(v) != l.Func {
			return
		}
		found, ok = Stop{Name: fn.Name(), Of: v.Name(), Deferred: true}, true
	})
	return found, ok
}

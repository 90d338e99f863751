package launch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// waits reports whether a node of f's control flow waits for the work:
// receives from, or calls Wait on, something that the work has in hand.
func (l *Launch) waits(n ast.Node) bool {
	known, ok := l.waiting[n]
	if !ok {
		if l.waiting == nil {
			l.waiting = make(map[ast.Node]bool)
		}
		known = l.headWaits(n) || l.partWaits(n, 0)
		l.waiting[n] = known
	}
	return known
}

// headWaits reports whether n is the operand or condition of a loop that
// waits in its body: it does so once for every launch it was written for, and
// how often that is nobody here can count. A loop that launches is no such.
func (l *Launch) headWaits(n ast.Node) bool {
	x := l.index
	cur, ok := x.pkg.Cursor(n)
	if !ok {
		return false
	}
	var body *ast.BlockStmt
	switch cur.ParentEdgeKind() {
	case edge.RangeStmt_X:
		r := cur.Parent().Node().(*ast.RangeStmt)
		if _, ok := scope.Underlying(x.pkg.Info, r.X).(*types.Chan); ok && l.has(r.X) {
			return true
		}
		body = r.Body
	case edge.ForStmt_Cond:
		body = cur.Parent().Node().(*ast.ForStmt).Body
	default:
		return false
	}
	launches := body.Pos() <= l.Node.Pos() && l.Node.End() <= body.End()
	return !launches && (l.partWaits(body, 0) || l.fills(body))
}

// fills reports whether a loop does nothing but send on a channel that the work
// has in hand: for range cap(slots) { slots <- struct{}{} } has all slots when
// the work has given its own back.
func (l *Launch) fills(body *ast.BlockStmt) bool {
	if len(body.List) != 1 {
		return false
	}
	send, ok := body.List[0].(*ast.SendStmt)
	return ok && l.has(send.Chan)
}

// drains reports whether a call acquires the whole of a semaphore that the work
// has in hand: as much as it was made with.
func (l *Launch) drains(call *ast.CallExpr) bool {
	x := l.index
	arg, ok := otelapi.Acquires(x.pkg.Callee(call))
	if !ok || arg >= len(call.Args) {
		return false
	}
	recv, ok := ctxflow.Argument(call, scope.Receiver)
	if !ok || !l.has(recv) {
		return false
	}
	sem := x.pkg.VarOf(recv)
	if sem == nil || !x.local(sem) {
		return false
	}
	rhs, _, ok := x.Flow.Single(sem)
	made, isCall := ast.Unparen(rhs).(*ast.CallExpr)
	if !ok || !isCall || len(made.Args) != 1 {
		return false
	}
	whole, part := x.pkg.Info.Types[made.Args[0]].Value, x.pkg.Info.Types[call.Args[arg]].Value
	if whole != nil && part != nil {
		return constant.Compare(whole, token.EQL, part)
	}
	return types.ExprString(made.Args[0]) == types.ExprString(call.Args[arg])
}

// partWaits reports whether something that runs as part of a node waits:
// literals that are called there count, goroutines do not. depth counts the
// local closures that have been entered.
func (l *Launch) partWaits(n ast.Node, depth int) bool {
	x := l.index
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || found {
			return false
		}
		switch m := m.(type) {
		case *ast.GoStmt:
			return false
		case *ast.FuncLit:
			inner := x.pkg.FuncOf(m)
			return inner != nil && inner != l.Body && x.runsHere(inner)
		case *ast.UnaryExpr:
			found = l.receives(m)
		case *ast.CallExpr:
			found = l.callWaits(m, depth)
		}
		return !found
	})
	return found
}

// runsHere reports whether a literal runs where it stands, as opposed to one
// that is held by a variable and runs where that is called.
func (x *Index) runsHere(f *scope.Func) bool {
	switch f.Cursor.ParentEdgeKind() {
	case edge.AssignStmt_Rhs, edge.ValueSpec_Values:
		return false
	}
	return x.runsInline(f)
}

// receives reports whether an expression receives from something that the
// work has in hand, or waits until a context is done: whoever uses that is
// done then, too. In a select the context must not be the only way out.
func (l *Launch) receives(e *ast.UnaryExpr) bool {
	switch {
	case e.Op != token.ARROW:
		return false
	case l.index.isDone(e.X):
		return l.index.inSelectWith(l, e) || !l.index.inSelect(e)
	}
	return l.has(e.X) || l.isCall(e.X)
}

// isCall reports whether an expression is the launching call, whose result is
// what its helper tells the end of the work by.
func (l *Launch) isCall(e ast.Expr) bool { return l.Kind == Helped && ast.Unparen(e) == l.Call }

// callWaits reports whether a call waits: it is the Wait of something that
// the work has in hand, a local closure that waits, or a function that waits
// for what it is given.
func (l *Launch) callWaits(call *ast.CallExpr, depth int) bool {
	x := l.index
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && x.isWait(sel) && (l.has(sel.X) || l.isCall(sel.X)) {
		return true
	}
	if v, ok := x.pkg.Info.ObjectOf(identOf(call.Fun)).(*types.Var); ok {
		if lit := x.localLiteral(v); lit != nil && lit != l.Body {
			return depth < maxHelpers && l.partWaits(lit.Body, depth+1)
		}
	}
	if x.pkg.Callee(call) == nil && l.elementWaits(call.Fun, depth) || l.drains(call) || l.asksOtherEnd(call) || l.readsPipe(call) || l.collects(call) {
		return true
	}
	return l.waitsInCallee(call)
}

func identOf(e ast.Expr) *ast.Ident {
	id, _ := ast.Unparen(e).(*ast.Ident)
	return id
}

// waitsInCallee reports whether a call is given a group or channel that the
// work has in hand, and waits for it. A callee that is not known is assumed
// to: silence is the default.
func (l *Launch) waitsInCallee(call *ast.CallExpr) bool {
	x := l.index
	if call == l.Call || call == l.Node {
		return false
	}
	sum := x.table.Call(call)
	for slot := scope.Receiver; slot < len(call.Args); slot++ {
		arg, ok := ctxflow.Argument(call, slot)
		if !ok {
			continue
		}
		t := x.pkg.Info.TypeOf(arg)
		if t == nil || !waitable(t) && slot != scope.Receiver || !l.has(arg) {
			continue
		}
		if sum != nil {
			if sum.SlotAt(slot).Group&(summary.Waits|summary.Receives) != 0 {
				return true
			}
			continue
		}
		if slot == scope.Receiver || isBuiltin(x.pkg.Info, call) {
			continue
		}
		if chanOf(t) != nil || l.Group == nil {
			return true
		}
	}
	return false
}

func isBuiltin(info *types.Info, call *ast.CallExpr) bool {
	tv, ok := info.Types[call.Fun]
	return ok && tv.IsBuiltin()
}

// isWait reports whether a method waits for what its receiver counts: it is
// called Wait and takes nothing but perhaps a context.
func (x *Index) isWait(sel *ast.SelectorExpr) bool {
	fn, ok := x.pkg.Info.ObjectOf(sel.Sel).(*types.Func)
	if !ok {
		return false
	}
	if sum := x.table.Callee(fn); sum != nil && sum.SlotAt(scope.Receiver).Group&(summary.Waits|summary.Receives) != 0 {
		return true
	}
	return fn.Name() == "Wait" && fn.Signature().Params().Len() <= 1 || otelapi.Joins(fn) ||
		fn.Name() == "Err" && otelapi.IsGroup(x.pkg.Info.TypeOf(sel.X))
}

// isDone reports whether e is the Done channel of a context.
func (x *Index) isDone(e ast.Expr) bool { return x.doneOf(e) != nil }

// doneOf returns the context whose Done channel e is, nil if it is none.
func (x *Index) doneOf(e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && ctxflow.Carries(x.pkg.Info.TypeOf(sel.X)) {
			return sel.X
		}
	case *ast.Ident: // stop := ctx.Done()
		v := x.pkg.VarOf(e)
		if v == nil || v.IsField() {
			return nil
		}
		rhs, _, ok := x.Flow.Single(v)
		if call, isCall := rhs.(*ast.CallExpr); ok && isCall {
			return x.doneOf(call)
		}
	}
	return nil
}

// inSelect reports whether a receive is the communication of a select case.
func (x *Index) inSelect(n ast.Node) bool {
	_, ok := x.selectOf(n)
	return ok
}

func (x *Index) selectOf(n ast.Node) (*ast.SelectStmt, bool) {
	cur, ok := x.pkg.Cursor(n)
	if !ok {
		return nil, false
	}
	for c := cur; ; c = c.Parent() {
		switch c.ParentEdgeKind() {
		case edge.CommClause_Comm:
			s, ok := c.Parent().Parent().Parent().Node().(*ast.SelectStmt)
			return s, ok
		case edge.ExprStmt_X, edge.AssignStmt_Rhs, edge.ParenExpr_X:
		default:
			return nil, false
		}
	}
}

// inSelectWith reports whether the select around a receive has another case
// that waits for the work.
func (x *Index) inSelectWith(l *Launch, n ast.Node) bool {
	s, ok := x.selectOf(n)
	if !ok {
		return false
	}
	for _, clause := range s.Body.List {
		comm := clause.(*ast.CommClause).Comm
		if comm == nil {
			return false
		}
	}
	for _, clause := range s.Body.List {
		found := false
		ast.Inspect(clause.(*ast.CommClause).Comm, func(m ast.Node) bool {
			if u, ok := m.(*ast.UnaryExpr); ok && u.Op == token.ARROW && !x.isDone(u.X) && l.has(u.X) {
				found = true
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// root returns the variable at the base of selectors, indexes and calls.
func (x *Index) root(e ast.Expr) types.Object {
	vars, based := x.down(e)
	if !based {
		return nil
	}
	return vars[len(vars)-1]
}

// down returns the variables and fields that selectors, indexes and calls name,
// the base last. The second result is false if the base is no variable.
func (x *Index) down(e ast.Expr) (vars []*types.Var, based bool) {
	for {
		switch n := ast.Unparen(e).(type) {
		case *ast.Ident:
			v := x.pkg.VarOf(n)
			if v == nil {
				return vars, false
			}
			return append(vars, v), true
		case *ast.SelectorExpr:
			if x.pkg.Info.Selections[n] == nil {
				e = n.Sel // a member of a package
				continue
			}
			if v := originVar(x.pkg.VarOf(n)); v != nil {
				vars = append(vars, v)
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
				return vars, false
			}
			e = sel.X
		default:
			return vars, false
		}
	}
}

// inHand returns the variables, declared outside the work, that it uses or is
// given, contexts apart; and those of other launches beside it that wait for
// such a variable: a closer that waits for the workers and then closes the
// channel is how a fan-out ends, and workers that drain what the feeder closes
// are how it begins.
func (l *Launch) inHand() map[types.Object]bool {
	if l.roots != nil {
		return l.roots
	}
	x := l.index
	l.roots = make(map[types.Object]bool)
	x.addRoots(l, l.roots)
	if send, ok := l.Node.(*ast.SendStmt); ok {
		x.addDrained(l, send)
	}
	for _, other := range x.byRoot[l.Func.Root()] {
		if other == l || other.Body == nil {
			continue
		}
		if lit, ok := other.Literal(); ok && x.waitsFor(lit, l.roots) || l.feeds(other) {
			x.addRoots(other, l.roots)
		}
	}
	return l.roots
}

func (x *Index) addRoots(l *Launch, roots map[types.Object]bool) {
	add := func(n ast.Node, within *scope.Func) {
		ast.Inspect(n, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			if !ok {
				return true
			}
			v, ok := x.pkg.Info.ObjectOf(id).(*types.Var)
			if !ok || v.IsField() || v.Type() == nil || ctxflow.Carries(v.Type()) {
				return true
			}
			if within != nil && within.Body.Pos() <= v.Pos() && v.Pos() < within.Body.End() {
				return true // its own
			}
			roots[v] = true
			return true
		})
	}
	if lit, ok := l.Literal(); ok {
		add(lit.Body, l.Body)
	} else if l.Body != nil && l.Body.Obj == nil {
		add(l.Body.Body, l.Body)
	} else if l.Fn != nil {
		add(l.Fn, nil)
		if v, ok := x.pkg.Info.ObjectOf(identOf(l.Fn)).(*types.Var); ok && x.local(v) {
			if rhs, _, ok := x.Flow.Single(v); ok && rhs != nil {
				if sel, ok := ast.Unparen(rhs).(*ast.SelectorExpr); ok {
					add(sel, nil) // run := task.run; go run(ctx)
				}
			}
		}
	}
	if l.Kind == Go {
		for _, arg := range l.Call.Args {
			if _, ok := ast.Unparen(arg).(*ast.FuncLit); !ok {
				add(arg, nil)
			}
		}
	} else if l.Call != nil {
		for _, arg := range l.Call.Args {
			if arg != l.Fn {
				add(arg, nil)
			}
		}
	}
	for _, runner := range [...]ast.Expr{l.Group, l.Pool} {
		if runner != nil {
			add(runner, nil)
		}
	}
	if l.handle != nil && (l.Kind != Helped || waitable(l.handle.Type())) {
		roots[l.handle] = true
	}
}

// addDrained adds to the roots of what is sent the means by which the sender
// learns that whoever drains the channel has done with it. A function that is
// sent on a channel of the sending function's own runs where that is drained:
// there, or in a goroutine that is waited for like any other. Of a job that
// others drain it is the channels on which they answer.
func (x *Index) addDrained(l *Launch, send *ast.SendStmt) {
	ch := x.sentOn(send)
	if ch == nil {
		return
	}
	if !isFuncType(x.pkg.Info.TypeOf(send.Value)) {
		if l.Body != nil {
			for _, answer := range x.answers(l.Body, 0) {
				l.roots[answer] = true
			}
		}
		return
	}
	l.roots[ch] = true
	for _, other := range x.byRoot[l.Func.Root()] {
		if other == l || other.Kind == Sent || other.Body == nil || l.Func.Inside(other.Body) {
			continue // what sends is not what drains
		}
		hand := make(map[types.Object]bool)
		if x.addRoots(other, hand); hand[ch] {
			for obj := range hand {
				l.roots[obj] = true
			}
		}
	}
}

// sentOn returns the variable or field with the channel of a send: for a
// parameter of a literal that is called where it stands, what that is given.
func (x *Index) sentOn(send *ast.SendStmt) *types.Var {
	ch := originVar(x.pkg.VarOf(send.Chan))
	for range maxHelpers {
		if ch == nil || !x.local(ch) {
			break
		}
		f := x.Flow.Owner(ch)
		if f == nil || f.Obj != nil || f.Cursor.ParentEdgeKind() != edge.CallExpr_Fun {
			break
		}
		slot, ok := f.SlotOf(ch)
		if !ok {
			break
		}
		arg, ok := ctxflow.Argument(f.Cursor.Parent().Node().(*ast.CallExpr), slot)
		if !ok {
			break
		}
		ch = originVar(x.pkg.VarOf(arg))
	}
	return ch
}

// collects reports whether a call takes what the work sends: it is of a method
// of something the work has in hand, and receives from a field on which the
// work sends. Where one of them is the method of an interface, it is what those
// do who implement that here.
func (l *Launch) collects(call *ast.CallExpr) bool {
	x := l.index
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || call == l.Call || x.pkg.Info.Selections[sel] == nil {
		return false
	}
	if root := x.root(sel.X); root == nil || !l.inHand()[root] || len(l.answered()) == 0 {
		return false
	}
	return slices.ContainsFunc(x.bodies(x.pkg.Callee(call)), func(f *scope.Func) bool { return x.takes(f, l.answered(), 0) })
}

// answered returns the fields and package variables with the channels on which
// the work sends.
func (l *Launch) answered() []*types.Var {
	if l.answersRead {
		return l.answersOn
	}
	l.answersRead = true
	x := l.index
	if l.Body != nil {
		l.answersOn = x.answers(l.Body, 0)
	} else if l.Kind == Go && l.Call != nil {
		for _, f := range x.bodies(x.pkg.Callee(l.Call)) {
			l.answersOn = append(l.answersOn, x.answers(f, 0)...)
		}
	}
	return l.answersOn
}

// takes reports whether f, or a method that it calls, receives from one of the
// channels.
func (x *Index) takes(f *scope.Func, from []*types.Var, depth int) bool {
	found := false
	among := func(ch ast.Expr) bool {
		v := originVar(x.pkg.VarOf(ch))
		return v != nil && slices.Contains(from, v)
	}
	inOwn(f, func(n ast.Node) {
		if found {
			return
		}
		switch n := n.(type) {
		case *ast.UnaryExpr:
			found = n.Op == token.ARROW && among(n.X)
		case *ast.RangeStmt:
			found = among(n.X)
		case *ast.CallExpr:
			if depth < maxInline {
				found = slices.ContainsFunc(x.bodies(x.pkg.Callee(n)), func(g *scope.Func) bool { return g != f && x.takes(g, from, depth+1) })
			}
		}
	})
	return found
}

// bodies returns the functions of this package that a call of fn may run: fn
// itself, or the methods that implement it, if it is one of an interface of
// this package.
func (x *Index) bodies(fn *types.Func) []*scope.Func {
	if fn == nil {
		return nil
	}
	if f := x.pkg.Decl(fn); f != nil {
		return []*scope.Func{f}
	}
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() != x.pkg.Types || !types.IsInterface(recv.Type()) {
		return nil
	}
	type key struct{ fn *types.Func }
	return x.pkg.Memo(key{fn}, func() any {
		var out []*scope.Func
		for _, f := range x.pkg.Funcs {
			if f.Obj != nil && f.Obj.Name() == fn.Name() && !x.pkg.InTestFile(f.Node) && slices.Contains(x.implemented(f), fn) {
				out = append(out, f)
			}
		}
		return out
	}).([]*scope.Func)
}

// answers returns the fields and package variables with the channels on which
// f, or a method that it calls, sends, or which it closes.
func (x *Index) answers(f *scope.Func, depth int) []*types.Var {
	var out []*types.Var
	note := func(ch ast.Expr) {
		if v := originVar(x.pkg.VarOf(ch)); v != nil && !x.local(v) {
			out = append(out, v)
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			note(n.Chan)
		case *ast.CallExpr:
			if id := identOf(n.Fun); id != nil && id.Name == "close" && isBuiltin(x.pkg.Info, n) && len(n.Args) == 1 {
				note(n.Args[0])
			} else if depth < maxInline {
				for _, g := range x.bodies(x.pkg.Callee(n)) {
					if g != f {
						out = append(out, x.answers(g, depth+1)...)
					}
				}
			}
		}
		return true
	})
	return out
}

// waitsFor reports whether a literal calls Wait on one of the roots.
func (x *Index) waitsFor(lit *ast.FuncLit, roots map[types.Object]bool) bool {
	found := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && x.isWait(sel) {
				if obj := x.root(sel.X); obj != nil && roots[obj] {
					found = true
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && !x.isDone(n.X) {
				if obj := x.root(n.X); obj != nil && roots[obj] {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// feeds reports whether other work comes to its end only when this has closed a
// channel: it ranges over that, and nobody else closes it.
func (l *Launch) feeds(other *Launch) bool {
	x := l.index
	if l.Body == nil || l.Env == nil || other.Env == nil || l.Kind == Sent || other.Kind == Sent {
		return false
	}
	own := func(l *Launch, e ast.Expr) *types.Var {
		v := x.pkg.VarOf(e)
		if b, ok := l.Env.Bound[v]; ok && b.Func == l.Func {
			v = x.pkg.VarOf(b.Expr)
		}
		if v == nil || !x.local(v) {
			return nil
		}
		return v
	}
	found := false
	x.eachRun(other.Body, func(n ast.Node) {
		r, ok := n.(*ast.RangeStmt)
		if !ok || found {
			return
		}
		if _, ok := scope.Underlying(x.pkg.Info, r.X).(*types.Chan); !ok {
			return
		}
		if ch := own(other, r.X); ch != nil && l.Func.Inside(x.Flow.Owner(ch)) {
			found = x.closesLast(l.Body, func(e ast.Expr) bool { return own(l, e) == ch }) && x.closings(ch) <= 1
		}
	})
	return found
}

// closesLast reports whether f closes a channel when it is done: by a deferred
// call, or by its last statement.
func (x *Index) closesLast(f *scope.Func, is func(ast.Expr) bool) bool {
	for i, stmt := range f.Body.List {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if x.isClose(stmt.Call) && is(stmt.Call.Args[0]) {
				return true
			}
			if lit, ok := ast.Unparen(stmt.Call.Fun).(*ast.FuncLit); ok && x.closesLast(x.pkg.FuncOf(lit), is) {
				return true
			}
		case *ast.ExprStmt:
			if call, ok := stmt.X.(*ast.CallExpr); ok && i == len(f.Body.List)-1 && x.isClose(call) && is(call.Args[0]) {
				return true
			}
		}
	}
	return false
}

func (x *Index) isClose(call *ast.CallExpr) bool {
	id := identOf(call.Fun)
	return id != nil && id.Name == "close" && isBuiltin(x.pkg.Info, call) && len(call.Args) == 1
}

// closings returns at how many places a channel is closed by its name.
func (x *Index) closings(ch *types.Var) int {
	n := 0
	for _, cur := range x.pkg.Uses(ch) {
		if cur.ParentEdgeKind() == edge.CallExpr_Args && x.isClose(cur.Parent().Node().(*ast.CallExpr)) {
			n++
		}
	}
	return n
}

// waitable reports whether a value of the type can be waited for.
func waitable(t types.Type) bool {
	return chanOf(t) != nil || otelapi.IsGroup(t)
}

func chanOf(t types.Type) *types.Chan {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	c, _ := t.Underlying().(*types.Chan)
	return c
}

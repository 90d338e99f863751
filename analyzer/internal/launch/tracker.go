package launch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// InRequest says whether the launching function serves a request. A
// literal that somebody keeps runs when that one decides, so nothing around it
// counts.
func (l *Launch) InRequest() Request {
	x := l.index
	for f := l.Func; f != nil; f = f.Outer {
		if slot, ok := otelapi.HandlerSlot(f.Sig); ok {
			return x.Request(f, f.Slot(slot))
		}
		if _, ok := x.registered(f); ok {
			return Proven
		}
		for i := range f.Sig.Params().Len() {
			p := f.Sig.Params().At(i)
			if !ctxflow.Carries(p.Type()) {
				continue
			}
			if r := x.Request(f, p); r != NotRequest {
				return r
			}
		}
		if f.Obj == nil && len(x.byBody[f]) == 0 && !x.runsInline(f) {
			return NotRequest
		}
	}
	return NotRequest
}

// Tracked reports whether somebody can tell when the work is done, groups
// apart (see CountedBy): the launching function of others that tracks it, a
// pool, something acquired before the launch that the work gives back, a
// channel that somebody receives from, a registry that somebody polls.
func (l *Launch) Tracked() bool {
	x := l.index
	if l.tracked {
		return true
	}
	if l.Kind == Pooled && l.Group == nil {
		return true // the pool's owner waits for the pool
	}
	if l.Kind == Helped {
		sum := x.table.Call(l.Call)
		for i := range l.Call.Args {
			if sum.SlotAt(x.slot(l.Call, i)).Func&summary.Tracked != 0 {
				return true
			}
		}
	}
	if l.Body == nil {
		return false
	}
	t := &tracking{l: l, x: x, seen: make(map[*scope.Func]bool)}
	t.body(l.Body, 0)
	return t.found
}

// A tracking looks for what launched work gives back.
type tracking struct {
	l     *Launch
	x     *Index
	seen  map[*scope.Func]bool
	found bool
}

// body looks at what runs as part of f, a function of the work.
func (t *tracking) body(f *scope.Func, depth int) {
	if t.seen[f] || depth > maxInline || t.found {
		return
	}
	t.seen[f] = true
	x := t.x
	x.eachRun(f, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.DeferStmt:
			if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
				ast.Inspect(lit.Body, func(m ast.Node) bool {
					if call, ok := m.(*ast.CallExpr); ok {
						t.deferred(call)
					}
					return true
				})
			} else {
				t.deferred(n.Call)
			}
		case *ast.SendStmt:
			t.channel(n.Chan)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && !x.isDone(n.X) {
				t.slot(n.X)
			}
		case *ast.IncDecStmt:
			t.registry(n.X)
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				t.registry(lhs)
			}
		case *ast.CallExpr:
			t.call(n, depth)
		}
	})
}

func (t *tracking) call(call *ast.CallExpr, depth int) {
	x := t.x
	if id := identOf(call.Fun); id != nil && isBuiltin(x.pkg.Info, call) {
		switch {
		case id.Name == "close" && len(call.Args) == 1:
			t.channel(call.Args[0])
		case id.Name == "delete" && len(call.Args) == 2:
			t.registry(call.Args[0])
		}
		return
	}
	fn := x.pkg.Callee(call)
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn != nil && fn.Pkg() != nil {
		switch fn.Pkg().Path() {
		case "sync/atomic", "sync":
			t.registry(sel.X)
			for _, arg := range call.Args {
				t.registry(arg) // atomic.AddInt64(&s.active, -1)
			}
		case "golang.org/x/sync/semaphore":
			t.slot(sel.X)
		}
	}
	if callee := x.pkg.Decl(fn); callee != nil {
		t.body(callee, depth+1)
	}
}

// source returns the variable behind an expression of the work: what a
// parameter was given, where that is known. It is nil for what the work made.
func (t *tracking) source(e ast.Expr) *types.Var {
	v := t.x.groupVar(e)
	if v == nil {
		return nil
	}
	if b, ok := t.l.Env.Bound[v]; ok {
		return t.x.groupVar(b.Expr)
	}
	if !v.IsField() && t.x.within(t.l.Body, v) {
		return nil
	}
	return v
}

// channel judges a channel that the work fills or closes.
func (t *tracking) channel(e ast.Expr) {
	v := t.source(e)
	if v == nil {
		if t.outer(e) {
			t.found = true // an element or a result: others hold it as well
		}
		return
	}
	if a := t.x.Awaited(v).Await; a == Somewhere || a == Elsewhere {
		t.found = true
	}
}

// outer reports whether the base of an expression without a variable of its
// own comes from outside the work.
func (t *tracking) outer(e ast.Expr) bool {
	v, ok := t.x.root(e).(*types.Var)
	if !ok {
		return false
	}
	return !t.x.within(t.l.Body, v) || t.l.Env.Bound[v].Expr != nil
}

// registry judges what the work leaves when it is done: it tracks if somebody
// asks in a loop whether it is empty.
func (t *tracking) registry(e ast.Expr) {
	if ix, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		e = ix.X
	}
	if v := t.source(e); v != nil && t.x.polled(v, t.l.Body) {
		t.found = true
	}
}

// slot judges a semaphore that the work gives back: it tracks if somebody
// takes all of its slots.
func (t *tracking) slot(e ast.Expr) {
	if v := t.source(e); v != nil && t.x.drained(v, t.l) {
		t.found = true
	}
}

// deferred judges a deferred call of the work: it tracks if it gives back
// what was acquired before the launch.
func (t *tracking) deferred(call *ast.CallExpr) {
	x := t.x
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		v, ok := x.pkg.Info.ObjectOf(fun).(*types.Var)
		if !ok || otelapi.IsCancel(v.Type()) {
			return
		}
		if b, ok := t.l.Env.Bound[v]; ok {
			if v = x.pkg.VarOf(b.Expr); v == nil || otelapi.IsCancel(v.Type()) {
				return
			}
		} else if x.within(t.l.Body, v) {
			return
		}
		if x.isParam(v) {
			t.found = true // whoever gave it is told
			return
		}
		if t.returnedRelease(v) {
			t.found = true
		}
	case *ast.SelectorExpr:
		fn, ok := x.pkg.Info.ObjectOf(fun.Sel).(*types.Func)
		if !ok || !x.tracks(fn) {
			return
		}
		if v := t.source(fun.X); v != nil && t.acquired(v, fn, call) {
			t.found = true
		}
	}
}

// returnedRelease reports whether a variable holds a function that a call
// before the launch has returned, and that neither ends a span nor cancels.
func (t *tracking) returnedRelease(v *types.Var) bool {
	x := t.x
	for _, cur := range x.pkg.Uses(v) {
		if cur.Node().Pos() != v.Pos() || cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
			continue
		}
		assign := cur.Parent().Node().(*ast.AssignStmt)
		rhs, i, ok := pick(cur.ParentEdgeIndex(), len(assign.Lhs), assign.Rhs)
		if !ok {
			return false
		}
		call, ok := ast.Unparen(rhs).(*ast.CallExpr)
		if !ok {
			sel, ok := ast.Unparen(rhs).(*ast.SelectorExpr)
			return ok && x.pkg.Info.Selections[sel] != nil // a method value
		}
		if sum := x.table.Call(call); sum != nil && sum.ResultAt(i).End {
			return false
		}
		for _, lhs := range assign.Lhs {
			if ty := x.pkg.Info.TypeOf(lhs); ty != nil && ctxflow.Carries(ty) {
				return false // it ends what was done to the context
			}
		}
		return true
	}
	return false
}

// tracks reports whether a method may give something back: it is not one that
// logs, measures, locks, closes or ends a span.
func (x *Index) tracks(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() == nil || otelapi.ReadsOnly(fn) || x.pkg.Tracers.IsSpan(recv.Type()) || ctxflow.Carries(recv.Type()) {
		return false
	}
	switch fn.Pkg().Path() {
	case "sync", "sync/atomic", "golang.org/x/sync/semaphore", "time", "context":
		return false // judged by what others do with them
	}
	if sum := x.table.Callee(fn); sum != nil && sum.SlotAt(scope.Receiver).Span != 0 {
		return false
	}
	sig := fn.Signature()
	closes := fn.Name() == "Close" && sig.Params().Len() == 0
	return !closes
}

// acquired reports whether another method of the same object is called before
// the launch, with an argument that the deferred call shares if it has any.
func (t *tracking) acquired(v *types.Var, release *types.Func, deferred *ast.CallExpr) bool {
	x := t.x
	shared := make(map[*types.Var]bool)
	for _, arg := range deferred.Args {
		if w := t.source(arg); w != nil {
			shared[w] = true
		}
	}
	self := v == t.l.Func.Root().Recv()
	found := false
	for f := t.l.Func; f != nil; f = f.Outer {
		inOwn(f, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok || found || call.Pos() >= t.l.Node.Pos() {
				return
			}
			sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
			if !ok || x.groupVar(sel.X) != v || sel.Sel.Name == release.Name() {
				return
			}
			fn, ok := x.pkg.Info.ObjectOf(sel.Sel).(*types.Func)
			if !ok || !x.tracks(fn) {
				return
			}
			if len(shared) == 0 && !self {
				found = true
			}
			for _, arg := range call.Args {
				found = found || shared[x.groupVar(arg)]
			}
			if cur, ok := x.pkg.Cursor(call); ok {
				// task := r.begin(id); go func() { defer r.end(task) }()
				if assign, ok := cur.Parent().Node().(*ast.AssignStmt); ok {
					for _, lhs := range assign.Lhs {
						found = found || shared[x.groupVar(lhs)]
					}
				}
			}
		})
	}
	return found
}

// polled reports whether a loop outside of the work asks for a variable: in
// its condition, or in one on which it is left.
func (x *Index) polled(v *types.Var, work *scope.Func) bool {
	for _, cur := range x.pkg.Uses(v) {
		if x.pkg.InTestFile(cur.Node()) {
			continue
		}
		f := x.pkg.Enclosing(cur)
		if f == nil || f.Inside(work) || !x.Live(f) {
			continue
		}
		if leavesLoop(cur) {
			return true
		}
	}
	return false
}

// leavesLoop reports whether a loop around an expression ends by what the
// expression says.
func leavesLoop(cur inspector.Cursor) bool {
	decides := false
	for c := cur; ; c = c.Parent() {
		switch c.ParentEdgeKind() {
		case edge.ForStmt_Cond:
			return true
		case edge.IfStmt_Cond:
			body := c.Parent().Node().(*ast.IfStmt).Body.List
			if len(body) > 0 {
				switch body[len(body)-1].(type) {
				case *ast.ReturnStmt, *ast.BranchStmt:
					decides = true
				}
			}
		case edge.ForStmt_Body:
			if decides {
				return true
			}
		case edge.FuncDecl_Body, edge.FuncLit_Body, edge.Invalid:
			return false
		}
	}
}

// drained reports whether somebody takes all slots of a semaphore: sends to a
// channel in a loop that launches nothing, or acquires more than one at once.
func (x *Index) drained(v *types.Var, l *Launch) bool {
	for _, cur := range x.pkg.Uses(v) {
		if x.pkg.InTestFile(cur.Node()) {
			continue
		}
		f := x.pkg.Enclosing(cur)
		if f == nil || f.Inside(l.Body) || !x.Live(f) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.SendStmt_Chan:
			for c := cur; c.ParentEdgeKind() != edge.Invalid; c = c.Parent() {
				k := c.ParentEdgeKind()
				if k == edge.FuncDecl_Body || k == edge.FuncLit_Body {
					break
				}
				if (k == edge.ForStmt_Body || k == edge.RangeStmt_Body) && !x.launchesIn(c.Node()) {
					return true
				}
			}
		case edge.SelectorExpr_X:
			sel := cur.Parent()
			if sel.ParentEdgeKind() != edge.CallExpr_Fun || sel.Node().(*ast.SelectorExpr).Sel.Name != "Acquire" {
				continue
			}
			call := sel.Parent().Node().(*ast.CallExpr)
			if len(call.Args) != 2 {
				continue
			}
			n := x.pkg.Info.Types[call.Args[1]].Value
			if n == nil || constant.Compare(n, token.GTR, constant.MakeInt64(1)) {
				return true
			}
		}
	}
	return false
}

func (x *Index) launchesIn(n ast.Node) bool {
	for _, l := range x.launches {
		if n.Pos() <= l.Node.Pos() && l.Node.End() <= n.End() {
			return true
		}
	}
	return false
}

// Watches reports whether the work begins by waiting for something to end: a
// context, or a channel that is closed. Such work does what has to be done
// then, and its end is that of what it watches.
func (l *Launch) Watches() bool {
	x := l.index
	if l.Kind == Later && l.Call != nil {
		if fn := x.pkg.Callee(l.Call); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "context" {
			return true // context.AfterFunc
		}
	}
	if l.Body == nil {
		return false
	}
	return x.watches(l.Body, 0)
}

// watches reports whether f, or the first thing it calls, begins by waiting
// for an end.
func (x *Index) watches(f *scope.Func, depth int) bool {
	for _, stmt := range f.Body.List {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt, *ast.DeclStmt:
			continue
		case *ast.ExprStmt:
			return x.endsWait(stmt.X) || x.callWatches(stmt.X, depth)
		case *ast.AssignStmt:
			return len(stmt.Rhs) == 1 && x.callWatches(stmt.Rhs[0], depth)
		case *ast.IfStmt: // if err := wait(c); err != nil
			init, ok := stmt.Init.(*ast.AssignStmt)
			return ok && len(init.Rhs) == 1 && x.callWatches(init.Rhs[0], depth)
		case *ast.ReturnStmt:
			return len(stmt.Results) == 1 && x.callWatches(stmt.Results[0], depth)
		case *ast.SelectStmt:
			return x.selectWatches(stmt)
		default:
			return false
		}
	}
	return false
}

func (x *Index) callWatches(e ast.Expr, depth int) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || depth >= maxInline {
		return false
	}
	callee := x.pkg.Decl(x.pkg.Callee(call))
	return callee != nil && x.watches(callee, depth+1)
}

func (x *Index) selectWatches(s *ast.SelectStmt) bool {
	found := false
	for _, clause := range s.Body.List {
		switch comm := clause.(*ast.CommClause).Comm.(type) {
		case nil:
			return false // a default: it only looks
		case *ast.ExprStmt:
			found = found || x.endsWait(comm.X)
		}
	}
	return found
}

// endsWait reports whether an expression waits until a context is done, or a
// channel that carries nothing is closed.
func (x *Index) endsWait(e ast.Expr) bool {
	u, ok := ast.Unparen(e).(*ast.UnaryExpr)
	if !ok || u.Op != token.ARROW {
		return false
	}
	if x.isDone(u.X) {
		return true
	}
	ch := chanOf(x.pkg.Info.TypeOf(u.X))
	if ch == nil {
		return false
	}
	st, ok := ch.Elem().Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}

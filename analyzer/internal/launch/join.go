package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Outlives reports whether the work can go on after f, a function around the
// launch, has returned.
func (l *Launch) Outlives(f *scope.Func) bool {
	joined := l.JoinedIn()
	if joined == nil {
		return true
	}
	if f.Inside(joined) && f != joined {
		return true // waited for only further out
	}
	// The work is confined to joined; so is joined to f, unless it is itself
	// launched somewhere in between.
	for g := joined; g != nil && g != f; g = g.Outer {
		for _, outer := range l.index.byBody[g] {
			if outer != l && outer.Outlives(f) {
				return true
			}
		}
	}
	return false
}

// JoinedIn returns the innermost function around the launch that waits for
// the work on every path, nil if none does.
func (l *Launch) JoinedIn() *scope.Func {
	node := l.Node
	for f := l.Func; f != nil; f = f.Outer {
		if l.joinedFrom(f, node) {
			return f
		}
		node = f.Node
	}
	if l.collected() {
		return l.Func
	}
	return l.joinedByReader()
}

// collected reports whether the helper that launches the work also returns the
// function that collects what comes of it, and the launching function calls
// that: join, of fork, join, cancel := forkjoin.New(ctx, work).
func (l *Launch) collected() bool {
	if l.Kind != Helped {
		return false
	}
	x := l.index
	for i := range x.resultCount(l.Call) {
		v := x.Flow.Result(l.Call, i)
		if v == nil {
			continue
		}
		sig, ok := v.Type().Underlying().(*types.Signature)
		if !ok || sig.Results().Len() == 0 || chanOf(sig.Results().At(0).Type()) == nil {
			continue
		}
		for _, cur := range x.pkg.Uses(v) {
			if cur.ParentEdgeKind() == edge.CallExpr_Fun && x.pkg.Enclosing(cur) == l.Func {
				return true
			}
		}
	}
	return false
}

// resultCount returns how many results a call has.
func (x *Index) resultCount(call *ast.CallExpr) int {
	switch t := x.pkg.Info.TypeOf(call).(type) {
	case nil:
		return 0
	case *types.Tuple:
		return t.Len()
	}
	return 1
}

// joinedFrom reports whether every path from node to an exit of f waits.
func (l *Launch) joinedFrom(f *scope.Func, node ast.Node) bool {
	g := f.Graph()
	p, ok := g.At(node)
	if !ok {
		return true // dead code launches nothing
	}
	if l.waits(p.Node()) && p.Node() != l.Node {
		return true // return g.Wait() with the launch inside, and the like
	}
	_, open := g.Exit(p, path.Search{Stop: l.waits, Edge: l.accepted})
	if _, last := p.Node().(*ast.ReturnStmt); !open && !last {
		return true
	}
	// A wait that was deferred earlier runs at every exit.
	return l.deferredBefore(f, p)
}

func (l *Launch) deferredBefore(f *scope.Func, p path.Point) bool {
	found := false
	inOwn(f, func(n ast.Node) {
		d, ok := n.(*ast.DeferStmt)
		if !ok || found || !l.waits(d) {
			return
		}
		if q, ok := f.Graph().At(d); ok && f.Graph().Dominates(q, p) {
			found = true
		}
	})
	return found
}

// WaitBefore reports whether every path from the launch to the node, in the
// launching function, waits for the work first.
func (l *Launch) WaitBefore(n ast.Node) bool {
	g := l.Func.Graph()
	p, ok := g.At(l.Node)
	q, ok2 := g.At(n)
	if !ok || !ok2 {
		return true
	}
	_, open := g.Reach(p, func(m ast.Node) bool { return m == q.Node() },
		path.Search{Stop: func(m ast.Node) bool { return m != q.Node() && l.waits(m) }, Edge: l.accepted})
	return !open
}

// JoinedBefore reports whether the work is waited for before a deferred call
// of the launching function runs: by hand on every path, or by a wait that was
// deferred later, since deferred calls run last in, first out.
func (l *Launch) JoinedBefore(call *ast.DeferStmt) bool {
	g := l.Func.Graph()
	p, ok := g.At(l.Node)
	if !ok {
		return true
	}
	_, open := g.Exit(p, path.Search{Stop: func(n ast.Node) bool {
		d, deferred := n.(*ast.DeferStmt)
		return l.waits(n) && (!deferred || d.Pos() > call.Pos())
	}, Edge: l.accepted})
	if !open {
		return true
	}
	d := l.DeferredWait(l.Func)
	return d != nil && d.Pos() > call.Pos()
}

// MayReceive reports whether the launching function takes the results of the
// work, on some path: the one from a buffered channel of its own, or all of
// them, by a range over a channel. Where it returns without, nobody wants the
// results, and nothing else is shared.
func (l *Launch) MayReceive() bool {
	if !l.MayJoin() {
		return false
	}
	for obj := range l.inHand() {
		if l.mayTake(obj.(*types.Var)) {
			return true
		}
	}
	return slices.ContainsFunc(l.placed(), l.mayTake)
}

// mayTake reports whether the launching function takes from something of its
// own what the work has put there.
func (l *Launch) mayTake(v *types.Var) bool {
	x := l.index
	rhs, f, ok := x.Flow.Single(v)
	if !ok || f == nil || !l.Func.Inside(f) {
		return false
	}
	if x.answersInBuffer(v, rhs, l.Func) {
		return true
	}
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	return ok && isBuiltin(x.pkg.Info, call) && chanOf(v.Type()) != nil && (len(call.Args) == 2 || x.ranged(v, l.Func))
}

// answersInBuffer reports whether f receives from a buffered channel in a field
// of v, with which v was made: a tracker, a future, a job.
func (x *Index) answersInBuffer(v *types.Var, made ast.Expr, f *scope.Func) bool {
	for field := range x.bufferedFields(made, 0) {
		for _, cur := range x.pkg.Uses(field) {
			if cur.ParentEdgeKind() != edge.SelectorExpr_Sel || !x.pkg.Enclosing(cur).Inside(f) {
				continue
			}
			recv := cur.Parent()
			u, ok := recv.Parent().Node().(*ast.UnaryExpr)
			if ok && u.Op == token.ARROW && x.root(u.X) == types.Object(v) {
				return true
			}
		}
	}
	return false
}

// bufferedFields returns the fields that a literal, or the constructor of this
// package that returns one, gives a buffered channel.
func (x *Index) bufferedFields(made ast.Expr, depth int) map[*types.Var]bool {
	made = ast.Unparen(made)
	if u, ok := made.(*ast.UnaryExpr); ok && u.Op == token.AND {
		made = ast.Unparen(u.X)
	}
	out := make(map[*types.Var]bool)
	switch made := made.(type) {
	case *ast.CompositeLit:
		for _, elt := range made.Elts {
			kv, ok := elt.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			call, ok := ast.Unparen(kv.Value).(*ast.CallExpr)
			if field := originVar(x.pkg.VarOf(kv.Key)); ok && field != nil && isBuiltin(x.pkg.Info, call) && len(call.Args) == 2 && chanOf(field.Type()) != nil {
				out[field] = true
			}
		}
	case *ast.CallExpr:
		f := x.pkg.Decl(x.pkg.Callee(made))
		if f == nil || depth > maxInline {
			break
		}
		for _, ret := range f.Graph().Exits() {
			if len(ret.Results) > 0 {
				for field := range x.bufferedFields(ret.Results[0], depth+1) {
					out[field] = true
				}
			}
		}
	case *ast.Ident:
		if v := x.pkg.VarOf(made); v != nil && x.local(v) && depth <= maxInline {
			if rhs, _, ok := x.Flow.Single(v); ok && rhs != nil {
				return x.bufferedFields(rhs, depth+1)
			}
		}
	}
	return out
}

// ranged reports whether f itself ranges over a channel.
func (x *Index) ranged(ch *types.Var, f *scope.Func) bool {
	for _, cur := range x.pkg.Uses(ch) {
		if cur.ParentEdgeKind() == edge.RangeStmt_X && x.pkg.Enclosing(cur) == f {
			return true
		}
	}
	return false
}

// DeferredWait returns the last deferred statement of f that waits for the
// work, nil if there is none.
func (l *Launch) DeferredWait(f *scope.Func) *ast.DeferStmt {
	var found *ast.DeferStmt
	inOwn(f, func(n ast.Node) {
		if d, ok := n.(*ast.DeferStmt); ok && l.waits(d) {
			found = d // the last one runs first
		}
	})
	return found
}

// accepted reports whether the work can be under way on an edge. A pool that
// returns an error has refused the work, and nobody needs to wait for it.
func (l *Launch) accepted(cond ast.Expr, outcome bool) bool {
	err := l.refusal()
	if err == nil {
		return true
	}
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ && b.Op != token.EQL {
		return true
	}
	info := l.index.pkg.Info
	asks := func(e, other ast.Expr) bool {
		tv := info.Types[other]
		return tv.IsNil() && l.index.pkg.VarOf(e) == err
	}
	if !asks(b.X, b.Y) && !asks(b.Y, b.X) {
		return true
	}
	return outcome != (b.Op == token.NEQ)
}

// refusal returns the variable that has the error of the launching call.
func (l *Launch) refusal() *types.Var {
	if l.Kind != Pooled && l.Kind != Helped {
		return nil
	}
	last, n := l.index.pkg.Info.TypeOf(l.Call), 1
	if t, ok := last.(*types.Tuple); ok {
		if n = t.Len(); n == 0 {
			return nil
		}
		last = t.At(n - 1).Type()
	}
	if last == nil || !types.Identical(last, types.Universe.Lookup("error").Type()) {
		return nil
	}
	return l.index.Flow.Result(l.Call, n-1)
}

// LastThing reports whether the launching function does nothing more after the
// launch than to launch other work and to return, on every path.
func (l *Launch) LastThing() bool { return l.index.last(l.Func, l.Node) }

// LastCall reports whether f does nothing more after a call than to return, on
// every path.
func (x *Index) LastCall(f *scope.Func, call *ast.CallExpr) bool { return x.last(f, call) }

func (x *Index) last(f *scope.Func, n ast.Node) bool {
	g := f.Graph()
	p, ok := g.At(n)
	if !ok {
		return false
	}
	_, more := g.Reach(p, func(n ast.Node) bool { return n != p.Node() && x.busy(n) }, path.Search{})
	return !more
}

// busy reports whether a node of a graph does anything but to return, assign,
// launch or say something: it calls, sends or receives.
func (x *Index) busy(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt:
			for _, arg := range m.Call.Args {
				found = found || x.busy(arg)
			}
			return false
		case *ast.SelectStmt, *ast.SendStmt, *ast.DeferStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || m.Op == token.ARROW
		case *ast.CallExpr:
			tv := x.pkg.Info.Types[m.Fun]
			found = found || !tv.IsType() && !tv.IsBuiltin() && !otelapi.ReadsOnly(x.pkg.Callee(m))
		}
		return !found
	})
	return found
}

// MayJoin reports whether the launching function waits for the work on some
// path: until a timeout, say, or unless something has failed.
func (l *Launch) MayJoin() bool {
	g := l.Func.Graph()
	p, ok := g.At(l.Node)
	if !ok {
		return true
	}
	_, found := g.Reach(p, func(n ast.Node) bool { return l.waits(n) || l.mayWait(n) }, path.Search{})
	return found || l.DeferredWait(l.Func) != nil
}

// mayWait reports whether a node calls a function that waits on some path for a
// channel which the work has in hand: for the first of several, say.
func (l *Launch) mayWait(n ast.Node) bool {
	x, found := l.index, false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.GoStmt, *ast.FuncLit:
			return false
		case *ast.CallExpr:
			sum := x.table.Call(m)
			for i, arg := range m.Args {
				if sum.SlotAt(x.slot(m, i)).Group&summary.MayReceive != 0 && l.has(arg) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Contributor returns what adds launches, contexts, function values and
// groups to the summaries of one package.
func Contributor() summary.Contributor {
	var x *Index
	return func(t *summary.Table, f *scope.Func, sum *summary.Func) {
		if x == nil || x.table != t {
			x = index(t)
		}
		if f == t.Pkg.Funcs[len(t.Pkg.Funcs)-1] {
			x.Refresh() // a new round, and summaries have grown
		}
		x.contexts(f, sum)
		x.losses(f, sum)
		sum.Hides = x.hides(f)
		x.functions(f, sum)
		x.groups(f, sum)
		x.failures(f, sum)
		x.results(f, sum)
		sum.Endless = sum.Endless || x.endless(f, true)
		sum.NoReturn = sum.NoReturn || f.Obj != nil && len(f.Graph().Exits()) == 0
	}
}

// contexts says what f does with the contexts it is given: in its own body,
// in its literals, in what it launches.
func (x *Index) contexts(f *scope.Func, sum *summary.Func) {
	if !hasCarrier(f) {
		return
	}
	note := func(values []ctxflow.Value, does summary.CtxUse) {
		for _, v := range values {
			if v.Origin != ctxflow.Param || v.Func != f {
				continue
			}
			slot, ok := f.SlotOf(v.Var)
			if !ok {
				continue
			}
			d := does &^ lossBits
			if v.Detached() && d&(summary.Works|summary.Outlives) != 0 {
				d = d&^(summary.Works|summary.Outlives) | summary.Detaches
			}
			sum.Slots[slot+1].Ctx |= d
		}
	}
	for _, g := range x.inside(f) {
		l := x.outliving(g, f)
		launched := make(map[ast.Node]bool) // calls of go statements, which come below
		inOwn(g, func(n ast.Node) {
			if stmt, ok := n.(*ast.GoStmt); ok {
				launched[stmt.Call] = true
			}
			call, ok := n.(*ast.CallExpr)
			if launched[n] {
				return
			}
			if !ok {
				x.stores(n, func(e ast.Expr) { note(x.Flow.Eval(e, g, nil), summary.Stores) })
				return
			}
			for _, u := range x.usesOf(call, g, nil) {
				does := u.Does
				if l != nil && does&(summary.Works|summary.Reads) != 0 {
					if does&summary.Works != 0 || l.Kind == Sent && reachesErr(u) {
						does |= summary.Outlives
					}
					does &^= summary.Works
				}
				note(u.Values, does)
			}
		})
	}
	// What a function launches by name, or sends, has its uses elsewhere.
	for _, l := range x.byRoot[f.Root()] {
		if !l.Func.Inside(f) || l.Body != nil && l.Body.Inside(f) {
			continue
		}
		outlives := l.Outlives(f)
		for _, u := range l.Uses() {
			does := u.Does
			if outlives && does&summary.Works != 0 {
				does = does&^summary.Works | summary.Outlives
			}
			note(u.Values, does)
		}
	}
}

// inside returns f and the literals in it, at any depth.
func (x *Index) inside(f *scope.Func) []*scope.Func {
	type key struct{}
	inner := x.pkg.Memo(key{}, func() any {
		inner := make(map[*scope.Func][]*scope.Func)
		for _, g := range x.pkg.Funcs {
			for h := g; h != nil; h = h.Outer {
				inner[h] = append(inner[h], g)
			}
		}
		return inner
	}).(map[*scope.Func][]*scope.Func)
	return inner[f]
}

func reachesErr(u Use) bool { return u.Callee != nil && u.Callee.Name() == "Err" }

// outliving returns the launch between g and f whose work outlives f.
func (x *Index) outliving(g, f *scope.Func) *Launch {
	for ; g != nil && g != f; g = g.Outer {
		for _, l := range x.byBody[g] {
			if l.Kind != Shared && l.Outlives(f) {
				return l
			}
		}
	}
	return nil
}

func hasCarrier(f *scope.Func) bool {
	for i := scope.Receiver; i < f.Sig.Params().Len(); i++ {
		if v := f.Slot(i); v != nil && ctxflow.Carries(v.Type()) {
			return true
		}
	}
	return false
}

// stores finds contexts that a node puts into a field or a struct that is
// sent, returned or handed on.
func (x *Index) stores(n ast.Node, found func(ast.Expr)) {
	carrier := func(e ast.Expr) bool {
		t := x.pkg.Info.TypeOf(e)
		return t != nil && otelapi.ImplementsContext(t)
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) != len(n.Rhs) {
			return
		}
		for i, lhs := range n.Lhs {
			if v := x.pkg.VarOf(lhs); v != nil && scope.Lasts(v) && carrier(n.Rhs[i]) {
				found(n.Rhs[i])
			}
		}
	case *ast.CompositeLit:
		cur, ok := x.pkg.Cursor(n)
		if !ok || !x.escapes(cur) {
			return
		}
		for _, elt := range n.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if carrier(elt) {
				found(elt)
			}
		}
	}
}

// escapes reports whether a literal is returned or put into a field: what it
// holds is then held for longer than the call.
func (x *Index) escapes(cur inspector.Cursor) bool {
	for {
		switch cur.ParentEdgeKind() {
		case edge.UnaryExpr_X, edge.ParenExpr_X:
			cur = cur.Parent()
			continue
		case edge.ReturnStmt_Results:
			return true
		case edge.AssignStmt_Rhs:
			assign := cur.Parent().Node().(*ast.AssignStmt)
			i := cur.ParentEdgeIndex()
			if len(assign.Lhs) != len(assign.Rhs) || i >= len(assign.Lhs) {
				return false
			}
			v := x.pkg.VarOf(assign.Lhs[i])
			if v == nil {
				return false
			}
			if v.IsField() {
				return true
			}
			return x.returned(v)
		}
		return false
	}
}

// returned reports whether a local variable is itself returned.
func (x *Index) returned(v *types.Var) bool {
	for _, cur := range x.pkg.Uses(v) {
		if cur.ParentEdgeKind() == edge.ReturnStmt_Results {
			return true
		}
	}
	return false
}

// sharedAround reports whether g is in work of f that is shared, so that those
// who come later depend on the context of the first. Where they try again they
// do not.
func (x *Index) sharedAround(g, f *scope.Func) bool {
	for ; g != nil && g != f; g = g.Outer {
		for _, l := range x.byBody[g] {
			if l.Kind == Shared && !l.Retried() {
				return true
			}
		}
	}
	return false
}

// counts reports whether a group counts the launched work: its receiver, or
// one on which the work calls Done.
func (x *Index) counts(l *Launch) bool {
	if l.Group != nil {
		return true
	}
	if l.Body == nil {
		return false
	}
	found := false
	ast.Inspect(l.Body.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && otelapi.IsGroup(x.pkg.Info.TypeOf(sel.X)) {
				found = true
			}
		}
		return !found
	})
	return found
}

// groups says which groups and channels f waits for.
func (x *Index) groups(f *scope.Func, sum *summary.Func) {
	for i := scope.Receiver; i < f.Sig.Params().Len(); i++ {
		p := f.Slot(i)
		if p == nil || p.Name() == "" || p.Name() == "_" {
			continue
		}
		if i != scope.Receiver && !waitable(p.Type()) {
			continue
		}
		if x.waitsFromEntry(f, p) {
			sum.Slots[i+1].Group |= summary.Waits
		}
		if i != scope.Receiver && x.counted(f, p) {
			sum.Slots[i+1].Group |= summary.Releases
		}
		if i != scope.Receiver && x.mayReceive(f, p) {
			sum.Slots[i+1].Group |= summary.MayReceive
		}
	}
}

// mayReceive reports whether f receives from a channel that it is given, or
// gives it to a function that does.
func (x *Index) mayReceive(f *scope.Func, ch *types.Var) bool {
	return chanOf(ch.Type()) != nil && slices.ContainsFunc(x.pkg.Uses(ch), func(cur inspector.Cursor) bool {
		if g := x.pkg.Enclosing(cur); g != f && (g == nil || !x.runsInline(g)) {
			return false
		}
		switch cur.ParentEdgeKind() {
		case edge.UnaryExpr_X:
			return cur.Parent().Node().(*ast.UnaryExpr).Op == token.ARROW
		case edge.RangeStmt_X:
			_, of := ch.Type().Underlying().(*types.Chan)
			return of
		case edge.CallExpr_Args:
			call := cur.Parent().Node().(*ast.CallExpr)
			if cur.Parent().ParentEdgeKind() == edge.GoStmt_Call {
				return false
			}
			return x.table.Call(call).SlotAt(x.slot(call, cur.ParentEdgeIndex())).Group&summary.MayReceive != 0
		}
		return false
	})
}

// counted reports whether f, or what it launches, tells a group that it is
// given that work is done.
func (x *Index) counted(f *scope.Func, group *types.Var) bool {
	for _, cur := range x.pkg.Uses(group) {
		if sel, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && cur.ParentEdgeKind() == edge.SelectorExpr_X && x.isDoneOf(sel) {
			return true
		}
	}
	for _, l := range x.byRoot[f.Root()] {
		if l.Group != nil && x.groupVar(l.Group) == group {
			return true
		}
	}
	return false
}

// waitsFromEntry reports whether every path through f waits for p, or for
// something in it.
func (x *Index) waitsFromEntry(f *scope.Func, p *types.Var) bool {
	l := &Launch{index: x, Func: f, Node: f.Body, roots: map[types.Object]bool{p: true}}
	uses := false
	inOwn(f, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			uses = uses || n.Op == token.ARROW && l.has(n.X)
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
				uses = uses || x.isWait(sel) && l.has(sel.X)
			}
		case *ast.RangeStmt:
			uses = uses || l.has(n.X)
		}
	})
	if !uses {
		return false
	}
	_, open := f.Graph().Exit(f.Graph().Entry(), path.Search{Stop: l.waits})
	return !open
}

// results says where the contexts come from that f returns.
func (x *Index) results(f *scope.Func, sum *summary.Func) {
	for i := range f.Sig.Results().Len() {
		if f.Obj != nil {
			sum.Results[i].Handle = x.handle(f, i)
		}
		if !ctxflow.Carries(f.Sig.Results().At(i).Type()) {
			continue
		}
		if c, ok := x.result(f, i); ok {
			c.Started = c.Started || sum.Results[i].Ctx.Started
			c.NewRoot = c.NewRoot || sum.Results[i].Ctx.NewRoot
			sum.Results[i].Ctx = c
		}
	}
}

func (x *Index) result(f *scope.Func, i int) (summary.CtxResult, bool) {
	var out summary.CtxResult
	var values []ctxflow.Value
	for _, ret := range f.Graph().Exits() {
		if len(ret.Results) == 0 {
			if v := f.Sig.Results().At(i); v.Name() != "" && v.Name() != "_" {
				values = append(values, x.Flow.EvalVar(v, ret, f)...)
				continue
			}
			return out, false
		}
		if len(ret.Results) == f.Sig.Results().Len() {
			if tv := x.pkg.Info.Types[ret.Results[i]]; tv.IsNil() {
				continue
			}
			values = append(values, x.Flow.Eval(ret.Results[i], f, nil)...)
		} else if call, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr); ok {
			values = append(values, x.Flow.EvalResult(call, i, f)...)
		}
	}
	if len(values) == 0 {
		return out, false
	}
	for n, v := range values {
		c := summary.CtxResult{Known: true, From: summary.FromNone, Detached: v.Detached(), Canceled: len(v.Cancels()) > 0, Appends: v.Appends}
		for _, s := range v.Cancels() {
			c.Ended = c.Ended || !s.Deadline
		}
		switch v.Origin {
		case ctxflow.Param:
			slot, ok := f.SlotOf(v.Var)
			if !ok || v.Func != f {
				return out, false
			}
			c.From = slot
		case ctxflow.Background:
		default:
			return out, false
		}
		if s, ok := v.Span(); ok && s.Kind == ctxflow.Starts {
			c.Started, c.NewRoot = true, s.NewRoot
		} else if ok {
			c.Carries = x.fromSlot(s.Call, f)
		}
		if n > 0 && c != out {
			// Paths differ: what holds for all of them.
			if c.From != out.From {
				return summary.CtxResult{}, false
			}
			c.Detached = c.Detached && out.Detached
			c.Canceled = c.Canceled || out.Canceled
			c.Ended = c.Ended || out.Ended
			c.Appends = c.Appends || out.Appends
			c.Started = c.Started && out.Started
			c.Carries = c.Carries && out.Carries
		}
		out = c
	}
	return out, true
}

// fromSlot reports whether the span, or what identifies one, that a call puts
// into a context is one that f was given: a parameter which is no context.
func (x *Index) fromSlot(call *ast.CallExpr, f *scope.Func) bool {
	for _, arg := range call.Args {
		if t := x.pkg.Info.TypeOf(arg); t == nil || ctxflow.Carries(t) {
			continue
		}
		if v, ok := x.root(arg).(*types.Var); ok && isParam(f, v) {
			return true
		}
	}
	return false
}

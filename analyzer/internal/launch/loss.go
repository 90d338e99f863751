package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Launched work that needs the context of a request loses it when the request
// has ended. One such fault is one finding, at the place where it can be
// mended: the launch, where the code around it shows that it serves a request;
// otherwise the call that hands a request's context over, however many
// functions and packages further out that is.

// lossBits are what a summary says about losses; they are not handed on from
// callee to caller like the rest of a slot, but judged anew by losses.
const lossBits = summary.Loses | summary.Spanless | summary.Settled | summary.Lasts | summary.Yields

// Loses says whether the work loses its context when the request ends whose
// context a value of a use is: NotRequest if it does not, or if nothing around
// the launch says that it serves one.
func (l *Launch) Loses(u Use, v ctxflow.Value) Request {
	if !l.mayLose(u, v) {
		return NotRequest
	}
	switch r := l.index.endsFor(v); r {
	case Proven:
		if !l.HandedOut() && !l.MayReceive() && !l.stoppedLater(v) {
			return r
		}
	case Presumed:
		if !l.spokenFor() && !l.Stopped(v, v.Func) && !l.Sits(v.Func) {
			return r
		}
	}
	return NotRequest
}

// endsFor is Request for a context that is of no use when the request has
// ended: it ends with it, or belongs to an object that serves the next one by
// then.
func (x *Index) endsFor(v ctxflow.Value) Request {
	if v.Pooled {
		return x.Request(v.Func, v.Var)
	}
	r, _ := x.Ending(v.Func, v.Var)
	return r
}

// Fate is what becomes of a request's context when the request has ended.
type Fate int

const (
	// Cancelled: the server cancels it.
	Cancelled Fate = iota
	// CancelledAround: what is wrapped around the handler does.
	CancelledAround
	// Reused: it is an object that serves another request then.
	Reused
)

// Fate says what becomes of a context that is lost.
func (l *Launch) Fate(v ctxflow.Value) Fate {
	if v.Pooled {
		return Reused
	}
	if _, ends := l.index.Ending(v.Func, v.Var); ends == otelapi.WithMiddleware {
		return CancelledAround
	}
	return Cancelled
}

// mayLose reports whether the work would lose a context that is a request's.
func (l *Launch) mayLose(u Use, v ctxflow.Value) bool {
	// A loop that ends with its context is stopped by the end of the request,
	// and one that is ended by a stream or a channel ends with that; a schedule
	// goes on without its context. Of a use
	// that starts a root span only the span's own context matters, and that is
	// judged where it is used.
	// What a closure has kept of the function that made it is as old as that.
	return v.Origin == ctxflow.Param && !v.Detached() && v.Func != l.Body && l.Func.Inside(v.Func) && !u.NewRoot &&
		(l.Repeated() || !l.Endless()) && l.Outlives(v.Func) && !l.countedForCaller() && !l.toldToEnd() && !l.waitSkipped() && !l.waitedOutside()
}

// Stopped reports whether f, or a function in it around the launch, defers a
// cancel without a deadline for the context: that is how it stops the work when
// it returns.
func (l *Launch) Stopped(v ctxflow.Value, f *scope.Func) bool {
	for _, s := range v.Cancels() {
		if s.Kind != ctxflow.Cancels || s.Deadline || s.Handle == nil || !l.Func.Inside(s.Func) || !s.Func.Inside(f) {
			continue
		}
		if _, ok := l.index.DeferredCall(s.Handle, s.Func); ok {
			return true
		}
	}
	return false
}

// stoppedLater reports whether the work is stopped by a deferred cancel of a
// function that goes on for a while after the launch.
func (l *Launch) stoppedLater(v ctxflow.Value) bool {
	for f := l.Func; f != nil && f.Inside(v.Func); f = f.Outer {
		if l.Stopped(v, f) {
			return l.Lingers(f)
		}
	}
	return false
}

// Bounded reports whether all that the work does with contexts ends when a
// function around the launch returns: each of them is cancelled by a deferred
// call there, which has no other end, and the function goes on for a while
// beside the work. Then the cancel is how the work is ended, and whoever waits
// for the function leaves nothing of it behind.
func (l *Launch) Bounded() bool {
	works := false
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives|summary.Detaches) == 0 {
			continue
		}
		for _, v := range u.Values {
			if v.Detached() || !l.cancelledAround(v) {
				return false
			}
		}
		works = works || len(u.Values) > 0
	}
	return works && !l.stuck()
}

// cancelledAround reports whether a function around the launch that lingers
// defers the cancel of a context.
func (l *Launch) cancelledAround(v ctxflow.Value) bool {
	for f := l.Func; f != nil; f = f.Outer {
		if l.Stopped(v, f) && l.Lingers(f) {
			return true
		}
	}
	return false
}

// Lingers reports whether f, a function around the launch, goes on for a while
// with the work beside it, on every path: it waits, loops for as long as
// something else does, or calls what works with a context. Where it returns at
// once, a deferred cancel stops nothing but what has only just begun.
func (l *Launch) Lingers(f *scope.Func) bool {
	x, node := l.index, l.in(f)
	p, ok := f.Graph().At(node)
	if !ok {
		return true
	}
	_, open := f.Graph().Exit(p, path.Search{Stop: func(n ast.Node) bool {
		return n != p.Node() && (x.lingers(n, f) || x.inLoopApart(n, node))
	}})
	return !open
}

// in returns the node of f in which the launch stands: itself, or the literal of
// f around it.
func (l *Launch) in(f *scope.Func) ast.Node {
	node := l.Node
	for g := l.Func; g != nil && g != f; g = g.Outer {
		node = g.Node
	}
	return node
}

// Sits reports whether f, a function around the launch, goes on after it on every
// path until something tells it to stop: it serves, or waits for its context.
// What it ends when it returns it ends with the process.
func (l *Launch) Sits(f *scope.Func) bool {
	x := l.index
	p, ok := f.Graph().At(l.in(f))
	if !ok {
		return false
	}
	if _, last := p.Node().(*ast.ReturnStmt); last {
		return false
	}
	_, open := f.Graph().Exit(p, path.Search{Stop: func(n ast.Node) bool { return n != p.Node() && x.sits(n) }})
	return !open
}

// sits reports whether a node waits for the end of a context, runs a server or
// calls what does.
func (x *Index) sits(n ast.Node) bool {
	return doesNow(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.UnaryExpr:
			return x.lastsItself(m)
		case *ast.CallExpr:
			sum := x.table.Call(m)
			return x.blocks(m) || sum != nil && sum.Endless
		}
		return false
	})
}

// lingers reports whether a node of f receives from a channel, or calls what
// works with a context.
func (x *Index) lingers(n ast.Node, f *scope.Func) bool {
	if cur, ok := x.pkg.Cursor(n); ok && cur.ParentEdgeKind() == edge.RangeStmt_X {
		if e, ok := n.(ast.Expr); ok {
			if _, ok := scope.Underlying(x.pkg.Info, e).(*types.Chan); ok {
				return true
			}
		}
	}
	return doesNow(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.UnaryExpr:
			return m.Op == token.ARROW
		case *ast.CallExpr:
			return slices.ContainsFunc(x.usesOf(m, f, nil), func(u Use) bool { return u.Does&summary.Works != 0 })
		}
		return false
	})
}

// doesNow reports whether something in a node is what is looked for, apart from
// what is launched, deferred or stands in a literal.
func doesNow(n ast.Node, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m.(type) {
		case *ast.GoStmt, *ast.FuncLit, *ast.DeferStmt:
			return false
		}
		found = found || m != nil && is(m)
		return !found
	})
	return found
}

// inLoopApart reports whether a node stands in a loop without a condition that
// does not have the launch in it.
func (x *Index) inLoopApart(n, launch ast.Node) bool {
	cur, ok := x.pkg.Cursor(n)
	if !ok {
		return false
	}
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		loop, ok := c.Node().(*ast.ForStmt)
		if !ok {
			return false
		}
		if loop.Cond == nil && !within(loop.Body, launch) {
			return true
		}
	}
	return false
}

// countedForCaller reports whether a group counts the work that the launching
// function was given: who gave it waits.
func (l *Launch) countedForCaller() bool {
	groups, _ := l.CountedBy()
	for _, g := range groups {
		if owner := l.index.Flow.Owner(g); owner != nil && isParam(owner, g) && l.Func.Inside(owner) {
			return true
		}
	}
	return false
}

// toldToEnd reports whether the launching function defers the closing of a
// channel that the work has in hand: what is then left of the work ends.
func (l *Launch) toldToEnd() bool {
	x, found := l.index, false
	for f := l.Func; f != nil; f = f.Outer {
		inOwn(f, func(n ast.Node) {
			d, ok := n.(*ast.DeferStmt)
			if !ok || !isBuiltin(x.pkg.Info, d.Call) || len(d.Call.Args) != 1 {
				return
			}
			if id := identOf(d.Call.Fun); id != nil && id.Name == "close" {
				found = found || l.has(d.Call.Args[0])
			}
		})
	}
	return found
}

// waitSkipped reports whether the launching function, or one around a literal
// that launches, waits for a group that counts the work, though some return
// jumps over the wait. That is a fault of its own, and not one of the context.
// A goroutine that waits instead waits for nobody here, unless it tells.
func (l *Launch) waitSkipped() bool {
	groups, _ := l.CountedBy()
	node := l.Node
	for f := l.Func; f != nil; node, f = f.Node, f.Outer {
		for _, group := range groups {
			if l.index.Flow.Owner(group) != f {
				continue
			}
			p, ok := f.Graph().At(node)
			if !ok {
				continue
			}
			if _, waited := f.Graph().Reach(p, func(n ast.Node) bool {
				_, launched := n.(*ast.GoStmt)
				return n != node && l.awaits(n, group) && (!launched || l.MayJoin())
			}, path.Search{}); waited {
				return true
			}
		}
	}
	return false
}

// spokenFor reports whether somebody may hold the other end of the work, and
// wait for it.
func (l *Launch) spokenFor() bool {
	return l.HandedOut() || l.Kept() || l.Feeds() || l.MayJoin() || l.OfLocal() || l.Kind == Sent && l.Body == nil
}

// losses says what f's callers have to know about the contexts they give it:
// which of them work goes on with that f launches, or that a function launches
// to which f hands them.
func (x *Index) losses(f *scope.Func, sum *summary.Func) {
	if !hasCarrier(f) {
		return
	}
	note := func(u Use, v ctxflow.Value, settled bool, by string) {
		slot, ok := f.SlotOf(v.Var)
		if !ok || v.Func != f {
			return
		}
		s := &sum.Slots[slot+1]
		if settled {
			s.Ctx |= summary.Settled
			return
		}
		if s.Ctx&summary.Loses == 0 {
			s.By = by
		}
		s.Ctx |= summary.Loses
		if _, own := v.Span(); !own && !u.Starts {
			s.Ctx |= summary.Spanless
		}
	}
	for _, l := range x.byRoot[f.Root()] {
		if !l.Func.Inside(f) || l.Kind == Shared {
			continue
		}
		l.yields(f, sum)
		for _, u := range l.Uses() {
			if u.Does&(summary.Works|summary.Outlives) == 0 || !l.losesAll(u) {
				continue
			}
			for _, v := range u.Values {
				if v.Func != f || !l.mayLose(u, v) {
					continue
				}
				switch {
				case l.Loses(u, v) != NotRequest:
					note(u, v, true, "")
				case !l.spokenFor() && !x.keeps(f, v.Var):
					note(u, v, false, x.speakOf(l.Func.Root()))
				}
			}
		}
	}
	for _, h := range x.handoffsIn(f) {
		if !x.Forsakes(h) {
			continue
		}
		settled := x.HandedOver(h) != NotRequest
		for _, v := range h.Values {
			if v.Func == f && v.Origin == ctxflow.Param && !v.Detached() && (settled || !x.keeps(f, v.Var)) {
				note(h.Use, v, settled, h.By)
			}
		}
	}
	for i := scope.Receiver; i < f.Sig.Params().Len(); i++ {
		if v := f.Slot(i); v != nil && otelapi.ImplementsContext(v.Type()) && x.keeps(f, v) {
			sum.Slots[i+1].Ctx |= summary.Lasts
		}
	}
}

// yields notes the contexts that f's work goes on with behind what f returns.
func (l *Launch) yields(f *scope.Func, sum *summary.Func) {
	if l.Func != f || !l.HandedOut() || !l.Outlives(f) {
		return
	}
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives) == 0 || u.Starts || len(u.Values) != 1 {
			continue
		}
		v := u.Values[0]
		if _, own := v.Span(); own || v.Origin != ctxflow.Param || v.Func != f || v.Detached() {
			continue
		}
		if slot, ok := f.SlotOf(v.Var); ok {
			sum.Slots[slot+1].Ctx |= summary.Yields
		}
	}
}

// losesAll reports whether all that a use's context can be would be lost. Where
// only some would, what differs by path is often what the author decides by.
func (l *Launch) losesAll(u Use) bool {
	for _, v := range u.Values {
		if !l.mayLose(u, v) {
			return false
		}
	}
	return len(u.Values) > 0
}

// speakOf returns what other packages call a function.
func (x *Index) speakOf(f *scope.Func) string {
	if f.Obj == nil {
		return x.pkg.Types.Name()
	}
	if recv := f.Obj.Signature().Recv(); recv != nil {
		if n := namedOf(recv.Type()); n != nil {
			return n.Obj().Name() + "." + f.Obj.Name()
		}
	}
	return x.pkg.Types.Name() + "." + f.Obj.Name()
}

// A Handoff is a call that gives a context to a function which works with it
// after it has returned.
type Handoff struct {
	Use
	launch *Launch // the launch that the call is, nil if it is none
}

// Handoffs returns the handoffs of the package.
func (x *Index) Handoffs() []Handoff {
	var out []Handoff
	for _, f := range x.pkg.Funcs {
		out = append(out, x.handoffsOf(f, summary.Outlives)...)
	}
	return out
}

// handoffsIn returns the handoffs in f and its literals that lose the context.
func (x *Index) handoffsIn(f *scope.Func) []Handoff {
	var out []Handoff
	for _, g := range x.inside(f) {
		if x.outliving(g, f) == nil { // else the use is one of the launch
			out = append(out, x.handoffsOf(g, summary.Loses)...)
		}
	}
	return out
}

// handoffsOf returns the calls in f itself whose callee does something of
// what is asked for with a context.
func (x *Index) handoffsOf(f *scope.Func, does summary.CtxUse) []Handoff {
	var out []Handoff
	inOwn(f, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || x.table.Call(call) == nil {
			return
		}
		if cur, ok := x.pkg.Cursor(call); ok {
			if _, launched := cur.Parent().Node().(*ast.GoStmt); launched {
				return // a launch
			}
		}
		for _, u := range x.usesOf(call, f, nil) {
			if u.Does&does != 0 {
				out = append(out, Handoff{u, x.byNode[call]})
			}
		}
	})
	return out
}

// HandedOver says whether a handoff gives away the context of a request, and
// nobody else speaks of the fault: neither the launch, nor who calls the
// function that hands it over.
func (x *Index) HandedOver(h Handoff) Request {
	if h.NewRoot || !x.Forsakes(h) {
		return NotRequest
	}
	least := NotRequest
	for i, v := range h.Values {
		if v.Origin != ctxflow.Param || v.Detached() {
			return NotRequest
		}
		r := x.endsFor(v)
		if r == Presumed && h.launch == nil {
			// The callee has callers whose context lasts. Whether ours has,
			// those who call us know better.
			r = NotRequest
		}
		if i == 0 || r < least {
			least = r
		}
	}
	return least
}

// Forsakes reports whether the work of a handoff needs a context that may end
// before it does, and nothing shows that somebody waits for the work.
func (x *Index) Forsakes(h Handoff) bool {
	switch l := h.launch; {
	case h.Does&summary.Loses == 0 || x.pkg.IsTest(h.Call):
		return false
	case l != nil:
		return l.Body == nil && !l.spokenFor() // else judged by what the body does with it
	}
	return !x.mayWaitFor(h.Call)
}

// mayWaitFor reports whether the function around a call may wait for what the
// call launches: by what the call returns, or by the object whose method it
// is, if the function has made that.
func (x *Index) mayWaitFor(call *ast.CallExpr) bool {
	cur, ok := x.pkg.Cursor(call)
	if !ok {
		return true
	}
	if _, alone := cur.Parent().Node().(*ast.ExprStmt); !alone {
		for t := range resultTypes(x.pkg.Info.TypeOf(call)) {
			if _, isFunc := t.Underlying().(*types.Signature); isFunc || isEnd(t) {
				return true
			}
		}
	}
	for slot := scope.Receiver; slot < len(call.Args); slot++ {
		arg, ok := ctxflow.Argument(call, slot)
		if !ok || slot == scope.Receiver && x.pkg.Info.Selections[ast.Unparen(call.Fun).(*ast.SelectorExpr)] == nil {
			continue
		}
		t := x.pkg.Info.TypeOf(arg)
		if t == nil || ctxflow.Carries(t) || !isEnd(t) && slot != scope.Receiver {
			continue
		}
		if v, ok := x.root(arg).(*types.Var); ok && !v.IsField() {
			if owner := x.Flow.Owner(v); owner != nil && !isParam(owner, v) {
				return true
			}
		}
	}
	return false
}

func resultTypes(t types.Type) func(yield func(types.Type) bool) {
	return func(yield func(types.Type) bool) {
		tuple, ok := t.(*types.Tuple)
		if !ok {
			if t != nil {
				yield(t)
			}
			return
		}
		for i := range tuple.Len() {
			if !yield(tuple.At(i).Type()) {
				return
			}
		}
	}
}

// Judged reports whether the callee of a handoff is judged as request code
// where it is declared.
func (x *Index) Judged(h Handoff) bool {
	if h.Does&summary.Settled != 0 {
		return true
	}
	f := x.pkg.Decl(h.Callee)
	if f == nil {
		return false
	}
	for i := scope.Receiver; i < f.Sig.Params().Len(); i++ {
		if v := f.Slot(i); v != nil && ctxflow.Carries(v.Type()) && x.Request(f, v) != NotRequest {
			return true
		}
	}
	return false
}

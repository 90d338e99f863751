package setup

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// releases returns the group or channel by which a call in f may tell somebody
// else that work is done: Done of a group, or close of a channel that carries
// nothing. It is nil if the call does no such thing.
func (x *Index) releases(c *ast.CallExpr, f *scope.Func) *types.Var {
	var of ast.Expr
	switch fun := ast.Unparen(c.Fun).(type) {
	case *ast.SelectorExpr:
		if fun.Sel.Name != "Done" || !otelapi.IsGroup(x.pkg.Info.TypeOf(fun.X)) {
			return nil
		}
		of = fun.X
	case *ast.Ident:
		if _, builtin := x.pkg.Info.ObjectOf(fun).(*types.Builtin); !builtin || fun.Name != "close" || len(c.Args) != 1 || !carriesNothing(x.pkg.Info.TypeOf(c.Args[0])) {
			return nil
		}
		of = c.Args[0]
	default:
		return nil
	}
	v := x.pkg.VarOf(of)
	if v == nil || !v.IsField() && f.Owns(v) && !isParam(f, v) {
		return nil
	}
	return v
}

// carriesNothing reports whether t is that of a channel which is there to be
// closed.
func carriesNothing(t types.Type) bool {
	if t == nil {
		return false
	}
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	st, ok := ch.Elem().Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}

// letsGo reports whether a call in f that releases somebody may let the program
// end, or its provider be stopped.
//
// That is up to who waits, if there is one. A function that launches work and
// waits for it goes on with what it was called for, and so does one that serves
// a request: only where the program ends after that, or a provider is stopped,
// can spans be lost. And a channel is closed for other reasons, too: to be asked
// now and then whether it has been, or to tell others to stop, who are work
// themselves, and whose end lets nobody go.
func (x *Index) letsGo(c *ast.CallExpr, f *scope.Func, launches *launch.Index) bool {
	v := x.releases(c, f)
	if v == nil || f.Obj != nil && x.countsItself(f, v) {
		return false
	}
	r := &release{x: x, launches: launches, closer: f, asked: make(map[ast.Node]bool), owners: make(map[*scope.Func]bool)}
	r.findOwners(f, make(map[*scope.Func]bool))
	return r.by(v)
}

// countsItself reports whether f adds to a group for as long as it runs. It is
// called then, and not launched, and its caller, whom the group does not count,
// ends its own spans later still: that is where such a stop is to be mended.
func (x *Index) countsItself(f *scope.Func, group *types.Var) bool {
	return slices.ContainsFunc(x.pkg.Uses(group), func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent() // s.wg
		}
		if cur.ParentEdgeKind() != edge.SelectorExpr_X || x.pkg.Enclosing(cur) != f {
			return false
		}
		sel := cur.Parent()
		return sel.Node().(*ast.SelectorExpr).Sel.Name == "Add" && sel.ParentEdgeKind() == edge.CallExpr_Fun
	})
}

// A release follows those whom the closing of a channel, or the Done of a group,
// lets go.
type release struct {
	x        *Index
	launches *launch.Index
	closer   *scope.Func
	asked    map[ast.Node]bool
	owners   map[*scope.Func]bool // the functions that launch the work
}

// A waiting is why somebody waits.
type waiting struct {
	// working: it is told to leave off what it does, as opposed to waiting for
	// others.
	working bool
	// own: it waits for work that it has launched itself, and not because it
	// has been told to stop.
	own bool
}

// findOwners notes which functions launch the work that f is, or is part of.
func (r *release) findOwners(f *scope.Func, seen map[*scope.Func]bool) {
	if f == nil || seen[f] {
		return
	}
	seen[f] = true
	for g := f; g != nil; g = g.Outer {
		if ls := r.launches.LaunchesOf(g); len(ls) > 0 {
			for _, l := range ls {
				r.owners[l.Func.Root()] = true
			}
			return
		}
	}
	for _, c := range r.launches.Callers(f.Root()) {
		if r.x.launched(c.Call) && c.Func != nil {
			r.owners[c.Func.Root()] = true
		} else {
			r.findOwners(c.Func, seen)
		}
	}
}

func (r *release) by(ch *types.Var) bool {
	at, elsewhere := r.launches.Waits(ch)
	if elsewhere {
		// A service's own is for its stop. One that a function is given is most
		// often its caller's, who has launched it and goes on with the results.
		return scope.Lasts(ch)
	}
	for _, cur := range at {
		if r.receiver(cur) {
			return true
		}
	}
	return false
}

// receiver judges one receive from the channel, or one wait.
func (r *release) receiver(cur inspector.Cursor) bool {
	g := r.x.pkg.Enclosing(cur)
	if g == nil {
		return true
	}
	if g == r.closer || r.x.runsInside(r.closer) && r.closer.Outer == g || r.asked[cur.Node()] {
		return false
	}
	r.asked[cur.Node()] = true
	loop, own := inLoop(cur, g), r.owners[g.Root()]
	s := selectAround(cur)
	if s == nil || cur.ParentEdgeKind() == edge.RangeStmt_X {
		return r.goesOn(g, cur.Node(), waiting{own: own && !r.x.lasts(g.Root())})
	}
	if polls(s) && !loop {
		return false // it asks, and does not wait
	}
	return r.goesOn(g, cur.Node(), waiting{working: loop || r.x.takesData(s), own: own})
}

// goesOn reports whether f, past a node at which it is let go, stops a provider
// or ends the program, or returns to somebody who may.
func (r *release) goesOn(f *scope.Func, at ast.Node, w waiting) bool {
	x := r.x
	g := f.Graph()
	from, ok := g.At(at)
	if !ok {
		return true
	}
	if x.stopsPast(f, g, from) {
		return true
	}
	if !g.Returns(from) {
		return false
	}
	if f.Obj != nil && f.Obj.Name() == "main" && f.Recv() == nil && x.pkg.Types.Name() == "main" {
		return true
	}
	if r.serves(f) {
		return false // its client goes on, and so does the program
	}
	launched, called := len(r.launches.LaunchesOf(f)) > 0, false
	for _, c := range r.launches.Callers(f) {
		if x.launched(c.Call) {
			launched = true
			continue
		}
		called = true
		if c.Func != nil && !r.asked[c.Call] {
			r.asked[c.Call] = true
			if r.goesOn(c.Func, c.Call, w) {
				return true
			}
		}
	}
	if f.Obj == nil && f.Outer != nil && x.runsInside(f) {
		called = true
		if r.goesOn(f.Outer, f.Node, w) {
			return true
		}
	}
	switch {
	case launched && !w.working:
		return r.passesOn(f) // a goroutine that waits for one, to release another
	case launched || called:
		return false
	}
	// Its callers are not in view. Who waits for work of its own goes on, unless
	// it is all that the program does. A method that works until it is told to stop
	// runs beside the one that tells it so. But where the channel is closed by
	// work that was launched, it says that this is done.
	if w.own {
		return otelapi.IsCommand(f.Sig)
	}
	return !w.working || r.isLaunched(r.closer, make(map[*scope.Func]bool))
}

// lasts reports whether f works until it is told to stop, by its context or a
// channel: what it waits for then is part of a shutdown.
func (x *Index) lasts(f *scope.Func) bool {
	sum := x.table.Of(f)
	for i := range f.Sig.Params().Len() {
		if sum.SlotAt(i).Ctx&summary.Awaits != 0 {
			return true
		}
	}
	told := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			ast.Inspect(n.Body, func(n ast.Node) bool {
				if clause, ok := n.(*ast.CommClause); ok && clause.Comm != nil {
					told = told || x.receivesNothing(clause.Comm)
				}
				return !told
			})
		}
		return !told
	})
	return told
}

// receivesNothing reports whether the case of a select receives from a channel
// that is there to be closed.
func (x *Index) receivesNothing(comm ast.Stmt) bool {
	s, ok := comm.(*ast.ExprStmt)
	if !ok {
		return false
	}
	u, ok := ast.Unparen(s.X).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW && carriesNothing(x.pkg.Info.TypeOf(u.X))
}

// serves reports whether f serves a request. Of those that are only presumed to,
// one that takes a context and can fail may as well be told to stop something,
// and wait until it has.
func (r *release) serves(f *scope.Func) bool {
	for i := range f.Sig.Params().Len() {
		p := f.Slot(i)
		if p == nil {
			continue
		}
		switch r.launches.Request(f, p) {
		case launch.Proven:
			return true
		case launch.Presumed:
			return asksFor(f.Sig)
		}
	}
	return false
}

// asksFor reports whether callers of a function give it, beside contexts, flags
// and times, or get from it, beside an error, what they ask for.
func asksFor(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if b, ok := v.Type().Underlying().(*types.Basic); !otelapi.IsContext(v.Type()) && (!ok || b.Info()&(types.IsBoolean|types.IsInteger) == 0) {
			return true
		}
	}
	for v := range sig.Results().Variables() {
		if !types.Identical(v.Type(), types.Universe.Lookup("error").Type()) {
			return true
		}
	}
	return false
}

// stopsPast reports whether f stops a provider or ends the process past a point.
func (x *Index) stopsPast(f *scope.Func, g *path.Graph, from path.Point) bool {
	if len(x.Deferred(f)) > 0 {
		return true
	}
	var ends []ast.Node
	for _, s := range x.stopsIn(f, 0) {
		ends = append(ends, s.Call)
	}
	for _, e := range x.exitsOrFails(f) {
		ends = append(ends, e.Call)
	}
	for _, n := range ends {
		to, ok := g.At(n)
		if !ok {
			return true
		}
		if _, reached := g.Reach(from, func(n ast.Node) bool { return n == to.Node() }, path.Search{}); reached || to == from {
			return true
		}
	}
	return false
}

// passesOn reports whether a launched function lets others go in its turn.
func (r *release) passesOn(f *scope.Func) bool {
	for _, c := range r.x.callsOf(f) {
		v := r.x.releases(c.call, f)
		if v != nil && r.by(v) {
			return true
		}
	}
	return false
}

// isLaunched reports whether f runs as work beside others, or as part of such.
func (r *release) isLaunched(f *scope.Func, seen map[*scope.Func]bool) bool {
	if f == nil || seen[f] {
		return false
	}
	seen[f] = true
	if r.launches.Around(f) != nil {
		return true
	}
	for _, c := range r.launches.Callers(f.Root()) {
		if r.x.launched(c.Call) || r.isLaunched(c.Func, seen) {
			return true
		}
	}
	return false
}

// inLoop reports whether a loop of f is around a node.
func inLoop(cur inspector.Cursor, f *scope.Func) bool {
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		return f.Body.Pos() <= up.Node().Pos() && up.Node() != cur.Parent().Node()
	}
	return false
}

// selectAround returns the select statement of which a receive is one case.
func selectAround(cur inspector.Cursor) *ast.SelectStmt {
	for {
		switch cur.ParentEdgeKind() {
		case edge.CommClause_Comm:
			s, _ := cur.Parent().Parent().Parent().Node().(*ast.SelectStmt)
			return s
		case edge.UnaryExpr_X, edge.ExprStmt_X, edge.AssignStmt_Rhs, edge.ParenExpr_X:
			cur = cur.Parent()
		default:
			return nil
		}
	}
}

// polls reports whether a select only asks: it has a default.
func polls(s *ast.SelectStmt) bool {
	for _, clause := range s.Body.List {
		if clause.(*ast.CommClause).Comm == nil {
			return true
		}
	}
	return false
}

// takesData reports whether one of the cases of a select sends, or receives
// something other than an end, an instant or a signal: then it is about that,
// and the others are what interrupts it.
func (x *Index) takesData(s *ast.SelectStmt) bool {
	found := false
	for _, clause := range s.Body.List {
		switch comm := clause.(*ast.CommClause).Comm.(type) {
		case *ast.SendStmt:
			found = true
		case nil:
		default:
			ast.Inspect(comm, func(n ast.Node) bool {
				if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
					t := x.pkg.Info.TypeOf(u.X)
					found = found || t != nil && !carriesNothing(t) && !otelapi.Notifies(t)
				}
				return !found
			})
		}
	}
	return found
}

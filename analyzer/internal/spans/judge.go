package spans

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

// ByHand says how a span is ended that a panic would leave open.
type ByHand struct {
	// Ends has the hand-written ends in source order.
	Ends []*Event
	// Last says that nothing but a return follows any of them, so that one
	// deferred call would do the same.
	Last bool
	// Brief says that nothing is called between the start and the ends that
	// could panic: the span marks an event.
	Brief bool
	// Stamped says that an end is given a time: the span is written down
	// after the fact.
	Stamped bool
	// Helped says that some end happens in a function that is called.
	Helped bool
	// Repeats says that the start is in a loop, Case that it is in a case of
	// a switch or select.
	Repeats, Case bool
}

// ByHand returns how the span is ended by hand, nil if a deferred call ends
// it as well, somebody else may end it, or nothing does.
func (s *Start) ByHand() *ByHand {
	if s.Func == nil || s.Moves() {
		return nil
	}
	v := s.value()
	for _, events := range v.events {
		for _, e := range events {
			if s.concerns(e) && e.Defer != nil && (e.Does == Ends || e.Does == MayEnd || e.Does == Runs && v.handling(e.Lit, nil)&summary.MayEnd != 0) {
				return nil
			}
		}
	}
	ends, _ := s.Ends()
	p, ok := s.point()
	if len(ends) == 0 || !ok {
		return nil
	}
	g := s.Func.Graph()
	h := &ByHand{Ends: ends, Last: true, Brief: true, Repeats: g.Repeats(p), Case: s.inCase()}
	at := make(map[ast.Node]bool)
	for _, e := range ends {
		h.Stamped = h.Stamped || s.x.m.stamped(e)
		h.Helped = h.Helped || e.Helper || e.Does == Runs || !s.isDirect(e)
		if ep, ok := g.At(e.Node); ok {
			at[ep.Node()] = true
			h.Last = h.Last && s.onlyReturns(ep)
		}
	}
	_, works := g.Reach(p, func(n ast.Node) bool { return !at[n] && s.x.m.mayPanic(v, n) || at[n] && s.x.m.mayPanic(v, n) },
		path.Search{Stop: func(n ast.Node) bool { return at[n] }})
	h.Brief = !works
	return h
}

// stamped reports whether an end may be given a time.
func (m *model) stamped(e *Event) bool {
	call, ok := e.Node.(*ast.CallExpr)
	if !ok || !e.Options {
		return false
	}
	for _, arg := range call.Args {
		option, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok || otelapi.StampsEnd(m.pkg.Callee(option)) {
			return true
		}
	}
	return false
}

// isDirect reports whether the event is span.End() as a statement.
func (s *Start) isDirect(e *Event) bool {
	cur, ok := s.x.Pkg.Cursor(e.Node)
	if !ok {
		return false
	}
	_, ok = outermost(cur).Parent().Node().(*ast.ExprStmt)
	return ok
}

func (s *Start) inCase() bool {
	cur, ok := s.x.Pkg.Cursor(s.Call)
	if !ok {
		return false
	}
	for c := range cur.Enclosing((*ast.CaseClause)(nil), (*ast.CommClause)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch c.Node().(type) {
		case *ast.CaseClause, *ast.CommClause:
			return true
		}
		return false
	}
	return false
}

// onlyReturns reports whether nothing but returns, and conditions on the way
// to them, comes after the point.
func (s *Start) onlyReturns(p path.Point) bool {
	m := s.x.m
	if _, ok := p.Node().(*ast.ReturnStmt); ok {
		return false // ended while the operands are evaluated
	}
	_, more := s.Func.Graph().Reach(p, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			return m.callsWithCtx(n)
		case ast.Expr:
			return m.calls(n)
		}
		return true
	}, path.Search{})
	return !more && s.Func.Graph().Returns(p)
}

// calls reports whether a node calls anything but conversions and builtins.
func (m *model) calls(n ast.Node) bool {
	return scope.AnyCall(n, func(call *ast.CallExpr) bool {
		tv := m.pkg.Info.Types[call.Fun]
		return !tv.IsType() && !tv.IsBuiltin()
	})
}

// callsWithCtx reports whether a node has a call that gets a context.
func (m *model) callsWithCtx(n ast.Node) bool {
	return scope.AnyCall(n, func(call *ast.CallExpr) bool {
		return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
			t := m.pkg.Info.TypeOf(arg)
			return otelapi.ImplementsContext(t) || otelapi.IsRequest(t)
		})
	})
}

// mayPanic reports whether a node calls something that is not a call of the
// span's own, an argument of one, or of OpenTelemetry; or computes what can
// fail: a division, an element, an assertion.
func (m *model) mayPanic(v *value, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			tv := m.pkg.Info.Types[n.Fun]
			if tv.IsType() || tv.IsBuiltin() {
				return true
			}
			if otelapi.OfTracer(m.pkg.Callee(n)) {
				return false
			}
			for _, events := range v.events {
				for _, e := range events {
					if e.Node == n && (e.Does == Ends || e.Does == Annotates) {
						return false
					}
				}
			}
			found = true
		case *ast.BinaryExpr:
			if n.Op == token.QUO || n.Op == token.REM {
				found = m.integer(n.X) && m.pkg.Info.Types[n.Y].Value == nil
			}
		case *ast.AssignStmt:
			if n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN {
				found = m.integer(n.Lhs[0]) && m.pkg.Info.Types[n.Rhs[0]].Value == nil
			}
		case *ast.IndexExpr:
			if t := m.pkg.Info.TypeOf(n.X); t != nil && m.pkg.Info.Types[n.Index].Value == nil {
				switch t.Underlying().(type) {
				case *types.Slice, *types.Array, *types.Basic:
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// integer reports whether an expression has an integer type.
func (m *model) integer(e ast.Expr) bool {
	t := m.pkg.Info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// InLoop returns the first defer that ends the span, if it stands in a loop
// that starts another one before it runs.
func (s *Start) InLoop() *Event {
	p, ok := s.point()
	if !ok || !s.Func.Graph().Repeats(p) {
		return nil
	}
	v := s.value()
	if s.opens() {
		return nil // what was opened under it is used when the round is over
	}
	for _, e := range v.events[s.Func] {
		if e.Defer == nil || e.Does != Ends && !(e.Does == Runs && v.handling(e.Lit, nil)&summary.MayEnd != 0) {
			continue
		}
		if d, ok := s.Func.Graph().At(e.Node); ok && s.Func.Graph().Repeats(d) {
			return e
		}
	}
	return nil
}

// opens reports whether a call that gets the context returns something that
// is to be closed or read from, and that is handed on: a reader put in a list.
func (s *Start) opens() bool {
	m := s.x.m
	for _, e := range s.value().events[s.Func] {
		call, ok := e.Node.(*ast.CallExpr)
		if e.Does != CtxWorks || !ok {
			continue
		}
		cur, ok := m.pkg.Cursor(call)
		if !ok {
			continue
		}
		lhs, _ := destinations(cur)
		for _, to := range lhs {
			w := m.local(to)
			if w == nil || !isResource(w.Type()) {
				continue
			}
			for _, use := range m.pkg.Uses(w) {
				switch kind, _ := use.ParentEdge(); kind {
				case edge.CallExpr_Args, edge.AssignStmt_Rhs, edge.CompositeLit_Elts, edge.KeyValueExpr_Value, edge.SendStmt_Value:
					return true
				}
			}
		}
	}
	return false
}

// isResource reports whether t is something that is closed after use, or
// rolled back.
func isResource(t types.Type) bool { return hasMethod(t, "Close") || hasMethod(t, "Rollback") }

// Uncalled reports whether the start is a deferred call whose result, a
// function that ends the span, is dropped.
func (s *Start) Uncalled() bool { return s.Deferred && s.EndResult >= 0 }

// Late returns an end and something that comes after it: the span is
// annotated or ended again.
func (s *Start) Late() (end, late *Event) {
	l := s.lateness()
	if l == nil {
		return nil, nil
	}
	byHand, deferred := s.Ends()
	for _, e := range byHand {
		if e.Does != Ends || l.q.v.aliased {
			continue
		}
		if after := l.afterHand(e); after != nil {
			return e, after
		}
	}
	if e, after := s.lateInLiteral(); e != nil {
		return e, after
	}
	for _, e := range deferred {
		if after := l.afterDefer(e); after != nil {
			return e, after
		}
	}
	return nil, nil
}

// A lateness looks for what happens to the span of a start after its end, in
// the function that starts it.
type lateness struct {
	q *query
	// at has what the function itself does to the span, and deferred what it
	// has deferred.
	at       map[ast.Node]*Event
	deferred []*Event
	// fresh has the nodes that declare the variable anew.
	fresh map[ast.Node]bool
	// stop ends ways on which the variable gets another span.
	stop func(ast.Node) bool
}

func (s *Start) lateness() *lateness {
	if s.Func == nil {
		return nil
	}
	p, ok := s.point()
	if !ok {
		return nil
	}
	v, g := s.value(), s.Func.Graph()
	l := &lateness{q: &query{v: v, f: s.Func, g: g, from: p, start: s}, at: make(map[ast.Node]*Event)}
	for _, e := range v.events[s.Func] {
		if e.Defer != nil {
			l.deferred = append(l.deferred, e)
			continue
		}
		if e.Does != Annotates && e.Does != Ends {
			continue
		}
		if ep, ok := g.At(e.Node); ok && l.at[ep.Node()] == nil {
			l.at[ep.Node()] = e
		}
	}
	st := l.q.stops()
	l.fresh = st.fresh
	l.stop = func(n ast.Node) bool { return n == p.Node() || st.assigned[n] || st.fresh[n] }
	return l
}

// afterHand returns what comes after an end by hand.
func (l *lateness) afterHand(e *Event) *Event {
	ep, ok := l.q.g.At(e.Node)
	if !ok {
		return nil
	}
	// The branch that ends it may be the one that later code excludes.
	var found *Event
	if l.q.possible(func() bool {
		found = l.reached(e, ep)
		return found != nil
	}) {
		return found
	}
	// What is deferred runs after an end by hand.
	for _, d := range l.deferred {
		if l.onOneWay(ep, d) {
			return d
		}
	}
	return nil
}

// reached returns what can be reached from an end by hand under the conditions
// that are assumed, if the end can be.
func (l *lateness) reached(e *Event, ep path.Point) *Event {
	q := l.q
	if !q.reachesStart() {
		return nil
	}
	if _, ok := q.g.Reach(q.from, func(n ast.Node) bool { return n == ep.Node() }, path.Search{Edge: q.edge}); !ok {
		return nil
	}
	defer q.withFlags(ep, l.fresh)()
	q.ended = true
	defer func() { q.ended = false }()
	n, ok := q.g.Reach(ep, func(n ast.Node) bool {
		after := l.at[n]
		return after != nil && !l.stop(n) && (after.Does == Annotates || !e.Helper && !after.Helper)
	}, path.Search{Stop: l.stop, Edge: q.edge})
	if !ok {
		return nil
	}
	return l.at[n]
}

// onOneWay reports whether what is deferred annotates the span on a way that
// also passes an end by hand, in whatever order.
func (l *lateness) onOneWay(end path.Point, d *Event) bool {
	g, way := l.q.g, path.Search{Stop: l.stop}
	dp, ok := g.At(d.Node)
	if !ok {
		return false
	}
	annotates, ok := l.q.lateDefer(d)
	if !ok {
		return false
	}
	if _, ok := g.Reach(end, func(n ast.Node) bool { return n == dp.Node() }, way); ok {
		return true
	}
	if _, ok := g.Reach(dp, func(n ast.Node) bool { return n == end.Node() }, way); !ok {
		return false
	}
	_, ok = g.Reach(end, func(n ast.Node) bool { ret, is := n.(*ast.ReturnStmt); return is && annotates(ret) }, way)
	return ok
}

// afterDefer returns what runs after a deferred end: deferred calls run last
// in, first out.
func (l *lateness) afterDefer(e *Event) *Event {
	q, way := l.q, path.Search{Stop: l.stop}
	ep, ok := q.g.At(e.Node)
	if !ok {
		return nil
	}
	for _, d := range l.deferred {
		dp, ok := q.g.At(d.Node)
		if !ok || d == e || dp == ep {
			continue
		}
		if _, ok := q.lateDefer(d); !ok {
			continue
		}
		if _, ok := q.g.Reach(q.from, func(n ast.Node) bool { return n == dp.Node() }, way); !ok && !q.precedes(dp) {
			continue
		}
		if _, ok := q.g.Reach(dp, func(n ast.Node) bool { return n == ep.Node() }, way); ok {
			return d
		}
	}
	return nil
}

// lateInLiteral is Late for what a literal does with the span by itself.
func (s *Start) lateInLiteral() (end, late *Event) {
	v := s.value()
	for _, f := range v.funcs() {
		events := v.events[f]
		if f == s.Func || len(events) < 2 || !f.Inside(s.Func) {
			continue
		}
		q := &query{v: v, f: f, g: f.Graph(), ended: true}
		q.from = q.g.Entry()
		at := make(map[ast.Node]*Event)
		again := make(map[ast.Node]bool)
		for _, e := range events {
			p, ok := q.g.At(e.Node)
			switch {
			case !ok || e.Defer != nil:
			case e.Does == Assigned:
				again[p.Node()] = true
			case e.Does == Annotates || e.Does == Ends:
				at[p.Node()] = e
			}
		}
		for _, e := range events {
			if e.Does != Ends || e.Defer != nil || v.aliased {
				continue
			}
			p, ok := q.g.At(e.Node)
			if !ok {
				continue
			}
			var found *Event
			if q.possible(func() bool {
				n, ok := q.g.Reach(p, func(n ast.Node) bool {
					l := at[n]
					return l != nil && (l.Does == Annotates || l != e && !e.Helper && !l.Helper)
				}, path.Search{Edge: q.edge, Stop: func(n ast.Node) bool { return again[n] }})
				found = at[n]
				return ok
			}) {
				return e, found
			}
		}
	}
	return nil, nil
}

// possible reports whether ask says yes under some outcome of the conditions
// that are asked more than once.
func (q *query) possible(ask func() bool) bool {
	if !ask() {
		return false
	}
	keys := q.repeated()
	if len(keys) == 0 {
		return true
	}
	defer func() { q.assume = nil }()
	for bits := range 1 << len(keys) {
		q.assume = make(map[string]bool)
		for i, k := range keys {
			q.assume[k] = bits>>i&1 == 1
		}
		if ask() {
			return true
		}
	}
	return false
}

// lateDefer reports whether a deferred call annotates the span, and at which
// returns of the function it may do so.
func (q *query) lateDefer(d *Event) (func(*ast.ReturnStmt) bool, bool) {
	switch d.Does {
	case Annotates:
		return func(*ast.ReturnStmt) bool { return true }, true
	case Runs:
		if q.v.handling(d.Lit, nil)&summary.Annotates == 0 {
			return nil, false
		}
		annotates := func(errs map[*types.Var]fact) bool {
			in := &query{v: q.v, f: d.Lit, g: d.Lit.Graph(), deferred: true, ended: true, errs: errs}
			at := make(map[ast.Node]bool)
			for _, e := range q.v.events[d.Lit] {
				if e.Does != Annotates || e.Defer != nil {
					continue
				}
				if p, ok := in.g.At(e.Node); ok {
					at[p.Node()] = true
				}
			}
			_, ok := in.g.Reach(in.g.Entry(), func(n ast.Node) bool { return at[n] }, path.Search{Edge: in.edge})
			return ok
		}
		if !annotates(nil) {
			return nil, false
		}
		return func(ret *ast.ReturnStmt) bool { return annotates(q.errFacts(ret)) }, true
	}
	return nil, false
}

// EndedByMany returns the place where the span is ended if several goroutines
// run it.
func (s *Start) EndedByMany() *Event {
	p, ok := s.point()
	if !ok {
		return nil
	}
	v := s.value()
	g := s.Func.Graph()
	var launched []path.Point
	var inside []*Event
	for _, e := range v.events[s.Func] {
		if e.Does != Launched || e.Lit != nil && v.handling(e.Lit, nil)&summary.MayEnd == 0 {
			continue
		}
		lp, ok := g.At(e.Node)
		if !ok {
			continue
		}
		end := e
		if e.Lit != nil {
			end = nil
			for _, in := range v.events[e.Lit] {
				if in.Does == Ends {
					end = in
					break
				}
			}
		} else if !e.isEnd && !e.Helper {
			continue
		}
		if end == nil {
			continue
		}
		launched = append(launched, lp)
		inside = append(inside, end)
	}
	for i, lp := range launched {
		for _, to := range launched {
			stop := func(n ast.Node) bool { return n == p.Node() }
			if _, ok := g.Reach(lp, func(n ast.Node) bool { return n == to.Node() && n != p.Node() }, path.Search{Stop: stop}); ok {
				return inside[i]
			}
		}
	}
	return nil
}

// An Escape is something that leaves the function and uses the span or its
// context after the span has been ended.
type Escape struct {
	End *Event
	// What leaves: Context, Function, Iterator or Stream.
	What string
	At   ast.Node
}

// What can escape.
const (
	Object   = "object"
	Context  = "context"
	Function = "function"
	Iterator = "iterator"
	Stream   = "stream"
)

// Early returns what uses the span or its context after the function has
// ended the span and returned.
func (s *Start) Early() *Escape {
	if s.Func == nil {
		return nil
	}
	byHand, deferred := s.Ends()
	if len(byHand)+len(deferred) == 0 {
		return nil
	}
	for _, esc := range s.escapes() {
		if ret, ok := esc.At.(*ast.ReturnStmt); ok && s.x.m.fails(s.Func, ret) {
			continue // nobody uses what is returned beside an error
		}
		for _, e := range append(deferred, byHand...) {
			if esc.What == Object && !s.outright(e) {
				continue // where it has given the object away it leaves the span alone
			}
			if s.endsBefore(e, esc) {
				esc.End = e
				return esc
			}
		}
	}
	return nil
}

// outright reports whether an End is on no condition: a closure that asks
// before it ends the span asks whether it has been given away.
func (s *Start) outright(e *Event) bool {
	if e.Lit == nil {
		return true
	}
	for _, in := range s.value().events[e.Lit] {
		if in.Does != Ends {
			continue
		}
		cur, ok := s.x.Pkg.Cursor(in.Node)
		if ok && cur.ParentEdgeKind() == edge.ExprStmt_X && cur.Parent().Parent().Node() == ast.Node(e.Lit.Body) {
			return true
		}
	}
	return false
}

// fails reports whether a return returns an error for sure.
func (m *model) fails(f *scope.Func, ret *ast.ReturnStmt) bool {
	res := f.Sig.Results()
	if len(ret.Results) != res.Len() {
		return false
	}
	for i := range res.Len() {
		if otelapi.IsError(res.At(i).Type()) && m.errFact(f, ret, i) == factNonNil {
			return true
		}
	}
	return false
}

// endsBefore reports whether on some way the span is ended by e before what
// escapes can be used outside.
func (s *Start) endsBefore(e *Event, esc *Escape) bool {
	g := s.Func.Graph()
	ep, ok1 := g.At(e.Node)
	lp, ok2 := g.At(esc.At)
	if !ok1 || !ok2 {
		return false
	}
	if ep == lp {
		return true
	}
	if _, ok := g.Reach(ep, func(n ast.Node) bool { return n == lp.Node() }, path.Search{}); ok {
		return true
	}
	_, returns := esc.At.(*ast.ReturnStmt)
	if returns {
		return false
	}
	_, ok := g.Reach(lp, func(n ast.Node) bool { return n == ep.Node() }, path.Search{})
	return ok
}

func (s *Start) escapes() []*Escape {
	v := s.value()
	var out []*Escape
	for _, e := range v.events[s.Func] {
		switch e.Does {
		case CtxReturned:
			if v.reaches(s, e.Node) && !s.besideResource() {
				out = append(out, &Escape{What: Context, At: e.Node})
			}
		case CtxStored:
			if v.reaches(s, e.Node) && s.outlives(e) {
				out = append(out, &Escape{What: Context, At: e.Node})
			}
		case CtxWorks:
			if what, at := s.lazy(e); what != "" && v.reaches(s, e.Node) {
				out = append(out, &Escape{What: what, At: at})
			}
		case Returned, Stored:
			if e.Lit == nil && e.Does == Stored && e.To != nil && v.reaches(s, e.Node) && s.outlives(e) && s.x.m.usedLater(e.To, s.Func) {
				out = append(out, &Escape{What: Object, At: e.Node})
				continue
			}
			if e.Lit == nil || !v.worksLater(e.Lit) || !v.reaches(s, e.Node) {
				continue
			}
			if e.Does == Stored && !s.outlives(e) {
				continue
			}
			out = append(out, &Escape{What: funcKind(s.x.Pkg.Info.TypeOf(e.Lit.Node.(ast.Expr))), At: e.Node})
		}
	}
	// A return without operands returns what the named results have.
	for i := range s.Func.Sig.Results().Len() {
		w := s.Func.Sig.Results().At(i)
		for _, h := range v.holders[w] {
			what := Context
			if h.form == literal && v.worksLater(h.lit) {
				what = funcKind(w.Type())
			} else if h.form != carrier {
				continue
			}
			for _, ret := range s.x.m.inFunc[s.Func].returns {
				if len(ret.Results) == 0 && v.reaches(s, ret) {
					out = append(out, &Escape{What: what, At: ret})
				}
			}
		}
	}
	return out
}

// besideResource reports whether the function also returns something that was
// opened: the context is the one that goes with it, as hooks of database
// drivers have it, and what is read later belongs to what opened it.
func (s *Start) besideResource() bool {
	res := s.Func.Sig.Results()
	for i := range res.Len() {
		if t := res.At(i).Type(); !otelapi.ImplementsContext(t) && isResource(t) {
			return true
		}
	}
	return false
}

// GivesLiteral reports whether a literal that uses the span or its context is
// given away, so that it may run later.
func (s *Start) GivesLiteral() bool {
	for _, e := range s.value().events[s.Func] {
		switch e.Does {
		case Given, Stored, Sent, Returned, Launched:
			if e.Lit != nil {
				return true
			}
		}
	}
	return false
}

// worksLater reports whether a literal uses the span or works with its context.
func (v *value) worksLater(lit *scope.Func) bool {
	for _, e := range v.events[lit] {
		switch e.Does {
		case CtxWorks, Annotates:
			return true
		case Runs:
			if v.worksLater(e.Lit) {
				return true
			}
		}
	}
	return false
}

// outlives reports whether what is stored is still there when the function
// has returned: in a field or package variable, or in a literal that is
// returned or stored.
func (s *Start) outlives(e *Event) bool {
	m := s.x.m
	if e.To != nil && otelapi.IsRequest(e.To.Type()) {
		return false
	}
	cur, ok := s.x.Pkg.Cursor(e.Node)
	if !ok {
		return false
	}
	switch n := e.Node.(type) {
	case *ast.CompositeLit:
		return m.leavesFunc(s.Func, cur, 0)
	case *ast.AssignStmt:
		if e.To != nil && isPackageVar(e.To) {
			return true
		}
		for _, lhs := range n.Lhs {
			sel, ok := ast.Unparen(lhs).(*ast.SelectorExpr)
			if !ok || e.To == nil || m.pkg.Info.ObjectOf(sel.Sel) != e.To {
				continue
			}
			base := m.pkg.VarOf(sel.X)
			if base == nil {
				return false
			}
			if m.assignedOften(e.To, s.Func) || s.usedAfter(base, n) {
				return false // put back afterwards, or used while the function runs
			}
			if base.IsField() || isPackageVar(base) || m.isParam(base, s.Func) {
				return true
			}
			return m.varLeaves(s.Func, base, 0)
		}
	}
	return false
}

// usedLater reports whether some other function than f, and what stands in it,
// annotates or ends the span in a field of the package's own.
func (m *model) usedLater(field *types.Var, f *scope.Func) bool {
	if !field.IsField() || field.Pkg() != m.pkg.Types || !m.pkg.Tracers.IsSpan(field.Type()) {
		return false
	}
	for _, cur := range m.pkg.Uses(field) {
		g := m.pkg.Enclosing(cur)
		if g == nil || g.Inside(f) || m.pkg.IsTest(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if k := cur.ParentEdgeKind(); k != edge.SelectorExpr_X {
			continue
		}
		method := cur.Parent().Node().(*ast.SelectorExpr).Sel.Name
		if m.pkg.Tracers.Annotates(field.Type(), method) || m.pkg.Tracers.Ends(field.Type(), method) {
			return true
		}
	}
	return false
}

// assignedOften reports whether f assigns the field more than once.
func (m *model) assignedOften(field *types.Var, f *scope.Func) bool {
	n := 0
	for _, cur := range m.pkg.Uses(field) {
		if k, _ := cur.ParentEdge(); k != edge.SelectorExpr_Sel {
			continue
		}
		up := outermost(cur.Parent())
		if k, _ := up.ParentEdge(); k == edge.AssignStmt_Lhs && m.pkg.Enclosing(up).Inside(f) {
			n++
		}
	}
	return n > 1
}

// usedAfter reports whether a call gets the object after the assignment: it
// may use the context while the span is open, and that is what it is for.
func (s *Start) usedAfter(base *types.Var, n ast.Node) bool {
	g := s.Func.Graph()
	p, ok := g.At(n)
	if !ok {
		return true
	}
	_, used := g.Reach(p, func(n ast.Node) bool {
		found := false
		ast.Inspect(n, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && s.value().mentions(call, base) {
				found = true
			}
			return !found
		})
		return found
	}, path.Search{})
	return used
}

func (m *model) isParam(v *types.Var, f *scope.Func) bool {
	for ; f != nil; f = f.Outer {
		if _, ok := f.SlotOf(v); ok {
			return true
		}
	}
	return false
}

// lazy reports whether a call that gets the context returns something that
// works under it later, and that something is returned.
func (s *Start) lazy(e *Event) (what string, at ast.Node) {
	call, ok := e.Node.(*ast.CallExpr)
	if !ok {
		return "", nil
	}
	i := 0
	for t := range results(s.x.Pkg.Info.TypeOf(call)) {
		switch {
		case isStream(t):
			what = Stream
		case otelapi.IsIterator(t):
			what = Iterator
		case receives(t) && s.yields(call):
			what = Stream // the work that fills it
		default:
			i++
			continue
		}
		cur, ok := s.x.Pkg.Cursor(call)
		if !ok {
			return "", nil
		}
		if ret, ok := outermost(cur).Parent().Node().(*ast.ReturnStmt); ok {
			return what, ret
		}
		lhs, _ := destinations(cur)
		if i < len(lhs) {
			if w := s.x.m.local(lhs[i]); w != nil {
				if ret := s.x.m.returnOf(s.Func, w); ret != nil {
					return what, ret
				}
			}
		}
		return "", nil
	}
	return "", nil
}

// receives reports whether t is a channel to receive from.
func receives(t types.Type) bool {
	c, ok := t.Underlying().(*types.Chan)
	return ok && c.Dir() != types.SendOnly
}

// yields reports whether a call goes on with the context of the span behind
// what it returns.
func (s *Start) yields(call *ast.CallExpr) bool {
	sum := s.x.Table.Call(call)
	if sum == nil || s.Ctx == nil {
		return false
	}
	for i, arg := range call.Args {
		if s.x.m.local(arg) == s.Ctx && sum.SlotAt(i).Ctx&summary.Yields != 0 {
			return true
		}
	}
	return false
}

// returnOf returns a return statement of f with v among its operands.
func (m *model) returnOf(f *scope.Func, v *types.Var) *ast.ReturnStmt {
	for _, ret := range m.inFunc[f].returns {
		for _, e := range ret.Results {
			if m.pkg.VarOf(e) == v {
				return ret
			}
		}
	}
	return nil
}

// isStream reports whether t is a stream of messages that lives on after the
// call that opened it.
func isStream(t types.Type) bool {
	return hasMethod(t, "RecvMsg") && hasMethod(t, "SendMsg") && hasMethod(t, "Context")
}

func funcKind(t types.Type) string {
	if t != nil && otelapi.IsIterator(t) {
		return Iterator
	}
	return Function
}

// leavesFunc reports whether the value of the composite literal at cur leaves
// f: returned, or stored in a field or package variable.
func (m *model) leavesFunc(f *scope.Func, cur cursor, depth int) bool {
	if depth > 4 {
		return false
	}
	cur = outermost(cur)
	kind, i := cur.ParentEdge()
	switch p := cur.Parent().Node().(type) {
	case *ast.UnaryExpr:
		return p.Op == token.AND && m.leavesFunc(f, cur.Parent(), depth)
	case *ast.ReturnStmt:
		return m.pkg.Enclosing(cur) == f
	case *ast.CompositeLit, *ast.KeyValueExpr:
		if kv, ok := p.(*ast.KeyValueExpr); ok && kv != nil {
			return m.leavesFunc(f, cur.Parent().Parent(), depth)
		}
		return m.leavesFunc(f, cur.Parent(), depth)
	case *ast.AssignStmt:
		if kind != edge.AssignStmt_Rhs || len(p.Lhs) != len(p.Rhs) {
			return false
		}
		if w := m.local(p.Lhs[i]); w != nil {
			return m.varLeaves(f, w, depth+1)
		}
		to := m.stored(p.Lhs[i])
		return to != nil && (isPackageVar(to) || to.IsField())
	case *ast.ValueSpec:
		if i < len(p.Names) {
			if w := m.local(p.Names[i]); w != nil {
				return m.varLeaves(f, w, depth+1)
			}
		}
	}
	return false
}

// varLeaves reports whether the local variable is returned or stored.
func (m *model) varLeaves(f *scope.Func, w *types.Var, depth int) bool {
	res := f.Sig.Results()
	for i := range res.Len() {
		if res.At(i) == w {
			return true
		}
	}
	for _, cur := range m.pkg.Uses(w) {
		kind, _ := cur.ParentEdge()
		switch kind {
		case edge.ReturnStmt_Results, edge.AssignStmt_Rhs, edge.CompositeLit_Elts, edge.KeyValueExpr_Value, edge.UnaryExpr_X:
			if m.leavesFunc(f, cur, depth) {
				return true
			}
		}
	}
	return false
}

// LeadsOnlyToReturn reports whether nothing is called between the end and the
// returns that follow it.
func (s *Start) LeadsOnlyToReturn(e *Event) bool {
	g := s.Func.Graph()
	p, ok := g.At(e.Node)
	if !ok {
		return false
	}
	_, more := g.Reach(p, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, ast.Expr:
			return s.x.m.calls(n)
		}
		return true
	}, path.Search{})
	return !more && g.Returns(p)
}

// Leaves reports whether something that uses the span or its context leaves
// the function.
func (s *Start) Leaves() bool { return len(s.escapes()) > 0 || s.value().ctxMoves(s) }

// InCycle reports whether the start can run more than once in one call of the
// function.
func (s *Start) InCycle() bool {
	p, ok := s.point()
	return !ok || s.Func.Graph().Repeats(p)
}

// Launches reports whether a goroutine that may still run when the function
// returns uses the span or its context.
func (s *Start) Launches() bool {
	v := s.value()
	for f, events := range v.events {
		for _, e := range events {
			if e.Does == Launched {
				return true
			}
			if e.Does != CtxWorks {
				continue
			}
			cur, ok := s.x.Pkg.Cursor(e.Node)
			if !ok {
				continue
			}
			if _, isGo := outermost(cur).Parent().Node().(*ast.GoStmt); isGo {
				return true
			}
			_ = f
		}
	}
	return false
}

// AnnotatedByEarlierDefer reports whether a call that was deferred before the
// start annotates the span.
func (s *Start) AnnotatedByEarlierDefer() bool {
	v := s.value()
	p, ok := s.point()
	if !ok {
		return false
	}
	q := &query{v: v, f: s.Func, g: s.Func.Graph(), from: p, start: s}
	for _, d := range v.events[s.Func] {
		if d.Defer == nil {
			continue
		}
		dp, ok := q.g.At(d.Node)
		if !ok || !q.precedes(dp) {
			continue
		}
		if _, annotates := q.lateDefer(d); annotates {
			return true
		}
	}
	return false
}

// ReachesExit reports whether the process can be ended, without deferred
// calls, while the span is open.
func (s *Start) ReachesExit() bool {
	g := s.Func.Graph()
	p, ok := s.point()
	if !ok {
		return true
	}
	m := s.x.m
	_, exits := g.Reach(p, func(n ast.Node) bool {
		if m.endsProgram(s.x.Table, n) {
			return true
		}
		stmt, ok := n.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
		return ok && otelapi.NoReturn(m.pkg.Callee(call))
	}, path.Search{})
	return exits
}

// EndsAt reports whether the defer statement does nothing but end the span,
// or what belongs to that.
func (s *Start) EndsAt(d *ast.DeferStmt) bool {
	for _, e := range s.value().events[s.Func] {
		if e.Defer == d && (e.Does == Ends || e.Does == Runs) {
			return true
		}
	}
	return false
}

// ReturnsError reports whether operand i of a return is an error for sure.
func (s *Start) ReturnsError(ret *ast.ReturnStmt, i int) bool {
	return s.x.m.errFact(s.Func, ret, i) == factNonNil
}

// Hasty returns an end by a function that is given the address of an error,
// called where the error is still to come: its defer has been forgotten.
func (s *Start) Hasty() *Event {
	if s.Func == nil {
		return nil
	}
	m := s.x.m
	g := s.Func.Graph()
	byHand, _ := s.Ends()
	for _, e := range byHand {
		call, ok := e.Node.(*ast.CallExpr)
		if !ok || !e.Helper {
			continue
		}
		p, ok := g.At(call)
		if !ok {
			continue
		}
		for _, arg := range call.Args {
			addr, ok := ast.Unparen(arg).(*ast.UnaryExpr)
			if !ok || addr.Op != token.AND {
				continue
			}
			err := m.pkg.VarOf(addr.X)
			if err == nil || !otelapi.IsError(err.Type()) {
				continue
			}
			writes := m.assignments(err, s.Func, g)
			if _, ok := g.Reach(p, func(n ast.Node) bool {
				ret, isRet := n.(*ast.ReturnStmt)
				// With a named result every return with operands is an assignment.
				return writes[n] || isRet && len(ret.Results) > 0 && s.isResult(err)
			}, path.Search{}); ok {
				return e
			}
		}
	}
	return nil
}

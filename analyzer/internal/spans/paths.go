package spans

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// How a span is lost.
type How uint8

const (
	// Kept says that it is not lost, or that nothing is known.
	Kept How = iota
	// Never: nothing ends it at all.
	Never
	// OnPath: some path to a return ends it nowhere.
	OnPath
	// Again: its start is reached again, as by the next round of a loop, and
	// the span of the last time is not ended.
	Again
	// Overwritten: its variable gets another value before it is ended.
	Overwritten
	// Discarded: nothing has it.
	Discarded
	// Buried: it is put into a field or variable that nothing ends.
	Buried
)

// A Loss says how a span is lost and where that shows: the return, the
// assignment, the store; nil if the start itself says it all.
type Loss struct {
	How How
	At  ast.Node
	// To is where a span is buried.
	To *types.Var
}

// A query asks whether a span that is open at one point of a function can be
// left open when the function returns.
type query struct {
	v     *value
	f     *scope.Func
	g     *path.Graph
	from  path.Point
	start *Start // nil if the span was open before f
	// assume has conditions whose outcome is given.
	assume map[string]bool
	// flags are those of them that hold from the start on, and not before.
	flags map[string]bool
	// errs says what is known of error results of the function around, if f
	// is deferred there.
	errs     map[*types.Var]fact
	deferred bool
	// ended says that the span has been ended, and the question is what
	// happens to it afterwards.
	ended bool
	// wild collects conditions on variables that change, as a flag does that
	// is set when somebody else has taken the span.
	wild map[string]bool
}

// stops has the nodes of a function that settle what becomes of a span.
type stops struct {
	hard map[ast.Node]bool // ended, or left to somebody else
	// late are deferred literals: they end what the variable has when the
	// function returns.
	late []*Event
	// maybe are deferred literals that end it on some of their paths.
	maybe    []*Event
	assigned map[ast.Node]bool
	fresh    map[ast.Node]bool // declares the variable anew
}

// run returns a loss, if there is one that holds whatever outcome conditions
// have that are asked more than once.
func (q *query) run() (Loss, bool) {
	defer q.withFlags(q.from, q.stops().hard)()
	loss, open := q.search()
	if !open {
		return Loss{}, false
	}
	if keys := q.predicates(); len(keys) > 0 {
		return q.runAsked(keys)
	}
	atoms := q.repeated()
	if len(atoms) == 0 {
		return loss, true
	}
	outer := q.assume
	defer func() { q.assume = outer }()
	for bits := range 1 << len(atoms) {
		q.assume = make(map[string]bool)
		for k, val := range outer {
			q.assume[k] = val
		}
		for i, a := range atoms {
			q.assume[a] = bits>>i&1 == 1
		}
		if !q.reachesStart() {
			continue
		}
		if loss, open := q.search(); open {
			return loss, true
		}
	}
	return Loss{}, false
}

// maxAtoms bounds the combinations of outcomes that are tried.
const maxAtoms = 4

func (q *query) reachesStart() bool {
	if q.start == nil {
		return true
	}
	if q.from.Node() == nil {
		return true
	}
	outer := q.assume
	defer func() { q.assume = outer }()
	q.assume = maps.Clone(outer)
	maps.DeleteFunc(q.assume, func(key string, _ bool) bool { _, flag := q.flags[key]; return flag })
	_, ok := q.g.Reach(q.g.Entry(), func(n ast.Node) bool { return n == q.from.Node() }, path.Search{Edge: q.edge})
	return ok
}

func (q *query) search() (Loss, bool) {
	st := q.stops()
	stop := func(n ast.Node) bool { return st.hard[n] || q.v.m.endsProgram(q.v.t, n) }
	late := make(map[ast.Node]bool)
	before := false // a deferred literal was registered before the start
	for _, e := range st.late {
		p, ok := q.g.At(e.Node)
		if !ok {
			continue
		}
		late[p.Node()] = true
		before = before || q.start != nil && q.precedes(p)
	}
	var self ast.Node
	if q.start != nil {
		self = q.from.Node()
	}
	fine := func(ret *ast.ReturnStmt) bool { return before || q.returnsIt(ret) || q.endedAt(st, ret) }

	// First, what happens before any end and any deferred literal.
	var loss Loss
	_, open := q.g.Reach(q.from, func(n ast.Node) bool {
		if stop(n) || late[n] {
			return false
		}
		switch {
		case n == self:
			loss = Loss{How: Again}
			if st.assigned[n] && !q.g.Repeats(q.from) {
				loss = Loss{How: Overwritten, At: n}
			}
			return true
		case st.assigned[n]:
			loss = Loss{How: Overwritten, At: n}
			return true
		}
		if ret, ok := n.(*ast.ReturnStmt); ok && !fine(ret) {
			loss = Loss{How: OnPath, At: ret}
			return true
		}
		return false
	}, path.Search{Stop: func(n ast.Node) bool { return stop(n) || late[n] || st.fresh[n] }, Edge: q.edge})
	if open {
		return loss, true
	}

	// A deferred literal ends what the variable has at the end. So what the
	// variable had before an assignment is lost.
	for _, e := range st.late {
		p, ok := q.g.At(e.Node)
		if !ok || q.start == nil {
			continue
		}
		from := p
		if q.precedes(p) {
			from = q.from
		} else if _, reached := q.g.Reach(q.from, func(n ast.Node) bool { return n == p.Node() }, path.Search{Stop: stop, Edge: q.edge}); !reached {
			continue
		}
		n, overwritten := q.g.Reach(from, func(n ast.Node) bool { return st.assigned[n] && !stop(n) && q.overwrites(n, p) },
			path.Search{Stop: func(n ast.Node) bool { return stop(n) || st.fresh[n] }, Edge: q.edge})
		if overwritten {
			return Loss{How: Overwritten, At: n}, true
		}
	}
	return Loss{}, false
}

// overwrites reports whether the assignment n replaces the span that the
// deferred literal at p would have ended. A start that assigns its own
// variable does so only if it is reached again.
func (q *query) overwrites(n ast.Node, p path.Point) bool {
	return n != q.from.Node() || !q.precedes(p) || q.g.Repeats(q.from)
}

// precedes reports whether the point is passed on some way to the start.
func (q *query) precedes(p path.Point) bool {
	if p == q.from {
		return false
	}
	_, ok := q.g.Reach(p, func(n ast.Node) bool { return n == q.from.Node() }, path.Search{})
	if !ok {
		return false
	}
	// In a loop what comes after the start also comes before it.
	_, first := q.g.Reach(q.g.Entry(), func(n ast.Node) bool { return n == p.Node() },
		path.Search{Stop: func(n ast.Node) bool { return n == q.from.Node() }})
	return first
}

// stops sorts the events of the function by what they do to paths.
func (q *query) stops() *stops {
	st := &stops{hard: make(map[ast.Node]bool), assigned: make(map[ast.Node]bool), fresh: make(map[ast.Node]bool)}
	for _, e := range q.v.events[q.f] {
		p, ok := q.g.At(e.Node)
		if !ok {
			continue
		}
		n := p.Node()
		switch e.Does {
		case Ends, recurses:
			st.hard[n] = true
		case Runs:
			h := q.v.handling(e.Lit, q.assume)
			switch {
			case h&summary.Keeps != 0:
				st.hard[n] = true // somebody else has it from there on
			case e.Defer != nil && h&summary.MayEnd != 0:
				if h = q.v.handlingDeferred(e.Lit, q.assume, nil); h&summary.Ends != 0 {
					st.late = append(st.late, e)
				} else {
					st.maybe = append(st.maybe, e)
				}
			case h&summary.Ends != 0:
				st.hard[n] = true
			}
		case Returned, Sent, Given, Launched:
			if e.Lit == nil || q.v.handling(e.Lit, q.assume)&settles != 0 {
				st.hard[n] = true
			}
		case Stored:
			if e.Lit != nil && q.v.handling(e.Lit, q.assume)&settles != 0 || e.Lit == nil && q.v.keeps(e) {
				st.hard[n] = true
			}
		case Assigned:
			st.assigned[n] = true
		}
	}
	if w := q.v.root; w != nil {
		for _, cur := range q.v.m.pkg.Uses(w) {
			if q.v.m.declares(cur) {
				if p, ok := q.g.At(cur.Node()); ok && (q.start == nil || p != q.from) {
					st.fresh[p.Node()] = true
				}
			}
		}
	}
	return st
}

// returnsIt reports whether a return without operands returns the span,
// because its variable is a named result.
func (q *query) returnsIt(ret *ast.ReturnStmt) bool {
	if len(ret.Results) > 0 {
		return false
	}
	for i := range q.f.Sig.Results().Len() {
		if len(q.v.holders[q.f.Sig.Results().At(i)]) > 0 && !onlyCarrier(q.v.holders[q.f.Sig.Results().At(i)]) {
			return true
		}
	}
	return false
}

func onlyCarrier(hs []holding) bool {
	return !slices.ContainsFunc(hs, func(h holding) bool { return h.form != carrier })
}

// endedAt reports whether a literal that is deferred, and ends the span on
// some of its paths, ends it at this return.
func (q *query) endedAt(st *stops, ret *ast.ReturnStmt) bool {
	for _, e := range st.maybe {
		p, ok := q.g.At(e.Node)
		if !ok {
			continue
		}
		if q.start != nil && !q.precedes(p) {
			// Registered after the start: it must be on a way to the return.
			if _, ok := q.g.Reach(p, func(n ast.Node) bool { return n == ast.Node(ret) }, path.Search{}); !ok {
				continue
			}
		}
		if q.v.handlingDeferred(e.Lit, q.assume, q.errFacts(ret))&summary.Ends != 0 {
			return true
		}
	}
	return false
}

// handling returns what a literal does with the span when it is called.
func (v *value) handling(lit *scope.Func, assume map[string]bool) summary.Handling {
	return v.handlingOf(&query{v: v, f: lit, assume: assume})
}

// handlingDeferred is handling for a literal that runs when the function
// around it returns, not panics.
func (v *value) handlingDeferred(lit *scope.Func, assume map[string]bool, errs map[*types.Var]fact) summary.Handling {
	q := &query{v: v, f: lit, assume: assume, errs: errs, deferred: true, wild: make(map[string]bool)}
	h := v.handlingOf(q)
	if h&summary.MayEnd == 0 || h&summary.Ends != 0 || len(q.wild) == 0 || len(q.wild) > maxAtoms {
		return h
	}
	// It depends on variables that change. If there is a state of them in
	// which it ends the span, we cannot tell that it does not.
	var keys []string
	for k := range q.wild {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for bits := range 1 << len(keys) {
		a := make(map[string]bool)
		for k, val := range assume {
			a[k] = val
		}
		for i, k := range keys {
			a[k] = bits>>i&1 == 1
		}
		q := &query{v: v, f: lit, assume: a, errs: errs, deferred: true}
		if v.handlingOf(q)&summary.Ends != 0 {
			return h | summary.Ends
		}
	}
	return h
}

// handlingOf says what q.f does with the span that it has from the beginning.
func (v *value) handlingOf(q *query) summary.Handling {
	if v.busy[q.f] {
		return 0 // a literal that calls itself
	}
	v.busy[q.f] = true
	defer delete(v.busy, q.f)

	var h summary.Handling
	for _, e := range v.events[q.f] {
		switch e.Does {
		case Annotates:
			h |= summary.Annotates
		case Ends, MayEnd:
			h |= summary.MayEnd
		case Runs:
			h |= v.handling(e.Lit, q.assume) &^ summary.Ends
		case Returned, Sent, Given, Stored, Launched:
			if e.Does == Stored && e.Lit == nil && !v.keeps(e) {
				continue
			}
			if e.Lit == nil || v.handling(e.Lit, q.assume)&settles != 0 {
				h |= summary.Keeps
			}
		}
	}
	if h&settles == 0 {
		return h
	}
	q.g = q.f.Graph()
	q.from = q.g.Entry()
	if h&summary.MayEnd != 0 {
		if _, open := q.run(); !open {
			h |= summary.Ends
		}
	}
	return h
}

// settles has what decides the fate of a span.
const settles = summary.Ends | summary.MayEnd | summary.Keeps

// endsProgram reports whether the node is a call of a function of this
// package that never returns.
func (m *model) endsProgram(t summaries, n ast.Node) bool {
	s, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := m.pkg.Callee(call)
	if fn == nil {
		return false
	}
	sum := t.Callee(fn)
	return sum != nil && sum.NoReturn
}

type summaries interface {
	Callee(*types.Func) *summary.Func
}

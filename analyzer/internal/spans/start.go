package spans

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

type cursor = inspector.Cursor

// follow follows the results of a start.
func (s *Start) follow(m *model, t *summary.Table, x *Index) *value {
	v := m.newValue(t, x)
	v.root = s.Span
	if v.root == nil {
		v.root = s.End
	}
	if v.root == nil {
		v.root = s.held
	}
	cur, ok := m.pkg.Cursor(s.Call)
	if !ok {
		return v
	}
	home := s.Func
	for home != nil && v.root != nil && !home.Owns(v.root) {
		home = home.Outer
	}
	v.startsIn(home)
	if s.Result >= 0 {
		v.bindResults(cur, s.Result, holding{form: theSpan})
	}
	if s.EndResult >= 0 {
		v.bindResults(cur, s.EndResult, holding{form: endFunc})
	}
	if s.object >= 0 {
		v.bindResults(cur, s.object, holding{form: object})
	}
	if s.CtxResult >= 0 {
		v.bindResults(cur, s.CtxResult, holding{form: carrier})
	}
	v.sort()
	return v
}

func (s *Start) value() *value {
	if s.val == nil {
		s.val = s.follow(s.x.m, s.x.Table, s.x)
	}
	return s.val
}

// Events returns what happens to the span in f itself, in source order of the
// uses that were found.
func (s *Start) Events(f *scope.Func) []*Event { return s.value().events[f] }

// point returns the place of the start in the graph of its function.
func (s *Start) point() (path.Point, bool) {
	if s.Func == nil {
		return path.Point{}, false
	}
	return s.Func.Graph().At(s.Call)
}

// reaches reports whether n, a node of the start's function, can come after
// the start while the context variable still has the span.
func (v *value) reaches(s *Start, n ast.Node) bool {
	p, ok := s.point()
	if !ok {
		return false
	}
	g := s.Func.Graph()
	to, ok := g.At(n)
	if !ok {
		return false
	}
	if to == p {
		return true
	}
	replaced := v.replaced(s)
	_, ok = g.Reach(p, func(n ast.Node) bool { return n == to.Node() },
		path.Search{Stop: func(n ast.Node) bool { return n == p.Node() || replaced[n] && n != to.Node() }})
	return ok
}

// replaced has the nodes that give the context variable of a start a context
// that does not carry the span.
func (v *value) replaced(s *Start) map[ast.Node]bool {
	if s.Ctx == nil {
		return nil
	}
	g := s.Func.Graph()
	out := make(map[ast.Node]bool)
	for n := range v.m.assignments(s.Ctx, s.Func, g) {
		if p, ok := s.point(); ok && p.Node() == n {
			continue
		}
		carries := false
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, rhs := range a.Rhs {
				call, ok := ast.Unparen(rhs).(*ast.CallExpr)
				if ok && v.m.startsSpan(v.t, call) {
					continue
				}
				carries = carries || v.mentions(rhs, s.Ctx)
			}
		}
		if !carries {
			out[n] = true
		}
	}
	return out
}

func (m *model) startsSpan(t *summary.Table, call *ast.CallExpr) bool {
	return m.mayStart(call) && m.start(t, candidate{call, nil}) != nil
}

// assignments returns the nodes in f itself that assign v.
func (m *model) assignments(v *types.Var, f *scope.Func, g *path.Graph) map[ast.Node]bool {
	out := make(map[ast.Node]bool)
	for _, cur := range m.pkg.Uses(v) {
		a, ok := cur.Parent().Node().(*ast.AssignStmt)
		if !ok || m.pkg.Enclosing(cur) != f {
			continue
		}
		for _, lhs := range a.Lhs {
			if lhs == cur.Node() {
				if p, ok := g.At(a); ok {
					out[p.Node()] = true
				}
			}
		}
	}
	return out
}

// Lost says how the span is lost, if it is.
func (s *Start) Lost() Loss {
	v := s.value()
	if s.Func == nil {
		if s.Dest != nil && !s.x.isOwned(s.Dest) {
			return Loss{How: Buried, To: s.Dest}
		}
		return Loss{}
	}
	p, ok := s.point()
	if !ok {
		return Loss{} // in dead code
	}
	if s.Deferred {
		if s.EndResult >= 0 {
			return Loss{} // see Uncalled
		}
		return Loss{How: Discarded}
	}
	if s.lent && !v.ends() {
		return Loss{} // whoever ends it nowhere takes it for somebody else's
	}
	q := &query{v: v, f: s.Func, g: s.Func.Graph(), from: p, start: s}
	if q.stops().hard[p.Node()] {
		return Loss{} // ended, returned or handed on by the statement itself
	}
	if s.Dest != nil {
		if s.x.isOwned(s.Dest) {
			return Loss{}
		}
		return Loss{How: Buried, To: s.Dest}
	}
	touched := v.touched()
	if !touched {
		// Kept beside its context, a span is not meant to be found in that.
		if e := v.buried(); e != nil && !(v.ctxMoves(s) && s.x.endsBorrowed()) {
			return Loss{How: Buried, At: e.Node, To: e.To}
		}
		if v.ctxMoves(s) {
			return Loss{}
		}
		if v.root == nil {
			if v.ctxHanded(s) {
				return Loss{}
			}
			return Loss{How: Discarded}
		}
	}
	if v.root != nil && !s.Func.Owns(v.root) {
		// The variable lives on when this function returns.
		if touched {
			return Loss{}
		}
		return Loss{How: Never}
	}
	loss, open := q.run()
	if !open {
		return Loss{}
	}
	if !touched && loss.How != Overwritten {
		loss = Loss{How: Never}
	}
	return loss
}

// touched reports whether anything at all ends the span or hands it on.
func (v *value) touched() bool {
	for f := range v.events {
		for i := range f.Sig.Results().Len() {
			if w := f.Sig.Results().At(i); len(v.holders[w]) > 0 && !onlyCarrier(v.holders[w]) && bare(v.m.inFunc[f]) {
				return true
			}
		}
	}
	for _, events := range v.events {
		for _, e := range events {
			switch e.Does {
			case Ends, MayEnd:
				return true
			case Returned, Sent, Given, Launched:
				if e.Lit == nil || v.handling(e.Lit, nil)&settles != 0 {
					return true
				}
			case Stored:
				if e.Lit == nil && v.keeps(e) || e.Lit != nil && v.handling(e.Lit, nil)&settles != 0 {
					return true
				}
			}
		}
	}
	return false
}

// ends reports whether anything that is in view ends the span.
func (v *value) ends() bool {
	for _, events := range v.events {
		for _, e := range events {
			if e.Does == Ends || e.Does == MayEnd {
				return true
			}
		}
	}
	return false
}

// buried returns the event that stores the span where nothing ends it.
func (v *value) buried() *Event {
	var first *Event
	for _, events := range v.events {
		for _, e := range events {
			if e.Does == Stored && e.Lit == nil && !v.keeps(e) && (first == nil || e.Node.Pos() < first.Node.Pos()) {
				first = e
			}
		}
	}
	return first
}

// ctxMoves reports whether the context of a span that nothing ends here goes
// to somebody who may end the span he finds in it: it is returned, or stored,
// or a call makes something of it that keeps it, such as a message. To pass it
// to another call is no move, and neither is to put it into a request: that is
// what contexts are for.
func (v *value) ctxMoves(s *Start) bool {
	for f, events := range v.events {
		for _, e := range events {
			switch e.Does {
			case CtxReturned:
			case CtxStored:
				if e.To != nil && otelapi.IsRequest(e.To.Type()) {
					continue
				}
			case CtxWorks:
				if call, ok := e.Node.(*ast.CallExpr); !ok || !v.carriesOn(call) {
					continue
				}
			default:
				continue
			}
			if f != s.Func || v.reaches(s, e.Node) {
				return true
			}
		}
	}
	// A named result returns it as well.
	for i := range s.Func.Sig.Results().Len() {
		if len(v.holders[s.Func.Sig.Results().At(i)]) > 0 && bare(v.m.inFunc[s.Func]) {
			return true
		}
	}
	return false
}

// carriesOn reports whether a call keeps a context that it is given in what it
// returns.
func (v *value) carriesOn(call *ast.CallExpr) bool {
	sum := v.t.Call(call)
	if sum == nil {
		return false
	}
	returns := false
	for t := range results(v.m.pkg.Info.TypeOf(call)) {
		returns = returns || !otelapi.IsError(t) && !otelapi.IsRequest(t)
	}
	for i, arg := range call.Args {
		if otelapi.IsContext(v.m.pkg.Info.TypeOf(arg)) && sum.SlotAt(v.slot(call, i)).Ctx&summary.Stores != 0 {
			return returns
		}
	}
	return false
}

// ctxHanded reports whether the context goes to a method of an interface of
// the user's own: what is behind it may take the span out of the context and
// end it when what it does is over. Where nobody else has the span, that is
// what the context is for.
func (v *value) ctxHanded(s *Start) bool {
	for f, events := range v.events {
		for _, e := range events {
			call, ok := e.Node.(*ast.CallExpr)
			if !ok || e.Does != CtxWorks || f == s.Func && !v.reaches(s, call) {
				continue
			}
			fn := v.m.pkg.Callee(call)
			if fn == nil || fn.Signature().Recv() == nil || !types.IsInterface(fn.Signature().Recv().Type()) {
				continue
			}
			if fn.Pkg() == v.m.pkg.Types || fn.Pos().IsValid() && scope.OwnFile(v.m.pkg.Fset.Position(fn.Pos()).Filename) {
				return true
			}
		}
	}
	return false
}

// EndedIn reports whether a literal of the starting function, or anything in
// it, ends the span.
func (s *Start) EndedIn(lit *scope.Func) bool {
	return s.value().handling(lit, nil)&summary.MayEnd != 0
}

// Ends returns the places in the starting function itself where the span is
// ended for sure: by hand and by defer, in source order.
func (s *Start) Ends() (byHand, deferred []*Event) {
	v := s.value()
	for _, e := range v.events[s.Func] {
		if !s.concerns(e) {
			continue
		}
		switch e.Does {
		case Ends:
		case Runs:
			h := v.handling(e.Lit, nil)
			if e.Defer != nil {
				h = v.handlingDeferred(e.Lit, nil, nil)
			}
			if h&summary.Ends == 0 || h&summary.Keeps != 0 {
				continue
			}
		default:
			continue
		}
		if e.Defer != nil {
			deferred = append(deferred, e)
		} else {
			byHand = append(byHand, e)
		}
	}
	return byHand, deferred
}

// concerns reports whether the event can happen to the span of this start: the
// variable may have had other spans before, and have others later. What a
// deferred literal does it does at the end, to whatever is there then.
func (s *Start) concerns(e *Event) bool {
	if s.value().root == nil || e.Func != s.Func || e.Does == Runs && e.Defer != nil {
		return true
	}
	p, ok := s.point()
	if !ok {
		return true
	}
	g := s.Func.Graph()
	ep, ok := g.At(e.Node)
	if !ok || ep == p {
		return true
	}
	if s.others == nil {
		s.others = make(map[ast.Node]bool)
		for _, o := range s.value().events[s.Func] {
			if o.Does == Assigned {
				if op, ok := g.At(o.Node); ok && op != p {
					s.others[op.Node()] = true
				}
			}
		}
	}
	_, ok = g.Reach(p, func(n ast.Node) bool { return n == ep.Node() }, path.Search{Stop: func(n ast.Node) bool { return s.others[n] }})
	return ok
}

// Moves reports whether somebody else may come to own the span.
func (s *Start) Moves() bool {
	v := s.value()
	if s.Func == nil || s.Dest != nil || v.root != nil && !s.Func.Owns(v.root) {
		return true
	}
	for _, events := range v.events {
		for _, e := range events {
			switch e.Does {
			case Returned, Sent, Given, Launched:
				if e.Lit == nil || v.handling(e.Lit, nil)&settles != 0 {
					return true
				}
			case Stored:
				if e.Lit != nil && v.handling(e.Lit, nil)&settles != 0 || e.Lit == nil && v.keeps(e) {
					return true
				}
			}
		}
	}
	return v.root != nil && s.isResult(v.root)
}

func (s *Start) isResult(w *types.Var) bool {
	res := s.Func.Sig.Results()
	for i := range res.Len() {
		if res.At(i) == w {
			return true
		}
	}
	return false
}

// An EndPoint is a place that ends a span, at least on some path.
type EndPoint struct {
	// Func is the function in which it happens: the one that starts the span,
	// also where a literal deferred or called there ends it; else the literal
	// that has left, or was launched.
	Func *scope.Func
	// Node is the call, or the statement that defers it.
	Node     ast.Node
	Deferred bool
}

// EndPoints returns all places that are known to end the span, in source
// order. It has none if the span is not ended, or by an unknown owner.
func (s *Start) EndPoints() []EndPoint {
	if s.Func == nil {
		return nil
	}
	v := s.value()
	var out []EndPoint
	inside := make(map[*scope.Func]bool) // literals that run where the span is started
	var runs func(f *scope.Func)
	runs = func(f *scope.Func) {
		for _, e := range v.events[f] {
			if e.Does == Runs && !inside[e.Lit] {
				inside[e.Lit] = true
				runs(e.Lit)
			}
		}
	}
	runs(s.Func)
	for f, events := range v.events {
		for _, e := range events {
			switch {
			case !s.concerns(e):
				continue
			case e.Does == Ends || e.Does == MayEnd:
				if f != s.Func && inside[f] {
					continue // the call of the literal is the end point
				}
			case e.Does == Runs && f == s.Func && v.handling(e.Lit, nil)&summary.MayEnd != 0:
			case e.Does == Launched && e.Lit == nil && e.isEnd:
			default:
				continue
			}
			out = append(out, EndPoint{Func: f, Node: e.Node, Deferred: e.Defer != nil})
		}
	}
	slices.SortFunc(out, func(a, b EndPoint) int { return cmp.Compare(a.Node.Pos(), b.Node.Pos()) })
	return out
}

// Foreign reports whether the span is not OpenTelemetry's.
func (s *Start) Foreign() bool { return s.other || s.api != nil && s.api.Foreign }

// EndName returns the method by which a deferred call ends the span, "" if
// there is none or an end function does it.
func (s *Start) EndName() string {
	name, _, _ := strings.Cut(s.endCall(), "(")
	return name
}

// EndCall returns the deferred call that ends the span, as it is written
// behind its name; "" if no such call is right here.
func (s *Start) EndCall() string {
	if s.api == nil || s.api.Reports && s.fails() {
		return ""
	}
	return s.endCall()
}

func (s *Start) endCall() string {
	if s.api == nil {
		return ""
	}
	if s.api.Defer != "" {
		return s.api.Defer
	}
	return s.x.Pkg.Tracers.PlainEnd(s.spanType())
}

func (s *Start) spanType() types.Type {
	n := 0
	for typ := range results(s.x.Pkg.Info.TypeOf(s.Call)) {
		if n == s.Result {
			return typ
		}
		n++
	}
	return nil
}

// tracer returns the package of the span's type, "" for an end function, whose
// span may be of any.
func (s *Start) tracer() string {
	typ := s.spanType()
	if typ == nil {
		return ""
	}
	typ = types.Unalias(typ)
	if p, ok := typ.(*types.Pointer); ok {
		typ = types.Unalias(p.Elem())
	}
	named, ok := typ.(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path()
}

// fails reports whether the starting function can return an error.
func (s *Start) fails() bool {
	if s.Func == nil {
		return true
	}
	res := s.Func.Sig.Results()
	for i := range res.Len() {
		if otelapi.IsError(res.At(i).Type()) {
			return true
		}
	}
	return false
}

// EndsOnce reports whether the span must not be ended twice: a second end is
// not ignored.
func (s *Start) EndsOnce() bool { return s.api != nil && s.api.Counts }

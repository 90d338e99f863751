package spans

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/path"
)

// OpenAt reports whether the span can still be open at n, a node of the
// starting function or of a literal in it: some path from the start leads
// there past no End by hand. What is deferred ends it later than any node.
func (s *Start) OpenAt(n ast.Node) bool {
	at, ok := s.lift(n)
	if !ok {
		return false
	}
	_, open := s.before(at)
	return open
}

// EndedAt returns an End by hand after which n comes, where the span has been
// ended on every path from its start to n; else nil. Of a span that others
// may end, or that several variables have, it says nothing.
func (s *Start) EndedAt(n ast.Node) *Event {
	at, ok := s.lift(n)
	if !ok || s.value().aliased || s.Moves() {
		return nil
	}
	if reached, open := s.before(at); !reached || open {
		return nil
	}
	g := s.Func.Graph()
	byHand, _ := s.Ends()
	for _, e := range byHand {
		if p, ok := g.At(e.Node); ok && p != at {
			if _, ok := g.Reach(p, func(n ast.Node) bool { return n == at.Node() }, path.Search{}); ok {
				return e
			}
		}
	}
	return nil
}

// before says whether the point is reached from the start at all, and
// whether it is without an End.
func (s *Start) before(at path.Point) (reached, open bool) {
	p, ok := s.point()
	if !ok {
		return false, false
	}
	g := s.Func.Graph()
	if p == at && !g.Repeats(p) {
		return false, false // what the start itself is given comes before it
	}
	byHand, _ := s.Ends()
	ends := make(map[ast.Node]bool)
	for _, e := range byHand {
		if ep, ok := g.At(e.Node); ok {
			ends[ep.Node()] = true
		}
	}
	q := &query{v: s.value(), f: s.Func, g: g, from: p, start: s}
	match := func(n ast.Node) bool { return n == at.Node() }
	again := func(n ast.Node) bool { return n == p.Node() }
	_, reached = g.Reach(p, match, path.Search{Stop: again})
	_, open = g.Reach(p, match, path.Search{Stop: func(n ast.Node) bool { return ends[n] || again(n) }, Edge: q.edge})
	return reached, open
}

// lift returns the place of n in the graph of the starting function; of what
// stands in a literal, the place of the literal.
func (s *Start) lift(n ast.Node) (path.Point, bool) {
	if s.Func == nil {
		return path.Point{}, false
	}
	f := s.x.Pkg.FuncAt(n)
	for f != nil && f != s.Func {
		n, f = f.Node, f.Outer
	}
	if f == nil {
		return path.Point{}, false
	}
	return s.Func.Graph().At(n)
}

// CtxUnused reports whether nothing reads the context that the start returns:
// it is discarded, or goes to a variable or a field of this package from
// which nobody takes it. v is that variable, nil if it is discarded.
func (s *Start) CtxUnused() (v *types.Var, unused bool) {
	if s.Func == nil || s.CtxResult < 0 || s.Deferred {
		return nil, false
	}
	m := s.x.m
	cur, ok := m.pkg.Cursor(s.Call)
	if !ok {
		return nil, false
	}
	lhs, _ := destinations(cur)
	if s.CtxResult >= len(lhs) {
		return nil, false
	}
	if id, ok := lhs[s.CtxResult].(*ast.Ident); ok && id.Name == "_" {
		return nil, true
	}
	if s.Ctx != nil {
		return s.Ctx, !s.readAfter(s.Ctx)
	}
	if field := m.stored(lhs[s.CtxResult]); field != nil && !field.Exported() && field.Pkg() == m.pkg.Types {
		for _, use := range m.pkg.Uses(field) {
			if m.reads(use) {
				return nil, false
			}
		}
		return field, true
	}
	return nil, false
}

// readAfter reports whether a variable that the start assigns is read where
// it can still have that value.
func (s *Start) readAfter(v *types.Var) bool {
	m := s.x.m
	p, ok := s.point()
	if !ok || s.isResult(v) || !s.Func.Owns(v) {
		return true // read by whoever has called, or somewhere outside
	}
	g := s.Func.Graph()
	assigned := m.assignments(v, s.Func, g)
	for _, use := range m.pkg.Uses(v) {
		if !m.reads(use) {
			continue
		}
		f := m.pkg.Enclosing(use)
		if f != s.Func {
			return true // when a literal reads it is not asked
		}
		at, ok := g.At(use.Node())
		if !ok {
			continue // in dead code
		}
		if at == p {
			// The start is given what it had before, or has had in a loop.
			if g.Repeats(p) {
				return true
			}
			continue
		}
		if _, ok := g.Reach(p, func(n ast.Node) bool { return n == at.Node() }, path.Search{Stop: func(n ast.Node) bool { return assigned[n] }}); ok {
			return true
		}
	}
	return false
}

// reads reports whether a use of a variable or field takes its value. An
// assignment to the blank identifier, which only keeps the compiler quiet,
// does not.
func (m *model) reads(cur cursor) bool {
	id := cur.Node().(*ast.Ident)
	if m.pkg.Info.Defs[id] != nil {
		return false
	}
	if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
		cur = cur.Parent()
	}
	cur = outermost(cur)
	switch parent := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if cur.ParentEdgeKind() == edge.AssignStmt_Lhs {
			return false
		}
		if len(parent.Lhs) == len(parent.Rhs) {
			to, ok := parent.Lhs[cur.ParentEdgeIndex()].(*ast.Ident)
			return !ok || to.Name != "_"
		}
	case *ast.KeyValueExpr:
		return cur.ParentEdgeKind() != edge.KeyValueExpr_Key
	}
	return true
}

// Joins reports whether a call is given the span, or a context is made with
// it: then the span's context is not lost, only unused.
func (s *Start) Joins(call *ast.CallExpr) bool {
	if s.Span == nil {
		return false
	}
	for _, arg := range call.Args {
		if s.x.m.pkg.VarOf(arg) == s.Span {
			return true
		}
	}
	return false
}

// Rejoined reports whether the span is put into a context by hand.
func (s *Start) Rejoined(sets func(*ast.CallExpr) bool) bool {
	if s.Span == nil {
		return false
	}
	for _, use := range s.x.m.pkg.Uses(s.Span) {
		if use.ParentEdgeKind() != edge.CallExpr_Args {
			continue
		}
		if call := use.Parent().Node().(*ast.CallExpr); sets(call) {
			return true
		}
	}
	return false
}

// Holds reports whether n runs below the span for sure: always after its
// start, and never after an End by hand.
func (s *Start) Holds(n ast.Node) bool {
	at, ok := s.lift(n)
	p, found := s.point()
	if !ok || !found || at == p {
		return false
	}
	g := s.Func.Graph()
	if !g.Dominates(p, at) {
		return false
	}
	byHand, _ := s.Ends()
	for _, e := range byHand {
		ep, ok := g.At(e.Node)
		if !ok {
			continue
		}
		if _, ended := g.Reach(ep, func(n ast.Node) bool { return n == at.Node() }, path.Search{Stop: func(n ast.Node) bool { return n == p.Node() }}); ended {
			return false
		}
	}
	return true
}

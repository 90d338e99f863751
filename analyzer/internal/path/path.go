// Package path answers questions about control flow inside one function body:
// is there a way from here to an exit that avoids X, does this node run before
// that one on every way, can it run twice.
//
// It stands on go/cfg and mends two things that matter to its callers: the
// communication of a select case belongs to the case that is taken, not to
// the block before the select; and a condition is known to the branches that
// depend on it. It knows no types and nothing about what it is asked for.
package path

import (
	"go/ast"
	"go/token"
	"sort"

	"golang.org/x/tools/go/cfg"
)

// A Graph is the control flow of one function body, without the bodies of
// function literals inside it.
type Graph struct {
	body   *ast.BlockStmt
	blocks []*block
	spans  []located // every node, sorted by start; for At
}

type block struct {
	nodes []ast.Node
	succs []*block
	preds []*block
	index int
	// cond is the last node if the block branches on a boolean; for a case of
	// a switch with a tag it is the comparison that is not spelled out.
	cond ast.Expr
	exit bool // ends in a return, spelled out or implied
	live bool
}

type located struct {
	node  ast.Node
	point Point
	// reach is the furthest end of this node and all before it.
	reach token.Pos
}

// A Point is a node's place in its graph.
type Point struct {
	block *block
	index int
}

// Valid reports whether the point is a place in a graph.
func (p Point) Valid() bool { return p.block != nil }

// Node returns the node at the point, nil at the entry and in no graph.
func (p Point) Node() ast.Node {
	if p.block == nil || p.index < 0 {
		return nil
	}
	return p.block.nodes[p.index]
}

// New builds the graph of body. mayReturn is asked about every call that
// stands alone as a statement; nil means that all of them may return.
func New(body *ast.BlockStmt, mayReturn func(*ast.CallExpr) bool) *Graph {
	if mayReturn == nil {
		mayReturn = func(*ast.CallExpr) bool { return true }
	}
	g := &Graph{body: body}
	built := cfg.New(body, mayReturn)

	// In go/cfg the communications of all cases stand in the block that leads
	// to the select, as if every one of them happened.
	comm := make(map[ast.Node]bool)
	// In a switch the cases are conditions: by themselves, or compared with
	// the tag.
	switches := make(map[ast.Stmt]*ast.SwitchStmt)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SwitchStmt:
			for _, clause := range n.Body.List {
				switches[clause] = n
			}
		case *ast.CommClause:
			if n.Comm != nil {
				comm[n.Comm] = true
				if s, ok := n.Comm.(*ast.ExprStmt); ok {
					comm[s.X] = true
				}
			}
		}
		return true
	})

	of := make(map[*cfg.Block]*block, len(built.Blocks))
	for i, b := range built.Blocks {
		nb := &block{index: i, live: b.Live}
		of[b] = nb
		g.blocks = append(g.blocks, nb)
		if clause, ok := b.Stmt.(*ast.CommClause); ok && b.Kind == cfg.KindSelectCaseBody && clause.Comm != nil {
			nb.nodes = append(nb.nodes, clause.Comm)
		}
		for _, n := range b.Nodes {
			if !comm[n] {
				nb.nodes = append(nb.nodes, n)
			}
		}
		nb.exit = b.Return() != nil
	}
	for _, b := range built.Blocks {
		nb := of[b]
		for _, s := range b.Succs {
			nb.succs = append(nb.succs, of[s])
			if b.Live {
				of[s].preds = append(of[s].preds, nb)
			}
		}
		if len(nb.succs) == 2 && len(nb.nodes) > 0 {
			// The last node is a condition only where the branch is on it: the
			// operand of a range stands elsewhere.
			if e, ok := nb.nodes[len(nb.nodes)-1].(ast.Expr); ok {
				if sw := switches[b.Succs[0].Stmt]; branches(b) || sw != nil && sw.Tag == nil {
					nb.cond = e
				} else if sw != nil {
					nb.cond = &ast.BinaryExpr{X: sw.Tag, OpPos: e.Pos(), Op: token.EQL, Y: e}
				}
			}
		}
	}
	for _, b := range g.blocks {
		for i, n := range b.nodes {
			g.spans = append(g.spans, located{node: n, point: Point{b, i}})
		}
	}
	sort.SliceStable(g.spans, func(i, j int) bool { return g.spans[i].node.Pos() < g.spans[j].node.Pos() })
	var reach token.Pos
	for i := range g.spans {
		reach = max(reach, g.spans[i].node.End())
		g.spans[i].reach = reach
	}
	return g
}

// branches reports whether the last node of b is the condition of an if or
// for, as opposed to a value that a case is compared with.
func branches(b *cfg.Block) bool {
	switch b.Succs[0].Kind {
	case cfg.KindSwitchCaseBody, cfg.KindRangeBody, cfg.KindSelectCaseBody:
		return false
	}
	return true
}

// At returns the point of the innermost node that contains n's position. The
// second result is false for nodes outside the body, in dead code, or that
// stand for control statements only.
func (g *Graph) At(n ast.Node) (Point, bool) {
	pos := n.Pos()
	last := sort.Search(len(g.spans), func(i int) bool { return g.spans[i].node.Pos() > pos })
	best, found := Point{}, false
	var size token.Pos
	for i := last - 1; i >= 0; i-- {
		c := g.spans[i]
		if c.reach < n.End() {
			break // no node before contains it
		}
		if c.node.End() < n.End() || c.node.End() <= pos || !c.point.block.live {
			continue
		}
		if s := c.node.End() - c.node.Pos(); !found || s < size {
			best, found, size = c.point, true, s
		}
	}
	return best, found
}

// A Search walks forward from a point.
type Search struct {
	// Stop ends the walk along a path at the node, which counts as passed.
	Stop func(ast.Node) bool
	// Edge says whether the branch on cond may be taken with that outcome;
	// nil means always. Where a switch compares its tag with a case, cond is a
	// comparison that is not in the syntax, of expressions that are.
	Edge func(cond ast.Expr, outcome bool) bool
}

// Exit walks from just after the point to the function's exits and returns
// the first exit it reaches without passing a stop: a return statement,
// synthetic (a position past the body's last statement) where control falls
// off the end.
func (g *Graph) Exit(from Point, s Search) (*ast.ReturnStmt, bool) {
	var found *ast.ReturnStmt
	g.forward(from, s, func(n ast.Node, b *block, i int) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok && b.exit && i == len(b.nodes)-1 {
			found = ret
			return false
		}
		return true
	})
	return found, found != nil
}

// Reach walks from just after the point and returns the first node that
// matches, on any path that passes no stop. A node that is both is matched.
func (g *Graph) Reach(from Point, match func(ast.Node) bool, s Search) (ast.Node, bool) {
	var found ast.Node
	inner := s.Stop
	s.Stop = func(n ast.Node) bool { return found != nil || inner != nil && inner(n) }
	g.forwardBefore(from, s, func(n ast.Node) bool {
		if match(n) {
			found = n
			return false
		}
		return true
	})
	return found, found != nil
}

// Returns reports whether the function can return at all from the point.
func (g *Graph) Returns(from Point) bool {
	_, ok := g.Exit(from, Search{})
	return ok
}

// Entry returns the point before which nothing runs, for searches over the
// whole body: the walk includes the body's first node.
func (g *Graph) Entry() Point { return Point{g.blocks[0], -1} }

// Dominates reports whether every path from the entry to b passes a. Equal
// points dominate each other.
func (g *Graph) Dominates(a, b Point) bool {
	if entry := g.Entry(); a == b || a == entry || b == entry {
		return b != entry || a == b
	}
	_, reached := g.Reach(g.Entry(), func(n ast.Node) bool { return n == b.Node() },
		Search{Stop: func(n ast.Node) bool { return n == a.Node() }})
	return !reached
}

// Repeats reports whether the node at the point can run again after it ran.
func (g *Graph) Repeats(p Point) bool {
	n := p.Node()
	_, again := g.Reach(p, func(m ast.Node) bool { return m == n }, Search{})
	return again
}

func (g *Graph) forward(from Point, s Search, visit func(ast.Node, *block, int) bool) {
	seen := make(map[*block]bool)
	var walk func(b *block, i int) bool
	walk = func(b *block, i int) bool {
		for ; i < len(b.nodes); i++ {
			n := b.nodes[i]
			if s.Stop != nil && s.Stop(n) {
				return true
			}
			if !visit(n, b, i) {
				return false
			}
		}
		return g.edges(b, s, seen, walk)
	}
	walk(from.block, from.index+1)
}

// forwardBefore is forward with the visit before the stop.
func (g *Graph) forwardBefore(from Point, s Search, visit func(ast.Node) bool) {
	seen := make(map[*block]bool)
	var walk func(b *block, i int) bool
	walk = func(b *block, i int) bool {
		for ; i < len(b.nodes); i++ {
			n := b.nodes[i]
			if !visit(n) {
				return false
			}
			if s.Stop(n) {
				return true
			}
		}
		return g.edges(b, s, seen, walk)
	}
	walk(from.block, from.index+1)
}

func (g *Graph) edges(b *block, s Search, seen map[*block]bool, walk func(*block, int) bool) bool {
	for i, succ := range b.succs {
		if b.cond != nil && s.Edge != nil && !s.Edge(b.cond, i == 0) {
			continue
		}
		if seen[succ] {
			continue
		}
		seen[succ] = true
		if !walk(succ, 0) {
			return false
		}
	}
	return true
}

// Backward walks against the flow from just before the point. visit returns
// true to end the walk along that path. The result says whether some path
// reached the function's entry without being ended.
func (g *Graph) Backward(from Point, visit func(ast.Node) bool) (entry bool) {
	seen := make(map[*block]bool)
	var walk func(b *block, i int)
	walk = func(b *block, i int) {
		for ; i >= 0; i-- {
			if visit(b.nodes[i]) {
				return
			}
		}
		if b == g.blocks[0] {
			entry = true
		}
		for _, p := range b.preds {
			if !seen[p] {
				seen[p] = true
				walk(p, len(p.nodes)-1)
			}
		}
	}
	walk(from.block, from.index-1)
	return entry
}

// Conds returns the conditions that can be reached, in source order.
func (g *Graph) Conds() []ast.Expr {
	var conds []ast.Expr
	for _, b := range g.blocks {
		if b.cond != nil && b.live {
			conds = append(conds, b.cond)
		}
	}
	sort.Slice(conds, func(i, j int) bool { return conds[i].Pos() < conds[j].Pos() })
	return conds
}

// Exits returns all return statements that can be reached, in source order.
func (g *Graph) Exits() []*ast.ReturnStmt {
	var exits []*ast.ReturnStmt
	for _, b := range g.blocks {
		if b.exit && b.live {
			exits = append(exits, b.nodes[len(b.nodes)-1].(*ast.ReturnStmt))
		}
	}
	sort.Slice(exits, func(i, j int) bool { return exits[i].Pos() < exits[j].Pos() })
	return exits
}

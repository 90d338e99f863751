package setup

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// isChosen reports whether a sampler that asks no parent, given to a provider
// by option, is one side of a decision that has ParentBased on another side.
// Who makes both knows the difference, and leaves it to the configuration:
//
//	if cfg.ParentBased {
//		opts = append(opts, WithSampler(ParentBased(TraceIDRatioBased(share))))
//	} else {
//		opts = append(opts, WithSampler(TraceIDRatioBased(share)))
//	}
//
// share has the variables that the ratio is made of.
func (x *Index) isChosen(option *ast.CallExpr, f *scope.Func, share map[*types.Var]bool) bool {
	return x.chosen(option, f, share, 0)
}

func (x *Index) chosen(n ast.Node, f *scope.Func, share map[*types.Var]bool, depth int) bool {
	for {
		if x.hasAlternative(n, f, share) {
			return true
		}
		if f == nil || f.Outer == nil {
			break
		}
		n, f = f.Node, f.Outer
	}
	if f == nil {
		return false
	}
	if f.Obj == nil { // a literal in a variable of the package
		return x.hasAlternative(f.Node, nil, share)
	}
	// A function that only makes the sampler leaves the decision to whoever
	// calls it, or puts it into a table. One that does more, as the set-up of
	// one of several programs, is not chosen for its sampler.
	if depth > maxDepth || !otelapi.SetsSampling(f.Sig) {
		return false
	}
	used := false
	for _, cur := range x.pkg.Uses(f.Obj) {
		id := cur.Node().(*ast.Ident)
		if x.pkg.Info.Defs[id] != nil || x.pkg.InTestFile(id) {
			continue
		}
		if !x.chosen(id, x.pkg.Enclosing(cur), share, depth+1) {
			return false
		}
		used = true
	}
	return used
}

// hasAlternative reports whether something that makes a sampler ask the parent
// stands in f, or in the declaration of a package variable, where it is taken
// instead of n.
func (x *Index) hasAlternative(n ast.Node, f *scope.Func, share map[*types.Var]bool) bool {
	var within ast.Node
	if f != nil {
		within = f.Body
	} else if cur, ok := x.pkg.Cursor(n); ok {
		for up := range cur.Enclosing((*ast.GenDecl)(nil)) {
			within = up.Node()
		}
	}
	if within == nil {
		return false
	}
	found := false
	ast.Inspect(within, func(m ast.Node) bool {
		if found || m == nil {
			return false
		}
		switch m := m.(type) {
		case *ast.FuncLit:
			if f != nil { // its body is not on the paths of f
				found = !contains(m, n) && x.asksParent(m.Body, 0) && x.alternatives(n, m, f, share)
				return false
			}
		case *ast.Ident:
			if fn, ok := x.pkg.Info.Uses[m].(*types.Func); ok && x.leadsToParent(fn, 0) {
				found = x.alternatives(n, m, f, share)
			}
		}
		return !found
	})
	return found
}

func (x *Index) asksParent(body ast.Node, depth int) bool {
	found := false
	ast.Inspect(body, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok && !found {
			fn, ok := x.pkg.Info.Uses[id].(*types.Func)
			found = ok && x.leadsToParent(fn, depth)
		}
		return !found
	})
	return found
}

// leadsToParent reports whether fn makes a sampler that asks the parent.
func (x *Index) leadsToParent(fn *types.Func, depth int) bool {
	if otelapi.AsksParent(fn) {
		return true
	}
	f := x.pkg.Decl(fn)
	return f != nil && depth <= maxDepth && otelapi.SetsSampling(f.Sig) && x.asksParent(f.Body, depth+1)
}

func contains(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// alternatives reports whether of the two at most one is taken, or one takes
// the place of the other under a condition.
func (x *Index) alternatives(n, parent ast.Node, f *scope.Func, share map[*types.Var]bool) bool {
	if x.ofShare(n, parent, share) {
		return false
	}
	return x.apart(n, parent) || x.replaces(n, parent) || f != nil && excludes(f.Graph(), n, parent)
}

// excludes reports whether no path passes both.
func excludes(g *path.Graph, a, b ast.Node) bool {
	from, ok := g.At(a)
	if !ok {
		return false
	}
	to, ok := g.At(b)
	if !ok || from == to {
		return false
	}
	reaches := func(from, to path.Point) bool {
		_, ok := g.Reach(from, func(n ast.Node) bool { return n == to.Node() }, path.Search{})
		return ok
	}
	return reaches(g.Entry(), from) && reaches(g.Entry(), to) && !reaches(from, to) && !reaches(to, from)
}

// fork returns the innermost node around both, and what stands directly in it
// on the way to a and to b.
func (x *Index) fork(a, b ast.Node) (at, toA, toB ast.Node) {
	cur, ok := x.pkg.Cursor(a)
	if !ok {
		return nil, nil, nil
	}
	for up := range cur.Enclosing() {
		if contains(up.Node(), b) {
			at = up.Node()
			break
		}
		toA = up.Node()
	}
	if at == nil || toA == nil {
		return nil, nil, nil
	}
	cur, ok = x.pkg.Cursor(b)
	if !ok {
		return nil, nil, nil
	}
	for up := range cur.Enclosing() {
		if up.Node() == at {
			break
		}
		toB = up.Node()
	}
	return at, toA, toB
}

// apart reports whether two nodes stand on different sides of a decision,
// whatever a loop around it does: the branches of an if or switch, the entries
// of a table, what a function is given to choose from.
func (x *Index) apart(a, b ast.Node) bool {
	at, toA, toB := x.fork(a, b)
	if at == nil || toB == nil {
		return false
	}
	switch at := at.(type) {
	case *ast.IfStmt:
		return toA == at.Body && toB == at.Else || toA == at.Else && toB == at.Body
	case *ast.BlockStmt:
		return isClause(toA) && isClause(toB) && !fallsThrough(at)
	case *ast.CompositeLit:
		return x.isTable(at)
	case *ast.CallExpr: // pick(cfg.ParentBased, a, b)
		t := x.pkg.Info.TypeOf(at)
		if t == nil || !otelapi.SetsSampling(t) {
			return false
		}
		for _, arg := range at.Args {
			if b, ok := scope.Underlying(x.pkg.Info, arg).(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
				return true
			}
		}
	}
	return false
}

func isClause(n ast.Node) bool {
	switch n.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

func fallsThrough(body *ast.BlockStmt) bool {
	for _, s := range body.List {
		if c, ok := s.(*ast.CaseClause); ok && len(c.Body) > 0 {
			if b, ok := c.Body[len(c.Body)-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				return true
			}
		}
	}
	return false
}

// isTable reports whether one of the elements is looked up: a list of options
// is applied as a whole, a list of rows or functions is not.
func (x *Index) isTable(lit *ast.CompositeLit) bool {
	switch t := scope.Underlying(x.pkg.Info, lit).(type) {
	case *types.Map:
		return otelapi.SetsSampling(t.Elem())
	case *types.Slice:
		return isRow(t.Elem())
	case *types.Array:
		return isRow(t.Elem())
	}
	return false
}

func isRow(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		if otelapi.SetsSampling(v.Type()) {
			return true
		}
	}
	return false
}

// replaces reports whether both go into one variable and one of them only
// under a condition, the other being what holds without: of the samplers a
// provider is given, the last one counts. Entries of one map are alternatives
// anyway.
func (x *Index) replaces(a, b ast.Node) bool {
	v, keyed := x.goesTo(a)
	w, alsoKeyed := x.goesTo(b)
	if v == nil || v != w || keyed != alsoKeyed {
		return false
	}
	if keyed {
		return true
	}
	at, _, _ := x.fork(a, b)
	return at != nil && (x.conditional(a, at) || x.conditional(b, at))
}

// goesTo returns the variable that is assigned something with n in it.
func (x *Index) goesTo(n ast.Node) (v *types.Var, keyed bool) {
	cur, ok := x.pkg.Cursor(n)
	if !ok {
		return nil, false
	}
	for up := range cur.Enclosing((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.FuncLit)(nil)) {
		switch s := up.Node().(type) {
		case *ast.AssignStmt:
			if len(s.Lhs) != 1 {
				return nil, false
			}
			if i, ok := ast.Unparen(s.Lhs[0]).(*ast.IndexExpr); ok {
				_, isMap := scope.Underlying(x.pkg.Info, i.X).(*types.Map)
				return x.pkg.VarOf(i.X), isMap
			}
			return x.pkg.VarOf(s.Lhs[0]), false
		case *ast.ValueSpec:
			if len(s.Names) != 1 {
				return nil, false
			}
			return x.pkg.VarOf(s.Names[0]), false
		case *ast.FuncLit:
			if s != n {
				return nil, false
			}
		}
	}
	return nil, false
}

// conditional reports whether a condition stands between a node and what is
// around it.
func (x *Index) conditional(n, around ast.Node) bool {
	cur, ok := x.pkg.Cursor(n)
	if !ok {
		return false
	}
	for ; cur.Node() != around; cur = cur.Parent() {
		switch cur.ParentEdgeKind() {
		case edge.IfStmt_Body, edge.IfStmt_Else, edge.CaseClause_Body, edge.CommClause_Body:
			return true
		case edge.Invalid:
			return false
		}
	}
	return false
}

// ofShare reports whether the decision between a ratio and a sampler that
// keeps all or nothing unless there is a parent is about the share itself:
// then the parents have been forgotten on one side.
//
//	if share >= 1 {
//		return ParentBased(AlwaysSample())
//	}
//	return TraceIDRatioBased(share)
func (x *Index) ofShare(n, parent ast.Node, share map[*types.Var]bool) bool {
	if len(share) == 0 || !x.isAllOrNothing(parent) {
		return false
	}
	at, _, _ := x.fork(n, parent)
	if at == nil {
		return false
	}
	mentions := func(e ast.Node) bool {
		found := false
		ast.Inspect(e, func(m ast.Node) bool {
			if id, ok := m.(*ast.Ident); ok {
				v, ok := x.pkg.Info.ObjectOf(id).(*types.Var)
				found = found || ok && share[v.Origin()]
			}
			return !found
		})
		return found
	}
	for _, m := range []ast.Node{n, parent} {
		cur, ok := x.pkg.Cursor(m)
		if !ok {
			return false
		}
		for up := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil), (*ast.SwitchStmt)(nil)) {
			if s, ok := up.Node().(*ast.SwitchStmt); up.Node() != at && contains(up.Node(), at) && (!ok || s.Body != at) {
				break // what is around the whole decision
			}
			switch s := up.Node().(type) {
			case *ast.IfStmt:
				if mentions(s.Cond) {
					return true
				}
			case *ast.CaseClause:
				for _, e := range s.List {
					if mentions(e) {
						return true
					}
				}
			case *ast.SwitchStmt:
				if s.Tag != nil && mentions(s.Tag) {
					return true
				}
			}
		}
	}
	return false
}

// isAllOrNothing reports whether id names the function that is called to ask
// parents, around a sampler without a share.
func (x *Index) isAllOrNothing(id ast.Node) bool {
	cur, ok := x.pkg.Cursor(id)
	if !ok {
		return false
	}
	for up := range cur.Enclosing((*ast.CallExpr)(nil)) {
		c := up.Node().(*ast.CallExpr)
		if !contains(c.Fun, id) || len(c.Args) == 0 {
			return false
		}
		root, ok := ast.Unparen(c.Args[0]).(*ast.CallExpr)
		return ok && otelapi.SamplesAlike(x.pkg.Callee(root))
	}
	return false
}

package spans

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// bind finds out where the results of a start go.
func (m *model) bind(t *summary.Table, s *Start) {
	cur, ok := m.pkg.Cursor(s.Call)
	if !ok {
		return
	}
	for c := range cur.Enclosing() {
		if stmt, ok := c.Node().(ast.Stmt); ok {
			s.Stmt = stmt
			break
		}
	}
	lhs, deferred := destinations(m.chained(cur))
	s.Deferred = deferred
	at := func(i int) ast.Expr {
		if i < 0 || i >= len(lhs) {
			return nil
		}
		return lhs[i]
	}
	s.Span = m.local(at(s.Result))
	s.End = m.local(at(s.EndResult))
	s.Ctx = m.local(at(s.CtxResult))
	s.Err = m.local(at(s.ErrResult))
	s.held = m.local(at(s.object))
	i := max(s.Result, s.object)
	if i < 0 {
		i = s.EndResult
	}
	if v := m.stored(at(i)); v != nil {
		s.Dest = v
	}
}

// chained climbs from a call that returns a span to the last of the calls that
// return it again: tracer.StartSpan("load").SetTag("id", id).
func (m *model) chained(cur inspector.Cursor) inspector.Cursor {
	for {
		out := outermost(cur)
		sel, ok := out.Parent().Node().(*ast.SelectorExpr)
		if !ok || !m.pkg.Tracers.Chains(m.pkg.Info.TypeOf(sel.X), sel.Sel.Name) {
			return cur
		}
		fun := outermost(out.Parent())
		if kind, _ := fun.ParentEdge(); kind != edge.CallExpr_Fun {
			return cur
		}
		cur = fun.Parent()
	}
}

// destinations returns what the results of the call at cur are assigned to.
func destinations(cur inspector.Cursor) (lhs []ast.Expr, deferred bool) {
	cur = outermost(cur)
	kind, i := cur.ParentEdge()
	switch p := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if kind != edge.AssignStmt_Rhs {
			return nil, false
		}
		if len(p.Rhs) == 1 {
			return p.Lhs, false
		}
		return p.Lhs[i : i+1], false
	case *ast.ValueSpec:
		if kind != edge.ValueSpec_Values {
			return nil, false
		}
		for _, name := range p.Names {
			lhs = append(lhs, name)
		}
		if len(p.Values) != 1 {
			lhs = lhs[i : i+1]
		}
		return lhs, false
	case *ast.DeferStmt:
		return nil, true
	}
	return nil, false
}

// outermost climbs the parentheses around an expression.
func outermost(cur inspector.Cursor) inspector.Cursor {
	for {
		if _, ok := cur.Parent().Node().(*ast.ParenExpr); !ok {
			return cur
		}
		cur = cur.Parent()
	}
}

// local returns the local variable, parameter or named result that e is.
func (m *model) local(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(orNil(e)).(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	v, _ := m.pkg.Info.ObjectOf(id).(*types.Var)
	if v == nil || isPackageVar(v) {
		return nil
	}
	return v
}

// stored returns the field, package variable or container that keeps what is
// assigned to e.
func (m *model) stored(e ast.Expr) *types.Var {
	switch e := ast.Unparen(orNil(e)).(type) {
	case *ast.Ident:
		if v, _ := m.pkg.Info.ObjectOf(e).(*types.Var); v != nil && isPackageVar(v) {
			return v
		}
	case *ast.SelectorExpr:
		v, _ := m.pkg.Info.ObjectOf(e.Sel).(*types.Var)
		return v
	}
	return nil
}

func isPackageVar(v *types.Var) bool {
	return v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// orNil keeps ast.Unparen away from a nil expression.
func orNil(e ast.Expr) ast.Expr {
	if e == nil {
		return &ast.BadExpr{}
	}
	return e
}

// onlyValue returns the one expression that is ever assigned to v, nil if
// there are several, none, or such that are not in view.
func (m *model) onlyValue(v *types.Var) ast.Expr {
	v = v.Origin()
	if e, ok := m.values[v]; ok {
		return e
	}
	m.values[v] = nil // against recursion
	m.values[v] = m.findOnlyValue(v)
	return m.values[v]
}

func (m *model) findOnlyValue(v *types.Var) ast.Expr {
	if v.Pkg() != m.pkg.Types || (v.IsField() || isPackageVar(v)) && v.Exported() {
		return nil
	}
	var value ast.Expr
	found := 0
	for _, cur := range m.pkg.Uses(v) {
		kind, i := cur.ParentEdge()
		parent := cur.Parent()
		if kind == edge.SelectorExpr_Sel {
			cur = outermost(parent)
			kind, i = cur.ParentEdge()
			parent = cur.Parent()
		}
		switch p := parent.Node().(type) {
		case *ast.Field:
			if !v.IsField() {
				return nil // a parameter
			}
		case *ast.AssignStmt:
			if kind != edge.AssignStmt_Lhs {
				continue
			}
			if len(p.Lhs) != len(p.Rhs) || p.Tok != token.ASSIGN && p.Tok != token.DEFINE {
				return nil
			}
			value, found = p.Rhs[i], found+1
		case *ast.ValueSpec:
			if kind != edge.ValueSpec_Names || len(p.Values) == 0 {
				continue
			}
			if len(p.Names) != len(p.Values) {
				return nil
			}
			value, found = p.Values[i], found+1
		case *ast.KeyValueExpr:
			if kind == edge.KeyValueExpr_Key && v.IsField() {
				value, found = p.Value, found+1
			}
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return nil
			}
		case *ast.RangeStmt:
			if kind == edge.RangeStmt_Key || kind == edge.RangeStmt_Value {
				return nil
			}
		}
	}
	if found != 1 {
		return nil
	}
	return value
}

// assignedOnce reports whether a local variable gets one value and no other.
func (m *model) assignedOnce(v *types.Var) bool {
	n := 0
	for _, cur := range m.pkg.Uses(v) {
		kind, _ := cur.ParentEdge()
		switch p := cur.Parent().Node().(type) {
		case *ast.Field:
			return false // a parameter
		case *ast.AssignStmt:
			if kind == edge.AssignStmt_Lhs {
				n++
			}
		case *ast.ValueSpec:
			if kind == edge.ValueSpec_Names && len(p.Values) > 0 {
				n++
			}
		case *ast.RangeStmt:
			if kind == edge.RangeStmt_Key || kind == edge.RangeStmt_Value {
				return false
			}
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return false
			}
		}
	}
	return n == 1
}

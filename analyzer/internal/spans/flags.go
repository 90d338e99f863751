package spans

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"

	"github.com/spanlint/spanlint/analyzer/internal/path"
)

// withFlags adds to the conditions of the query what is known of flags: local
// variables that have one value only from a point on, until the span is over,
// because they are set together with its start or its end.
//
//	if traced {
//		ctx, span = tracer.Start(ctx, "list")
//		tracked = true
//	}
//	...
//	if tracked {
//		span.End()
//	}
//
// What is returned undoes it.
func (q *query) withFlags(from path.Point, over map[ast.Node]bool) (undo func()) {
	outer := q.assume
	undo = func() { q.assume, q.flags = outer, nil }
	if q.start == nil || q.from.Node() == nil {
		return undo
	}
	q.flags = make(map[string]bool)
	for _, v := range q.v.m.flagsIn(q) {
		key, ok := q.v.m.operand(v.id)
		if _, given := outer[key]; !ok || given {
			continue
		}
		if value, ok := q.flag(v.obj, from, over); ok {
			q.flags[key] = value
		}
	}
	q.assume = maps.Clone(q.flags)
	maps.Copy(q.assume, outer)
	return undo
}

type flagUse struct {
	id  *ast.Ident
	obj *types.Var
}

// flagsIn returns the local variables that the conditions of the function, or
// of literals that run when it returns, ask for a truth.
func (m *model) flagsIn(q *query) []flagUse {
	var out []flagUse
	seen := make(map[*types.Var]bool)
	note := func(e ast.Expr) {
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			return
		}
		v, ok := m.pkg.Info.Uses[id].(*types.Var)
		if ok && !seen[v] && !isPackageVar(v) && isBool(v.Type()) {
			seen[v] = true
			out = append(out, flagUse{id, v})
		}
	}
	for _, cond := range q.g.Conds() {
		atoms(cond, note)
	}
	for _, e := range q.v.events[q.f] {
		if e.Does == Runs && e.Lit != nil {
			for _, cond := range e.Lit.Graph().Conds() {
				atoms(cond, note)
			}
		}
	}
	return out
}

// flag returns the only value that v has from a point on, until the span is
// over. What it had before counts if it can be asked before it is set again.
func (q *query) flag(v *types.Var, from path.Point, over map[ast.Node]bool) (value, ok bool) {
	writes := q.v.m.writes(v, q.f, q.g)
	if len(writes) == 0 {
		return false, false
	}
	// The next round of a loop declares it anew.
	anew := func(n ast.Node) bool { return writes[n] && declaresVar(n, v) && n.Pos() < from.Node().Pos() }
	var values []truth
	for _, p := range q.reached(from, writes, func(n ast.Node) bool { return n == q.from.Node() || over[n] || anew(n) }) {
		if !anew(p.Node()) {
			values = append(values, q.v.m.written(p.Node(), v))
		}
	}
	// A deferred literal may ask it at each return.
	asks := func(n ast.Node) bool {
		_, returns := n.(*ast.ReturnStmt)
		return !writes[n] && (returns || slices.Contains(q.v.m.varsIn(n), v))
	}
	if _, asked := q.g.Reach(from, asks, path.Search{Stop: func(n ast.Node) bool { return writes[n] || over[n] }}); asked || len(values) == 0 {
		entry := q.g.Backward(from, func(n ast.Node) bool {
			if writes[n] {
				values = append(values, q.v.m.written(n, v))
			}
			return writes[n]
		})
		if entry {
			return false, false // a parameter, or a variable of the function around
		}
	}
	for _, t := range values {
		if t == maybe || t != values[0] {
			return false, false
		}
	}
	return len(values) > 0 && values[0] == yes, len(values) > 0
}

func declaresVar(n ast.Node, v *types.Var) bool { return n.Pos() <= v.Pos() && v.Pos() < n.End() }

// written returns the constant that a statement assigns to v.
func (m *model) written(n ast.Node, v *types.Var) truth {
	value := func(lhs, rhs []ast.Expr) truth {
		for i, l := range lhs {
			if id, ok := l.(*ast.Ident); ok && m.pkg.Info.ObjectOf(id) == v && len(lhs) == len(rhs) {
				if tv := m.pkg.Info.Types[rhs[i]]; tv.Value != nil && tv.Value.Kind() == constant.Bool {
					return truthOf(constant.BoolVal(tv.Value))
				}
			}
		}
		return maybe
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		return value(n.Lhs, n.Rhs)
	case *ast.ValueSpec:
		if len(n.Values) == 0 {
			return no
		}
		var lhs []ast.Expr
		for _, name := range n.Names {
			lhs = append(lhs, name)
		}
		return value(lhs, n.Values)
	}
	return maybe
}

package spans

import (
	"go/ast"
	"go/token"
	"maps"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
)

// switchedOff reports whether a branch of a helper is taken only while traces
// are switched off: it stands in the helper's own body, asks the package's
// state and nothing else, and leaves the helper at once.
//
//	func End(span trace.Span, err error) {
//		if !Configured {
//			return
//		}
//		...
//		span.End()
//	}
//
// What such a switch says holds for the whole program, and whoever sets traces
// up sets it: until then a tracer starts spans that do nothing. In a function
// that starts the span itself a state of the package says nothing like that.
func (q *query) switchedOff(cond ast.Expr, outcome bool) bool {
	if q.start != nil {
		return false
	}
	for i, stmt := range q.f.Body.List {
		s, ok := stmt.(*ast.IfStmt)
		if !ok || s.Cond != cond {
			continue
		}
		if s.Else != nil || !q.asksProgram(cond) {
			return false
		}
		if outcome {
			return onlyReturns(s.Body.List)
		}
		return len(s.Body.List) > 0 && (i == len(q.f.Body.List)-1 || onlyReturns(q.f.Body.List[i+1:]))
	}
	return false
}

func onlyReturns(list []ast.Stmt) bool {
	if len(list) != 1 {
		return false
	}
	_, ok := list[0].(*ast.ReturnStmt)
	return ok
}

// asksProgram reports whether a condition asks for the state of the program,
// and beside that at most whether there is a span.
func (q *query) asksProgram(cond ast.Expr) bool {
	state := false
	for _, e := range conditions(cond) {
		if b, ok := e.(*ast.BinaryExpr); ok {
			if b.Op != token.EQL && b.Op != token.NEQ {
				return false
			}
			x, y := b.X, b.Y
			if q.isConstant(x) {
				x, y = y, x
			}
			if q.isConstant(y) && q.ofProgram(x) {
				state = true
				continue
			}
			if q.isNil(b) == maybe {
				return false
			}
			continue
		}
		if !q.ofProgram(e) {
			return false
		}
		state = true
	}
	return state
}

func conditions(cond ast.Expr) []ast.Expr {
	var out []ast.Expr
	atoms(cond, func(e ast.Expr) { out = append(out, ast.Unparen(e)) })
	return out
}

func (q *query) isConstant(e ast.Expr) bool {
	tv := q.v.m.pkg.Info.Types[ast.Unparen(e)]
	return tv.IsNil() || tv.Value != nil
}

// ofProgram reports whether an expression reads a package variable that the
// function leaves as it is, a part of one, or what a function without
// parameters says.
func (q *query) ofProgram(e ast.Expr) bool {
	m := q.v.m
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if v := m.pkg.VarOf(e); v != nil && isPackageVar(v) {
			return !otelapi.IsError(v.Type()) && len(m.writes(v, q.f, q.f.Graph())) == 0
		}
		sel, ok := e.(*ast.SelectorExpr)
		return ok && q.ofProgram(sel.X)
	case *ast.StarExpr:
		return q.ofProgram(e.X)
	case *ast.CallExpr:
		if len(e.Args) > 0 {
			return false
		}
		if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && m.pkg.Info.Selections[sel] != nil {
			return q.ofProgram(sel.X) // enabled.Load()
		}
		return m.pkg.Callee(e) != nil
	}
	return false
}

// predicates returns the keys of conditions by which the function asks others
// about the span, as isSampled(span): functions that are given the span alone,
// look at it, and say yes or no. One of the answers can mean that the span is
// none that is exported; which one, only its author knows.
func (q *query) predicates() []string {
	var keys []string
	seen := make(map[string]bool)
	for _, cond := range q.g.Conds() {
		for _, e := range conditions(cond) {
			call, ok := q.v.m.valueOf(e).(*ast.CallExpr)
			if !ok || !q.looksAt(call) {
				continue
			}
			key, _, ok := q.v.m.atom(e)
			if _, given := q.assume[key]; ok && !given && !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys[:min(len(keys), 2)]
}

// looksAt reports whether a call is that of a predicate over the span.
func (q *query) looksAt(call *ast.CallExpr) bool {
	m := q.v.m
	to := m.callee(q.v.t, call)
	if to.sum == nil || len(call.Args) == 0 {
		return false
	}
	if t := m.pkg.Info.TypeOf(call); t == nil || !isBool(t) {
		return false
	}
	for i, arg := range call.Args {
		if to.sum.SlotAt(i).Span != 0 || !q.isOfSpan(arg, 0) {
			return false
		}
	}
	return true
}

// isOfSpan reports whether an expression is the span, or something that it
// says of itself: span.SpanContext().
func (q *query) isOfSpan(e ast.Expr, depth int) bool {
	if depth > 4 {
		return false
	}
	if q.has(e, theSpan) {
		return true
	}
	call, ok := q.v.m.valueOf(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	if q.lentFromCarrier(call) {
		return true
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && len(call.Args) == 0 && q.v.m.pkg.Info.Selections[sel] != nil && q.isOfSpan(sel.X, depth+1)
}

// lentFromCarrier reports whether a call takes the span, or what it says of
// itself, out of a context that carries it.
func (q *query) lentFromCarrier(call *ast.CallExpr) bool {
	fn := q.v.m.pkg.Callee(call)
	return len(call.Args) == 1 && (otelapi.Lends(fn) || otelapi.ReadsSpanContext(fn)) && q.has(call.Args[0], carrier)
}

// valueOf returns an expression, or that of the local variable which never has
// another value.
func (m *model) valueOf(e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	if v := m.local(e); v != nil {
		if value := m.onlyValue(v); value != nil {
			return ast.Unparen(value)
		}
	}
	return e
}

// runAsked is run where the function asks predicates about the span: a loss
// must be there whatever they answer, for one of the answers can mean that
// there is nothing to lose.
func (q *query) runAsked(keys []string) (Loss, bool) {
	outer := q.assume
	defer func() { q.assume = outer }()
	var first Loss
	for bits := range 1 << len(keys) {
		q.assume = maps.Clone(outer)
		if q.assume == nil {
			q.assume = make(map[string]bool)
		}
		for i, k := range keys {
			q.assume[k] = bits>>i&1 == 1
		}
		loss, open := q.run()
		if !open {
			return Loss{}, false
		}
		if bits == 0 {
			first = loss
		}
	}
	return first, true
}

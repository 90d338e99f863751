package spans

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A truth is the outcome of a condition, as far as it is known.
type truth int8

const (
	maybe truth = iota
	yes
	no
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

// edge reports whether a branch can be taken while the span is open.
func (q *query) edge(cond ast.Expr, outcome bool) bool {
	if q.start != nil && q.start.Err != nil && isBool(q.start.Err.Type()) && q.v.mentions(cond, q.start.Err) {
		// A flag that the start returned says whether there is a span; which
		// of the two outcomes means that there is, is not known.
		return false
	}
	if q.switchedOff(cond, outcome) {
		return false
	}
	t := q.eval(cond)
	return t == maybe || t == truthOf(outcome)
}

// eval evaluates a condition under the assumption that the span is open.
func (q *query) eval(e ast.Expr) truth {
	e = ast.Unparen(e)
	if tv := q.v.m.pkg.Info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.Bool {
		return truthOf(constant.BoolVal(tv.Value))
	}
	switch e := e.(type) {
	case *ast.Ident:
		if call, ok := q.v.m.valueOf(e).(*ast.CallExpr); ok {
			if answer, ok := q.asksSpan(call); ok {
				return truthOf(answer != q.ended)
			}
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return q.eval(e.X).not()
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			x, y := q.eval(e.X), q.eval(e.Y)
			decides := no
			if e.Op == token.LOR {
				decides = yes
			}
			switch {
			case x == decides || y == decides:
				return decides
			case x == maybe || y == maybe:
				return maybe
			}
			return decides.not()
		case token.EQL, token.NEQ:
			if t := q.isNil(e); t != maybe {
				if e.Op == token.NEQ {
					return t.not()
				}
				return t
			}
		}
	case *ast.CallExpr:
		if answer, ok := q.asksSpan(e); ok {
			return truthOf(answer != q.ended)
		}
		if q.start != nil && q.start.Err != nil && otelapi.IsError(q.start.Err.Type()) {
			for _, arg := range e.Args {
				// errors.Is(err, x): where the start failed there is no span.
				if q.v.m.pkg.VarOf(arg) == q.start.Err && q.fromStart(arg, q.start.Err) {
					return no
				}
			}
		}
	}
	key, negated, ok := q.v.m.atom(e)
	if !ok {
		return maybe
	}
	if b, ok := q.assume[key]; ok {
		return truthOf(b != negated)
	}
	if q.wild != nil && q.changes(e) {
		q.wild[key] = true
	}
	return maybe
}

// asksSpan reports whether a call asks the span whether it is a real one, as
// span.IsRecording() or span.SpanContext().IsValid(). One that is not real
// needs no End. The answer is that of an open span.
func (q *query) asksSpan(call *ast.CallExpr) (answer, ok bool) {
	if len(call.Args) > 0 {
		return false, false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false, false
	}
	x, isCall := q.v.m.valueOf(sel.X).(*ast.CallExpr)
	if q.has(sel.X, theSpan) || isCall && q.lentFromCarrier(x) {
		return q.v.m.pkg.Tracers.Asks(q.v.m.pkg.Info.TypeOf(sel.X), sel.Sel.Name)
	}
	if !isCall {
		return false, false
	}
	return q.asksSpan(x)
}

// has reports whether e is a variable with the span in that form.
func (q *query) has(e ast.Expr, forms ...form) bool {
	v := q.v.m.pkg.VarOf(e)
	if v == nil {
		return false
	}
	for _, h := range q.v.holders[v.Origin()] {
		for _, f := range forms {
			if h.form == f {
				return true
			}
		}
	}
	return false
}

// isNil evaluates e, a comparison for equality, if it compares with nil.
func (q *query) isNil(e *ast.BinaryExpr) truth {
	info := q.v.m.pkg.Info
	x, y := ast.Unparen(e.X), ast.Unparen(e.Y)
	if info.Types[x].IsNil() {
		x, y = y, x
	}
	if !info.Types[y].IsNil() {
		return maybe
	}
	if q.has(x, theSpan, endFunc, literal, object) {
		return no // an open span is not nil, and neither is what ends it
	}
	if call, ok := x.(*ast.CallExpr); ok && q.deferred && isRecover(info, call) {
		return yes
	}
	v := q.v.m.pkg.VarOf(x)
	if v == nil {
		return maybe
	}
	if q.deferred {
		if call, ok := orNil(q.v.m.onlyValue(v)).(*ast.CallExpr); ok && isRecover(info, call) {
			return yes // the function returns, it does not panic
		}
		switch q.errs[v] {
		case factNil:
			return yes
		case factNonNil:
			return no
		}
	}
	if q.start != nil && v == q.start.Err && otelapi.IsError(v.Type()) && q.fromStart(x, v) {
		return yes // where the start failed there is no span
	}
	return maybe
}

func isRecover(info *types.Info, call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || id.Name != "recover" {
		return false
	}
	_, builtin := info.Uses[id].(*types.Builtin)
	return builtin
}

// fromStart reports whether the variable still has, at x, what the start gave it.
func (q *query) fromStart(x ast.Expr, v *types.Var) bool {
	p, ok := q.g.At(x)
	if !ok {
		return false
	}
	writes := q.v.m.writes(v, q.f, q.g)
	if writes == nil {
		return false
	}
	changed := false
	q.g.Backward(p, func(n ast.Node) bool {
		if n == q.from.Node() {
			return true
		}
		if writes[n] {
			changed = true
			return true
		}
		return false
	})
	return !changed
}

// writes returns the nodes of the graph that assign v. It is nil if v is
// assigned where the graph does not show it: in a literal, or through an
// address.
func (m *model) writes(v *types.Var, f *scope.Func, g *path.Graph) map[ast.Node]bool {
	writes := make(map[ast.Node]bool)
	for _, cur := range m.pkg.Uses(v) {
		kind, _ := cur.ParentEdge()
		write := false
		switch p := cur.Parent().Node().(type) {
		case *ast.AssignStmt:
			write = kind == edge.AssignStmt_Lhs
		case *ast.IncDecStmt:
			write = true
		case *ast.ValueSpec:
			write = kind == edge.ValueSpec_Names
		case *ast.RangeStmt:
			write = kind == edge.RangeStmt_Key || kind == edge.RangeStmt_Value
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return nil
			}
		}
		if !write {
			continue
		}
		if m.pkg.Enclosing(cur) != f {
			if m.declares(cur) {
				continue // declared in the function around
			}
			return nil
		}
		if p, ok := g.At(cur.Node()); ok {
			writes[p.Node()] = true
		}
	}
	return writes
}

// atom returns a key under which equal conditions are equal, and whether the
// condition is the opposite of what the key stands for.
func (m *model) atom(e ast.Expr) (key string, negated, ok bool) {
	e = ast.Unparen(e)
	if b, isBinary := e.(*ast.BinaryExpr); isBinary {
		x, ok1 := m.operand(b.X)
		y, ok2 := m.operand(b.Y)
		if !ok1 || !ok2 {
			return "", false, false
		}
		switch b.Op {
		case token.EQL:
			return x + "==" + y, false, true
		case token.NEQ:
			return x + "==" + y, true, true
		case token.LSS:
			return x + "<" + y, false, true
		case token.GEQ:
			return x + "<" + y, true, true
		case token.GTR:
			if y == "0" && strings.HasPrefix(x, "len(") {
				return x + "==0", true, true
			}
			return y + "<" + x, false, true
		case token.LEQ:
			return y + "<" + x, true, true
		}
		return "", false, false
	}
	key, ok = m.operand(e)
	return key, false, ok
}

// operand is atom for what is compared. Calls count as equal if they are
// spelled alike: whether they answer alike nobody knows, so we take it.
func (m *model) operand(e ast.Expr) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := m.pkg.Info.ObjectOf(e)
		if obj == nil {
			return "", false
		}
		if obj.Parent() == types.Universe {
			return e.Name, true
		}
		return fmt.Sprintf("%s@%d", e.Name, obj.Pos()), true
	case *ast.BasicLit:
		return e.Value, true
	case *ast.SelectorExpr:
		x, ok := m.operand(e.X)
		return x + "." + e.Sel.Name, ok
	case *ast.StarExpr:
		x, ok := m.operand(e.X)
		return "*" + x, ok
	case *ast.IndexExpr:
		x, ok1 := m.operand(e.X)
		i, ok2 := m.operand(e.Index)
		return x + "[" + i + "]", ok1 && ok2
	case *ast.CallExpr:
		x, ok := m.operand(e.Fun)
		var b strings.Builder
		b.WriteString(x + "(")
		for _, arg := range e.Args {
			a, ok := m.operand(arg)
			if !ok {
				return "", false
			}
			b.WriteString(a + ",")
		}
		if len(e.Args) == 1 {
			return x + "(" + strings.TrimSuffix(b.String()[len(x)+1:], ",") + ")", ok
		}
		return b.String() + ")", ok
	}
	return "", false
}

// atoms calls f with every condition that e is made of.
func atoms(e ast.Expr, f func(ast.Expr)) {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			atoms(x.X, f)
			return
		}
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			atoms(x.X, f)
			atoms(x.Y, f)
			return
		}
	}
	f(e)
}

// repeated returns the conditions that are asked more than once and whose
// outcome does not change in between.
func (q *query) repeated() []string {
	type group struct {
		exprs []ast.Expr
		at    []ast.Node
		n     int
	}
	groups := make(map[string]*group)
	var keys []string
	note := func(e ast.Expr, here bool) {
		key, _, ok := q.v.m.atom(e)
		if !ok || key == "true" || key == "false" {
			return
		}
		if _, given := q.assume[key]; given {
			return
		}
		g := groups[key]
		if g == nil {
			g = &group{}
			groups[key] = g
			keys = append(keys, key)
		}
		g.n++
		g.exprs = append(g.exprs, e)
		if here {
			at := e
			if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
				at = b.Y // in a switch the tag stands elsewhere
			}
			g.at = append(g.at, at)
		}
	}
	for _, cond := range q.g.Conds() {
		atoms(cond, func(e ast.Expr) { note(e, true) })
	}
	for _, e := range q.v.events[q.f] {
		if e.Does == Runs && e.Lit != nil {
			for _, cond := range e.Lit.Graph().Conds() {
				atoms(cond, func(e ast.Expr) { note(e, false) })
			}
		}
	}
	var out []string
	for _, key := range keys {
		g := groups[key]
		if g.n < 2 || !q.stable(g.exprs[0], g.at) {
			continue
		}
		if out = append(out, key); len(out) == maxAtoms {
			break
		}
	}
	return out
}

// stable reports whether nothing that the condition is made of is assigned
// between two of the places where it is asked.
func (q *query) stable(cond ast.Expr, at []ast.Node) bool {
	vars := q.v.m.varsIn(cond)
	changed := make(map[ast.Node]bool)
	for _, v := range vars {
		if v.IsField() || isPackageVar(v) {
			for n := range q.v.m.writes(v, q.f, q.g) {
				changed[n] = true
			}
			continue
		}
		writes := q.v.m.writes(v, q.f, q.g)
		if writes == nil {
			return false
		}
		for n := range writes {
			changed[n] = true
		}
	}
	if len(changed) == 0 {
		return true
	}
	asked := make(map[ast.Node]bool)
	for _, c := range at {
		if p, ok := q.g.At(c); ok {
			asked[p.Node()] = true
		}
	}
	// A way that comes back to the start is over: the span of the last time
	// is lost there or ended.
	barrier := func(n ast.Node) bool { return q.start != nil && n == q.from.Node() }
	stale := func(from path.Point) bool {
		for _, w := range q.reached(from, changed, barrier) {
			if len(q.reached(w, asked, barrier)) > 0 {
				return true
			}
		}
		return false
	}
	for _, c := range at {
		p, ok := q.g.At(c)
		if !ok {
			continue
		}
		if stale(p) || q.start != nil && q.precedes(p) && stale(q.from) {
			return false
		}
	}
	return true
}

// reached returns the points of the nodes that can be reached.
func (q *query) reached(from path.Point, nodes map[ast.Node]bool, barrier func(ast.Node) bool) []path.Point {
	var out []path.Point
	q.g.Reach(from, func(n ast.Node) bool {
		if nodes[n] {
			if p, ok := q.g.At(n); ok {
				out = append(out, p)
			}
		}
		return false
	}, path.Search{Stop: barrier})
	return out
}

// changes reports whether a variable in the condition is assigned in a
// function around the literal after it was declared.
func (q *query) changes(cond ast.Expr) bool {
	for _, v := range q.v.m.varsIn(cond) {
		if v.IsField() || isPackageVar(v) {
			return true
		}
		if fact, isResult := q.errs[v]; isResult {
			if fact == factWild {
				return true
			}
			continue
		}
		if otelapi.IsError(v.Type()) && q.isResult(v) {
			continue // see errFacts
		}
		assigned := 0
		for _, cur := range q.v.m.pkg.Uses(v) {
			kind, _ := cur.ParentEdge()
			switch p := cur.Parent().Node().(type) {
			case *ast.AssignStmt:
				if kind == edge.AssignStmt_Lhs && !q.v.m.declares(cur) {
					assigned++
				}
			case *ast.IncDecStmt:
				assigned++
			case *ast.UnaryExpr:
				if p.Op == token.AND {
					assigned++
				}
			}
		}
		if assigned > 0 {
			return true
		}
	}
	return false
}

func (q *query) isResult(v *types.Var) bool {
	for f := q.f; f != nil; f = f.Outer {
		for i := range f.Sig.Results().Len() {
			if f.Sig.Results().At(i) == v {
				return true
			}
		}
	}
	return false
}

// varsIn returns the variables and fields that an expression reads.
func (m *model) varsIn(e ast.Node) []*types.Var {
	var vars []*types.Var
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := m.pkg.Info.Uses[id].(*types.Var); ok {
				vars = append(vars, v.Origin())
			}
		}
		return true
	})
	return vars
}

// A fact is what is known of an error that a function returns.
type fact uint8

const (
	factUnknown fact = iota
	factNil
	factNonNil
	// factWild: it may be an error, and nothing says that it is none.
	factWild
)

// errFacts returns what is known of the named error results of the function
// where it returns.
func (q *query) errFacts(ret *ast.ReturnStmt) map[*types.Var]fact {
	facts := make(map[*types.Var]fact)
	res := q.f.Sig.Results()
	for i := range res.Len() {
		v := res.At(i)
		if v.Name() == "" || v.Name() == "_" || !otelapi.IsError(v.Type()) {
			continue
		}
		switch {
		case len(ret.Results) == res.Len():
			facts[v] = q.v.m.errFact(q.f, ret, i)
		case len(ret.Results) == 0:
			switch {
			case q.v.m.guarded(q.f, ret, v):
				facts[v] = factNonNil
			case q.neverAssigned(v, ret):
				facts[v] = factNil
			default:
				facts[v] = factWild
			}
		default:
			facts[v] = factUnknown
		}
	}
	return facts
}

// neverAssigned reports whether the result v has never been assigned on some
// way to a return without operands.
func (q *query) neverAssigned(v *types.Var, ret *ast.ReturnStmt) bool {
	writes := q.v.m.writes(v, q.f, q.g)
	if writes == nil {
		return false
	}
	p, ok := q.g.At(ret)
	if !ok {
		return len(writes) == 0
	}
	return q.g.Backward(p, func(n ast.Node) bool { return writes[n] })
}

// errFact says whether operand i of a return is an error. A call that makes
// an error out of text or another error is taken for one that does.
func (m *model) errFact(f *scope.Func, ret *ast.ReturnStmt, i int) fact {
	e := ast.Unparen(ret.Results[i])
	if m.pkg.Info.Types[e].IsNil() {
		return factNil
	}
	switch e := e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		v := m.pkg.VarOf(e)
		switch {
		case v == nil:
		case isPackageVar(v), m.guarded(f, ret, v):
			return factNonNil
		}
		return factUnknown
	case *ast.CompositeLit, *ast.UnaryExpr:
		return factNonNil
	case *ast.CallExpr:
		if len(ret.Results) > 1 && m.zeros(ret.Results, i) || m.guarded(f, ret, nil) || m.makesError(e) {
			return factNonNil
		}
	}
	return factUnknown
}

// zeros reports whether all operands but the i-th are zero values, as they
// are beside an error.
func (m *model) zeros(operands []ast.Expr, i int) bool {
	for j, e := range operands {
		if j == i {
			continue
		}
		tv := m.pkg.Info.Types[ast.Unparen(e)]
		switch {
		case tv.IsNil():
		case tv.Value != nil:
			if s := tv.Value.ExactString(); s != `""` && s != "0" && s != "false" {
				return false
			}
		default:
			if lit, ok := ast.Unparen(e).(*ast.CompositeLit); !ok || len(lit.Elts) > 0 {
				return false
			}
		}
	}
	return true
}

// makesError reports whether a call makes an error out of texts, codes and
// other errors: nothing in its arguments can do work that may succeed.
func (m *model) makesError(call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	for _, arg := range call.Args {
		tv := m.pkg.Info.Types[ast.Unparen(arg)]
		if tv.Type == nil {
			return false
		}
		if tv.Value == nil && !otelapi.IsError(tv.Type) {
			if _, basic := tv.Type.Underlying().(*types.Basic); !basic {
				return len(call.Args) > 1 && m.pkg.Info.Types[ast.Unparen(call.Args[0])].Value != nil
			}
		}
	}
	return true
}

// guarded reports whether the return stands where v, or if v is nil any
// error, has been found not to be nil.
func (m *model) guarded(f *scope.Func, ret *ast.ReturnStmt, v *types.Var) bool {
	cur, ok := m.pkg.Cursor(ret)
	if !ok {
		return false
	}
	for c := range cur.Enclosing() {
		if c.Node() == f.Node {
			return false
		}
		kind, _ := c.ParentEdge()
		ifs, ok := c.Parent().Node().(*ast.IfStmt)
		if !ok || kind != edge.IfStmt_Body && kind != edge.IfStmt_Else {
			continue
		}
		found := false
		atoms(ifs.Cond, func(e ast.Expr) {
			b, ok := ast.Unparen(e).(*ast.BinaryExpr)
			if !ok || !m.pkg.Info.Types[ast.Unparen(b.Y)].IsNil() {
				return
			}
			if (b.Op == token.NEQ) != (kind == edge.IfStmt_Body) {
				return
			}
			w := m.pkg.VarOf(b.X)
			if w != nil && (w == v || v == nil && otelapi.IsError(w.Type())) {
				found = true
			}
		})
		if found {
			return true
		}
	}
	return false
}

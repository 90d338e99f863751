package spans

import (
	"cmp"
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

// A Failure is an error that leaves the function of a span whose status says
// nothing of it.
type Failure struct {
	// Return lets it out. It is nil where a deferred function looks at the
	// error: then At, what notes the error there, stands for all returns.
	Return *ast.ReturnStmt
	At     ast.Node
	// Err is the variable that has the error for sure, nil if it may have none,
	// or if the error is made where it is returned.
	Err *types.Var
	// Result is the operand of the return, nil where it has none.
	Result ast.Expr
}

// Failures returns the errors that come up while the span is open and leave
// the function on some path that does not set its status.
func (s *Start) Failures() []Failure {
	if s.Func == nil || s.Span == nil || s.Result < 0 || s.Foreign() || s.Moves() || !s.Func.Owns(s.Span) {
		return nil
	}
	res := s.Func.Sig.Results()
	i := res.Len() - 1
	if i < 0 || !otelapi.IsError(res.At(i).Type()) {
		return nil
	}
	st := &statuses{s: s, m: s.x.m, t: s.x.Table, marks: make(map[ast.Node]bool)}
	if st.read(); st.covered {
		return nil
	}
	if len(st.records) > 0 {
		slices.SortFunc(st.records, func(a, b Failure) int { return cmp.Compare(a.At.Pos(), b.At.Pos()) })
		return st.records[:1]
	}
	var out []Failure
	for _, ret := range s.Func.Graph().Exits() {
		if f, ok := st.leaves(ret, i); ok {
			out = append(out, f)
		}
	}
	return out
}

// statuses has what a function does to the status of one span.
type statuses struct {
	s *Start
	m *model
	t *summary.Table
	// marks are the nodes of the function's graph that set the status.
	marks map[ast.Node]bool
	// covered says that something deferred sets it, or that somebody who is
	// not known may.
	covered bool
	// records are deferred calls that note the error and leave the status.
	records []Failure
}

// read finds what sets the status.
func (st *statuses) read() {
	g := st.s.Func.Graph()
	ast.Inspect(st.s.Func.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sets := st.sets(call)
		if !sets && !st.notes(call) {
			return true
		}
		cur, ok := st.m.pkg.Cursor(call)
		if !ok {
			return true
		}
		for d := range cur.Enclosing((*ast.DeferStmt)(nil)) {
			if f := st.m.pkg.Enclosing(d); f == nil || f != st.s.Func && !f.Inside(st.s.Func) {
				break
			}
			if sets && d.Node().(*ast.DeferStmt).Call == call && st.premature(call, g) {
				return true // it sets nothing
			}
			if sets {
				st.covered = true
			} else {
				st.records = append(st.records, Failure{At: call, Err: st.recorded(call)})
			}
			return true
		}
		if !sets {
			return true
		}
		var at ast.Node = call
		for f := st.m.pkg.FuncAt(call); f != nil && f != st.s.Func; f = f.Outer {
			at = f.Node
			// A function of its own for what fails: its calls set the status.
			if v := st.literalVar(f); v != nil {
				for _, use := range st.m.pkg.Uses(v) {
					if p, ok := g.At(use.Node()); ok && st.m.pkg.Enclosing(use) == st.s.Func {
						st.marks[p.Node()] = true
					}
				}
			}
		}
		if p, ok := g.At(at); ok {
			st.marks[p.Node()] = true
		}
		return true
	})
}

// premature reports whether a deferred call is given an error that is still to
// come: arguments are evaluated by the defer statement, not by the call.
func (st *statuses) premature(call *ast.CallExpr, g *path.Graph) bool {
	from, ok := g.At(call)
	if !ok || st.m.pkg.FuncAt(call) != st.s.Func {
		return false
	}
	for _, arg := range call.Args {
		if t := st.m.pkg.Info.TypeOf(arg); t == nil || !otelapi.IsError(t) {
			continue // its address is another matter
		}
		v := st.m.pkg.VarOf(arg)
		if v == nil || v.IsField() || !st.s.Func.Owns(v) {
			continue
		}
		if res := st.s.Func.Sig.Results(); res.Len() > 0 && res.At(res.Len()-1) == v {
			return true // every return sets it
		}
		for _, cur := range st.m.pkg.Uses(v) {
			if cur.ParentEdgeKind() != edge.AssignStmt_Lhs || st.m.pkg.Enclosing(cur) != st.s.Func {
				continue
			}
			if to, ok := g.At(cur.Node()); ok && to != from {
				if _, later := g.Reach(from, func(n ast.Node) bool { return n == to.Node() }, path.Search{}); later {
					return true
				}
			}
		}
	}
	return false
}

// literalVar returns the variable that a literal is assigned to.
func (st *statuses) literalVar(f *scope.Func) *types.Var {
	if f.Cursor.ParentEdgeKind() != edge.AssignStmt_Rhs {
		return nil
	}
	assign := f.Cursor.Parent().Node().(*ast.AssignStmt)
	if i := f.Cursor.ParentEdgeIndex(); i < len(assign.Lhs) && len(assign.Lhs) == len(assign.Rhs) {
		return st.m.pkg.VarOf(assign.Lhs[i])
	}
	return nil
}

// isSpan reports whether an expression has the span, or may have it: not that
// of another start.
func (st *statuses) isSpan(e ast.Expr) bool {
	if t := st.m.pkg.Info.TypeOf(e); t == nil || !otelapi.IsSpan(t) {
		return false
	}
	v := st.m.pkg.VarOf(e)
	if v == nil || v == st.s.Span {
		return true
	}
	for _, o := range st.s.x.starts {
		if o.Span == v {
			return false
		}
	}
	return true
}

// sets reports whether a call may set the status of the span to an error.
func (st *statuses) sets(call *ast.CallExpr) bool {
	fn := st.m.pkg.Callee(call)
	if otelapi.SetsStatus(fn) {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return ok && len(call.Args) > 0 && st.isSpan(sel.X) && otelapi.IsErrorStatus(st.m.pkg.Info.Types[call.Args[0]].Value)
	}
	if fn != nil && fn.Pkg() != nil && otelapi.SpeaksOf(fn.Pkg().Path()) {
		return false
	}
	return st.m.setsGiven(st.t, call, st.isSpan)
}

// setsGiven reports whether a call is given a span, or a context together with
// an error, and may set the status then.
func (m *model) setsGiven(t *summary.Table, call *ast.CallExpr, isSpan func(ast.Expr) bool) bool {
	tv := m.pkg.Info.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return false
	}
	to := m.callee(t, call)
	errors, carries := false, false
	for i, arg := range call.Args {
		typ := m.pkg.Info.TypeOf(arg)
		switch {
		case typ == nil:
		case otelapi.IsSpan(typ) && isSpan(arg):
			if to.sum == nil || to.sum.SlotAt(min(i, to.sum.Params()-1)).Fails {
				return true
			}
		case otelapi.IsContext(typ):
			if to.sum != nil && to.sum.SlotAt(i).Fails {
				return true
			}
			carries = true
		case otelapi.IsError(typ):
			errors = true
		}
	}
	// recordError(ctx, err), not in view.
	return carries && errors && to.sum == nil && !otelapi.ReadsOnly(to.fn)
}

// notes reports whether a call notes an error on the span and leaves the
// status.
func (st *statuses) notes(call *ast.CallExpr) bool {
	if otelapi.RecordsError(st.m.pkg.Callee(call)) {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return ok && st.isSpan(sel.X)
	}
	return false
}

// recorded returns the error variable that is noted, where it is one for sure.
func (st *statuses) recorded(call *ast.CallExpr) *types.Var {
	if len(call.Args) == 0 {
		return nil
	}
	v := st.m.pkg.VarOf(call.Args[0])
	cur, ok := st.m.pkg.Cursor(call)
	if v == nil || !ok || !st.m.nonNilAt(cur, v) {
		return nil
	}
	return v
}

// nonNilAt reports whether a place lies in the branch that is taken where v is
// not nil.
func (m *model) nonNilAt(cur cursor, v *types.Var) bool {
	for c := range cur.Enclosing() {
		kind, _ := c.ParentEdge()
		ifs, ok := c.Parent().Node().(*ast.IfStmt)
		if !ok || kind != edge.IfStmt_Body {
			continue
		}
		found := false
		atoms(ifs.Cond, func(e ast.Expr) {
			b, ok := ast.Unparen(e).(*ast.BinaryExpr)
			found = found || ok && b.Op == token.NEQ && m.pkg.Info.Types[ast.Unparen(b.Y)].IsNil() && m.pkg.VarOf(b.X) == v
		})
		if found {
			return true
		}
	}
	return false
}

// leaves reports whether a return lets an error out whose span's status may
// be unset.
func (st *statuses) leaves(ret *ast.ReturnStmt, i int) (Failure, bool) {
	m, s := st.m, st.s
	g := s.Func.Graph()
	at, ok := g.At(ret)
	if !ok || st.marks[at.Node()] {
		return Failure{}, false
	}
	f := Failure{Return: ret}
	var v *types.Var
	switch {
	case len(ret.Results) == s.Func.Sig.Results().Len():
		f.Result = ast.Unparen(ret.Results[i])
	case len(ret.Results) == 1:
		f.Result = ast.Unparen(ret.Results[0]) // return f(ctx)
	case len(ret.Results) == 0:
		v = s.Func.Sig.Results().At(i)
		if v.Name() == "" || v.Name() == "_" || ret.Pos() >= s.Func.Body.Rbrace {
			return Failure{}, false
		}
	}
	if f.Result != nil {
		switch m.errFactOf(s.Func, ret, i) {
		case factNil:
			return Failure{}, false
		}
		if w := m.errorIn(f.Result); w != nil {
			v = w
		}
	}
	if st.expects(ret, f.Result, v) {
		return Failure{}, false
	}
	if v != nil && !isPackageVar(v) {
		return st.fromVar(f, at, ret, v)
	}
	// Made where it is returned, or by the call that is returned.
	if call, ok := f.Result.(*ast.CallExpr); ok && st.told(call) {
		return Failure{}, false
	}
	if reached, open := st.unmarked(at); !reached || !open {
		return Failure{}, false
	}
	return f, true
}

// errorIn returns the variable of an error that an expression is, or wraps.
func (m *model) errorIn(e ast.Expr) *types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v := m.pkg.VarOf(e); v != nil && otelapi.IsError(v.Type()) {
			return v
		}
	case *ast.SelectorExpr:
		if v := m.pkg.VarOf(e); v != nil && isPackageVar(v) {
			return v
		}
	case *ast.CallExpr:
		for _, arg := range e.Args {
			if t := m.pkg.Info.TypeOf(arg); t != nil && otelapi.IsError(t) {
				if v := m.errorIn(arg); v != nil {
					return v
				}
			}
		}
	}
	return nil
}

// errFactOf is errFact for returns of one call with several results as well.
func (m *model) errFactOf(f *scope.Func, ret *ast.ReturnStmt, i int) fact {
	if len(ret.Results) != f.Sig.Results().Len() {
		return factUnknown
	}
	return m.errFact(f, ret, i)
}

// fromVar judges the return of an error that a variable has: on some path
// from where it came up, in the span and with the variable not nil, nothing
// sets the status.
func (st *statuses) fromVar(f Failure, at path.Point, ret *ast.ReturnStmt, v *types.Var) (Failure, bool) {
	m, s := st.m, st.s
	g := s.Func.Graph()
	p, ok := s.point()
	if !ok {
		return Failure{}, false
	}
	var defs []path.Point
	g.Backward(at, func(n ast.Node) bool {
		if !m.assigns(n, v) {
			return false
		}
		if dp, ok := g.At(n); ok {
			defs = append(defs, dp)
		}
		return true
	})
	nonNil := func(cond ast.Expr, outcome bool) bool {
		t := m.nilTest(cond, v)
		return t == maybe || t == truthOf(outcome)
	}
	for _, d := range defs {
		if d == p || !s.OpenAt(d.Node()) || st.toldBy(d.Node(), v) {
			continue // from the start itself, from before it, or its owner has said so
		}
		if _, ok := g.Reach(p, func(n ast.Node) bool { return n == d.Node() }, path.Search{Stop: func(n ast.Node) bool { return st.marks[n] }}); !ok {
			continue // has been set before
		}
		_, unset := g.Reach(d, func(n ast.Node) bool { return n == at.Node() }, path.Search{
			Stop: func(n ast.Node) bool { return st.marks[n] || n != d.Node() && m.assigns(n, v) },
			Edge: nonNil,
		})
		if unset && !st.marks[d.Node()] {
			if cur, ok := m.pkg.Cursor(ret); ok && m.nonNilAt(cur, v) {
				f.Err = v
			}
			return f, true
		}
	}
	return Failure{}, false
}

// nilTest evaluates a condition where v is not nil and the span is recorded:
// what is not exported needs no status.
func (m *model) nilTest(cond ast.Expr, v *types.Var) truth {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return m.nilTest(e.X, v).not()
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			x, y := m.nilTest(e.X, v), m.nilTest(e.Y, v)
			decides := no
			if e.Op == token.LOR {
				decides = yes
			}
			if x == decides || y == decides {
				return decides
			}
			if x == maybe || y == maybe {
				return maybe
			}
			return decides.not()
		case token.EQL, token.NEQ:
			if v != nil && m.pkg.VarOf(e.X) == v && m.pkg.Info.Types[ast.Unparen(e.Y)].IsNil() {
				return truthOf(e.Op == token.NEQ)
			}
		}
	}
	if call, ok := ast.Unparen(cond).(*ast.CallExpr); ok && otelapi.AsksRecording(m.pkg.Callee(call)) {
		return yes
	}
	return maybe
}

// assigns reports whether a node of a graph assigns v.
func (m *model) assigns(n ast.Node, v *types.Var) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, lhs := range n.Lhs {
			if id, ok := ast.Unparen(lhs).(*ast.Ident); ok && m.pkg.Info.ObjectOf(id) == v {
				return true
			}
		}
	case *ast.ValueSpec:
		for _, name := range n.Names {
			if m.pkg.Info.Defs[name] == v {
				return len(n.Values) > 0
			}
		}
	}
	return false
}

// unmarked says whether a point is reached from the start, before its span
// ends by hand, and whether past nothing that sets the status.
func (st *statuses) unmarked(at path.Point) (reached, open bool) {
	p, ok := st.s.point()
	if !ok {
		return false, false
	}
	g := st.s.Func.Graph()
	match := func(n ast.Node) bool { return n == at.Node() }
	_, reached = g.Reach(p, match, path.Search{})
	q := &query{v: st.s.value(), f: st.s.Func, g: g, from: p, start: st.s}
	ends := make(map[ast.Node]bool)
	byHand, _ := st.s.Ends()
	for _, e := range byHand {
		if ep, ok := g.At(e.Node); ok && !st.endsLast(e.Node, at) {
			ends[ep.Node()] = true
		}
	}
	edges := func(cond ast.Expr, outcome bool) bool {
		return st.m.nilTest(cond, nil) != truthOf(!outcome) && q.edge(cond, outcome)
	}
	_, open = g.Reach(p, match, path.Search{Stop: func(n ast.Node) bool { return st.marks[n] || ends[n] }, Edge: edges})
	return reached, open
}

// endsLast reports whether an End by hand stands directly before the return:
// what is returned came up in the span.
func (st *statuses) endsLast(end ast.Node, at path.Point) bool {
	cur, ok := st.m.pkg.Cursor(end)
	if !ok {
		return false
	}
	stmt := cur.Parent()
	next, ok := stmt.NextSibling()
	return ok && next.Node() == at.Node()
}

// toldBy reports whether the call that v comes from has set the status of its
// own span: there the error is to be seen.
func (st *statuses) toldBy(n ast.Node, v *types.Var) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) == 0 {
		return false
	}
	for i, rhs := range assign.Rhs {
		if len(assign.Rhs) == len(assign.Lhs) && st.m.pkg.VarOf(assign.Lhs[i]) != v {
			continue
		}
		if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			return st.told(call)
		}
		return st.benign(rhs)
	}
	return false
}

func (st *statuses) told(call *ast.CallExpr) bool {
	if to := st.m.callee(st.t, call); to.sum != nil && to.sum.Fails {
		return true
	}
	return st.benign(call)
}

// benign reports whether an expression is an error that says no more than
// that the work is over: the end of a context, or one that is expected.
func (st *statuses) benign(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		fn := st.m.pkg.Callee(e)
		if fn == nil {
			return false
		}
		if otelapi.GRPCStatus(fn) && len(e.Args) > 0 {
			code := st.m.pkg.Info.Types[e.Args[0]].Value
			return code != nil && otelapi.ExpectedCode(code)
		}
		if fn.Name() == "Err" && len(e.Args) == 0 {
			sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
			return ok && otelapi.ImplementsContext(st.m.pkg.Info.TypeOf(sel.X))
		}
		return fn.FullName() == "context.Cause"
	case *ast.Ident, *ast.SelectorExpr:
		return otelapi.Expected(st.m.pkg.VarOf(e.(ast.Expr)))
	}
	return false
}

// expects reports whether an error is returned where the code has found out
// that it is one of a kind, and so has an answer to it.
func (st *statuses) expects(ret *ast.ReturnStmt, result ast.Expr, v *types.Var) bool {
	if result != nil && st.benign(result) || otelapi.Expected(v) {
		return true
	}
	cur, ok := st.m.pkg.Cursor(ret)
	if !ok {
		return false
	}
	for c := range cur.Enclosing() {
		if c.Node() == st.s.Func.Node {
			break
		}
		kind, _ := c.ParentEdge()
		switch p := c.Parent().Node().(type) {
		case *ast.IfStmt:
			if kind == edge.IfStmt_Body && st.m.asksKind(p.Cond, true) || kind == edge.IfStmt_Else && st.m.asksKind(p.Cond, false) {
				return true
			}
		case *ast.CaseClause:
			for _, e := range p.List {
				if st.m.asksKind(e, true) {
					return true
				}
			}
			if len(p.List) > 0 && st.m.switchesOnError(c.Parent()) {
				return true
			}
		case *ast.CommClause:
			if kind == edge.CommClause_Body && st.m.receivesDone(p.Comm) {
				return true
			}
		}
	}
	return false
}

// asksKind reports whether a condition with the outcome means that an error
// is one of a kind: by a comparison with another error, or a question such as
// errors.Is.
func (m *model) asksKind(cond ast.Expr, outcome bool) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT && m.asksKind(e.X, !outcome)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			return m.asksKind(e.X, outcome) || m.asksKind(e.Y, outcome)
		case token.EQL, token.NEQ:
			if m.pkg.Info.Types[ast.Unparen(e.Y)].IsNil() {
				return false
			}
			// err == ErrNotFound, status.Code(err) == codes.NotFound
			return m.aboutError(e.X, 0) && (e.Op == token.EQL) == outcome
		}
	case *ast.CallExpr, *ast.Ident:
		t := m.pkg.Info.TypeOf(e.(ast.Expr))
		return outcome && t != nil && isBool(t) && m.aboutError(e.(ast.Expr), 0)
	}
	return false
}

// aboutError reports whether an expression is an error, or what was found out
// about one: by a call that takes it, a method of that, or an assertion.
func (m *model) aboutError(e ast.Expr, depth int) bool {
	if depth > 3 {
		return false
	}
	if t := m.pkg.Info.TypeOf(e); t != nil && otelapi.IsError(t) {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if m.takesError(e) {
			return true
		}
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		return ok && m.pkg.Info.Selections[sel] != nil && m.aboutError(sel.X, depth+1)
	case *ast.TypeAssertExpr:
		return m.aboutError(e.X, depth+1)
	case *ast.SelectorExpr:
		return m.pkg.Info.Selections[e] != nil && m.aboutError(e.X, depth+1)
	case *ast.Ident:
		v := m.pkg.VarOf(e)
		if v == nil || v.IsField() {
			return false
		}
		from := false
		for _, use := range m.pkg.Uses(v) {
			switch use.ParentEdgeKind() {
			case edge.AssignStmt_Lhs:
				assign := use.Parent().Node().(*ast.AssignStmt)
				if len(assign.Rhs) != 1 || !m.aboutError(assign.Rhs[0], depth+1) {
					return false
				}
				from = true
			case edge.UnaryExpr_X:
				// errors.As(err, &target)
				if c, ok := use.Parent().Parent().Node().(*ast.CallExpr); ok && m.takesError(c) {
					from = true
				}
			}
		}
		return from
	}
	return false
}

// switchesOnError reports whether a clause is of a switch over the kinds of an
// error.
func (m *model) switchesOnError(clause cursor) bool {
	switch sw := clause.Parent().Parent().Node().(type) {
	case *ast.SwitchStmt:
		return sw.Tag != nil && m.aboutError(sw.Tag, 0)
	case *ast.TypeSwitchStmt:
		var x ast.Expr
		switch a := sw.Assign.(type) {
		case *ast.ExprStmt:
			x = a.X
		case *ast.AssignStmt:
			x = a.Rhs[0]
		}
		return x != nil && m.aboutError(x, 0)
	}
	return false
}

func (m *model) takesError(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if t := m.pkg.Info.TypeOf(arg); t != nil && otelapi.IsError(t) {
			return true
		}
	}
	return false
}

// receivesDone reports whether a case of a select waits for the end of a
// context.
func (m *model) receivesDone(comm ast.Stmt) bool {
	stmt, ok := comm.(*ast.ExprStmt)
	if !ok {
		return false
	}
	recv, ok := ast.Unparen(stmt.X).(*ast.UnaryExpr)
	if !ok || recv.Op != token.ARROW {
		return false
	}
	call, ok := ast.Unparen(recv.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Done" && otelapi.ImplementsContext(m.pkg.Info.TypeOf(sel.X))
}

// A Blame is a call that sets the status to an error because the work was
// cancelled.
type Blame struct {
	Call *ast.CallExpr
	Func *scope.Func
}

// Blames returns such calls.
func (x *Index) Blames() []Blame {
	m := x.m
	var out []Blame
	for _, f := range x.Pkg.Funcs {
		l := m.inFunc[f]
		if l == nil {
			continue
		}
		for _, call := range l.calls {
			if !otelapi.SetsStatus(m.pkg.Callee(call)) || len(call.Args) == 0 {
				continue
			}
			if code := m.pkg.Info.Types[call.Args[0]].Value; code == nil || !otelapi.IsErrorStatus(code) {
				continue
			}
			if cur, ok := m.pkg.Cursor(call); ok && m.whereCanceled(cur, f) {
				out = append(out, Blame{call, f})
			}
		}
	}
	return out
}

// whereCanceled reports whether a place is reached only if the work was
// cancelled.
func (m *model) whereCanceled(cur cursor, f *scope.Func) bool {
	for c := range cur.Enclosing() {
		if c.Node() == f.Node {
			return false
		}
		kind, _ := c.ParentEdge()
		switch p := c.Parent().Node().(type) {
		case *ast.IfStmt:
			if kind == edge.IfStmt_Body && m.asksCanceled(p.Cond) {
				return true
			}
		case *ast.CaseClause:
			if len(p.List) == 1 && m.asksCanceled(p.List[0]) {
				return true
			}
		case *ast.CommClause:
			if kind == edge.CommClause_Body && m.receivesDone(p.Comm) && m.givenCtx(doneOf(p.Comm), f) {
				return true
			}
		}
	}
	return false
}

// doneOf returns the context whose end the communication waits for.
func doneOf(comm ast.Stmt) ast.Expr {
	recv := ast.Unparen(comm.(*ast.ExprStmt).X).(*ast.UnaryExpr)
	return ast.Unparen(ast.Unparen(recv.X).(*ast.CallExpr).Fun).(*ast.SelectorExpr).X
}

// givenCtx reports whether a context comes from the callers, and gets no
// deadline in the function: it ends because they have gone.
func (m *model) givenCtx(e ast.Expr, f *scope.Func) bool {
	v := m.pkg.VarOf(e)
	for ; f != nil && v != nil; f = f.Outer {
		if _, ok := f.SlotOf(v); !ok {
			continue
		}
		for _, use := range m.pkg.Uses(v) {
			assign, ok := use.Parent().Node().(*ast.AssignStmt)
			if !ok || use.ParentEdgeKind() != edge.AssignStmt_Lhs || len(assign.Rhs) != 1 {
				continue
			}
			call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
			if !ok {
				return false
			}
			if d, ok := otelapi.DerivationOf(m.pkg.Callee(call)); !ok || d.Effect != otelapi.Starts && d.Effect != otelapi.Derives {
				return false
			}
		}
		return true
	}
	return false
}

// asksCanceled reports whether a condition holds only for context.Canceled.
func (m *model) asksCanceled(cond ast.Expr) bool {
	canceled := func(e ast.Expr) bool {
		var id *ast.Ident
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			id = e
		case *ast.SelectorExpr:
			id = e.Sel
		default:
			return false
		}
		c, _ := m.pkg.Info.ObjectOf(id).(*types.Const)
		return otelapi.CanceledCode(c) || otelapi.Canceled(m.pkg.VarOf(e))
	}
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return m.asksCanceled(e.X) || m.asksCanceled(e.Y)
		case token.EQL:
			return canceled(e.X) || canceled(e.Y)
		}
	case *ast.CallExpr:
		return len(e.Args) == 2 && canceled(e.Args[1])
	}
	return false
}

// failing says which spans and contexts that f is given may get an error for a
// status, and whether errors that f returns are on a span of its own.
func (m *model) failing(t *summary.Table, f *scope.Func, sum *summary.Func) {
	own := make(map[*types.Var]bool)
	for _, g := range append([]*scope.Func{f}, m.within(f)...) {
		l := m.inFunc[g]
		if l == nil {
			continue
		}
		for _, c := range l.candidates {
			if s := m.start(t, c); s != nil && s.Span != nil {
				own[s.Span] = true
			}
		}
	}
	slot := func(v *types.Var) {
		if i, ok := f.SlotOf(v); ok {
			sum.Slots[i+1].Fails = true
		}
	}
	for _, g := range append([]*scope.Func{f}, m.within(f)...) {
		l := m.inFunc[g]
		if l == nil {
			continue
		}
		for _, call := range l.calls {
			fn := m.pkg.Callee(call)
			if otelapi.SetsStatus(fn) {
				if len(call.Args) == 0 || !otelapi.IsErrorStatus(m.pkg.Info.Types[call.Args[0]].Value) {
					continue
				}
				sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
				if !ok {
					continue
				}
				v := m.pkg.VarOf(sel.X)
				sum.Fails = sum.Fails || own[v]
				if v == nil || !own[v] {
					m.lentFrom(t, sel.X, slot)
				}
				slot(v)
				continue
			}
			if fn != nil && fn.Pkg() != nil && otelapi.SpeaksOf(fn.Pkg().Path()) {
				continue
			}
			to := m.callee(t, call)
			for i, arg := range call.Args {
				typ := m.pkg.Info.TypeOf(arg)
				if typ == nil || !otelapi.IsSpan(typ) && !otelapi.IsContext(typ) {
					continue
				}
				given := to.sum != nil && to.sum.SlotAt(min(i, to.sum.Params()-1)).Fails || to.sum == nil && otelapi.IsSpan(typ)
				if !given {
					continue
				}
				v := m.pkg.VarOf(arg)
				sum.Fails = sum.Fails || own[v] || otelapi.IsContext(typ) && len(own) > 0
				if otelapi.IsSpan(typ) && !own[v] {
					m.lentFrom(t, arg, slot)
				}
				slot(v)
			}
		}
	}
}

// lentFrom calls slot with the context that a span was taken out of.
func (m *model) lentFrom(t *summary.Table, e ast.Expr, slot func(*types.Var)) {
	if v := m.pkg.VarOf(e); v != nil && !v.IsField() {
		if value := m.onlyValue(v); value != nil {
			e = value
		}
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !m.lends(t, call) {
		return
	}
	for _, arg := range call.Args {
		if v := m.pkg.VarOf(arg); v != nil && otelapi.IsContext(v.Type()) {
			slot(v)
		}
	}
}

// within returns the literals in f, at any depth.
func (m *model) within(f *scope.Func) []*scope.Func {
	var out []*scope.Func
	for _, g := range m.inner[f] {
		out = append(append(out, g), m.within(g)...)
	}
	return out
}

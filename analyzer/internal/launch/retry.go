package launch

import (
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

// Retried reports whether those who share the work try again where it has been
// cancelled and they have not: they ask for the cancellation, or whether their
// own context goes on, and then come to the call once more, to another one of
// its kind, or to the work itself. Then the first one's cancellation fails
// nobody.
func (l *Launch) Retried() bool {
	if l.Kind != Shared || l.Call == nil {
		return false
	}
	work := make(map[types.Object]bool)
	if id := identOf(l.Fn); id != nil {
		work[l.index.pkg.Info.ObjectOf(id)] = true
	}
	if l.Body != nil && l.Body.Obj != nil {
		work[l.Body.Obj] = true
	}
	for _, u := range l.Uses() {
		if u.Callee != nil && u.Does&(summary.Works|summary.Outlives) != 0 {
			work[u.Callee] = true
		}
	}
	return l.index.triesAgain(l.Call, l.Func, work, 0)
}

// triesAgain reports whether f, or whoever calls it, tries again after a call
// that was given an error by somebody else's cancellation.
func (x *Index) triesAgain(call *ast.CallExpr, f *scope.Func, work map[types.Object]bool, depth int) bool {
	if x.triesAgainIn(call, f, work) {
		return true
	}
	if depth >= maxHelpers || f.Obj != nil && f.Obj.Exported() {
		return false
	}
	// Where f is called again, the work is done again.
	callers := x.Callers(f)
	return len(callers) > 0 && !slices.ContainsFunc(callers, func(c Caller) bool {
		return c.Func == f || !x.triesAgain(c.Call, c.Func, work, depth+1)
	})
}

// triesAgainIn is triesAgain for f itself. It walks on from the call as if the
// work had failed with the cancellation of another context, while that of f
// goes on. On the way, one of the two has to be asked for: who tries again
// whatever the error was may do so for something else.
func (x *Index) triesAgainIn(call *ast.CallExpr, f *scope.Func, work map[types.Object]bool) bool {
	g := f.Graph()
	from, ok := g.At(call)
	if !ok {
		return false
	}
	edge := func(cond ast.Expr, outcome bool) bool {
		is, _ := x.othersCancel(cond, false, 0)
		return is == unknown || (is == yes) == outcome
	}
	round := x.rounds(call, f)
	reaches := func(from path.Point, match func(ast.Node) bool, stop func(ast.Node) bool) bool {
		_, ok := g.Reach(from, match, path.Search{Edge: edge, Stop: stop})
		return ok
	}
	retries := func(at path.Point) bool {
		return reaches(at, func(n ast.Node) bool { return n != from.Node() && x.tries(n, f, work) }, func(n ast.Node) bool { return n == from.Node() }) ||
			round != nil && reaches(at, func(n ast.Node) bool { return n == from.Node() },
				func(n ast.Node) bool { return n.Pos() < round.Pos() || n.Pos() >= round.End() })
	}
	for _, q := range x.questions(f) {
		at, ok := g.At(q.at)
		if !ok || at != from && !reaches(from, func(n ast.Node) bool { return n == at.Node() }, nil) {
			continue
		}
		if q.aside {
			at = from
		}
		if retries(at) {
			return true
		}
	}
	return false
}

// A question is where a function asks for a cancellation, or for the state of
// its own context.
type question struct {
	at ast.Node
	// aside says that the answer leads away from here: a select receives there
	// that the context is done, and goes on by its default where it is not.
	aside bool
}

func (x *Index) questions(f *scope.Func) []question {
	var out []question
	for _, cond := range f.Graph().Conds() {
		if _, asked := x.othersCancel(cond, false, 0); !asked {
			continue
		}
		out = append(out, question{at: cond})
		if b, ok := cond.(*ast.BinaryExpr); ok {
			out = append(out, question{at: b.Y}) // where a switch compares its tag
		}
	}
	inOwn(f, func(n ast.Node) {
		s, ok := n.(*ast.SelectStmt)
		if !ok {
			return
		}
		var done ast.Stmt
		waits := true
		for _, c := range s.Body.List {
			switch c := c.(*ast.CommClause); {
			case c.Comm == nil:
				waits = false
			case x.receivesDone(c.Comm):
				done = c.Comm
			}
		}
		if done != nil && !waits {
			out = append(out, question{at: done, aside: true})
		}
	})
	return out
}

// tries reports whether a node of f's graph does the work, or asks for it:
// another call of a group, a call of f itself, or one of what the work calls.
func (x *Index) tries(n ast.Node, f *scope.Func, work map[types.Object]bool) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if l := x.byNode[m]; l != nil && l.Kind == Shared {
				found = true
			}
			if callee := x.pkg.Callee(m); callee != nil {
				found = found || work[callee] || callee.Origin() == f.Obj
			} else if v := x.pkg.VarOf(m.Fun); v != nil {
				found = found || work[v] || slices.Contains(x.pkg.Holders(f), v)
			}
		}
		return !found
	})
	return found
}

// rounds returns the outermost part of f in which a call is made again for the
// same thing: a loop around it, or the body of f. Outside of that, a loop goes on
// to another key. It is nil where every loop does.
func (x *Index) rounds(call *ast.CallExpr, f *scope.Func) ast.Node {
	cur, ok := x.pkg.Cursor(call)
	if !ok {
		return nil
	}
	of := x.readBy(call)
	var round ast.Node
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		if c.Node() == f.Node {
			return f.Body
		}
		if slices.ContainsFunc(of, func(v *types.Var) bool { return x.variesIn(v, c.Node()) }) {
			return round
		}
		round = c.Node()
	}
	return round
}

// readBy returns the local variables by which a call tells what it wants: those
// in its arguments, functions apart, and those that they are made of.
func (x *Index) readBy(call *ast.CallExpr) []*types.Var {
	var out []*types.Var
	var read func(e ast.Expr)
	read = func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.Ident:
				v, ok := x.pkg.Info.ObjectOf(n).(*types.Var)
				if !ok || v.IsField() || slices.Contains(out, v) || x.Flow.Owner(v) == nil {
					return true
				}
				out = append(out, v)
				if rhs, _, ok := x.Flow.Single(v); ok && rhs != nil {
					read(rhs)
				}
			}
			return true
		})
	}
	for _, arg := range call.Args {
		if t := x.pkg.Info.TypeOf(arg); t != nil && !isFuncType(t) && !otelapi.ImplementsContext(t) {
			read(arg)
		}
	}
	return out
}

// variesIn reports whether a variable may have another value in the next round
// of a loop: the loop itself counts with it, or something assigns to it there. One
// that is made of others in each round varies as they do, so only what comes from
// elsewhere is asked: several results, what is received, a call without arguments.
func (x *Index) variesIn(v *types.Var, loop ast.Node) bool {
	within := func(n ast.Node) bool { return loop.Pos() <= n.Pos() && n.End() <= loop.End() }
	for _, cur := range x.pkg.Uses(v) {
		if !within(cur.Node()) {
			continue
		}
		switch p := cur.Parent().Node().(type) {
		case *ast.RangeStmt:
			if kind := cur.ParentEdgeKind(); kind == edge.RangeStmt_Key || kind == edge.RangeStmt_Value {
				return true
			}
		case *ast.IncDecStmt:
			return true
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return true
			}
		case *ast.AssignStmt:
			if cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
				continue
			}
			if p.Tok != token.DEFINE || len(p.Lhs) != len(p.Rhs) || x.comesFromElsewhere(p.Rhs[cur.ParentEdgeIndex()]) {
				return true
			}
		}
	}
	return false
}

func (x *Index) comesFromElsewhere(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			found = found || len(n.Args) == 0
		}
		return !found
	})
	return found
}

// An answer is what a condition comes to.
type answer int

const (
	unknown answer = iota
	yes
	no
)

func (a answer) not() answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// maxCond bounds the operands and variables of one condition.
const maxCond = 16

// othersCancel says what a condition comes to when work has failed by the
// cancellation of another context than the function's own, which goes on, and
// whether it asks for one of the two. Errors are taken for that of the work;
// with none of them is there an error at all.
func (x *Index) othersCancel(e ast.Expr, none bool, depth int) (is answer, asked bool) {
	if depth > maxCond {
		return unknown, false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		switch obj := x.pkg.Info.ObjectOf(e).(type) {
		case *types.Const:
			switch {
			case obj == types.Universe.Lookup("true"):
				return yes, false
			case obj == types.Universe.Lookup("false"):
				return no, false
			}
		case *types.Var:
			if rhs, _, ok := x.Flow.Single(obj); ok && rhs != nil && x.local(obj) {
				return x.othersCancel(rhs, none, depth+1)
			}
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			is, asked := x.othersCancel(e.X, none, depth+1)
			return is.not(), asked
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			return x.both(e, none, depth)
		case token.EQL:
			return x.equal(e.X, e.Y, none)
		case token.NEQ:
			is, asked := x.equal(e.X, e.Y, none)
			return is.not(), asked
		}
	case *ast.CallExpr:
		return x.predicate(e, none, depth)
	}
	return unknown, false
}

func (x *Index) both(e *ast.BinaryExpr, none bool, depth int) (answer, bool) {
	a, askedA := x.othersCancel(e.X, none, depth+1)
	b, askedB := x.othersCancel(e.Y, none, depth+1)
	decides, other := no, yes
	if e.Op == token.LOR {
		decides, other = yes, no
	}
	asked := askedA || askedB
	switch {
	case a == decides || b == decides:
		return decides, asked
	case a == other && b == other:
		return other, asked
	}
	return unknown, asked
}

// equal is othersCancel for a comparison.
func (x *Index) equal(a, b ast.Expr, none bool) (answer, bool) {
	if x.pkg.Info.Types[a].IsNil() || x.isSentinel(a) || x.isCode(a) {
		a, b = b, a
	}
	own := x.ownErr(a)
	switch {
	case x.pkg.Info.Types[b].IsNil():
		switch {
		case !isErr(x.pkg.Info.TypeOf(a)):
			return unknown, false
		case own || none:
			return yes, own
		}
		return no, false
	case x.isCode(b):
		if none {
			return no, false
		}
		return yes, true
	case x.isSentinel(b):
		return x.isCancellation(a, b, none)
	}
	return unknown, false
}

// isCancellation says whether the error e is, or wraps, the one in a variable.
func (x *Index) isCancellation(e, target ast.Expr, none bool) (answer, bool) {
	own := x.ownErr(e)
	canceled := otelapi.Canceled(x.pkg.VarOf(target))
	switch {
	case own || none || !canceled:
		return no, own
	}
	return yes, true
}

// predicate is othersCancel for a call: of errors.Is, of whatever else compares
// two errors, or of a function of this package.
func (x *Index) predicate(call *ast.CallExpr, none bool, depth int) (answer, bool) {
	if tv := x.pkg.Info.Types[call.Fun]; tv.IsType() {
		if len(call.Args) == 1 {
			return x.othersCancel(call.Args[0], none, depth+1)
		}
		return unknown, false
	}
	if len(call.Args) == 2 && isErr(x.pkg.Info.TypeOf(call.Args[0])) && x.isSentinel(call.Args[1]) {
		return x.isCancellation(call.Args[0], call.Args[1], none)
	}
	targets, complete := x.pkg.Targets(call.Fun)
	if !complete || len(targets) != 1 {
		return unknown, false
	}
	f, fn := targets[0].Func, targets[0].Obj
	if f == nil {
		// What another package says of an error may well be that.
		return unknown, fn != nil && fn.Pkg() != nil && !isStd(fn.Pkg().Path()) && slices.ContainsFunc(call.Args, func(e ast.Expr) bool {
			return isErr(x.pkg.Info.TypeOf(e)) && !x.pkg.Info.Types[e].IsNil() && !x.ownErr(e)
		})
	}
	if f.Sig.Results().Len() != 1 {
		return unknown, false
	}
	return x.returnsBool(f, none || slices.ContainsFunc(call.Args, x.ownErr))
}

// returnsBool is othersCancel for what a function returns. One that asks itself
// gives no answer.
func (x *Index) returnsBool(f *scope.Func, none bool) (answer, bool) {
	type key struct {
		f    *scope.Func
		none bool
	}
	type known struct {
		is    answer
		asked bool
		begun bool
	}
	k := x.pkg.Memo(key{f, none}, func() any { return new(known) }).(*known)
	if k.begun {
		return k.is, k.asked
	}
	k.begun = true
	g := f.Graph()
	edge := func(cond ast.Expr, outcome bool) bool {
		is, _ := x.othersCancel(cond, none, 0)
		return is == unknown || (is == yes) == outcome
	}
	for _, cond := range g.Conds() {
		_, asked := x.othersCancel(cond, none, 0)
		k.asked = k.asked || asked
	}
	var answers []answer
	for _, ret := range g.Exits() {
		if _, ok := g.Reach(g.Entry(), func(n ast.Node) bool { return n == ret }, path.Search{Edge: edge}); !ok {
			continue
		}
		is, asked := unknown, false
		if len(ret.Results) == 1 {
			is, asked = x.othersCancel(ret.Results[0], none, 0)
		}
		k.asked = k.asked || asked
		answers = append(answers, is)
	}
	if len(answers) > 0 && !slices.ContainsFunc(answers, func(a answer) bool { return a != answers[0] }) {
		k.is = answers[0]
	}
	return k.is, k.asked
}

// ownErr reports whether an expression is what the context of the function says
// of itself.
func (x *Index) ownErr(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := x.pkg.Info.ObjectOf(e).(*types.Var)
		if !ok || !x.local(v) {
			return false
		}
		rhs, _, ok := x.Flow.Single(v)
		if !ok || rhs == nil {
			return false
		}
		_, isCall := ast.Unparen(rhs).(*ast.CallExpr)
		return isCall && x.ownErr(rhs)
	case *ast.CallExpr:
		return otelapi.TellsEnd(x.pkg.Callee(e))
	}
	return false
}

// isSentinel reports whether an expression is a variable of a package with an
// error in it.
func (x *Index) isSentinel(e ast.Expr) bool {
	v := x.pkg.VarOf(e)
	return v != nil && !v.IsField() && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() && isErr(v.Type())
}

// isCode reports whether an expression is a code for work that was cancelled.
func (x *Index) isCode(e ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	c, _ := x.pkg.Info.ObjectOf(id).(*types.Const)
	return otelapi.CanceledCode(c)
}

package launch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// endsProcess reports whether a return of f ends the process: it fails, and
// whoever is told of the failure in the end is main, or a command, and leaves.
// Nothing is left running then by which anybody could be harmed.
func (x *Index) endsProcess(f *scope.Func, ret *ast.ReturnStmt) bool {
	return x.failsAt(f, ret) && x.failureEnds(f, make(map[*scope.Func]bool))
}

// leads reports whether f is main or a command of a program: when it returns,
// the process ends.
func (x *Index) leads(f *scope.Func) bool {
	if isCommand(f) {
		return true
	}
	return f.Obj != nil && f.Obj.Name() == "main" && f.Sig.Recv() == nil && x.pkg.Types.Name() == "main"
}

// failureEnds reports whether the process ends wherever f fails. All callers
// have to be in view, and each has to end in turn, or to pass the failure on.
func (x *Index) failureEnds(f *scope.Func, seen map[*scope.Func]bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	if x.leads(f) {
		return true
	}
	if f.Obj == nil {
		return x.literalEnds(f, seen)
	}
	if f.Obj.Exported() && (x.pkg.Types.Name() != "main" || f.Sig.Recv() != nil && x.implements(f.Obj)) {
		return false // others may call it
	}
	if len(x.implemented(f)) > 0 || len(x.byBody[f]) > 0 {
		return false
	}
	calls := 0
	for _, cur := range x.pkg.Uses(f.Obj) {
		id := cur.Node().(*ast.Ident)
		if x.pkg.Info.Defs[id] != nil || x.pkg.InTestFile(id) {
			continue
		}
		call, caller, ok := x.callOf(cur)
		if !ok || !x.passesOn(call, caller, seen) {
			return false
		}
		calls++
	}
	return calls > 0
}

// literalEnds is failureEnds for a literal: it is called where it stands, or
// it is one of a group whose first error ends the others and is passed on by
// whoever waits.
func (x *Index) literalEnds(f *scope.Func, seen map[*scope.Func]bool) bool {
	if f.Cursor.ParentEdgeKind() == edge.CallExpr_Fun {
		return len(x.byBody[f]) == 0 && x.passesOn(f.Cursor.Parent().Node().(*ast.CallExpr), f.Outer, seen)
	}
	for _, l := range x.byBody[f] {
		if !x.groupPassesOn(l, seen) {
			return false
		}
	}
	return len(x.byBody[f]) > 0
}

// groupPassesOn reports whether the error of launched work ends the others of
// its group, and goes from there to who waits for it.
func (x *Index) groupPassesOn(l *Launch, seen map[*scope.Func]bool) bool {
	v := x.groupVar(l.Group)
	if l.Kind != Pooled || v == nil || x.Flow.Owner(v) != l.Func || !x.WaitFails(v) {
		return false
	}
	rhs, _, ok := x.Flow.Single(v)
	made, isCall := ast.Unparen(rhs).(*ast.CallExpr)
	if !ok || !isCall {
		return false
	}
	if d, ok := otelapi.DerivationOf(x.pkg.Callee(made)); !ok || d.Effect != otelapi.Groups {
		return false // the others go on
	}
	waits := 0
	for _, cur := range x.pkg.Uses(v) {
		if cur.ParentEdgeKind() != edge.SelectorExpr_X {
			continue
		}
		sel := cur.Parent()
		if !x.isWait(sel.Node().(*ast.SelectorExpr)) || sel.ParentEdgeKind() != edge.CallExpr_Fun {
			continue
		}
		if x.pkg.Enclosing(sel) != l.Func || !x.passesOn(sel.Parent().Node().(*ast.CallExpr), l.Func, seen) {
			return false
		}
		waits++
	}
	return waits > 0
}

// passesOn reports whether the process ends if a call in f fails: f returns
// the error to somebody of whom that holds, ends the process itself, or does
// nothing more and is the last to return.
func (x *Index) passesOn(call *ast.CallExpr, f *scope.Func, seen map[*scope.Func]bool) bool {
	cur, ok := x.pkg.Cursor(call)
	g := f.Graph()
	p, live := g.At(call)
	if !ok || !live {
		return false
	}
	switch cur.ParentEdgeKind() {
	case edge.GoStmt_Call, edge.DeferStmt_Call:
		return false
	}
	if ret, ok := p.Node().(*ast.ReturnStmt); ok {
		n := len(ret.Results)
		return n > 0 && isErr(f.Sig.Results().At(f.Sig.Results().Len()-1).Type()) &&
			ret.Results[n-1].Pos() <= call.Pos() && x.failureEnds(f, seen)
	}
	if x.exits(p.Node()) {
		return true // log.Fatal(run())
	}
	err := x.Flow.Result(call, results(x.pkg.Info.TypeOf(call))-1)
	if err == nil || !isErr(err.Type()) {
		return x.leads(f) && !g.Repeats(p) && !x.goesOn(g, p, nil)
	}
	if x.goesOn(g, p, err) {
		return false
	}
	told, ends, fn := false, true, x.pkg.Callee(call)
	g.Reach(p, func(n ast.Node) bool {
		if fn != nil && x.callsAgain(n, fn) {
			ends = false // the next round, or another way
		}
		if ret, ok := n.(*ast.ReturnStmt); ok {
			told = true
			ends = ends && (x.leads(f) || ret.End() <= f.Body.Rbrace && x.failsAt(f, ret))
		}
		told = told || x.panics(n) // nobody in view recovers but a caller
		return false
	}, path.Search{Edge: func(cond ast.Expr, outcome bool) bool { return !saysNil(x, cond, outcome, err) }})
	return ends && (!told || x.failureEnds(f, seen))
}

// callsAgain reports whether a node of a graph calls a function.
func (x *Index) callsAgain(n ast.Node, fn *types.Func) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		call, ok := m.(*ast.CallExpr)
		found = found || ok && x.pkg.Callee(call) == fn
		return !found
	})
	return found
}

// goesOn reports whether what comes after a point does not end, or is done
// whether a variable has an error or not: then the error has not changed
// anything. Without a variable whatever is done counts.
func (x *Index) goesOn(g *path.Graph, p path.Point, err *types.Var) bool {
	failed, ends := make(map[ast.Node]bool), false
	g.Reach(p, func(n ast.Node) bool {
		_, returns := n.(*ast.ReturnStmt)
		ends = ends || returns || x.exits(n) || x.panics(n)
		failed[n] = x.busy(n) && !x.exits(n)
		return false
	}, path.Search{Edge: func(cond ast.Expr, outcome bool) bool { return err == nil || !saysNil(x, cond, outcome, err) }})
	if !ends {
		return true
	}
	_, both := g.Reach(p, func(n ast.Node) bool { return failed[n] },
		path.Search{Edge: func(cond ast.Expr, outcome bool) bool { return err == nil || !saysError(x, cond, outcome, err) }})
	return both
}

// exits reports whether a node of a graph ends the process.
func (x *Index) exits(n ast.Node) bool {
	return scope.AnyCall(n, func(call *ast.CallExpr) bool { return otelapi.EndsProcess(x.pkg.Callee(call)) })
}

// panics reports whether a node of a graph is a call of panic.
func (x *Index) panics(n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	return ok && isBuiltin(x.pkg.Info, call) && identOf(call.Fun) != nil && identOf(call.Fun).Name == "panic"
}

// failsAt reports whether a return of f tells of a failure for sure: it
// returns an error, or nothing where an error has come up and f has no way to
// return it.
func (x *Index) failsAt(f *scope.Func, ret *ast.ReturnStmt) bool {
	n := f.Sig.Results().Len()
	if n == 0 {
		return x.guarded(f, ret, nil)
	}
	last := f.Sig.Results().At(n - 1)
	if len(ret.Results) == 0 {
		return isErr(last.Type()) && x.guarded(f, ret, last)
	}
	e := ret.Results[len(ret.Results)-1]
	if b, ok := last.Type().Underlying().(*types.Basic); ok && n == 1 && b.Info()&types.IsInteger != 0 {
		// A code to exit with: func main() { os.Exit(run()) }
		code := x.pkg.Info.Types[e].Value
		return code != nil && constant.Sign(code) != 0
	}
	return isErr(last.Type()) && len(ret.Results) == n && x.isError(e, f, ret)
}

// isError reports whether an expression is an error for sure where f returns it.
func (x *Index) isError(e ast.Expr, f *scope.Func, ret *ast.ReturnStmt) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.AND
	case *ast.Ident, *ast.SelectorExpr:
		v := x.pkg.VarOf(e)
		if v == nil || v.IsField() || !isErr(v.Type()) {
			return false
		}
		return v.Pkg() != nil && v.Parent() == v.Pkg().Scope() || x.guarded(f, ret, v)
	case *ast.CallExpr:
		return otelapi.MakesError(x.pkg.Callee(e)) || x.wraps(e, f, ret)
	}
	return false
}

// wraps reports whether a call makes one error of another.
func (x *Index) wraps(call *ast.CallExpr, f *scope.Func, ret *ast.ReturnStmt) bool {
	if t := x.pkg.Info.TypeOf(call); t == nil || !isErr(t) {
		return false
	}
	for _, arg := range call.Args {
		if t := x.pkg.Info.TypeOf(arg); t != nil && isErr(t) && x.isError(arg, f, ret) {
			return true
		}
	}
	return false
}

// guarded reports whether f comes to a return only where v, or if v is nil
// any error, has been found not to be nil, and has not been assigned since.
func (x *Index) guarded(f *scope.Func, ret *ast.ReturnStmt, v *types.Var) bool {
	g := f.Graph()
	unguarded := func(from path.Point) bool {
		_, ok := g.Reach(from, func(n ast.Node) bool { return n == ast.Node(ret) },
			path.Search{Edge: func(cond ast.Expr, outcome bool) bool { return !saysError(x, cond, outcome, v) }})
		return ok
	}
	if unguarded(g.Entry()) {
		return false
	}
	safe := true
	inOwn(f, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || v == nil || !safe {
			return
		}
		for _, lhs := range assign.Lhs {
			if id := identOf(lhs); id == nil || x.pkg.Info.ObjectOf(id) != types.Object(v) {
				continue
			}
			if p, ok := g.At(assign); ok && unguarded(p) {
				safe = false
			}
		}
	})
	return safe
}

// saysError reports whether a condition with this outcome says that v, or if v
// is nil some error, is not nil.
func saysError(x *Index, cond ast.Expr, outcome bool, v *types.Var) bool {
	switch c := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return c.Op == token.NOT && saysError(x, c.X, !outcome, v)
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LAND:
			return outcome && (saysError(x, c.X, true, v) || saysError(x, c.Y, true, v))
		case token.LOR:
			return !outcome && (saysError(x, c.X, false, v) || saysError(x, c.Y, false, v))
		case token.EQL, token.NEQ:
			if x.isErrorVar(c.X, v) {
				if x.pkg.Info.Types[ast.Unparen(c.Y)].IsNil() {
					return outcome == (c.Op == token.NEQ)
				}
				return outcome == (c.Op == token.EQL) // err == io.EOF
			}
		}
	case *ast.CallExpr:
		if fn := x.pkg.Callee(c); fn != nil && len(c.Args) == 2 {
			switch fn.FullName() {
			case "errors.Is", "errors.As":
				return outcome && x.isErrorVar(c.Args[0], v)
			}
		}
	}
	return false
}

// saysNil reports whether a condition with this outcome says that v is nil.
func saysNil(x *Index, cond ast.Expr, outcome bool, v *types.Var) bool {
	c, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || c.Op != token.EQL && c.Op != token.NEQ {
		return false
	}
	return x.isErrorVar(c.X, v) && x.pkg.Info.Types[ast.Unparen(c.Y)].IsNil() && outcome == (c.Op == token.EQL)
}

// isErrorVar reports whether an expression is the variable, or if v is nil
// any variable that has an error.
func (x *Index) isErrorVar(e ast.Expr, v *types.Var) bool {
	w := x.pkg.VarOf(e)
	return w != nil && (v == nil && isErr(w.Type()) || w == v && !w.IsField())
}

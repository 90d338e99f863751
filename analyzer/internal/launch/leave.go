package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Leaving is a context that a function returns, or on which something that
// it returns still depends.
type Leaving struct {
	// Expr is the context where the function has it, Func the function.
	Expr ast.Expr
	Func *scope.Func
	// What is what is returned, Return where.
	What   ast.Expr
	Return *ast.ReturnStmt
	// Open is the call that opened what is read later, nil for everything else.
	Open *ast.CallExpr
	// Values is what the context can be.
	Values []ctxflow.Value
}

// Leavings returns the contexts that leave f by a return: the context itself,
// a struct or closure that holds it, a response or stream that was opened
// with it and is read later.
func (x *Index) Leavings(f *scope.Func) []Leaving {
	var out []Leaving
	inOwn(f, func(n ast.Node) {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok {
			return
		}
		for _, r := range ret.Results {
			for _, e := range x.leaves(r, f, ret, 0) {
				out = append(out, Leaving{Expr: e.expr, Func: f, What: r, Return: ret, Open: e.open, Values: x.Flow.Eval(e.expr, e.fn, nil)})
			}
		}
	})
	return out
}

type leaving struct {
	expr ast.Expr
	fn   *scope.Func
	open *ast.CallExpr
}

// leaves returns the contexts in a returned expression.
func (x *Index) leaves(e ast.Expr, f *scope.Func, ret ast.Node, depth int) []leaving {
	if depth > 3 {
		return nil
	}
	e = ast.Unparen(e)
	if t := x.pkg.Info.TypeOf(e); t != nil && otelapi.IsContext(t) {
		return []leaving{{expr: e, fn: f}}
	}
	switch e := e.(type) {
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return x.leaves(e.X, f, ret, depth)
		}
	case *ast.CompositeLit:
		var out []leaving
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			out = append(out, x.leaves(elt, f, ret, depth+1)...)
		}
		return out
	case *ast.FuncLit:
		body := x.pkg.FuncOf(e)
		if body == nil {
			return nil
		}
		var out []leaving
		for _, u := range x.usesIn(body, nil, 0) {
			if u.Does&(summary.Works|summary.Outlives) != 0 {
				out = append(out, leaving{expr: u.Expr, fn: u.Func})
			}
		}
		return out
	case *ast.SelectorExpr:
		if otelapi.IsReader(x.pkg.Info.TypeOf(e)) {
			return x.leaves(e.X, f, ret, depth+1) // resp.Body, as opposed to its status
		}
	case *ast.Ident:
		v, ok := x.pkg.Info.ObjectOf(e).(*types.Var)
		if !ok || x.Flow.Owner(v) != f {
			return nil
		}
		rhs, g, ok := x.Flow.Single(v)
		if !ok || g != f {
			return nil
		}
		if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			if x.closed(v) || x.inMemory(v, f, ret) {
				return nil // nobody can read on, or needs to
			}
			if out := x.opened(call, v.Type(), f); len(out) > 0 || !makesReader(v.Type()) {
				return out
			}
		}
		return x.leaves(rhs, f, ret, depth+1)
	case *ast.CallExpr:
		if out := x.opened(e, x.pkg.Info.TypeOf(e), f); len(out) > 0 {
			return out
		}
		var out []leaving
		for i, arg := range e.Args {
			if t := x.pkg.Info.TypeOf(arg); t == nil || otelapi.IsContext(t) || !x.returnsOf(e, i, depth) {
				continue
			}
			switch ast.Unparen(arg).(type) {
			case *ast.Ident, *ast.SelectorExpr:
				out = append(out, x.leaves(arg, f, ret, depth+1)...)
			}
		}
		return out
	}
	return nil
}

// returnsOf reports whether what a call returns is read from its i-th argument:
// a function of this package that returns it, or its body, as it stands or in
// something else, or one of the standard library that makes a reader of it.
// Those of others may read all of it first.
func (x *Index) returnsOf(call *ast.CallExpr, i, depth int) bool {
	fn := x.pkg.Callee(call)
	f := x.pkg.Decl(fn)
	if f == nil {
		return fn != nil && otelapi.Standard(fn) && makesReader(x.pkg.Info.TypeOf(call))
	}
	p := x.argumentOf(call, i)
	if p == nil || x.callsClose(p) || x.replaces(p) {
		return false
	}
	found := false
	inOwn(f, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			for _, r := range ret.Results {
				found = found || x.yields(r, p, depth+1)
			}
		}
	})
	return found
}

// yields reports whether a returned expression is what the parameter p has, its
// body, or something with that in it.
func (x *Index) yields(e ast.Expr, p *types.Var, depth int) bool {
	if depth > 6 {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := x.pkg.Info.ObjectOf(e).(*types.Var)
		if !ok || v == p {
			return ok
		}
		rhs, _, ok := x.Flow.Single(v)
		return ok && x.local(v) && x.yields(rhs, p, depth+1)
	case *ast.SelectorExpr:
		return otelapi.IsReader(x.pkg.Info.TypeOf(e)) && x.yields(e.X, p, depth+1)
	case *ast.UnaryExpr:
		return e.Op == token.AND && x.yields(e.X, p, depth)
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if x.yields(elt, p, depth+1) {
				return true
			}
		}
	case *ast.CallExpr:
		for i, arg := range e.Args {
			if x.yields(arg, p, depth+1) && x.returnsOf(e, i, depth+1) {
				return true
			}
		}
	}
	return false
}

// makesReader reports whether a call with results of the type makes something
// to read from, step by step.
func makesReader(t types.Type) bool {
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() == 0 {
			return false
		}
		t = tuple.At(0).Type()
	}
	return t != nil && (reads(t) || otelapi.ReadsOn(t))
}

// closed reports whether something in a variable, or its body, is closed by a
// deferred call: what is returned of it then is what has been read.
func (x *Index) closed(v *types.Var) bool {
	for _, cur := range x.pkg.Uses(v) {
		for cur.ParentEdgeKind() == edge.SelectorExpr_X {
			cur = cur.Parent()
		}
		sel, ok := cur.Node().(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Close" || cur.ParentEdgeKind() != edge.CallExpr_Fun {
			continue
		}
		call := cur.Parent()
		if call.ParentEdgeKind() == edge.DeferStmt_Call {
			return true
		}
		if g := x.pkg.Enclosing(call); g != nil && g.Cursor.ParentEdgeKind() == edge.CallExpr_Fun && g.Cursor.Parent().ParentEdgeKind() == edge.DeferStmt_Call {
			return true // defer func() { _ = v.Body.Close() }()
		}
	}
	return false
}

// inMemory reports whether every path to a return of f has closed what a
// variable holds, or its body, or has put something else in the place of the
// body: what is returned of it then has been read, and is in memory.
func (x *Index) inMemory(v *types.Var, f *scope.Func, ret ast.Node) bool {
	g := f.Graph()
	at, ok := g.At(ret)
	if !ok {
		return false
	}
	before := func(n ast.Node) bool {
		p, ok := g.At(n)
		return ok && g.Dominates(p, at)
	}
	for _, cur := range x.pkg.Uses(v) {
		if x.pkg.Enclosing(cur) != f {
			continue
		}
		for cur.ParentEdgeKind() == edge.SelectorExpr_X {
			cur = cur.Parent()
		}
		parent := cur.Parent()
		switch cur.ParentEdgeKind() {
		case edge.CallExpr_Fun:
			sel, ok := cur.Node().(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Close" {
				continue
			}
			if before(parent.Node()) {
				return true
			}
			// Where it is nil there is nothing to close.
			if stmt, ok := x.statement(parent.Node().(*ast.CallExpr)); ok {
				if guard, ok := guardOf(stmt, v, x.pkg.Info); ok && before(guard.Node().(*ast.IfStmt).Cond) {
					return true
				}
			}
		case edge.CallExpr_Args:
			call := parent.Node().(*ast.CallExpr)
			if p := x.argumentOf(call, cur.ParentEdgeIndex()); p != nil && before(call) && (x.callsClose(p) || x.replaces(p)) {
				return true
			}
		case edge.AssignStmt_Lhs:
			if x.replacement(cur, v) && before(parent.Node()) {
				return true
			}
		}
	}
	return false
}

// argumentOf returns the parameter of a function of this package that an
// argument of a call becomes, nil if it is not in view.
func (x *Index) argumentOf(call *ast.CallExpr, i int) *types.Var {
	f := x.pkg.Decl(x.pkg.Callee(call))
	if f == nil || i >= f.Sig.Params().Len() || f.Sig.Variadic() && i == f.Sig.Params().Len()-1 {
		return nil
	}
	return f.Sig.Params().At(i)
}

// callsClose reports whether the function of a parameter closes it, or its body.
func (x *Index) callsClose(p *types.Var) bool {
	for _, cur := range x.pkg.Uses(p) {
		for cur.ParentEdgeKind() == edge.SelectorExpr_X {
			cur = cur.Parent()
		}
		if sel, ok := cur.Node().(*ast.SelectorExpr); ok && sel.Sel.Name == "Close" && cur.ParentEdgeKind() == edge.CallExpr_Fun {
			return true
		}
	}
	return false
}

// replaces reports whether the function of a parameter puts something else in
// the place of its body.
func (x *Index) replaces(p *types.Var) bool {
	for _, cur := range x.pkg.Uses(p) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_X && cur.Parent().ParentEdgeKind() == edge.AssignStmt_Lhs && x.replacement(cur.Parent(), p) {
			return true
		}
	}
	return false
}

// replacement reports whether the assignment to a reader in v, at curLhs, puts
// something in its place that does not read from v any more. What wraps the
// body, by itself or through another reader, still does.
func (x *Index) replacement(curLhs inspector.Cursor, v *types.Var) bool {
	sel, ok := curLhs.Node().(*ast.SelectorExpr)
	if !ok || !otelapi.IsReader(x.pkg.Info.TypeOf(sel)) {
		return false
	}
	assign := curLhs.Parent().Node().(*ast.AssignStmt)
	i := curLhs.ParentEdgeIndex()
	return len(assign.Lhs) == len(assign.Rhs) && !x.readsFrom(assign.Rhs[i], v, 0)
}

// readsFrom reports whether reading what an expression makes may read from v.
// Data that was read before is not asked: bytes, strings, buffers of the
// function's own are filled by then.
func (x *Index) readsFrom(e ast.Expr, v *types.Var, depth int) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found {
			return !found
		}
		w, ok := x.pkg.Info.ObjectOf(id).(*types.Var)
		switch {
		case !ok || w.IsField():
		case w == v:
			found = true
		case depth < maxInline && x.local(w):
			if rhs, _, ok := x.Flow.Single(w); ok && rhs != nil && reads(w.Type()) {
				found = x.readsFrom(rhs, v, depth+1)
			}
		}
		return !found
	})
	return found
}

// reads reports whether a value of the type may be read from.
func reads(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Read")
	_, method := obj.(*types.Func)
	return method
}

// opened returns the context with which a call opened something that is read
// later: a response with a body, a stream. Cursors over rows are left out:
// who returns them under a deferred cancel sees at once that they are empty.
func (x *Index) opened(call *ast.CallExpr, t types.Type, f *scope.Func) []leaving {
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(0).Type()
	}
	if !otelapi.IsStream(t) {
		return nil
	}
	var out []leaving
	for _, arg := range call.Args {
		if at := x.pkg.Info.TypeOf(arg); at != nil && ctxflow.Carries(at) {
			out = append(out, leaving{arg, f, call})
		}
	}
	return out
}

// CancelledByHand returns the call by which the function itself cancels what it
// has opened, before it returns it: behind the opening, in the same block, for
// certain or where there is something to cancel. What has been looked into in
// between may be in memory, and what is returned with an error is nil.
func (x *Index) CancelledByHand(l Leaving, cancel ctxflow.Step) (*ast.CallExpr, bool) {
	if l.Open == nil || cancel.Func != l.Func || cancel.Handle == nil || cancel.Handle.IsField() || x.onError(l.Return) {
		return nil, false
	}
	opening, ok := x.statement(l.Open)
	if !ok {
		return nil, false
	}
	g := l.Func.Graph()
	ret, ok := g.At(l.Return)
	if !ok {
		return nil, false
	}
	for _, cur := range x.pkg.Uses(cancel.Handle) {
		if cur.ParentEdgeKind() != edge.CallExpr_Fun || cur.Parent().ParentEdgeKind() != edge.ExprStmt_X || x.pkg.Enclosing(cur) != l.Func {
			continue
		}
		call := cur.Parent()
		stmt, first := call.Parent(), ast.Node(call.Node())
		if guard, ok := guardOf(stmt, cancel.Handle, x.pkg.Info); ok && len(guard.Node().(*ast.IfStmt).Body.List) == 1 {
			stmt, first = guard, guard.Node().(*ast.IfStmt).Cond
		}
		p, ok := g.At(first)
		if !ok || stmt.Parent() != opening.Parent() || stmt.Node().Pos() < opening.Node().End() || !g.Dominates(p, ret) {
			continue
		}
		if !x.lookedInto(opening.Node(), stmt.Node()) {
			return call.Node().(*ast.CallExpr), true
		}
	}
	return nil, false
}

// statement returns the statement of a block that an expression is in.
func (x *Index) statement(e ast.Expr) (inspector.Cursor, bool) {
	cur, ok := x.pkg.Cursor(e)
	for ok && cur.ParentEdgeKind() != edge.BlockStmt_List {
		if _, root := cur.Node().(*ast.FuncDecl); root {
			return cur, false
		}
		cur = cur.Parent()
	}
	return cur, ok
}

// guardOf returns the statement around one that runs it only if v is not nil.
func guardOf(stmt inspector.Cursor, v *types.Var, info *types.Info) (inspector.Cursor, bool) {
	block := stmt.Parent()
	if block.ParentEdgeKind() != edge.IfStmt_Body {
		return stmt, false
	}
	guard := block.Parent().Node().(*ast.IfStmt)
	cond, ok := ast.Unparen(guard.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || guard.Init != nil || guard.Else != nil {
		return stmt, false
	}
	id, ok := ast.Unparen(cond.X).(*ast.Ident)
	if !ok || info.ObjectOf(id) != v || !info.Types[cond.Y].IsNil() {
		return stmt, false
	}
	return block.Parent(), true
}

// lookedInto reports whether anything but a comparison is done with what a
// statement assigns before another statement of its block.
func (x *Index) lookedInto(opening, before ast.Node) bool {
	assign, ok := opening.(*ast.AssignStmt)
	if !ok {
		return true
	}
	v := x.pkg.VarOf(assign.Lhs[0])
	if v == nil || v.IsField() {
		return true
	}
	for _, cur := range x.pkg.Uses(v) {
		if n := cur.Node(); n.Pos() < opening.End() || n.Pos() >= before.Pos() {
			continue
		}
		if _, compared := cur.Parent().Node().(*ast.BinaryExpr); !compared {
			return true
		}
	}
	return false
}

// onError reports whether a return stands where an error is not nil.
func (x *Index) onError(ret *ast.ReturnStmt) bool {
	cur, ok := x.pkg.Cursor(ret)
	for ; ok; cur = cur.Parent() {
		switch n := cur.Parent().Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		case *ast.IfStmt:
			cond, is := ast.Unparen(n.Cond).(*ast.BinaryExpr)
			if is && cond.Op == token.NEQ && otelapi.IsError(x.pkg.Info.TypeOf(cond.X)) && cur.ParentEdgeKind() == edge.IfStmt_Body {
				return true
			}
		}
	}
	return true
}

// A Late use is one of a group's context after the group has been waited for.
type Late struct {
	Use
	// Group is the variable that has the group.
	Group *types.Var
}

// AfterWait returns the uses of a group's context in f that run after the
// group has been waited for: its context is cancelled by then.
func (x *Index) AfterWait(f *scope.Func) []Late {
	var waits []ast.Node
	inOwn(f, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Wait" && otelapi.IsGroup(x.pkg.Info.TypeOf(sel.X)) {
				waits = append(waits, call)
			}
		}
	})
	if len(waits) == 0 {
		return nil
	}
	var out []Late
	var visit func(g *scope.Func, at ast.Node)
	visit = func(g *scope.Func, at ast.Node) {
		inOwn(g, func(n ast.Node) {
			point := at
			if point == nil {
				point = n
			}
			switch n := n.(type) {
			case *ast.FuncLit:
				// Whenever that runs, it is made after the wait, if it is.
				if inner := x.pkg.FuncOf(n); inner != nil {
					visit(inner, point)
				}
			case *ast.CallExpr:
				for _, u := range append(x.usesOf(n, g, nil), x.derived(n, g)...) {
					if u.Does&summary.Works == 0 || asks(u) || len(u.Values) != 1 {
						continue
					}
					if group, ok := x.waitedBefore(f, waits, u, point); ok {
						out = append(out, Late{u, group})
					}
				}
			}
		})
	}
	visit(f, nil)
	return out
}

// derived returns the context from which a call derives one that can be
// cancelled, for another group say: what comes of a dead one is dead.
func (x *Index) derived(call *ast.CallExpr, f *scope.Func) []Use {
	callee := x.pkg.Callee(call)
	d, ok := otelapi.DerivationOf(callee)
	if !ok || d.Effect != otelapi.Groups && d.Effect != otelapi.Cancels && d.Effect != otelapi.Times {
		return nil
	}
	arg, ok := ctxflow.Argument(call, d.Arg)
	if !ok {
		return nil
	}
	return []Use{{Expr: arg, Call: call, Func: f, Callee: callee, Does: summary.Works, Values: x.Flow.Eval(arg, f, nil)}}
}

// asks reports whether a use only asks the context itself how it is: what has
// ended the group, say. A dead context knows that, too.
func asks(u Use) bool {
	sel, ok := ast.Unparen(u.Call.Fun).(*ast.SelectorExpr)
	return ok && sel.X == u.Expr && u.Callee != nil && u.Callee.Signature().Recv() != nil && otelapi.IsContext(u.Callee.Signature().Recv().Type())
}

// waitedBefore returns the group whose context a use is given, if that has
// been waited for on every path to the point of f at which the use stands.
func (x *Index) waitedBefore(f *scope.Func, waits []ast.Node, u Use, at ast.Node) (*types.Var, bool) {
	steps := u.Values[0].Cancels()
	if len(steps) == 0 {
		return nil, false
	}
	s := steps[len(steps)-1]
	if s.Kind != ctxflow.Groups || s.Handle == nil || s.Func != f {
		return nil, false
	}
	use, ok := f.Graph().At(at)
	if !ok {
		return nil, false
	}
	made, ok := f.Graph().At(s.Call)
	if !ok {
		return nil, false
	}
	for _, w := range waits {
		sel := ast.Unparen(w.(*ast.CallExpr).Fun).(*ast.SelectorExpr)
		if x.pkg.VarOf(sel.X) != s.Handle {
			continue
		}
		// A variable may have had another group before.
		if p, ok := f.Graph().At(w); ok && p != use && f.Graph().Dominates(made, p) && f.Graph().Dominates(p, use) {
			return s.Handle, true
		}
	}
	return nil, false
}

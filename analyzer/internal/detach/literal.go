package detach

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// inLiteral starts the span inside the literal that is launched.
func (d *detacher) inLiteral(lit *ast.FuncLit) []analysis.TextEdit {
	body := d.l.Body
	if d.usesSpan(body) || d.usesPooled(body) || len(lit.Body.List) == 0 || d.blocks(body) {
		return nil
	}
	if call, ok := d.wrapper(body); ok {
		return d.detachWrapper(call)
	}
	if stmt, v := d.declared(body, lit.Body); stmt != nil {
		start, ok := d.start(v.Name(), lit)
		if !ok {
			return nil
		}
		return d.file.After(stmt, start)
	}
	if calls := d.requestContexts(body); len(calls) > 0 {
		return d.inLiteralOfRequest(lit, calls)
	}
	v := d.variable(body)
	if v == nil || !otelapi.IsContext(v.Type()) || d.assigned(v, lit) || d.redeclared(v.Name(), lit.Body) || !d.sameThroughout(v, lit) {
		return nil
	}
	start, ok := d.start(v.Name(), lit)
	if !ok {
		return nil
	}
	return d.place(lit, nil, start)
}

// inLiteralOfRequest is inLiteral for a context that is asked of a request:
// it is read before the launch, since the request is the server's again by
// then.
func (d *detacher) inLiteralOfRequest(lit *ast.FuncLit, calls []*ast.CallExpr) []analysis.TextEdit {
	stmt := d.statement()
	text, ok := d.requestText(calls[0])
	if stmt == nil || !ok {
		return nil
	}
	ctx := edit.FreshName(d.Pass.Pkg, d.l.Func.Body, "ctx")
	edits := d.file.Before(stmt, ctx+" := "+text)
	for _, call := range calls {
		edits = append(edits, d.file.Replace(call, ctx)...)
	}
	start, ok := d.start(ctx, lit)
	if !ok {
		return nil
	}
	return d.place(lit, edits, start)
}

// place puts the start of the span first into the literal, after the leading
// run of trackers and recovers: deferred calls run last in, first out, so End
// runs before a tracker lets a waiter go, and sees the panic. A tracker of
// its own, where a group is in reach, comes before all of them.
func (d *detacher) place(lit *ast.FuncLit, edits []analysis.TextEdit, start string) []analysis.TextEdit {
	last := leadingDefers(lit.Body)
	if group, ok := d.tracker(d.l.Body); ok {
		if stmt := d.statement(); stmt != nil {
			edits = append(edits, d.file.Before(stmt, group+".Add(1)")...)
			if done := "defer " + group + ".Done()"; last == nil {
				start = done + "\n" + start
			} else {
				edits = append(edits, d.file.AtStart(lit.Body, done)...)
			}
		}
	}
	if last != nil {
		return append(edits, d.file.After(last, start)...)
	}
	return append(edits, d.file.AtStart(lit.Body, start)...)
}

// leadingDefers returns the last of the deferred statements that a body
// begins with: its trackers and recovers.
func leadingDefers(body *ast.BlockStmt) ast.Stmt {
	var last ast.Stmt
	for _, stmt := range body.List {
		if _, ok := stmt.(*ast.DeferStmt); !ok {
			break
		}
		last = stmt
	}
	return last
}

// blocks reports whether the launched function sends, outside of a select, on
// an unbuffered channel of the launching function. That one does not always
// receive, or the work would be joined: then nothing after the send happens.
func (d *detacher) blocks(body *scope.Func) bool {
	found := false
	ast.Inspect(body.Body, func(n ast.Node) bool {
		send, ok := n.(*ast.SendStmt)
		if !ok || found {
			return !found
		}
		if cur, ok := d.Package.Cursor(send); ok && cur.ParentEdgeKind() == edge.CommClause_Comm {
			return true
		}
		v := d.Package.VarOf(send.Chan)
		if v == nil || v.IsField() || d.Flow.Owner(v) == nil || !outside(body, v) {
			return true
		}
		rhs, _, ok := d.Flow.Single(v)
		if !ok {
			return true
		}
		made, ok := ast.Unparen(rhs).(*ast.CallExpr)
		found = ok && d.Pass.TypesInfo.Types[made.Fun].IsBuiltin() && len(made.Args) == 1
		return !found
	})
	return found
}

// wrapper returns the call with which the launched function starts a span of
// its own, on the context that is at fault.
func (d *detacher) wrapper(body *scope.Func) (*ast.CallExpr, bool) {
	if s, ok := d.Value.Span(); ok && s.Kind == ctxflow.Starts && s.Func == body {
		return s.Call, true
	}
	return d.Use.Call, d.Use.Starts && d.Use.Func == body
}

// detachWrapper detaches the context of a span that the launched function
// starts already. Nothing but the call changes.
func (d *detacher) detachWrapper(call *ast.CallExpr) []analysis.TextEdit {
	der, ok := otelapi.DerivationOf(d.Package.Callee(call))
	if !ok || !d.Cut || len(d.deadlines()) > 0 || der.Arg >= len(call.Args) || call.Ellipsis.IsValid() {
		return nil
	}
	arg := call.Args[der.Arg]
	if _, ok := ast.Unparen(arg).(*ast.Ident); !ok || !otelapi.IsContext(d.Pass.TypesInfo.TypeOf(arg)) {
		return nil
	}
	contextPkg, ok := d.imports.Prefix("context", "context", call, "WithoutCancel")
	if !ok {
		return nil
	}
	ctx := d.file.Text(arg)
	edits := d.file.Replace(arg, contextPkg+"WithoutCancel("+ctx+")")
	if d.Flow.HasOption(call, "WithNewRoot") || d.Flow.HasOption(call, "WithLinks") {
		return edits
	}
	options, ok := d.options(ctx, call)
	if !ok || options == "" {
		return edits
	}
	return append(edits, d.file.AddArg(call, strings.TrimPrefix(options, ", "))...)
}

// declared returns the statement of the block that declares the variable in
// which the work has its context, where no other statement uses a context
// from outside. The span then starts right below.
func (d *detacher) declared(body *scope.Func, block *ast.BlockStmt) (ast.Stmt, *types.Var) {
	id, ok := ast.Unparen(d.Use.Expr).(*ast.Ident)
	if !ok {
		return nil, nil
	}
	v, ok := d.Pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || !otelapi.IsContext(v.Type()) {
		return nil, nil
	}
	for _, stmt := range block.List {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || len(assign.Lhs) != 1 {
			continue
		}
		lhs, ok := assign.Lhs[0].(*ast.Ident)
		if ok && d.Pass.TypesInfo.Defs[lhs] == v && !d.usedOutside(stmt, body) {
			return stmt, v
		}
	}
	return nil, nil
}

// usedOutside reports whether the launched function uses a context from
// outside in any other than the given statement.
func (d *detacher) usedOutside(stmt ast.Stmt, body *scope.Func) bool {
	for _, v := range d.contexts(body) {
		for _, cur := range d.Package.Uses(v) {
			pos := cur.Node().Pos()
			if body.Body.Pos() <= pos && pos < body.Body.End() && (pos < stmt.Pos() || stmt.End() <= pos) {
				return true
			}
		}
	}
	return false
}

// contexts returns the context variables from outside, and the parameters,
// that the launched function uses.
func (d *detacher) contexts(body *scope.Func) []*types.Var {
	var vars []*types.Var
	seen := make(map[*types.Var]bool)
	d.captures(body, func(v *types.Var) bool {
		if !seen[v] && otelapi.ImplementsContext(v.Type()) {
			seen[v] = true
			vars = append(vars, v)
		}
		return false
	})
	return vars
}

// variable returns the variable from which the work has its context: the one
// that the use names, or the only one there is if the use is derived from it
// in view.
func (d *detacher) variable(body *scope.Func) *types.Var {
	captured := d.contexts(body)
	if id, ok := ast.Unparen(d.Use.Expr).(*ast.Ident); ok {
		v, _ := d.Pass.TypesInfo.ObjectOf(id).(*types.Var)
		for _, c := range captured {
			if c == v {
				return v
			}
		}
		if v == nil || outside(body, v) {
			return nil
		}
	} else if !d.Use.Func.Inside(body) || !d.mentions(d.Use.Expr, captured) {
		return nil // in a struct, or in something else that is not followed here
	}
	if len(captured) == 1 {
		return captured[0]
	}
	return nil
}

// mentions reports whether an expression names one of the variables.
func (d *detacher) mentions(e ast.Expr, vars []*types.Var) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			for _, v := range vars {
				found = found || d.Pass.TypesInfo.Uses[id] == v
			}
		}
		return !found
	})
	return found
}

// requestContexts returns the calls of Context on one request that the
// launched function captures, or has as a parameter, if the work's context is
// such a call.
func (d *detacher) requestContexts(body *scope.Func) []*ast.CallExpr {
	first, ok := ast.Unparen(d.Use.Expr).(*ast.CallExpr)
	if !ok {
		return nil
	}
	request := d.requestOf(first)
	if request == nil || body.Body.Pos() <= request.Pos() && request.Pos() < body.Body.End() {
		return nil
	}
	var calls []*ast.CallExpr
	ast.Inspect(body.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && d.requestOf(call) == request {
			calls = append(calls, call)
		}
		return true
	})
	return calls
}

// requestOf returns the variable r in r.Context(), nil for other calls.
func (d *detacher) requestOf(call *ast.CallExpr) *types.Var {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Context" || !otelapi.IsRequest(d.Pass.TypesInfo.TypeOf(sel.X)) {
		return nil
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := d.Pass.TypesInfo.ObjectOf(id).(*types.Var)
	return v
}

// requestText returns r.Context() in terms of the launching function.
func (d *detacher) requestText(call *ast.CallExpr) (string, bool) {
	request := d.requestOf(call)
	if outside(d.l.Body, request) {
		return d.file.Text(call), true
	}
	b, ok := d.l.Env.Bound[request]
	if !ok || b.Func != d.l.Func {
		return "", false
	}
	id, ok := ast.Unparen(b.Expr).(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name + ".Context()", true
}

// assigned reports whether the literal assigns the variable, or anybody can
// through its address: a new variable of that name would take the assignment.
func (d *detacher) assigned(v *types.Var, lit *ast.FuncLit) bool {
	if lit.Type.Pos() <= v.Pos() && v.Pos() < lit.Body.Pos() {
		return false // a parameter: := in the body assigns it
	}
	for _, cur := range d.Package.Uses(v) {
		if lit.Pos() <= cur.Node().Pos() && cur.Node().Pos() < lit.End() && cur.ParentEdgeKind() == edge.AssignStmt_Lhs {
			return true
		}
	}
	return d.addressed(v)
}

// redeclared reports whether a statement of the block declares the name and
// nothing else, which is an error after our own declaration.
func (d *detacher) redeclared(name string, block *ast.BlockStmt) bool {
	for _, stmt := range block.List {
		switch stmt := stmt.(type) {
		case *ast.AssignStmt:
			if stmt.Tok == token.DEFINE && d.declaresOnly(name, stmt.Lhs) {
				return true
			}
		case *ast.DeclStmt:
			found := false
			ast.Inspect(stmt, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && id.Name == name && d.Pass.TypesInfo.Defs[id] != nil
				return !found
			})
			if found {
				return true
			}
		}
	}
	return false
}

// declaresOnly reports whether a := declares the name and nothing beside it.
func (d *detacher) declaresOnly(name string, lhs []ast.Expr) bool {
	mine, others := false, false
	for _, e := range lhs {
		id, ok := e.(*ast.Ident)
		switch {
		case !ok:
		case id.Name == name:
			mine = true
		case id.Name != "_" && d.Pass.TypesInfo.Defs[id] != nil:
			others = true
		}
	}
	return mine && !others
}

// sameThroughout reports whether the variable's name means the variable at
// the start of the literal's body.
func (d *detacher) sameThroughout(v *types.Var, lit *ast.FuncLit) bool {
	return edit.SameAt(d.Pass.Pkg, v, lit.Body.Lbrace+1)
}

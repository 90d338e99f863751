// Package setup answers how a program sets up its traces and takes them down:
// where providers are made and what becomes of them, what stops them, on which
// context, and what ends the process before that.
//
// A provider is followed through variables, fields and results like a span.
// Functions that shut one down travel too: as method values, in literals, in
// slices that a closure walks, as results. What is not understood counts as
// kept by somebody who may stop it.
package setup

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// An Index answers for one package.
type Index struct {
	table *summary.Table
	pkg   *scope.Package
	flow  *ctxflow.Flow
	local map[*scope.Func]*local
}

// local is what stands in a function itself, without its literals.
type local struct {
	calls    []call
	defers   []*ast.DeferStmt
	returns  []*ast.ReturnStmt
	literals []*scope.Func
}

type call struct {
	*ast.CallExpr
	fn *types.Func
}

type indexKey struct{}

// Of returns the index of the table's package.
func Of(t *summary.Table) *Index {
	return t.Pkg.Memo(indexKey{}, func() any {
		x := &Index{table: t, pkg: t.Pkg, flow: ctxflow.New(t), local: make(map[*scope.Func]*local)}
		for _, f := range t.Pkg.Funcs {
			x.local[f] = x.read(f)
		}
		return x
	}).(*Index)
}

func (x *Index) read(f *scope.Func) *local {
	l := &local{}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if lit := x.pkg.FuncOf(n); lit != nil {
				l.literals = append(l.literals, lit)
			}
			return false
		case *ast.CallExpr:
			l.calls = append(l.calls, call{n, x.pkg.Callee(n)})
		case *ast.DeferStmt:
			l.defers = append(l.defers, n)
		case *ast.ReturnStmt:
			l.returns = append(l.returns, n)
		}
		return true
	})
	return l
}

// A Stop is a call that shuts a provider down, or flushes it.
type Stop struct {
	Call *ast.CallExpr
	// Func is the function in which the call stands.
	Func *scope.Func
	// Ctx is the context that decides how long it may take, nil if the call
	// has none of its own.
	Ctx ast.Expr
	// Of is the variable of the provider, or of the function that stops it.
	Of *types.Var
	// Flush says that the provider goes on working.
	Flush bool
	// Exporter says that only an exporter is stopped.
	Exporter bool
}

// stop reports whether a call of f stops a provider.
func (x *Index) stop(c call, f *scope.Func, depth int) (Stop, bool) {
	s := Stop{Call: c.CallExpr, Func: f}
	if otelapi.StopsProvider(c.fn) {
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
			s.Of = x.pkg.VarOf(sel.X)
		}
		if len(c.Args) > 0 {
			s.Ctx = c.Args[0]
		}
		s.Flush = otelapi.Flushes(c.fn)
		return s, true
	}
	if c.fn == nil {
		if v := x.functionVar(c.Fun); v != nil && x.isStopVar(v, depth) {
			s.Of, s.Ctx = v, x.contextIn(c.Args)
			return s, true
		}
		return Stop{}, false
	}
	sum := x.table.Callee(c.fn)
	if sum == nil || sum.Setup.Does&summary.StopsProvider == 0 {
		return Stop{}, false
	}
	s.Flush = sum.Setup.Does&summary.ShutsDown == 0
	for i := range c.Args {
		if sum.Setup.StopCtx&(1<<(i+1)) != 0 {
			s.Ctx = c.Args[i]
		}
	}
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && c.fn.Signature().Recv() != nil {
		s.Of = x.pkg.VarOf(sel.X)
	}
	for _, arg := range c.Args {
		if v := x.pkg.VarOf(arg); v != nil && !otelapi.ImplementsContext(v.Type()) && otelapi.CanShutdown(v.Type()) {
			s.Of = v
		}
	}
	return s, true
}

// TakesDown reports whether a call in f shuts a provider down, or flushes it, by
// whatever function its shutdown travels in.
func (x *Index) TakesDown(c *ast.CallExpr, f *scope.Func) bool {
	_, ok := x.stop(call{c, x.pkg.Callee(c)}, f, 0)
	return ok
}

// functionVar returns the variable of a function that is called through it:
// v(ctx), x.v(ctx), v[i](ctx).
func (x *Index) functionVar(fun ast.Expr) *types.Var {
	e := ast.Unparen(fun)
	if i, ok := e.(*ast.IndexExpr); ok {
		e = i.X
	}
	v := x.pkg.VarOf(e)
	if v == nil || !stopSignature(v.Type()) {
		return nil
	}
	return v
}

// stopSignature reports whether functions that stop something have the type:
// at most a context, at most an error. A slice of them counts as well.
func stopSignature(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() > 1 || sig.Results().Len() > 1 {
		return false
	}
	return sig.Params().Len() == 0 || otelapi.IsContext(sig.Params().At(0).Type())
}

func (x *Index) contextIn(args []ast.Expr) ast.Expr {
	for _, arg := range args {
		if otelapi.ImplementsContext(x.pkg.Info.TypeOf(arg)) {
			return arg
		}
	}
	return nil
}

// maxDepth bounds how often a function value is looked for behind another.
const maxDepth = 10

// isStopVar reports whether some value that a variable gets stops a provider.
func (x *Index) isStopVar(v *types.Var, depth int) bool {
	if depth > maxDepth {
		return false
	}
	for _, cur := range x.pkg.Uses(v) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			_, i := cur.ParentEdge()
			if e, result := assigned(i, len(a.Lhs), a.Rhs); e != nil && x.isStopValue(e, result, depth+1) {
				return true
			}
		case edge.ValueSpec_Names:
			spec := cur.Parent().Node().(*ast.ValueSpec)
			_, i := cur.ParentEdge()
			if e, result := assigned(i, len(spec.Names), spec.Values); e != nil && x.isStopValue(e, result, depth+1) {
				return true
			}
		case edge.RangeStmt_Value:
			if s := x.pkg.VarOf(cur.Parent().Node().(*ast.RangeStmt).X); s != nil && x.isStopVar(s, depth+1) {
				return true
			}
		case edge.KeyValueExpr_Key:
			if x.isStopValue(cur.Parent().Node().(*ast.KeyValueExpr).Value, 0, depth+1) {
				return true
			}
		}
	}
	return false
}

// assigned returns the expression whose result goes to the i-th of n variables.
func assigned(i, n int, rhs []ast.Expr) (e ast.Expr, result int) {
	switch {
	case i < 0:
	case len(rhs) == n:
		return rhs[i], 0
	case len(rhs) == 1:
		return rhs[0], i
	}
	return nil, 0
}

// isStopValue reports whether an expression, or that result of a call, is a
// function that stops a provider, or has one among its elements.
func (x *Index) isStopValue(e ast.Expr, result, depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		f := x.pkg.FuncOf(e)
		return f != nil && len(x.stopsIn(f, depth+1)) > 0
	case *ast.CallExpr:
		if x.isAppend(e) {
			for _, arg := range e.Args[1:] {
				if x.isStopValue(arg, 0, depth+1) {
					return true
				}
			}
			return false
		}
		if tv := x.pkg.Info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 {
			return x.isStopValue(e.Args[0], 0, depth+1)
		}
		stop := x.table.Callee(x.pkg.Callee(e)).ResultAt(result).Stop
		return stop == summary.StopFunction || stop == summary.IdleStop
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if x.isStopValue(elt, 0, depth+1) {
				return true
			}
		}
	case *ast.SelectorExpr:
		if fn, ok := x.pkg.Info.Uses[e.Sel].(*types.Func); ok {
			return x.isStopFunc(fn)
		}
		if v := x.functionVar(e); v != nil {
			return x.isStopVar(v, depth+1)
		}
	case *ast.Ident:
		switch obj := x.pkg.Info.ObjectOf(e).(type) {
		case *types.Func:
			return x.isStopFunc(obj)
		case *types.Var:
			return stopSignature(obj.Type()) && x.isStopVar(obj, depth+1)
		}
	}
	return false
}

func (x *Index) isStopFunc(fn *types.Func) bool {
	if otelapi.StopsProvider(fn) {
		return true
	}
	sum := x.table.Callee(fn)
	return sum != nil && sum.Setup.Does&summary.StopsProvider != 0
}

func (x *Index) isAppend(call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || id.Name != "append" || len(call.Args) == 0 {
		return false
	}
	_, builtin := x.pkg.Info.ObjectOf(id).(*types.Builtin)
	return builtin
}

// stopsIn returns the stops that a call of f makes: those in f itself, and in
// literals that are deferred or called where they stand. What f launches or
// registers runs at another time.
func (x *Index) stopsIn(f *scope.Func, depth int) []Stop {
	l := x.local[f]
	if l == nil || depth > maxDepth {
		return nil
	}
	var stops []Stop
	for _, c := range l.calls {
		if s, ok := x.stop(c, f, depth); ok && !x.launched(c.CallExpr) {
			stops = append(stops, s)
		}
	}
	for _, lit := range l.literals {
		if x.runsInside(lit) {
			stops = append(stops, x.stopsIn(lit, depth+1)...)
		}
	}
	return stops
}

// launched reports whether a call is that of a go statement.
func (x *Index) launched(c *ast.CallExpr) bool {
	cur, ok := x.pkg.Cursor(c)
	return ok && cur.ParentEdgeKind() == edge.GoStmt_Call
}

// runsInside reports whether a literal is called where it stands, at once or
// deferred.
func (x *Index) runsInside(lit *scope.Func) bool {
	cur := outermost(lit.Cursor)
	return cur.ParentEdgeKind() == edge.CallExpr_Fun && cur.Parent().ParentEdgeKind() != edge.GoStmt_Call
}

func outermost(cur inspector.Cursor) inspector.Cursor {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	return cur
}

// A Deferred is a stop that runs when its function returns.
type Deferred struct {
	Stop
	Defer *ast.DeferStmt
}

// Deferred returns the stops that f defers, in source order.
func (x *Index) Deferred(f *scope.Func) []Deferred {
	var out []Deferred
	for _, d := range x.local[f].defers {
		for _, s := range x.deferredBy(d, f) {
			out = append(out, Deferred{s, d})
		}
	}
	return out
}

func (x *Index) deferredBy(d *ast.DeferStmt, f *scope.Func) []Stop {
	if lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); ok {
		if inner := x.pkg.FuncOf(lit); inner != nil {
			return x.stopsIn(inner, 0)
		}
		return nil
	}
	if s, ok := x.stop(call{d.Call, x.pkg.Callee(d.Call)}, f, 0); ok {
		return []Stop{s}
	}
	return nil
}

// Stops returns the stops in f itself that are not deferred, in source order.
func (x *Index) Stops(f *scope.Func) []Stop {
	var out []Stop
	for _, c := range x.local[f].calls {
		if s, ok := x.stop(c, f, 0); ok && !x.deferred(c.CallExpr) && !x.launched(c.CallExpr) {
			out = append(out, s)
		}
	}
	return out
}

func (x *Index) deferred(c *ast.CallExpr) bool {
	cur, ok := x.pkg.Cursor(c)
	return ok && cur.ParentEdgeKind() == edge.DeferStmt_Call
}

// An Exit is a call that ends the process.
type Exit struct {
	Call *ast.CallExpr
	Func *scope.Func
	// Text is how the call is written.
	Text string
	// Maybe says that it ends the process only if it is given an error.
	Maybe bool
}

// exitsOrFails returns the calls in f itself that end the process, and those
// that do if they are given an error.
func (x *Index) exitsOrFails(f *scope.Func) []Exit {
	var out []Exit
	for _, c := range x.local[f].calls {
		e, ok := x.exit(c)
		if sum := x.table.Callee(c.fn); !ok && sum != nil && sum.Setup.Does&summary.EndsOnError != 0 {
			e.Maybe, ok = true, true
		}
		if ok {
			e.Func = f
			out = append(out, e)
		}
	}
	return out
}

// Exits returns the calls in f itself that end the process.
func (x *Index) Exits(f *scope.Func) []Exit {
	var out []Exit
	for _, c := range x.local[f].calls {
		if e, ok := x.exit(c); ok {
			e.Func = f
			out = append(out, e)
		}
	}
	return out
}

func (x *Index) exit(c call) (Exit, bool) {
	e := Exit{Call: c.CallExpr, Text: types.ExprString(c.Fun)}
	switch {
	case c.fn == nil:
		return e, false
	case otelapi.EndsProcess(c.fn):
		return e, true
	case otelapi.EndsChain(c.fn):
		for recv := c.CallExpr; ; {
			sel, ok := ast.Unparen(recv.Fun).(*ast.SelectorExpr)
			if !ok {
				return e, false
			}
			if recv, ok = ast.Unparen(sel.X).(*ast.CallExpr); !ok {
				return e, false
			}
			if otelapi.StartsFatal(x.pkg.Callee(recv)) {
				e.Text = types.ExprString(recv.Fun)
				return e, true
			}
		}
	}
	sum := x.table.Callee(c.fn)
	return e, sum != nil && sum.Setup.Does&summary.EndsProcess != 0
}

// InTest reports whether a function belongs to tests, or to what helps them.
func (x *Index) InTest(f *scope.Func) bool {
	if x.pkg.IsTest(f.Node) {
		return true
	}
	for _, file := range x.pkg.Files {
		if file.FileStart <= f.Node.Pos() && f.Node.Pos() < file.FileEnd {
			for _, imp := range file.Imports {
				if otelapi.ForTests(imp.Path.Value[1 : len(imp.Path.Value)-1]) {
					return true
				}
			}
		}
	}
	return false
}

// isLocal reports whether v is a variable of f, or of a function around it,
// that nobody has handed in.
func (x *Index) isLocal(v *types.Var, f *scope.Func) bool {
	if v == nil || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return false
	}
	for ; f != nil; f = f.Outer {
		if _, param := f.SlotOf(v); param {
			return false
		}
		if f.Outer == nil {
			return f.Node.Pos() <= v.Pos() && v.Pos() < f.Node.End()
		}
	}
	return false
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// Package spans answers where the spans of a package are started, which
// variable or field has them, who owns them and where they are ended.
//
// A span is a value of a type that some tracer's entry in otelapi names.
// Whatever returns one with the context that carries it starts it, unless it
// is known to lend it; and a function that returns the means to end a span it
// started, an end function, is followed like the span itself.
//
// A span is followed through the variables of the function that starts it and
// of the literals inside: aliases, closures, method values, the context that
// carries it. What is not understood counts as a move to an unknown owner, and
// of such spans nothing is said.
package spans

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// An Index has the spans of one package.
type Index struct {
	Table *summary.Table
	Pkg   *scope.Package

	m       *model
	starts  []*Start
	objects []*Start
	byCall  map[*ast.CallExpr]*Start
	byFunc  map[*scope.Func][]*Start
	borrows []*Borrow
	owned   map[*types.Var]bool

	leaves map[*otelapi.SpanType]bool // see leavesSpan
}

// A Start is a call that starts a span and hands it to its caller, or that
// returns a function which ends one.
type Start struct {
	Call *ast.CallExpr
	// Func is the function in which the call stands; nil in package variables.
	Func *scope.Func
	// Stmt is the innermost statement around the call.
	Stmt ast.Stmt
	// Result is the index of the span among the results, EndResult that of
	// the end function, CtxResult that of the context, ErrResult that of an
	// error; -1 if there is none. Either Result or EndResult is there.
	Result, EndResult, CtxResult, ErrResult int
	// Span, End, Ctx and Err are the local variables that get the results;
	// nil if they are discarded or go elsewhere.
	Span, End, Ctx, Err *types.Var
	// Dest is the field or package variable that gets the span.
	Dest *types.Var
	// Deferred says that the call itself is deferred, and its results dropped.
	Deferred bool

	x      *Index
	api    *otelapi.SpanType // nil for an end function
	object int               // the result that is an object with the span, -1 if there is none
	held   *types.Var        // the local variable that gets it
	other  bool              // the span of an end function is not OpenTelemetry's
	lent   bool              // it can be a span that somebody else has started
	val    *value
	others map[ast.Node]bool // see concerns
}

// A Borrow is a call that returns the span of a context.
type Borrow struct {
	Call *ast.CallExpr
	Func *scope.Func

	x   *Index
	val *value
}

// Of returns the spans of the table's package.
func Of(t *summary.Table) *Index {
	return t.Pkg.Memo(indexKey{}, func() any { return newIndex(t) }).(*Index)
}

type indexKey struct{}

func newIndex(t *summary.Table) *Index {
	x := &Index{
		Table: t, Pkg: t.Pkg, m: modelOf(t.Pkg),
		byCall: make(map[*ast.CallExpr]*Start),
		byFunc: make(map[*scope.Func][]*Start),
		owned:  make(map[*types.Var]bool),
	}
	for _, c := range x.m.candidates {
		if s := x.m.start(t, c); s != nil && s.object >= 0 {
			s.x = x
			x.objects = append(x.objects, s)
		} else if s != nil {
			s.x = x
			x.starts = append(x.starts, s)
			x.byCall[s.Call] = s
			if s.Func != nil {
				x.byFunc[s.Func] = append(x.byFunc[s.Func], s)
			}
		} else if x.m.lends(t, c.call) {
			x.borrows = append(x.borrows, &Borrow{Call: c.call, Func: c.fn, x: x})
		}
	}
	for _, list := range [][]*Start{x.starts, x.objects} {
		slices.SortFunc(list, func(a, b *Start) int { return cmp.Compare(a.Call.Pos(), b.Call.Pos()) })
	}
	return x
}

// Starts returns every start of the package in source order.
func (x *Index) Starts() []*Start { return x.starts }

// Objects returns the calls that start a span and return it in an object, in
// source order. The object has the methods that end the span.
func (x *Index) Objects() []*Start { return x.objects }

// StartOf returns the start that a call is, nil if it is none.
func (x *Index) StartOf(call *ast.CallExpr) *Start { return x.byCall[call] }

// Carried returns the start whose span a call puts into the context that it
// returns: the call itself, or what has started the span that it is given. It
// is nil if that is not known.
func (x *Index) Carried(call *ast.CallExpr) *Start {
	if s := x.byCall[call]; s != nil || !otelapi.SetsSpanOf(x.Pkg.Callee(call)) {
		return s
	}
	for _, arg := range call.Args {
		v := x.Pkg.VarOf(arg)
		if v == nil || v.IsField() || !x.Pkg.Tracers.IsSpan(v.Type()) || !x.m.assignedOnce(v) {
			continue
		}
		for _, s := range x.starts {
			if s.Span == v {
				return s
			}
		}
	}
	return nil
}

// StartsIn returns the starts that stand in f itself.
func (x *Index) StartsIn(f *scope.Func) []*Start { return x.byFunc[f] }

// OneTracer reports whether the package starts spans of a single tracer.
func (x *Index) OneTracer() bool {
	first := ""
	for _, s := range x.starts {
		path := s.tracer()
		if path == "" || first != "" && path != first {
			return false
		}
		first = path
	}
	return true
}

// Borrows returns the calls that return the span of a context.
func (x *Index) Borrows() []*Borrow { return x.borrows }

// IsEndFunc reports whether the call returns, as its last result, a function
// that ends a span which the call starts.
func (s *Start) IsEndFunc() bool { return s.EndResult >= 0 }

// Name returns what the span is called in the source, "" if it has no name.
func (s *Start) Name() string {
	switch {
	case s.Span != nil:
		return s.Span.Name()
	case s.End != nil:
		return s.End.Name()
	case s.held != nil:
		return s.held.Name()
	case s.Dest != nil:
		return s.Dest.Name()
	}
	return ""
}

// model is what is known about a package before any summary: which calls may
// start a span, and who calls whom. It is computed once.
type model struct {
	pkg        *scope.Package
	candidates []candidate // calls with a span or a function among their results
	inFunc     map[*scope.Func]*local
	values     map[*types.Var]ast.Expr // see onlyValue
	inner      map[*scope.Func][]*scope.Func
}

// local is what stands in a function's own body, without its literals.
type local struct {
	calls      []*ast.CallExpr
	candidates []candidate
	returns    []*ast.ReturnStmt
}

type candidate struct {
	call *ast.CallExpr
	fn   *scope.Func
}

type modelKey struct{}

func modelOf(pkg *scope.Package) *model {
	return pkg.Memo(modelKey{}, func() any {
		m := &model{pkg: pkg, inFunc: make(map[*scope.Func]*local), values: make(map[*types.Var]ast.Expr), inner: make(map[*scope.Func][]*scope.Func)}
		for _, f := range pkg.Funcs {
			if f.Outer != nil {
				m.inner[f.Outer] = append(m.inner[f.Outer], f)
			}
			m.read(f)
		}
		m.readVars()
		return m
	}).(*model)
}

func (m *model) read(f *scope.Func) {
	l := &local{}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			l.returns = append(l.returns, n)
		case *ast.CallExpr:
			l.calls = append(l.calls, n)
			if m.mayStart(n) {
				l.candidates = append(l.candidates, candidate{n, f})
			}
		}
		return true
	})
	m.inFunc[f] = l
	m.candidates = append(m.candidates, l.candidates...)
}

// readVars looks at the values of package variables.
func (m *model) readVars() {
	for _, file := range m.pkg.Files {
		for _, d := range file.Decls {
			d, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.CallExpr:
					if m.mayStart(n) {
						m.candidates = append(m.candidates, candidate{n, nil})
					}
				}
				return true
			})
		}
	}
}

// mayStart reports whether a span or a function is among the results of a
// call, by type alone.
func (m *model) mayStart(call *ast.CallExpr) bool {
	tv, ok := m.pkg.Info.Types[call.Fun]
	if !ok || tv.IsType() || tv.IsBuiltin() {
		return false
	}
	for t := range results(m.pkg.Info.TypeOf(call)) {
		if m.pkg.Tracers.IsSpan(t) || m.spanField(t) != nil {
			return true
		}
		if _, ok := t.Underlying().(*types.Signature); ok {
			return true
		}
	}
	return false
}

// results iterates over the types of a call's results.
func results(t types.Type) func(yield func(types.Type) bool) {
	return func(yield func(types.Type) bool) {
		switch t := t.(type) {
		case nil:
		case *types.Tuple:
			for i := range t.Len() {
				if !yield(t.At(i).Type()) {
					return
				}
			}
		default:
			yield(t)
		}
	}
}

// A callee is what is known about the function a call runs.
type callee struct {
	fn   *types.Func   // nil for function values
	body *scope.Func   // nil if it is not in this package
	sum  *summary.Func // nil if nothing is known
}

// callee resolves a call: to a declared function, to a literal called on the
// spot, or to what a variable that is assigned only once holds.
func (m *model) callee(t *summary.Table, call *ast.CallExpr) callee {
	if fn := m.pkg.Callee(call); fn != nil {
		return callee{fn, m.pkg.Decl(fn), t.Callee(fn)}
	}
	return m.denotes(t, call.Fun, 0)
}

// denotes resolves an expression of function type.
func (m *model) denotes(t *summary.Table, e ast.Expr, depth int) callee {
	if depth > 4 {
		return callee{}
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		if f := m.pkg.FuncOf(e); f != nil {
			return callee{nil, f, t.Of(f)}
		}
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		if fn := m.named(e); fn != nil {
			return callee{fn, m.pkg.Decl(fn), t.Callee(fn)}
		}
		v := m.pkg.VarOf(e)
		if v == nil {
			return callee{}
		}
		if value := m.onlyValue(v); value != nil {
			return m.denotes(t, value, depth+1)
		}
	}
	return callee{}
}

// named returns the function or method that an expression names.
func (m *model) named(e ast.Expr) *types.Func {
	switch e := e.(type) {
	case *ast.Ident:
		fn, _ := m.pkg.Info.ObjectOf(e).(*types.Func)
		return fn
	case *ast.SelectorExpr:
		fn, _ := m.pkg.Info.ObjectOf(e.Sel).(*types.Func)
		return fn
	case *ast.IndexExpr:
		return m.named(ast.Unparen(e.X))
	case *ast.IndexListExpr:
		return m.named(ast.Unparen(e.X))
	}
	return nil
}

// start returns what a candidate starts, nil if it starts nothing.
func (m *model) start(t *summary.Table, c candidate) *Start {
	s := &Start{Call: c.call, Func: c.fn, Result: -1, EndResult: -1, CtxResult: -1, ErrResult: -1, object: -1}
	to := m.callee(t, c.call)
	n := 0
	for typ := range results(m.pkg.Info.TypeOf(c.call)) {
		switch {
		case m.pkg.Tracers.IsSpan(typ):
			if s.Result < 0 {
				s.Result, s.api = n, m.pkg.Tracers.SpanType(typ)
			}
		case otelapi.IsContext(typ):
			if s.CtxResult < 0 {
				s.CtxResult = n
			}
		case otelapi.IsError(typ) || isBool(typ):
			s.ErrResult = n
		}
		if to.sum.ResultAt(n).End && s.EndResult < 0 {
			s.EndResult = n
		}
		if to.sum.ResultAt(n).Holds && s.object < 0 {
			s.object = n
		}
		s.other = s.other || to.sum.ResultAt(n).Ctx.Other
		n++
	}
	if s.Result >= 0 && !m.opens(to, s) {
		s.Result = -1
	}
	if starter, ok := m.pkg.Tracers.Starter(to.fn); ok {
		s.lent = starter.Lent
		if s.Result < 0 && s.EndResult < 0 {
			s.EndResult, s.other = m.funcResult(c.call), true
		}
	}
	if s.Result >= 0 || s.EndResult >= 0 {
		s.object = -1
	} else if s.object < 0 {
		return nil
	}
	m.bind(t, s)
	return s
}

// funcResult returns the index of the first result that is a function, -1 if
// there is none: of what a declared starter returns it is what ends the span.
func (m *model) funcResult(call *ast.CallExpr) int {
	n := 0
	for typ := range results(m.pkg.Info.TypeOf(call)) {
		if isFunc(typ) && !otelapi.IsCancel(typ) {
			return n
		}
		n++
	}
	return -1
}

// opens reports whether the span among a call's results is one that the call
// started.
func (m *model) opens(to callee, s *Start) bool {
	if otelapi.Lends(to.fn) || otelapi.Facade(to.fn) || m.isNoop(s.Call.Fun, 0) {
		return false
	}
	if _, ok := m.pkg.Tracers.Starter(to.fn); ok {
		return true
	}
	switch to.sum.ResultAt(s.Result).Span {
	case summary.Open:
		return true
	case summary.Borrowed, summary.Ambient:
		return false
	}
	if to.body != nil {
		return false // the body is in view, and starts none
	}
	// A context and a span together are the shape of a start, whatever it is
	// called and wherever it is implemented; a span alone can be anybody's. To
	// start a span cannot fail: with an error it may be one that is looked up.
	return s.CtxResult >= 0 && s.ErrResult < 0
}

// isNoop reports whether e, or what it is a method of, comes from a provider
// whose spans do nothing.
func (m *model) isNoop(e ast.Expr, depth int) bool {
	if depth > 6 {
		return false
	}
	e = ast.Unparen(e)
	if otelapi.IsNoop(m.pkg.Info.TypeOf(e)) {
		return true
	}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return m.isNoop(e.X, depth+1)
	case *ast.CallExpr:
		return otelapi.MakesNoop(m.pkg.Callee(e)) || m.isNoop(e.Fun, depth+1)
	case *ast.Ident:
		if v := m.pkg.VarOf(e); v != nil {
			if value := m.onlyValue(v); value != nil {
				return m.isNoop(value, depth+1)
			}
		}
	}
	return false
}

// lends reports whether a call returns the span of a context it is given.
func (m *model) lends(t *summary.Table, call *ast.CallExpr) bool {
	to := m.callee(t, call)
	return otelapi.Lends(to.fn) || to.sum.ResultAt(0).Span == summary.Ambient
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

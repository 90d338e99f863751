package spans

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

func (b *Borrow) value() *value {
	if b.val == nil {
		b.val = b.x.m.newValue(b.x.Table, b.x)
		if cur, ok := b.x.Pkg.Cursor(b.Call); ok {
			i := 0 // the span can have a flag beside it
			for typ := range results(b.x.Pkg.Info.TypeOf(b.Call)) {
				if b.x.Pkg.Tracers.IsSpan(typ) {
					break
				}
				i++
			}
			if lhs, _ := destinations(cur); i < len(lhs) {
				b.val.root = b.x.m.local(lhs[i])
			}
			b.val.startsIn(b.Func)
			b.val.bindResults(cur, i, holding{form: theSpan})
		}
	}
	return b.val
}

// End returns the first place where the borrowed span is ended, by hand, by
// defer, or by a function it is given to; nil if it is not.
func (b *Borrow) End() *Event {
	v := b.value()
	var first *Event
	for _, events := range v.events {
		for _, e := range events {
			if e.Does == Ends && (first == nil || e.Node.Pos() < first.Node.Pos()) {
				first = e
			}
		}
	}
	return first
}

// Var returns the variable that has the borrowed span, nil if there is none
// or it has had other spans too.
func (b *Borrow) Var() *types.Var {
	if r := b.value().root; r != nil && b.x.m.assignedOnce(r) {
		return r
	}
	return nil
}

// Foreign reports whether the span is one that somebody else has started and
// will end: it comes from a context that the function was given, and nothing
// in the package leaves a span in a context for others to end.
func (b *Borrow) Foreign() bool {
	if b.Func == nil {
		return false
	}
	if r := b.value().root; r != nil && !b.x.m.assignedOnce(r) {
		return false // has other spans too, and one of them may be ended here
	}
	var ctx ast.Expr
	for _, arg := range b.Call.Args {
		if t := b.x.Pkg.Info.TypeOf(arg); otelapi.ImplementsContext(t) || otelapi.IsRequest(t) {
			ctx = arg
			break
		}
	}
	return ctx != nil && b.x.given(ctx, b.Func, 0) && !b.endsLater() && !b.takesOver() && !b.x.leavesSpan(b.api()) && !b.x.handedOver(b.Func, make(map[*scope.Func]bool))
}

// api returns what is known of the borrowed span.
func (b *Borrow) api() *otelapi.SpanType {
	for typ := range results(b.x.Pkg.Info.TypeOf(b.Call)) {
		if api := b.x.Pkg.Tracers.SpanType(typ); api != nil {
			return api
		}
	}
	return nil
}

// endsLater reports whether a literal that ends the span is stored or handed
// out: it belongs to a longer life than this call has, and who let the span
// into that meant it.
func (b *Borrow) endsLater() bool {
	v := b.value()
	for _, events := range v.events {
		for _, e := range events {
			switch e.Does {
			case Stored, Returned, Sent, Given:
				if e.Lit != nil && v.handling(e.Lit, nil)&settles != 0 {
					return true
				}
			}
		}
	}
	return false
}

// takesOver reports whether the function has the span ended when it returns, by
// the first thing it does, looks at it for nothing else, and is a method that
// callers elsewhere reach only through an interface: how such a method treats
// the span of its context can be part of what the interface asks for, and
// whether they let go of the span cannot be seen. What a server calls gets a
// request beside the context, or with it, and the server's span.
func (b *Borrow) takesOver() bool {
	f := b.Func
	if f.Obj == nil || !f.Obj.Exported() || f.Sig.Recv() == nil || len(f.Body.List) == 0 {
		return false
	}
	for p := range f.Sig.Params().Variables() {
		if _, basic := p.Type().Underlying().(*types.Basic); !basic && !otelapi.IsContext(p.Type()) {
			return false
		}
	}
	recv := types.Unalias(f.Sig.Recv().Type())
	if p, ok := recv.(*types.Pointer); ok {
		recv = types.Unalias(p.Elem())
	}
	if named, ok := recv.(*types.Named); !ok || named.Obj().Exported() {
		return false
	}
	d, ok := f.Body.List[0].(*ast.DeferStmt)
	if !ok || b.Call.Pos() < d.Pos() || d.End() < b.Call.End() || len(f.Body.List) == 1 {
		return false
	}
	if _, isLit := ast.Unparen(d.Call.Fun).(*ast.FuncLit); isLit {
		return false
	}
	for _, g := range b.x.Pkg.Funcs {
		for _, call := range b.x.m.inFunc[g].calls {
			if b.x.calls(call, f) && !b.x.Pkg.IsTest(call) {
				return false // they show what they do with the span
			}
		}
	}
	return true
}

// given reports whether a context, or what carries it, was passed to the
// function from outside, and no span was started on the way from there.
func (x *Index) given(e ast.Expr, f *scope.Func, depth int) bool {
	if depth > 8 {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v := x.Pkg.VarOf(e)
		if v == nil || isPackageVar(v) {
			return false
		}
		return x.givenVar(v, e, depth)
	case *ast.SelectorExpr:
		// c.Request of a framework: as far from outside as c is. What a field
		// of ours has, a receiver or a job, may be any context.
		if field := x.Pkg.VarOf(e); field != nil && field.IsField() && field.Pkg() != x.Pkg.Types {
			if v := x.Pkg.VarOf(e.X); v != nil && !v.IsField() {
				return x.given(e.X, f, depth+1)
			}
		}
	case *ast.CallExpr:
		fn := x.Pkg.Callee(e)
		d, known := otelapi.DerivationOf(fn)
		if known {
			switch d.Effect {
			case otelapi.Derives, otelapi.Cancels, otelapi.Times, otelapi.Detaches, otelapi.Signals, otelapi.Groups:
			default:
				return false
			}
			if d.Arg >= 0 && d.Arg < len(e.Args) {
				return x.given(e.Args[d.Arg], f, depth+1)
			}
			if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && d.Arg == otelapi.Receiver {
				return x.given(sel.X, f, depth+1)
			}
			return false
		}
		// stream.Context(), c.UserContext(): a method without arguments.
		if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && len(e.Args) == 0 && fn != nil && x.Pkg.Decl(fn) == nil {
			return x.given(sel.X, f, depth+1)
		}
	}
	return false
}

// givenVar is given for a variable: a parameter that still has its first
// value, or a variable all of whose values are given.
func (x *Index) givenVar(v *types.Var, use *ast.Ident, depth int) bool {
	param := false
	var values []ast.Expr
	for _, cur := range x.Pkg.Uses(v) {
		kind, i := cur.ParentEdge()
		switch p := cur.Parent().Node().(type) {
		case *ast.Field:
			param = !x.isResultField(cur.Parent().Node().(*ast.Field), v)
		case *ast.AssignStmt:
			if kind != edge.AssignStmt_Lhs {
				continue
			}
			if !x.before(p, use) {
				continue
			}
			switch {
			case len(p.Lhs) == len(p.Rhs):
				values = append(values, p.Rhs[i])
			case i == 0:
				values = append(values, p.Rhs[0])
			default:
				return false
			}
		case *ast.ValueSpec:
			if kind != edge.ValueSpec_Names {
				continue
			}
			if len(p.Values) != len(p.Names) {
				return false
			}
			values = append(values, p.Values[i])
		case *ast.RangeStmt:
			if kind == edge.RangeStmt_Key || kind == edge.RangeStmt_Value {
				return false
			}
		case *ast.UnaryExpr, *ast.StarExpr:
			return false
		}
	}
	if !param && len(values) == 0 {
		return false
	}
	for _, e := range values {
		if !x.given(e, nil, depth+1) {
			return false
		}
	}
	return true
}

func (x *Index) isResultField(field *ast.Field, v *types.Var) bool {
	for _, f := range x.Pkg.Funcs {
		if f.Type.Results == nil || v.Pos() < f.Node.Pos() || v.Pos() >= f.Node.End() {
			continue
		}
		for _, r := range f.Type.Results.List {
			if r == field {
				return true
			}
		}
	}
	return false
}

// before reports whether the assignment may come before the use.
func (x *Index) before(a *ast.AssignStmt, use *ast.Ident) bool {
	f := x.Pkg.FuncAt(a)
	if f == nil || f != x.Pkg.FuncAt(use) {
		return true
	}
	g := f.Graph()
	p, ok1 := g.At(a)
	u, ok2 := g.At(use)
	if !ok1 || !ok2 || p == u {
		return false
	}
	_, ok := g.Reach(p, func(n ast.Node) bool { return n == u.Node() }, path.Search{})
	return ok
}

// leavesSpan reports whether something in the package starts a span, keeps no
// hold of it and lets its context go: the other half of a pair of hooks, one
// of which starts and one of which ends. The spans of another tracer are no
// other half.
func (x *Index) leavesSpan(api *otelapi.SpanType) bool {
	if x.leaves == nil {
		x.leaves = make(map[*otelapi.SpanType]bool)
		for _, s := range x.starts {
			if s.IsEndFunc() || s.Func == nil || s.Dest != nil {
				continue
			}
			v := s.value()
			if !v.touched() && v.buried() == nil && v.ctxMoves(s) {
				x.leaves[s.api] = true
			}
		}
		for _, f := range x.Pkg.Funcs {
			// A function that returns a context with a span it started, by a
			// start in another function of the package.
			for i := range f.Sig.Results().Len() {
				r := x.Table.Of(f).ResultAt(i)
				if !x.givesSpan(f) {
					x.leaves[native] = x.leaves[native] || r.Ctx.Started
					x.leaves[other] = x.leaves[other] || r.Ctx.Other
				}
			}
		}
	}
	if api != nil && api.Foreign {
		return x.leaves[api] || x.leaves[other]
	}
	return x.leaves[api] || x.leaves[native]
}

// handedOver reports whether a caller of f starts a span, keeps no hold of it
// and passes its context to f: the span goes with the context, and f is there to
// end it. A caller that only passes on what it was given is asked for its own.
func (x *Index) handedOver(f *scope.Func, seen map[*scope.Func]bool) bool {
	if f == nil || seen[f] {
		return false
	}
	seen[f] = true
	for _, s := range x.starts {
		if s.IsEndFunc() || s.Func == nil || s.Dest != nil || x.Pkg.IsTest(s.Call) {
			continue
		}
		passed, own := false, false
		v := s.value()
		for _, events := range v.events {
			for _, e := range events {
				switch e.Does {
				case Ends, MayEnd, CtxWorks, Launched:
					call := callAt(e.Node)
					passed = passed || call != nil && x.calls(call, f)
					own = own || e.Does != CtxWorks && !e.Helper
				case Runs:
					own = own || v.handling(e.Lit, nil)&settles != 0
				}
			}
		}
		if passed && !own {
			return true
		}
	}
	for _, g := range x.Pkg.Funcs {
		if x.Pkg.IsTest(g.Node) {
			continue
		}
		for _, call := range x.m.inFunc[g].calls {
			if !x.calls(call, f) {
				continue
			}
			for _, arg := range call.Args {
				if otelapi.ImplementsContext(x.Pkg.Info.TypeOf(arg)) && x.given(arg, g, 0) && x.handedOver(g, seen) {
					return true
				}
			}
		}
	}
	return false
}

func callAt(n ast.Node) *ast.CallExpr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return n
	case *ast.DeferStmt:
		return n.Call
	case *ast.GoStmt:
		return n.Call
	}
	return nil
}

// calls reports whether a call runs f, or a method of an interface that the
// receiver of f implements.
func (x *Index) calls(call *ast.CallExpr, f *scope.Func) bool {
	to := x.m.callee(x.Table, call)
	if to.body != nil || to.fn == nil || f.Obj == nil {
		return to.body == f && f != nil
	}
	recv, of := f.Sig.Recv(), to.fn.Signature().Recv()
	if recv == nil || of == nil || to.fn.Name() != f.Obj.Name() {
		return false
	}
	i, ok := of.Type().Underlying().(*types.Interface)
	return ok && (types.Implements(recv.Type(), i) || types.Implements(types.NewPointer(recv.Type()), i))
}

// Of a context that comes from a helper it is only known whether its span is
// OpenTelemetry's.
var native, other = new(otelapi.SpanType), new(otelapi.SpanType)

// givesSpan reports whether f also hands out the span or its end function.
func (x *Index) givesSpan(f *scope.Func) bool {
	sum := x.Table.Of(f)
	for i := range f.Sig.Results().Len() {
		if r := sum.ResultAt(i); r.Span == summary.Open || r.End {
			return true
		}
	}
	return false
}

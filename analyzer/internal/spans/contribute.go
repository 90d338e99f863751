package spans

import (
	"go/ast"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Contribute adds to a summary what f does with spans.
func Contribute(t *summary.Table, f *scope.Func, sum *summary.Func) {
	m := modelOf(t.Pkg)
	l := m.inFunc[f]
	if l == nil {
		return
	}
	m.slots(t, f, l, sum)

	var starts, objects []*Start
	for _, c := range l.candidates {
		if s := m.start(t, c); s != nil && s.object >= 0 {
			objects = append(objects, s)
		} else if s != nil {
			starts = append(starts, s)
		}
	}
	m.results(t, f, l, starts, sum)
	m.objects(t, f, starts, objects, sum)
	m.traces(t, f, l, starts, sum)
	m.failing(t, f, sum)
}

// slots says what becomes of spans, end functions and contexts passed to f.
func (m *model) slots(t *summary.Table, f *scope.Func, l *local, sum *summary.Func) {
	for i := scope.Receiver; i < f.Sig.Params().Len(); i++ {
		p := f.Slot(i)
		if p == nil || p.Name() == "" || p.Name() == "_" {
			continue
		}
		var h holding
		switch typ := p.Type(); {
		case m.pkg.Tracers.IsSpan(typ), i != scope.Receiver && m.pkg.Tracers.MayEnd(typ):
			h.form = theSpan
		case isFunc(typ):
			h.form = endFunc
		case otelapi.IsContext(typ):
			// Only of interest where a span is taken out of it.
			if !m.mayLend(t, f, p) {
				continue
			}
			h.form = carrier
		case i == scope.Receiver:
			sum.Slots[0].Span = m.receiver(t, f, typ)
			continue
		case m.holdsSpan(typ):
			// A slice of spans, a pointer to one, a struct: not followed.
			sum.Slots[i+1].Span = summary.Keeps
			continue
		default:
			continue
		}
		v := m.newValue(t, nil)
		v.root, v.self = p, f
		v.startsIn(f)
		v.followVar(p, h)
		sum.Slots[i+1].Span = v.handling(f, nil)
	}
}

// holdsSpan reports whether a span can be reached through a value of type t
// in one step, or whether nothing can be said, as of any.
func (m *model) holdsSpan(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return m.pkg.Tracers.IsSpan(u.Elem())
	case *types.Slice:
		return m.pkg.Tracers.IsSpan(u.Elem()) || isFunc(u.Elem())
	case *types.Map:
		return m.pkg.Tracers.IsSpan(u.Elem())
	case *types.Interface:
		return u.Empty()
	}
	return false
}

// receiver says what a method does with a span in a field of its receiver.
func (m *model) receiver(t *summary.Table, f *scope.Func, typ types.Type) summary.Handling {
	if p, ok := typ.Underlying().(*types.Pointer); ok {
		typ = p.Elem()
	}
	st, ok := typ.Underlying().(*types.Struct)
	if !ok {
		return 0
	}
	var h summary.Handling
	for i := range st.NumFields() {
		field := st.Field(i)
		if !m.pkg.Tracers.IsSpan(field.Type()) || field.Pkg() != m.pkg.Types {
			continue
		}
		v := m.newValue(t, nil)
		v.root = field.Origin()
		v.followVar(field.Origin(), holding{form: theSpan})
		h |= v.handling(f, nil)
	}
	if p := f.Slot(scope.Receiver); h == 0 && p != nil && p.Name() != "_" && m.spanField(p.Type()) != nil {
		// Methods that are promoted from the span, and others of its own.
		v := m.newValue(t, nil)
		v.root, v.self = p, f
		v.startsIn(f)
		v.followVar(p, holding{form: object})
		h = v.handling(f, nil)
	}
	return h
}

// mayLend reports whether the span of the context p may be taken out of it in
// f, or in a function it is passed to.
func (m *model) mayLend(t *summary.Table, f *scope.Func, p *types.Var) bool {
	for _, cur := range m.pkg.Uses(p) {
		call, ok := outermost(cur).Parent().Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		to := m.callee(t, call)
		if otelapi.Lends(to.fn) || to.sum.ResultAt(0).Span == summary.Ambient {
			return true
		}
		for i, arg := range call.Args {
			if m.pkg.VarOf(arg) == p && to.sum.SlotAt(i).Span != 0 {
				return true
			}
		}
	}
	return false
}

// results says which results of f are spans, end functions, and contexts that
// carry a span.
func (m *model) results(t *summary.Table, f *scope.Func, l *local, starts []*Start, sum *summary.Func) {
	res := f.Sig.Results()
	spans, funcs, ctxs := false, false, false
	for i := range res.Len() {
		typ := res.At(i).Type()
		spans = spans || m.pkg.Tracers.IsSpan(typ)
		funcs = funcs || isFunc(typ)
		ctxs = ctxs || otelapi.IsContext(typ)
	}
	if !spans && !funcs && !ctxs {
		return
	}
	for _, s := range starts {
		v := s.follow(m, t, nil)
		named := make(map[*types.Var]int)
		for i := range res.Len() {
			named[res.At(i)] = i
		}
		note := func(form form, lit *scope.Func, isEnd bool, i int) {
			if i >= len(sum.Results) {
				return
			}
			r := &sum.Results[i]
			switch typ := res.At(i).Type(); {
			case form == carrier && otelapi.IsContext(typ):
				if s.Foreign() {
					r.Ctx.Other = true
					break
				}
				r.Ctx.Started = true
				r.Ctx.NewRoot = r.Ctx.NewRoot || m.newRoot(s.Call)
			case m.pkg.Tracers.IsSpan(typ) && lit == nil && !isEnd:
				if r.Span = summary.Open; v.sharedBy(f) {
					r.Span = summary.Borrowed // whoever finds it there may end it
				}
			case isFunc(typ) && (isEnd || lit != nil && v.handling(lit, nil)&summary.MayEnd != 0):
				r.End = true
			}
		}
		for _, e := range v.events[f] {
			switch e.Does {
			case Returned:
				note(theSpan, e.Lit, e.isEnd, e.Result)
			case CtxReturned:
				if v.reaches(s, e.Node) {
					note(carrier, nil, false, e.Result)
				}
			}
		}
		if bare(l) {
			for w, i := range named {
				for _, h := range v.holders[w] {
					note(h.form, h.lit, h.form == endFunc, i)
				}
			}
		}
	}
	for i := range res.Len() {
		if m.pkg.Tracers.IsSpan(res.At(i).Type()) && sum.Results[i].Span == summary.NotSpan {
			sum.Results[i].Span = m.borrowed(t, f, l, i)
		}
	}
}

// sharedBy reports whether f has also put the span where others find it: into a
// field, a container, a channel.
func (v *value) sharedBy(f *scope.Func) bool {
	for _, e := range v.events[f] {
		if e.Does == Stored || e.Does == Sent {
			return true
		}
	}
	return false
}

// objects says which results of f are objects with a span that f has started.
func (m *model) objects(t *summary.Table, f *scope.Func, starts, objects []*Start, sum *summary.Func) {
	may := false
	for typ := range results(f.Sig.Results()) {
		may = may || m.spanField(typ) != nil
	}
	if !may {
		return
	}
	for _, s := range starts {
		if s.Result < 0 {
			continue
		}
		if i, ok := m.held(t, f, s.follow(m, t, nil)); ok && i < len(sum.Results) && m.spanField(f.Sig.Results().At(i).Type()) != nil {
			sum.Results[i].Holds = true
		}
	}
	for _, s := range objects {
		v := s.follow(m, t, nil)
		i := -1
		for g, events := range v.events {
			for _, e := range events {
				switch {
				case e.Does == Annotates || e.Does == CtxWorks || e.Does == CtxReturned:
				case e.Does == Returned && g == f && e.Lit == nil && !e.isEnd && (i < 0 || i == e.Result):
					i = e.Result
				default:
					return // somebody else has it too, or has ended it
				}
			}
		}
		if i >= 0 && i < len(sum.Results) && m.spanField(f.Sig.Results().At(i).Type()) != nil {
			sum.Results[i].Holds = true
		}
	}
}

// bare reports whether some return has no operands.
func bare(l *local) bool {
	for _, r := range l.returns {
		if len(r.Results) == 0 {
			return true
		}
	}
	return false
}

// borrowed looks at all returns of f: whose span is result i, if f starts none?
func (m *model) borrowed(t *summary.Table, f *scope.Func, l *local, i int) summary.SpanResult {
	out := summary.NotSpan
	for _, ret := range l.returns {
		var one summary.SpanResult
		switch {
		case len(ret.Results) == f.Sig.Results().Len():
			one = m.lender(t, ret.Results[i], 0)
		case len(ret.Results) == 1:
			if call, ok := ast.Unparen(ret.Results[0]).(*ast.CallExpr); ok {
				one = m.callee(t, call).sum.ResultAt(i).Span
			}
		default:
			one = m.lenderVar(t, f.Sig.Results().At(i), 0)
		}
		switch {
		case one == summary.NotSpan:
			return summary.NotSpan
		case one == summary.Open:
			return summary.Open
		case out != summary.Ambient:
			out = one
		}
	}
	return out
}

// lender says whose span an expression denotes.
func (m *model) lender(t *summary.Table, e ast.Expr, depth int) summary.SpanResult {
	e = ast.Unparen(e)
	if m.pkg.Info.Types[e].IsNil() {
		return summary.Borrowed
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		if m.pkg.Info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return m.lender(t, e.Args[0], depth)
		}
		to := m.callee(t, e)
		if otelapi.Lends(to.fn) {
			return summary.Ambient
		}
		return to.sum.ResultAt(0).Span
	case *ast.CompositeLit, *ast.UnaryExpr, *ast.IndexExpr:
		return summary.Borrowed // a no-op span, an element
	case *ast.SelectorExpr:
		if v := m.pkg.VarOf(e); v != nil {
			return summary.Borrowed
		}
	case *ast.Ident:
		if v := m.pkg.VarOf(e); v != nil {
			return m.lenderVar(t, v, depth)
		}
	case *ast.TypeAssertExpr:
		return summary.Borrowed // ctx.Value(key).(trace.Span)
	}
	return summary.NotSpan
}

func (m *model) lenderVar(t *summary.Table, v *types.Var, depth int) summary.SpanResult {
	if isPackageVar(v) || v.IsField() {
		return summary.Borrowed
	}
	if e := m.onlyValue(v); e != nil && depth < 4 {
		return m.lender(t, e, depth+1)
	}
	if cur := m.pkg.Uses(v); len(cur) > 0 {
		if _, isParam := cur[0].Parent().Node().(*ast.Field); isParam {
			return summary.Borrowed
		}
	}
	return summary.NotSpan
}

// newRoot reports whether a start asks for a span without a parent.
func (m *model) newRoot(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if c, ok := ast.Unparen(arg).(*ast.CallExpr); ok && otelapi.MakesRoot(m.pkg.Callee(c)) {
			return true
		}
	}
	return false
}

// traces says whether a span is started below f, and whether that comes
// before all other work.
func (m *model) traces(t *summary.Table, f *scope.Func, l *local, starts []*Start, sum *summary.Func) {
	first := make(map[ast.Node]bool)
	for _, s := range starts {
		first[s.Call] = true
	}
	for _, s := range starts {
		if s.Result >= 0 && !s.Foreign() {
			// What is said of traces is said of OpenTelemetry's.
			sum.Traces, sum.MayTrace = true, true
		}
	}
	for _, call := range l.calls {
		sum.MayTrace = sum.MayTrace || m.mayTrace(t, call)
		to := m.callee(t, call)
		if to.sum != nil {
			sum.Traces = sum.Traces || to.sum.Traces
			if to.sum.StartsFirst {
				first[call] = true
			}
		}
	}
	for _, inner := range m.inner[f] {
		sum.Traces = sum.Traces || t.Of(inner).Traces
		sum.MayTrace = sum.MayTrace || t.Of(inner).MayTrace
	}
	if len(first) == 0 {
		return
	}
	work := make(map[ast.Node]bool)
	g := f.Graph()
	began := make(map[ast.Node]bool)
	for _, call := range l.calls {
		p, ok := g.At(call)
		if !ok {
			continue
		}
		if first[call] {
			began[p.Node()] = true
		} else if m.works(t, call) {
			work[p.Node()] = true
		}
	}
	if len(began) == 0 {
		return
	}
	stop := path.Search{Stop: func(n ast.Node) bool { return began[n] }}
	_, worked := g.Reach(g.Entry(), func(n ast.Node) bool { return work[n] && !began[n] }, stop)
	_, started := g.Reach(g.Entry(), func(n ast.Node) bool { return began[n] }, path.Search{})
	sum.StartsFirst = sum.StartsFirst || started && !worked
}

// works reports whether a call gets a context, or something that carries one,
// and may do work under it.
func (m *model) works(t *summary.Table, call *ast.CallExpr) bool {
	tv := m.pkg.Info.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return false
	}
	takes := false
	for _, arg := range call.Args {
		typ := m.pkg.Info.TypeOf(arg)
		takes = takes || otelapi.ImplementsContext(typ) || otelapi.IsRequest(typ)
	}
	if !takes {
		return false
	}
	fn := m.pkg.Callee(call)
	if _, derives := otelapi.DerivationOf(fn); derives {
		return false
	}
	return !otelapi.ReadsOnly(fn)
}

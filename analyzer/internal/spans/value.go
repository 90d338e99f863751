package spans

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Does is what an event does to a span, or to a context that carries it.
type Does uint8

const (
	// Ends: it is ended.
	Ends Does = iota + 1
	// MayEnd: it is given to a function that ends it on some path only.
	MayEnd
	// Runs: the literal Lit, which touches it, is called.
	Runs
	// Returned, Stored, Sent, Given: it, or the literal Lit which touches it,
	// goes to somebody else. Given is to a function that keeps it or is unknown.
	Returned
	Stored
	Sent
	Given
	// Launched: it, or the literal Lit, goes to a goroutine.
	Launched
	// Annotates: its attributes, status, name, events or links are set.
	Annotates
	// Assigned: its variable gets another value.
	Assigned
	// CtxWorks: its context is given to a call that may work with it.
	CtxWorks
	// CtxReturned, CtxStored: its context leaves the function.
	CtxReturned
	CtxStored
	// recurses: it is given to the function whose summary is being made.
	recurses
)

// An Event is something that happens to a span at one place.
type Event struct {
	Does Does
	// Func is the function in whose own body Node stands.
	Func *scope.Func
	Node ast.Node
	// Defer is the statement that puts the event off to the end of Func.
	Defer *ast.DeferStmt
	// Lit is the literal that runs or leaves, nil if the span itself does.
	Lit *scope.Func
	// Helper is set if the event happens in a function that is called.
	Helper bool
	// Options says that End has options, as a time stamp.
	Options bool
	// Result is the index of a result that is returned; To the field,
	// variable or container it is stored in, nil if that is not known.
	Result int
	To     *types.Var
	// Via is the variable through which the event was found, nil for a span
	// that is in none.
	Via *types.Var
	// ends is set if what is given or stored is a function that ends the span.
	isEnd bool
}

// form is what an expression or variable is to the span that is followed.
type form uint8

const (
	theSpan form = iota + 1
	endFunc      // a function that ends it
	literal      // a function literal that touches it
	carrier      // a context that carries it
	object       // a struct with a field that has it, or a pointer to one
)

type holding struct {
	form form
	lit  *scope.Func
	via  *types.Var
}

// A value is one span, followed through the variables that have it.
type value struct {
	m *model
	t *summary.Table
	x *Index // nil while summaries are built

	holders map[*types.Var][]holding
	events  map[*scope.Func][]*Event
	busy    map[*scope.Func]bool // see handlingOf
	placed  map[*scope.Func]bool // literals whose place has been looked at
	aliased bool                 // a second variable may have it
	root    *types.Var
	self    *scope.Func // the function whose summary is being made
}

func (m *model) newValue(t *summary.Table, x *Index) *value {
	return &value{
		m: m, t: t, x: x,
		holders: make(map[*types.Var][]holding),
		events:  make(map[*scope.Func][]*Event),
		busy:    make(map[*scope.Func]bool),
		placed:  make(map[*scope.Func]bool),
	}
}

// followVar follows what a variable has.
func (v *value) followVar(w *types.Var, h holding) {
	if w == nil {
		return
	}
	h.via = w
	for _, old := range v.holders[w] {
		if old.form == h.form && old.lit == h.lit {
			return
		}
	}
	v.holders[w] = append(v.holders[w], h)
	for _, cur := range v.m.pkg.Uses(w) {
		if _, isDecl := cur.Parent().Node().(*ast.Field); isDecl {
			continue
		}
		if kind, _ := cur.ParentEdge(); kind == edge.KeyValueExpr_Key && w.IsField() {
			continue // filled in a composite literal
		} else if kind == edge.SelectorExpr_Sel {
			cur = cur.Parent() // x.field
		}
		v.use(cur, h)
	}
}

// add records an event and, if it happens in a literal, looks at what becomes
// of the literal.
func (v *value) add(e *Event) {
	f := v.m.pkg.FuncAt(e.Node)
	if f == nil {
		return
	}
	e.Func = f
	v.events[f] = append(v.events[f], e)
	v.place(f)
}

// startsIn says that the span begins in f: the literals around it are not
// what happens to it.
func (v *value) startsIn(f *scope.Func) {
	for ; f != nil; f = f.Outer {
		v.placed[f] = true
	}
}

// place follows a literal that touches the span to where it is called.
func (v *value) place(f *scope.Func) {
	if v.placed[f] || f.Obj != nil {
		return
	}
	v.placed[f] = true
	v.use(f.Cursor, holding{form: literal, lit: f})
}

// use says what happens to the span where the expression at cur has it.
func (v *value) use(cur inspector.Cursor, h holding) {
	cur = outermost(cur)
	kind, i := cur.ParentEdge()
	parent := cur.Parent()
	switch p := parent.Node().(type) {
	case *ast.SelectorExpr:
		v.selected(parent, p, h)

	case *ast.CallExpr:
		if kind == edge.CallExpr_Fun {
			v.called(parent, p, h)
		} else if tv := v.m.pkg.Info.Types[p.Fun]; tv.IsType() {
			v.use(parent, h) // a conversion
		} else {
			v.passed(parent, p, i, h)
		}

	case *ast.AssignStmt:
		if kind == edge.AssignStmt_Lhs {
			v.assigned(p, cur, h)
			return
		}
		if len(p.Lhs) == len(p.Rhs) {
			v.assign(p.Lhs[i], p, h)
		}

	case *ast.ValueSpec:
		if kind == edge.ValueSpec_Values && len(p.Names) == len(p.Values) {
			v.assign(p.Names[i], p, h)
		}

	case *ast.ReturnStmt:
		v.leaves(Returned, p, h, i, nil)

	case *ast.SendStmt:
		if kind == edge.SendStmt_Value {
			v.leaves(Sent, p, h, 0, nil)
		}

	case *ast.KeyValueExpr:
		lit, ok := parent.Parent().Node().(*ast.CompositeLit)
		if !ok || kind != edge.KeyValueExpr_Value {
			v.leaves(Given, p, h, 0, nil)
			return
		}
		v.composed(parent.Parent(), lit, p, -1, h)

	case *ast.CompositeLit:
		v.composed(parent, p, nil, i, h)

	case *ast.UnaryExpr:
		if p.Op == token.AND && h.form == object {
			v.use(parent, h)
		} else if p.Op == token.AND && h.form != literal {
			v.leaves(Given, p, h, 0, nil) // whoever has the address can do anything
		}

	case *ast.TypeAssertExpr:
		t := v.m.pkg.Info.TypeOf(p)
		if tuple, ok := t.(*types.Tuple); ok {
			t = tuple.At(0).Type()
		}
		if h.form != theSpan || p.Type == nil || v.m.pkg.Tracers.HasEnd(t) {
			v.leaves(Given, p, h, 0, nil) // whether it has it depends on its type
		}

	case *ast.DeferStmt, *ast.GoStmt, *ast.BinaryExpr, *ast.ExprStmt, *ast.CaseClause, *ast.SwitchStmt, *ast.RangeStmt, *ast.IncDecStmt, *ast.IfStmt, *ast.ForStmt:
		// compared, looked at, or dropped
	case *ast.StarExpr:
		if h.form == object {
			v.use(parent, h)
		} else {
			v.leaves(Given, p, h, 0, nil)
		}
	case *ast.IndexExpr:
		if kind == edge.IndexExpr_X {
			v.use(parent, h) // an explicit instance of a generic function
		}
	default:
		v.leaves(Given, parent.Node(), h, 0, nil)
	}
}

// selected handles span.M and ctx.M.
func (v *value) selected(sel inspector.Cursor, n *ast.SelectorExpr, h holding) {
	if h.form == carrier {
		return // ctx.Done, ctx.Err, ctx.Value
	}
	if h.form == object {
		v.member(sel, n, h)
		return
	}
	if h.form != theSpan {
		v.leaves(Given, n, h, 0, nil)
		return
	}
	out := outermost(sel)
	call, isCall := out.Parent().Node().(*ast.CallExpr)
	kind, _ := out.ParentEdge()
	isCall = isCall && kind == edge.CallExpr_Fun
	api, typ := v.m.pkg.Tracers, v.m.pkg.Info.TypeOf(n.X)
	if isCall && api.CarriedBy(typ, n.Sel.Name) {
		v.use(out.Parent(), holding{form: carrier})
		return
	}
	if api.Ends(typ, n.Sel.Name) {
		if isCall {
			v.called(out.Parent(), call, holding{form: endFunc, via: h.via})
		} else {
			v.use(sel, holding{form: endFunc, via: h.via})
		}
		return
	}
	if !api.Annotates(typ, n.Sel.Name) {
		return
	}
	if !isCall {
		v.add(&Event{Does: Given, Node: n, Via: h.via}) // a method value
		return
	}
	e := &Event{Does: Annotates, Node: call, Via: h.via}
	v.happens(out.Parent(), e)
	if api.Chains(typ, n.Sel.Name) {
		v.use(out.Parent(), h)
	}
}

// happens records an event that is a call: now, deferred, or in a goroutine.
func (v *value) happens(call inspector.Cursor, e *Event) {
	switch p := call.Parent().Node().(type) {
	case *ast.DeferStmt:
		e.Defer = p
		e.Node = p
	case *ast.GoStmt:
		if e.Does == Ends || e.Does == MayEnd || e.Does == Runs {
			e.Does = Launched
		}
		e.Node = p
	}
	v.add(e)
}

// called handles the call of an end function or of a literal.
func (v *value) called(call inspector.Cursor, n *ast.CallExpr, h holding) {
	switch h.form {
	case endFunc:
		v.happens(call, &Event{Does: Ends, Node: n, Options: v.m.hasOptions(n), Via: h.via, isEnd: true})
	case literal:
		v.happens(call, &Event{Does: Runs, Node: n, Lit: h.lit, Via: h.via})
	}
}

// hasOptions reports whether an end is told anything: nil says nothing.
func (m *model) hasOptions(call *ast.CallExpr) bool {
	return len(call.Args) > 1 || len(call.Args) == 1 && !m.pkg.Info.Types[ast.Unparen(call.Args[0])].IsNil()
}

// passed handles an argument.
func (v *value) passed(call inspector.Cursor, n *ast.CallExpr, arg int, h holding) {
	info := v.m.pkg.Info
	if info.Types[n.Fun].IsBuiltin() {
		v.builtin(call, n, arg, h)
		return
	}
	to := v.m.callee(v.t, n)
	if h.form == carrier {
		v.passedCtx(call, n, arg, to, h)
		return
	}
	if h.form == object {
		v.happens(call, &Event{Does: Given, Node: n, Via: h.via})
		return
	}
	if l, ok := otelapi.LauncherOf(to.fn); ok && l.Arg == arg && h.form != theSpan {
		v.add(&Event{Does: Launched, Node: n, Lit: h.lit, Via: h.via})
		return
	}
	if d, ok := otelapi.DerivationOf(to.fn); ok && h.form == theSpan && d.Effect == otelapi.SetsSpan {
		// trace.ContextWithSpan: from here on a context carries it too.
		v.bindResults(call, d.Result, holding{form: carrier})
		return
	}
	if taker, known := v.m.pkg.Tracers.Taker(to.fn); known && h.form == theSpan {
		if slot := v.slot(n, arg); taker.Slot == slot {
			e := &Event{Does: Annotates, Node: n, Helper: true, Via: h.via}
			if taker.Ends {
				e.Does = Ends
			}
			v.happens(call, e)
		}
		return
	}
	if to.sum == nil {
		v.happens(call, &Event{Does: Given, Node: n, Lit: h.lit, Via: h.via, isEnd: h.form == endFunc})
		return
	}
	handling := to.sum.SlotAt(v.slot(n, arg)).Span
	e := &Event{Node: n, Lit: h.lit, Helper: true, Via: h.via, isEnd: h.form == endFunc}
	switch {
	case to.body != nil && to.body == v.self && h.form != literal:
		e.Does = recurses // and does there what it does elsewhere
	case handling&summary.Keeps != 0:
		e.Does = Given
	case h.form == literal && handling&(summary.Ends|summary.MayEnd) != 0:
		e.Does = Runs
		if handling&summary.Ends == 0 {
			e.Does = Given // called on some path: it may have ended the span
		}
	case handling&summary.Ends != 0:
		e.Does = Ends
	case handling&summary.MayEnd != 0:
		e.Does = MayEnd
	case handling&summary.Annotates != 0 && h.form == theSpan:
		e.Does = Annotates
	default:
		return // only looked at
	}
	v.happens(call, e)
}

// slot returns the parameter that gets an argument of a call.
func (v *value) slot(n *ast.CallExpr, arg int) int {
	info := v.m.pkg.Info
	slot := arg
	if sig := signature(info, n); sig != nil && slot >= sig.Params().Len()-1 && sig.Variadic() {
		slot = sig.Params().Len() - 1
	}
	if recvArg(info, n) {
		slot-- // a method expression
	}
	return slot
}

// passedCtx handles a context that carries the span as an argument.
func (v *value) passedCtx(call inspector.Cursor, n *ast.CallExpr, arg int, to callee, h holding) {
	if otelapi.Lends(to.fn) || to.sum.ResultAt(0).Span == summary.Ambient {
		v.use(call, holding{form: theSpan})
		return
	}
	if taker, _ := v.m.pkg.Tracers.Taker(to.fn); taker.Ends && taker.Slot == v.slot(n, arg) {
		v.happens(call, &Event{Does: Ends, Node: n, Helper: true, Via: h.via})
		return
	}
	if to.sum != nil {
		handling := to.sum.SlotAt(v.slot(n, arg)).Span
		e := &Event{Node: n, Helper: true, Via: h.via}
		switch {
		case handling&summary.Ends != 0:
			e.Does = Ends
		case handling&summary.MayEnd != 0:
			e.Does = MayEnd
		}
		if e.Does != 0 {
			v.happens(call, e)
			return
		}
	}
	d, known := otelapi.DerivationOf(to.fn)
	if known && (d.Effect == otelapi.Starts || d.Effect == otelapi.SetsSpan) {
		if _, starts := v.m.pkg.Tracers.Starter(to.fn); starts || d.Handle >= 0 || v.m.startsSpan(v.t, n) {
			v.happens(call, &Event{Does: CtxWorks, Node: n, Via: h.via})
		}
		return // the result carries another span
	}
	if v.x == nil && !known {
		return // the rest matters to no summary
	}
	i := 0
	derived := false
	for t := range results(v.m.pkg.Info.TypeOf(n)) {
		if otelapi.IsContext(t) && !startsOther(to, i) || otelapi.IsRequest(t) {
			v.bindResults(call, i, holding{form: carrier})
			derived = true
		}
		i++
	}
	if !known && !derived && !otelapi.ReadsOnly(to.fn) {
		v.happens(call, &Event{Does: CtxWorks, Node: n, Via: h.via})
	}
}

// startsOther reports whether a context result carries a new span.
func startsOther(to callee, i int) bool {
	c := to.sum.ResultAt(i).Ctx
	return c.Started || c.Other
}

// bindResults follows result i of a call to where it is assigned or passed.
func (v *value) bindResults(call inspector.Cursor, i int, h holding) {
	if _, isTuple := v.m.pkg.Info.TypeOf(call.Node().(ast.Expr)).(*types.Tuple); !isTuple {
		v.use(call, h)
		return
	}
	out := outermost(call)
	switch p := out.Parent().Node().(type) {
	case *ast.AssignStmt:
		if i < len(p.Lhs) {
			v.assign(p.Lhs[i], p, h)
		}
	case *ast.ValueSpec:
		if i < len(p.Names) {
			v.assign(p.Names[i], p, h)
		}
	case *ast.ReturnStmt:
		v.leaves(Returned, p, h, i, nil)
	case *ast.CallExpr: // f(g())
		v.passed(out.Parent(), p, i, h)
	}
}

// builtin handles an argument of append and the like.
func (v *value) builtin(call inspector.Cursor, n *ast.CallExpr, arg int, h holding) {
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); !ok || id.Name != "append" || arg == 0 {
		if ok && id.Name == "append" {
			v.leaves(Given, n, h, 0, nil)
		}
		return
	}
	v.leaves(Stored, n, h, 0, v.m.pkg.VarOf(n.Args[0]))
}

// composed handles an element of a composite literal.
func (v *value) composed(cur inspector.Cursor, lit *ast.CompositeLit, kv *ast.KeyValueExpr, i int, h holding) {
	t := v.m.pkg.Info.TypeOf(lit)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // &T left out in a slice or map of *T
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		v.leaves(Stored, lit, h, 0, nil)
		return
	}
	var field *types.Var
	if kv != nil {
		if id, ok := kv.Key.(*ast.Ident); ok {
			field, _ = v.m.pkg.Info.ObjectOf(id).(*types.Var)
		}
	} else if i < st.NumFields() {
		field = st.Field(i)
	}
	v.leaves(Stored, lit, h, 0, field)
}

// assign handles the assignment of the span to an expression.
func (v *value) assign(lhs ast.Expr, stmt ast.Node, h holding) {
	if id, ok := ast.Unparen(lhs).(*ast.Ident); ok && id.Name == "_" {
		return
	}
	if w := v.m.local(lhs); w != nil {
		if h.form == theSpan && w != v.root {
			v.aliased = true
		}
		v.followVar(w, h)
		return
	}
	to := v.m.stored(lhs)
	if ix, ok := ast.Unparen(lhs).(*ast.IndexExpr); ok {
		to = v.m.pkg.VarOf(ix.X)
	}
	if to == nil {
		v.leaves(Given, stmt, h, 0, nil)
		return
	}
	v.leaves(Stored, stmt, h, 0, to)
}

// assigned handles an assignment to a variable that has the span.
func (v *value) assigned(p *ast.AssignStmt, lhs inspector.Cursor, h holding) {
	if h.form != theSpan && h.form != endFunc && h.form != object || h.via != v.root || p.Tok == token.DEFINE && v.m.declares(lhs) {
		return
	}
	for _, rhs := range p.Rhs {
		if v.mentions(rhs, h.via) {
			v.add(&Event{Does: Given, Node: p, Via: h.via}) // span = wrap(span)
			return
		}
	}
	v.add(&Event{Does: Assigned, Node: p, Via: h.via})
}

// declares reports whether the identifier at cur is a declaration.
func (m *model) declares(cur inspector.Cursor) bool {
	id, ok := cur.Node().(*ast.Ident)
	return ok && m.pkg.Info.Defs[id] != nil
}

// mentions reports whether e uses w.
func (v *value) mentions(e ast.Node, w *types.Var) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && v.m.pkg.Info.Uses[id] == w {
			found = true
		}
		return !found
	})
	return found
}

// leaves records that the span, something that ends it, or its context goes
// to somebody else.
func (v *value) leaves(does Does, n ast.Node, h holding, result int, to *types.Var) {
	if h.form == carrier {
		switch does {
		case Returned:
			does = CtxReturned
		case Stored, Sent:
			does = CtxStored
		default:
			return
		}
	}
	v.add(&Event{Does: does, Node: n, Lit: h.lit, Result: result, To: to, Via: h.via, isEnd: h.form == endFunc})
}

// sort orders the events of each function as they stand in the source.
func (v *value) sort() {
	for _, events := range v.events {
		slices.SortStableFunc(events, func(a, b *Event) int { return cmp.Compare(a.Node.Pos(), b.Node.Pos()) })
	}
}

// funcs returns the functions in which something happens to the span, in
// source order.
func (v *value) funcs() []*scope.Func {
	var out []*scope.Func
	for f := range v.events {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *scope.Func) int { return cmp.Compare(a.Node.Pos(), b.Node.Pos()) })
	return out
}

func signature(info *types.Info, call *ast.CallExpr) *types.Signature {
	t := info.TypeOf(call.Fun)
	if t == nil {
		return nil
	}
	sig, _ := t.Underlying().(*types.Signature)
	return sig
}

// recvArg reports whether the first argument of a call is the receiver, as in
// T.method(x).
func recvArg(info *types.Info, call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := info.Selections[sel]
	return s != nil && s.Kind() == types.MethodExpr
}

func hasMethod(t types.Type, name string) bool {
	if t == nil {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

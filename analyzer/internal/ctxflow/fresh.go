package ctxflow

import (
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

// A Fresh is a place where a context begins anew.
type Fresh struct {
	// Expr is the call of Background or TODO, of a function that makes a
	// request without a context, of a helper whose result is fresh; or the
	// name of a package variable that is.
	Expr ast.Expr
	// Func is the function in whose body it stands.
	Func *scope.Func
	// Request says that Expr makes a request.
	Request bool
	// Direct says that Expr itself is where the context begins, not a
	// variable or helper.
	Direct bool
	// Sends says that Expr also works on the context, which nobody else sees.
	Sends bool
}

// Itself is the slot of a call that works on a context of its own.
const Itself = scope.Receiver - 1

// Fresh returns the places in f itself, not in its literals, where contexts
// begin anew, in source order.
func (fl *Flow) Fresh(f *scope.Func) []Fresh {
	var out []Fresh
	skip := make(map[ast.Node]bool)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			fn := fl.pkg.Callee(n)
			switch {
			case otelapi.Begins(fn):
				out = append(out, Fresh{Expr: n, Func: f, Request: otelapi.IsRequest(fn.Signature().Results().At(0).Type()), Direct: true})
			case otelapi.Contextless(fn):
				out = append(out, Fresh{Expr: n, Func: f, Sends: true})
			case fl.freshHelper(fn):
				out = append(out, Fresh{Expr: n, Func: f, Request: otelapi.IsRequest(fn.Signature().Results().At(0).Type())})
			}
		case *ast.SelectorExpr:
			skip[n.Sel] = true
		case *ast.Ident:
			v, ok := fl.pkg.Info.Uses[n].(*types.Var)
			if !ok || skip[n] || v.IsField() || v.Parent() != fl.pkg.Types.Scope() || !otelapi.IsContext(v.Type()) || fl.Reassigned(v) {
				return true
			}
			if values := fl.evalPackageVar(v); len(values) == 1 && values[0].Origin == Background {
				out = append(out, Fresh{Expr: n, Func: f})
			}
		}
		return true
	})
	return out
}

// freshHelper reports whether fn returns a context that begins in it. A
// function that is given a context, or a span, may well carry something over.
func (fl *Flow) freshHelper(fn *types.Func) bool {
	sum := fl.table.Callee(fn)
	if sum == nil || fn.Signature().Results().Len() == 0 || !Carries(fn.Signature().Results().At(0).Type()) {
		return false
	}
	c := sum.ResultAt(0).Ctx
	if !c.Known || c.From != summary.FromNone || c.Started || c.Other {
		return false
	}
	params := fn.Signature().Params()
	for i := range params.Len() {
		if t := params.At(i).Type(); Carries(t) || fl.pkg.Tracers.IsSpan(t) {
			return false
		}
	}
	return true
}

// A SinkKind is what becomes of a context in the end.
type SinkKind int

const (
	// Passed: it is an argument, or the receiver, of a call.
	Passed SinkKind = iota
	// Kept: it is stored, returned, sent, or goes where nobody follows it.
	Kept
)

// A Sink is one place to which a fresh context comes.
type Sink struct {
	Kind SinkKind
	// Expr is the context there, and Func the function in whose body it is.
	Expr ast.Expr
	Func *scope.Func
	// Call gets the context in the slot; nil if Kept.
	Call *ast.CallExpr
	Slot int
	// Value is what the context has become.
	Value Value
	// Default says that on some path another context, which was assigned
	// after the fresh one, comes here instead.
	Default bool
}

// Follow returns the places to which a fresh context comes: through
// derivations, variables, the literals that capture them, and functions that
// return what they are given.
func (fl *Flow) Follow(src Fresh) []Sink {
	if call, ok := src.Expr.(*ast.CallExpr); ok && src.Sends {
		return []Sink{{Kind: Passed, Expr: call, Func: src.Func, Call: call, Slot: Itself, Value: Value{Origin: Background}}}
	}
	cur, ok := fl.pkg.Cursor(src.Expr)
	if !ok {
		return []Sink{{Kind: Kept, Expr: src.Expr, Func: src.Func}}
	}
	value := Value{Origin: Background}
	if call, ok := src.Expr.(*ast.CallExpr); ok && !src.Direct {
		if sum := fl.table.Call(call); sum != nil {
			value.Appends = sum.ResultAt(0).Ctx.Appends
		}
	}
	w := &follower{fl: fl, seen: make(map[ast.Node]bool), budget: maxEvaluations}
	w.expr(cur, 0, src.Func, path{value: value})
	return w.sinks
}

// A follower follows one context forward.
type follower struct {
	fl     *Flow
	sinks  []Sink
	seen   map[ast.Node]bool // definitions that have been followed
	budget int
}

// A path is how a context came to where it is.
type path struct {
	value Value
	deflt bool
}

func (w *follower) kept(e ast.Expr, f *scope.Func, p path) {
	w.sinks = append(w.sinks, Sink{Kind: Kept, Expr: e, Func: f, Value: p.value, Default: p.deflt})
}

// expr follows one result of the expression at cur, which stands in f.
func (w *follower) expr(cur inspector.Cursor, result int, f *scope.Func, p path) {
	e := cur.Node().(ast.Expr)
	if w.budget--; w.budget < 0 {
		w.kept(e, f, p)
		return
	}
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	parent := cur.Parent()
	switch cur.ParentEdgeKind() {
	case edge.CallExpr_Args:
		w.argument(parent, cur.ParentEdgeIndex(), e, f, p)
	case edge.SelectorExpr_X:
		w.selector(parent, e, f, p)
	case edge.AssignStmt_Rhs:
		assign := parent.Node().(*ast.AssignStmt)
		i := cur.ParentEdgeIndex()
		if len(assign.Rhs) != len(assign.Lhs) {
			i = result
		} else if result != 0 {
			return
		}
		if i < len(assign.Lhs) {
			w.assign(assign.Lhs[i], e, f, p)
		}
	case edge.ValueSpec_Values:
		spec := parent.Node().(*ast.ValueSpec)
		i := cur.ParentEdgeIndex()
		if len(spec.Values) != len(spec.Names) {
			i = result
		}
		if i < len(spec.Names) {
			w.assign(spec.Names[i], e, f, p)
		}
	case edge.TypeAssertExpr_X, edge.StarExpr_X:
		w.expr(parent, 0, f, p)
	case edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.ExprStmt_X:
		// compared, or dropped
	default:
		w.kept(e, f, p)
	}
}

// argument follows a context into a call.
func (w *follower) argument(cur inspector.Cursor, slot int, e ast.Expr, f *scope.Func, p path) {
	fl, call := w.fl, cur.Node().(*ast.CallExpr)
	if tv, ok := fl.pkg.Info.Types[call.Fun]; ok && (tv.IsType() || tv.IsBuiltin()) {
		if tv.IsType() {
			w.expr(cur, 0, f, p)
		} else {
			w.kept(e, f, p) // append and the like
		}
		return
	}
	fn := fl.pkg.Callee(call)
	if lit := fl.literalOf(call.Fun); lit != nil {
		w.param(lit, slot, e, f, p)
		return
	}
	passed := Sink{Kind: Passed, Expr: e, Func: f, Call: call, Slot: slot, Value: p.value, Default: p.deflt}
	if d, ok := otelapi.DerivationOf(fn); ok {
		if d.Arg != slot {
			return
		}
		if d.Effect == otelapi.Starts {
			w.sinks = append(w.sinks, passed)
		}
		for _, v := range fl.after(d, call, f, p.value) {
			w.expr(cur, d.Result, f, path{v, p.deflt})
		}
		return
	}
	if sum := fl.table.Call(call); sum != nil {
		w.sinks = append(w.sinks, passed)
		for i := range sum.Results {
			c := sum.ResultAt(i).Ctx
			switch {
			case c.Known && c.From == slot:
				values := fl.stepped([]Value{p.value}, c, call, f)
				if fl.carriesMore(call, slot) {
					values = each(values, Step{Kind: SetsSpan, Call: call, Func: f})
				}
				w.expr(cur, i, f, path{values[0], p.deflt})
			case !c.Known && Carries(resultType(fl.pkg.Info.TypeOf(call), i)):
				w.kept(e, f, p) // a context that nobody can say where it is from
			}
		}
		return
	}
	w.sinks = append(w.sinks, passed)
	// What others return is derived from what goes in.
	if i, ok := carrierResult(fl.pkg.Info.TypeOf(call)); ok {
		if fn != nil && fl.firstParty(fn) && !isInterfaceMethod(fn) || fl.table.MayBegin(fn, i) {
			w.kept(e, f, p)
			return
		}
		v := p.value
		v.Appends = v.Appends || otelapi.Appends(fn)
		if hasSpan(fl.pkg.Info.TypeOf(call)) {
			v = v.with(Step{Kind: Starts, Call: call, Func: f})
		}
		if livesWith(fn) {
			v = v.with(Step{Kind: Lives, Call: call, Func: f})
		}
		w.expr(cur, i, f, path{v, p.deflt})
	}
}

// carriesMore reports whether a call that derives a context from one argument
// gets another context, or a span, as well. It can only be there to have
// something carried over from it.
func (fl *Flow) carriesMore(call *ast.CallExpr, slot int) bool {
	for i, arg := range call.Args {
		if t := fl.pkg.Info.TypeOf(arg); i != slot && t != nil && (Carries(t) || fl.pkg.Tracers.IsSpan(t)) {
			return true
		}
	}
	return false
}

// after returns what a derivation makes of a context.
func (fl *Flow) after(d otelapi.Derivation, call *ast.CallExpr, f *scope.Func, v Value) []Value {
	step := Step{Call: call, Func: f, Handle: fl.resultVar(call, d.Handle)}
	switch d.Effect {
	case otelapi.Fresh, otelapi.Lasts:
		return nil
	case otelapi.Copies:
		step.Kind = Copies
	case otelapi.Derives:
		if d.Arg == otelapi.Receiver {
			return asked([]Value{v}, fl.pkg.Info.TypeOf(call))
		}
		return []Value{v}
	case otelapi.Cancels:
		step.Kind = Cancels
	case otelapi.Times:
		step.Kind, step.Deadline = Cancels, true
	case otelapi.Detaches:
		step.Kind = Detaches
	case otelapi.Starts:
		step.Kind, step.NewRoot = Starts, fl.HasOption(call, "WithNewRoot")
	case otelapi.SetsSpan:
		step.Kind = SetsSpan
	case otelapi.Signals:
		step.Kind = Signals
	case otelapi.Groups:
		step.Kind = Groups
	}
	return []Value{v.with(step)}
}

// livesWith reports whether a function is a method that is given a context and
// nothing else, and returns one with its cancel function: what it adds is an
// end that its receiver decides about.
func livesWith(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	sig := fn.Signature()
	if sig.Recv() == nil || Carries(sig.Recv().Type()) || sig.Params().Len() != 1 || sig.Results().Len() != 2 {
		return false
	}
	_, stop := sig.Results().At(1).Type().Underlying().(*types.Signature)
	return stop && Carries(sig.Params().At(0).Type()) && Carries(sig.Results().At(0).Type())
}

// stepped adds what a function with a summary does to contexts.
func (fl *Flow) stepped(values []Value, c summary.CtxResult, call *ast.CallExpr, f *scope.Func) []Value {
	if c.Detached {
		values = each(values, Step{Kind: Detaches, Call: call, Func: f})
	}
	if c.Appends {
		values = slices.Clone(values)
		for i := range values {
			values[i].Appends = true
		}
	}
	handle := func(match func(types.Type) bool) *types.Var {
		for i := range resultLen(fl.pkg.Info.TypeOf(call)) {
			if match(resultType(fl.pkg.Info.TypeOf(call), i)) {
				return fl.resultVar(call, i)
			}
		}
		return nil
	}
	if c.Canceled {
		values = each(values, Step{Kind: Cancels, Call: call, Func: f, Deadline: !c.Ended, Handle: handle(otelapi.IsCancel)})
	}
	if c.Ended && livesWith(fl.pkg.Callee(call)) {
		values = each(values, Step{Kind: Lives, Call: call, Func: f})
	}
	if c.Started {
		values = each(values, Step{Kind: Starts, Call: call, Func: f, NewRoot: c.NewRoot, Handle: handle(otelapi.IsSpan)})
	}
	if c.Carries {
		values = each(values, Step{Kind: SetsSpan, Call: call, Func: f})
	}
	return values
}

// literalOf returns the literal that is called: where it stands, or held by a
// variable that is never assigned anything else.
func (fl *Flow) literalOf(fun ast.Expr) *scope.Func {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.FuncLit:
		return fl.pkg.FuncOf(fun)
	case *ast.Ident:
		v, ok := fl.pkg.Info.ObjectOf(fun).(*types.Var)
		if !ok || v.IsField() {
			return nil
		}
		rhs, _, ok := fl.Single(v)
		if !ok {
			return nil
		}
		if lit, ok := ast.Unparen(rhs).(*ast.FuncLit); ok {
			return fl.pkg.FuncOf(lit)
		}
	}
	return nil
}

// param follows a context into the parameter of a literal.
func (w *follower) param(lit *scope.Func, slot int, e ast.Expr, f *scope.Func, p path) {
	v := lit.Slot(slot)
	if v == nil || lit.Sig.Variadic() && slot >= lit.Sig.Params().Len()-1 {
		w.kept(e, f, p)
		return
	}
	w.uses(v, nil, e, f, p)
}

// selector follows a context, or a request, of which a member is used.
func (w *follower) selector(cur inspector.Cursor, e ast.Expr, f *scope.Func, p path) {
	sel := cur.Node().(*ast.SelectorExpr)
	if cur.ParentEdgeKind() != edge.CallExpr_Fun {
		if w.fl.pkg.Info.Selections[sel] != nil && w.fl.pkg.Info.Selections[sel].Kind() == types.MethodVal {
			w.kept(e, f, p) // a method value
		}
		return // a field of a request
	}
	call := cur.Parent().Node().(*ast.CallExpr)
	fn := w.fl.pkg.Callee(call)
	if d, ok := otelapi.DerivationOf(fn); ok {
		if d.Arg == scope.Receiver {
			for _, v := range w.fl.after(d, call, f, p.value) {
				w.expr(cur.Parent(), d.Result, f, path{v, p.deflt})
			}
		}
		return
	}
	w.sinks = append(w.sinks, Sink{Kind: Passed, Expr: e, Func: f, Call: call, Slot: scope.Receiver, Value: p.value, Default: p.deflt})
}

// assign follows a context into what it is assigned to.
func (w *follower) assign(lhs, e ast.Expr, f *scope.Func, p path) {
	id, ok := ast.Unparen(lhs).(*ast.Ident)
	if !ok {
		w.kept(e, f, p) // a field, an element
		return
	}
	if id.Name == "_" {
		return
	}
	v, ok := w.fl.pkg.Info.ObjectOf(id).(*types.Var)
	if !ok || v.Parent() == v.Pkg().Scope() {
		w.kept(e, f, p)
		return
	}
	if w.seen[id] {
		return
	}
	w.seen[id] = true
	w.uses(v, id, e, f, p)
}

// uses follows a variable from one definition, nil for that of a parameter.
func (w *follower) uses(v *types.Var, def *ast.Ident, e ast.Expr, f *scope.Func, p path) {
	fl := w.fl
	owner := fl.ownerOf(v)
	if owner == nil {
		w.kept(e, f, p)
		return
	}
	for i := range owner.Sig.Results().Len() {
		if owner.Sig.Results().At(i) == v {
			w.kept(e, f, p) // a named result
			return
		}
	}
	for _, d := range fl.definitions(v) {
		if d.fn == nil || d.fn != owner && d.fn != f && !f.Inside(d.fn) {
			w.kept(e, f, p) // assigned by a closure that may or may not have run
			return
		}
	}
	for _, cur := range fl.pkg.Uses(v) {
		id := cur.Node().(*ast.Ident)
		if id.Pos() == v.Pos() || assignedTo(cur) {
			continue
		}
		g := fl.pkg.Enclosing(cur)
		if g == nil || !g.Inside(owner) {
			continue
		}
		defs, entry := fl.reaching(v, id, g, owner)
		if !defs[def] && !(def == nil && entry) {
			continue
		}
		q := p
		if fl.others(v, defs, def) || entry && def != nil {
			q.deflt = q.deflt || def != nil && def.Pos() == v.Pos()
		}
		w.expr(cur, 0, g, q)
	}
}

// others reports whether some definition gives v another context than def
// does: not one that it had itself, with a value more.
func (fl *Flow) others(v *types.Var, defs map[*ast.Ident]bool, def *ast.Ident) bool {
	for d := range defs {
		if d == def {
			continue
		}
		rhs, _, ok := fl.assigned(d)
		if !ok || rhs == nil {
			return true
		}
		own := false
		ast.Inspect(rhs, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			own = own || ok && fl.pkg.Info.Uses[id] == v
			return !own
		})
		if !own {
			return true
		}
	}
	return false
}

// assignedTo reports whether an identifier is what something is assigned to.
func assignedTo(cur inspector.Cursor) bool {
	switch cur.ParentEdgeKind() {
	case edge.AssignStmt_Lhs:
		return cur.Parent().Node().(*ast.AssignStmt).Tok != token.ADD_ASSIGN
	case edge.ValueSpec_Names, edge.RangeStmt_Key, edge.RangeStmt_Value:
		return true
	}
	return false
}

// reaching returns the definitions of v whose value it can have at a node of
// f, and whether it can be what a parameter was given.
func (fl *Flow) reaching(v *types.Var, at ast.Node, f, owner *scope.Func) (defs map[*ast.Ident]bool, entry bool) {
	defs = make(map[*ast.Ident]bool)
	for cur, node := f, at; cur != nil; cur, node = cur.Outer, cur.Node {
		p, ok := cur.Graph().At(node)
		if !ok {
			return defs, false
		}
		through := cur.Graph().Backward(p, func(n ast.Node) bool {
			id, found := fl.defines(n, v)
			if found {
				defs[id] = true
			}
			return found
		})
		if !through {
			return defs, false
		}
		if cur == owner {
			_, param := owner.SlotOf(v)
			return defs, param
		}
	}
	return defs, false
}

// carrierResult returns the first result of a call that carries a context.
func carrierResult(t types.Type) (int, bool) {
	tuple, ok := t.(*types.Tuple)
	if !ok {
		return 0, t != nil && Carries(t)
	}
	for i := range tuple.Len() {
		if Carries(tuple.At(i).Type()) {
			return i, true
		}
	}
	return 0, false
}

func hasSpan(t types.Type) bool {
	tuple, ok := t.(*types.Tuple)
	if !ok {
		return false
	}
	for i := range tuple.Len() {
		if otelapi.IsSpan(tuple.At(i).Type()) {
			return true
		}
	}
	return false
}

// resultLen and resultType speak of the results of a call, by its type.
func resultLen(t types.Type) int {
	switch t := t.(type) {
	case nil:
		return 0
	case *types.Tuple:
		return t.Len()
	}
	return 1
}

func resultType(t types.Type, i int) types.Type {
	if tuple, ok := t.(*types.Tuple); ok {
		return tuple.At(i).Type()
	}
	return t
}

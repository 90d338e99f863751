// Package ctxflow answers where a context comes from, what was done to it on
// the way, and therefore how long it lives.
//
// It follows assignments backwards over the control flow, through closures to
// the variables they capture, into structs built in view, through requests,
// and through functions with a summary. What it does not understand is
// Unknown, and whoever asks stays silent.
package ctxflow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// An Origin is where a context begins.
type Origin int

const (
	// Unknown: nothing can be said, not even that it can be cancelled.
	Unknown Origin = iota
	// Background: context.Background or TODO; never cancelled by itself.
	Background
	// Param: a parameter of a function.
	Param
	// Field: read from a struct that was filled elsewhere.
	Field
	// Package: a package variable, or what a command of the program is given.
	Package
)

// A Value is one context that an expression can denote.
type Value struct {
	Origin Origin
	// Var is the parameter, field or package variable; Func the function that
	// has the parameter.
	Var  *types.Var
	Func *scope.Func
	// Pooled says that it is the framework's object itself, which serves another
	// request later, as opposed to a context that the object was asked for.
	Pooled bool
	// Appends says that something was added to what it sends along with every
	// call, which does not replace what is sent already.
	Appends bool
	// Steps is what was done to it since, oldest first.
	Steps []Step
}

// A StepKind is what a step does to a context.
type StepKind int

const (
	// Cancels: it is cancelled when Handle is called, or a deadline passes.
	Cancels StepKind = iota
	// Detaches: cancellation from before is cut.
	Detaches
	// Starts: it carries a span started here.
	Starts
	// SetsSpan: it carries a span, or none, that was given.
	SetsSpan
	// Groups: it is cancelled when the group has been waited for.
	Groups
	// Signals: it is cancelled by signals to the process.
	Signals
	// Lives: it is cancelled when the object whose method made it says so.
	Lives
	// Copies: it is a copy of a framework's object, and the settings of the
	// framework decide what it has of the original, but for its request. Eval
	// returns no such values.
	Copies
)

// A Step is one derivation.
type Step struct {
	Kind StepKind
	// Call is the derivation, and Func the function in whose body it stands.
	Call *ast.CallExpr
	Func *scope.Func
	// Handle is the variable that holds the cancel function, span or group;
	// nil if it is discarded or stored elsewhere.
	Handle *types.Var
	// Deadline says that Cancels also sets one.
	Deadline bool
	// NewRoot says that the started span has no parent.
	NewRoot bool
}

// Detached reports whether the cancellation of the origin has been cut.
func (v Value) Detached() bool {
	for _, s := range v.Steps {
		if s.Kind == Detaches {
			return true
		}
	}
	return false
}

// Cancels returns the steps that can still cancel the context: those after
// the last detachment.
func (v Value) Cancels() []Step {
	var out []Step
	for _, s := range v.Steps {
		switch s.Kind {
		case Detaches:
			out = nil
		case Cancels, Groups:
			out = append(out, s)
		}
	}
	return out
}

// EndsWith reports whether the context is w, or derived from w and cancelled
// with it. Of contexts whose origin is not known this cannot be said.
func (v Value) EndsWith(w Value) bool {
	switch {
	case v.Origin != w.Origin || v.Var != w.Var || v.Func != w.Func || len(v.Steps) < len(w.Steps),
		v.Origin == Unknown, v.Origin == Background && len(w.Steps) == 0:
		return false
	}
	for i, s := range v.Steps {
		if i < len(w.Steps) && (s.Kind != w.Steps[i].Kind || s.Call != w.Steps[i].Call) || i >= len(w.Steps) && s.Kind == Detaches {
			return false
		}
	}
	return true
}

// Span returns the step that gave the context the span it carries. The second
// result is false if the span, if any, is the origin's.
func (v Value) Span() (Step, bool) {
	for i := len(v.Steps) - 1; i >= 0; i-- {
		if k := v.Steps[i].Kind; k == Starts || k == SetsSpan {
			return v.Steps[i], true
		}
	}
	return Step{}, false
}

// Has reports whether some step is of the kind.
func (v Value) Has(kind StepKind) bool {
	for _, s := range v.Steps {
		if s.Kind == kind {
			return true
		}
	}
	return false
}

func (v Value) with(s Step) Value {
	v.Steps = append(v.Steps[:len(v.Steps):len(v.Steps)], s)
	return v
}

// An Env says how a function's body is being looked at: what its parameters
// and received values stand for, and where it is launched. It is nil for a
// body looked at by itself.
type Env struct {
	// Bound maps a variable to what it was given.
	Bound map[*types.Var]Binding
	// At maps a literal to the node at which the variables it captures are
	// read, where that is not the literal itself.
	At map[*scope.Func]ast.Node
}

// A Binding is an expression in the function it stands in.
type Binding struct {
	Expr ast.Expr
	Func *scope.Func
	Env  *Env
	// Steps is what has been done to it since.
	Steps []Step
}

// Given returns the context with which a helper calls a function it is given,
// as a binding of that function's parameter. It reports false for a fresh one.
func Given(c summary.CtxResult, call *ast.CallExpr, f *scope.Func) (Binding, bool) {
	base, ok := Argument(call, c.From)
	if !ok {
		return Binding{}, false
	}
	b := Binding{Expr: base, Func: f}
	if c.Detached {
		b.Steps = append(b.Steps, Step{Kind: Detaches, Call: call, Func: f})
	}
	if c.Started {
		b.Steps = append(b.Steps, Step{Kind: Starts, Call: call, Func: f, NewRoot: c.NewRoot})
	}
	return b, true
}

// bound evaluates what is bound.
func (fl *Flow) bound(b Binding, depth int) []Value {
	values := fl.eval(b.Expr, b.Func, b.Env, depth+1)
	for _, s := range b.Steps {
		values = each(values, s)
	}
	return values
}

// A Flow evaluates the contexts of one package.
type Flow struct {
	pkg   *scope.Package
	table *summary.Table
	owner map[*types.Var]*scope.Func
	defs  map[*types.Var][]definition

	active map[*ast.Ident]bool // definitions being evaluated: loops add nothing new
	budget int                 // evaluations left for the current question
}

type definition struct {
	ident *ast.Ident
	fn    *scope.Func // whose body assigns
}

// New returns the flow of the table's package.
func New(t *summary.Table) *Flow {
	return &Flow{pkg: t.Pkg, table: t,
		owner: make(map[*types.Var]*scope.Func), defs: make(map[*types.Var][]definition),
		active: make(map[*ast.Ident]bool)}
}

// Carries reports whether a value of the type has a context in it that the
// flow can follow: contexts, requests, framework objects.
func Carries(t types.Type) bool {
	return otelapi.IsRequest(t) || otelapi.ImplementsContext(t) || otelapi.Pooled(t)
}

// maxDepth bounds how many derivations and helpers are followed for one use.
const maxDepth = 24

// Eval returns the contexts that e can denote where it stands in f. An empty
// result means that e has none.
func (fl *Flow) Eval(e ast.Expr, f *scope.Func, env *Env) []Value {
	fl.budget = maxEvaluations
	return fl.settled(fl.eval(e, f, env, 0))
}

// settled makes of values that depend on settings unknown ones, unless the
// package itself has set them so that a copy has all of the original.
func (fl *Flow) settled(values []Value) []Value {
	for _, v := range values {
		if !v.Has(Copies) {
			continue
		}
		if !fl.copiesAll() {
			return unknown
		}
		out := without(values, Copies)
		for i := range out {
			out[i].Pooled = out[i].Pooled && !values[i].Has(Copies) // a copy is not taken back
		}
		return out
	}
	return values
}

// copiesAll reports whether the package sets a framework up so that copies of
// its objects are contexts of the request.
func (fl *Flow) copiesAll() bool {
	type key struct{}
	return fl.pkg.Memo(key{}, func() any {
		settings := make(map[*types.Var]bool)
		for _, obj := range fl.pkg.Info.Uses {
			if v, ok := obj.(*types.Var); ok && otelapi.FallsBack(v) {
				settings[v] = true
			}
		}
		for v := range settings {
			for _, cur := range fl.pkg.Uses(v) {
				if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
					cur = cur.Parent()
				}
				if cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
					continue
				}
				rhs, _, ok := pick(cur.ParentEdgeIndex(), len(cur.Parent().Node().(*ast.AssignStmt).Lhs), cur.Parent().Node().(*ast.AssignStmt).Rhs)
				if on := fl.pkg.Info.Types[rhs].Value; ok && on != nil && on.Kind() == constant.Bool && constant.BoolVal(on) {
					return true
				}
			}
		}
		return false
	}).(bool)
}

// maxEvaluations bounds the work for one question: a function that assigns
// one context on many branches has exponentially many ways to it.
const maxEvaluations = 500

func (fl *Flow) eval(e ast.Expr, f *scope.Func, env *Env, depth int) []Value {
	if fl.budget--; depth > maxDepth || fl.budget < 0 {
		return unknown
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := fl.pkg.Info.ObjectOf(e).(*types.Var); ok {
			return fl.evalVar(v, e, f, env, depth)
		}
	case *ast.CallExpr:
		return fl.evalCall(e, 0, f, env, depth)
	case *ast.SelectorExpr:
		return fl.evalSelector(e, f, env, depth)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return fl.eval(e.X, f, env, depth+1)
		}
	case *ast.StarExpr:
		return fl.eval(e.X, f, env, depth+1)
	case *ast.TypeAssertExpr:
		if e.Type != nil {
			return fl.eval(e.X, f, env, depth+1)
		}
	case *ast.CompositeLit:
		return fl.evalWrapper(e, f, env, depth)
	}
	return unknown
}

var unknown = []Value{{Origin: Unknown}}

// evalSelector evaluates x.f: the field of a struct built in view, what a
// framework object carries, or a field of something filled elsewhere.
func (fl *Flow) evalSelector(e *ast.SelectorExpr, f *scope.Func, env *Env, depth int) []Value {
	v, ok := fl.pkg.Info.ObjectOf(e.Sel).(*types.Var)
	if !ok {
		return unknown
	}
	if !v.IsField() {
		return fl.evalPackageVar(v)
	}
	if elem, b, ok := fl.element(e.X, v, f, env, depth); ok {
		return fl.eval(elem, b.Func, b.Env, depth+1)
	}
	if t := fl.pkg.Info.TypeOf(e.X); Carries(t) {
		// c.Request of a framework's context, the Context that a type embeds.
		// A copy of c has the same request.
		return asked(without(fl.eval(e.X, f, env, depth+1), Copies), v.Type())
	}
	return []Value{{Origin: Field, Var: v}}
}

// element finds the value given to a field where base is, or is bound to, a
// struct literal in view.
func (fl *Flow) element(base ast.Expr, field *types.Var, f *scope.Func, env *Env, depth int) (ast.Expr, Binding, bool) {
	lit, b, ok := fl.literal(base, f, env, depth)
	if !ok {
		return nil, Binding{}, false
	}
	st, ok := scope.Underlying(fl.pkg.Info, lit).(*types.Struct)
	if !ok {
		return nil, Binding{}, false
	}
	for i, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && fl.pkg.Info.ObjectOf(key) == field {
				return kv.Value, b, true
			}
		} else if i < st.NumFields() && st.Field(i) == field {
			return elt, b, true
		}
	}
	return nil, Binding{}, false
}

// literal resolves an expression to the one struct literal it denotes.
func (fl *Flow) literal(e ast.Expr, f *scope.Func, env *Env, depth int) (*ast.CompositeLit, Binding, bool) {
	if depth > maxDepth {
		return nil, Binding{}, false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return e, Binding{Expr: e, Func: f, Env: env}, true
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return fl.literal(e.X, f, env, depth+1)
		}
	case *ast.StarExpr:
		return fl.literal(e.X, f, env, depth+1)
	case *ast.TypeAssertExpr:
		return fl.literal(e.X, f, env, depth+1)
	case *ast.Ident:
		v, ok := fl.pkg.Info.ObjectOf(e).(*types.Var)
		if !ok {
			return nil, Binding{}, false
		}
		if env != nil {
			if b, ok := env.Bound[v]; ok {
				return fl.literal(b.Expr, b.Func, b.Env, depth+1)
			}
		}
		rhs, fn, ok := fl.Single(v)
		if !ok {
			return nil, Binding{}, false
		}
		if !fn.Inside(f) && !f.Inside(fn) {
			return nil, Binding{}, false
		}
		return fl.literal(rhs, fn, env, depth+1)
	}
	return nil, Binding{}, false
}

// Single returns the one expression a local variable is ever assigned, and
// the function in whose body that happens.
func (fl *Flow) Single(v *types.Var) (ast.Expr, *scope.Func, bool) {
	defs := fl.definitions(v)
	if len(defs) != 1 {
		return nil, nil, false
	}
	rhs, _, ok := fl.assigned(defs[0].ident)
	if !ok {
		return nil, nil, false
	}
	return rhs, defs[0].fn, true
}

// evalWrapper evaluates a literal of a type that embeds a context. A type
// that declares Done itself decides about cancellation: such wrappers are
// written to cut it.
func (fl *Flow) evalWrapper(e *ast.CompositeLit, f *scope.Func, env *Env, depth int) []Value {
	t := fl.pkg.Info.TypeOf(e)
	st, ok := t.Underlying().(*types.Struct)
	if !ok || !otelapi.ImplementsContext(t) {
		return unknown
	}
	for i, elt := range e.Elts {
		val, field := elt, (*types.Var)(nil)
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			key, _ := kv.Key.(*ast.Ident)
			if key == nil {
				continue
			}
			field, _ = fl.pkg.Info.ObjectOf(key).(*types.Var)
			val = kv.Value
		} else if i < st.NumFields() {
			field = st.Field(i)
		}
		if field == nil || !field.Embedded() || !otelapi.ImplementsContext(field.Type()) {
			continue
		}
		values := fl.eval(val, f, env, depth+1)
		if _, index, _ := types.LookupFieldOrMethod(t, true, fl.pkg.Types, "Done"); len(index) == 1 {
			return each(values, Step{Kind: Detaches, Func: f})
		}
		return values
	}
	return unknown
}

func (fl *Flow) evalPackageVar(v *types.Var) []Value {
	if rhs, _, ok := fl.assignedAnywhere(v); ok {
		if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			if d, ok := otelapi.DerivationOf(fl.pkg.Callee(call)); ok && d.Effect == otelapi.Fresh {
				return []Value{{Origin: Background, Var: v}}
			}
		}
	}
	return []Value{{Origin: Package, Var: v}}
}

func (fl *Flow) assignedAnywhere(v *types.Var) (ast.Expr, int, bool) {
	uses := fl.pkg.Uses(v)
	for _, cur := range uses {
		id := cur.Node().(*ast.Ident)
		if fl.pkg.Info.Defs[id] == v {
			return fl.assigned(id)
		}
	}
	return nil, 0, false
}

// evalVar evaluates a variable where it is used.
func (fl *Flow) evalVar(v *types.Var, at ast.Node, f *scope.Func, env *Env, depth int) []Value {
	if v.Parent() == v.Pkg().Scope() {
		return fl.evalPackageVar(v)
	}
	owner := fl.ownerOf(v)
	if owner == nil || !f.Inside(owner) {
		return unknown
	}
	for _, d := range fl.definitions(v) {
		if !f.Inside(d.fn) {
			return unknown // assigned by a closure that may or may not have run
		}
	}
	var out []Value
	for cur, node := f, at; ; {
		p, ok := cur.Graph().At(node)
		if !ok {
			return unknown
		}
		entry := cur.Graph().Backward(p, func(n ast.Node) bool {
			id, found := fl.defines(n, v)
			if !found || fl.replacesNil(id, v) {
				return false
			}
			out = append(out, fl.evalDefinition(id, cur, env, depth)...)
			return true
		})
		if !entry {
			return dedupe(out)
		}
		if cur == owner {
			return dedupe(append(out, fl.evalParam(v, cur, env, depth)...))
		}
		next := ast.Node(cur.Node)
		if env != nil && env.At[cur] != nil {
			next = env.At[cur]
		}
		cur, node = cur.Outer, next
		if cur == nil {
			return unknown
		}
	}
}

// replacesNil reports whether a parameter is assigned only because it is nil,
// which no caller that has a context passes.
func (fl *Flow) replacesNil(id *ast.Ident, v *types.Var) bool {
	cur, ok := fl.pkg.Cursor(id)
	if !ok || v.Kind() != types.ParamVar {
		return false
	}
	for cur.ParentEdgeKind() != edge.BlockStmt_List {
		if cur = cur.Parent(); cur.Node() == nil {
			return false
		}
	}
	block := cur.Parent()
	if block.ParentEdgeKind() != edge.IfStmt_Body {
		return false
	}
	cond, ok := ast.Unparen(block.Parent().Node().(*ast.IfStmt).Cond).(*ast.BinaryExpr)
	return ok && cond.Op == token.EQL &&
		(fl.pkg.VarOf(cond.X) == v && fl.pkg.Info.Types[cond.Y].IsNil() || fl.pkg.VarOf(cond.Y) == v && fl.pkg.Info.Types[cond.X].IsNil())
}

// evalParam evaluates a variable that nothing has assigned since its function
// was entered.
func (fl *Flow) evalParam(v *types.Var, f *scope.Func, env *Env, depth int) []Value {
	if env != nil {
		if b, ok := env.Bound[v]; ok {
			return fl.bound(b, depth)
		}
	}
	if _, ok := f.SlotOf(v); !ok {
		return nil // declared without a value, or a named result
	}
	if b, ok := fl.givenTo(f, v); ok {
		return fl.bound(b, depth)
	}
	if call, ok := immediate(f); ok && f.Outer != nil {
		// func(ctx context.Context) { ... }(ctx)
		if slot, _ := f.SlotOf(v); slot >= 0 && slot < len(call.Args) && !f.Sig.Variadic() {
			return fl.eval(call.Args[slot], f.Outer, env, depth+1)
		}
	}
	return []Value{{Origin: Param, Var: v, Func: f, Pooled: otelapi.Pooled(v.Type())}}
}

// givenTo returns what the context parameter of a literal is given by the
// helper that the literal is handed to: a context that the helper has detached
// or put a span into. One that is as it was stays the literal's own: where it
// is at fault the helper is what is judged.
func (fl *Flow) givenTo(f *scope.Func, v *types.Var) (Binding, bool) {
	if f.Obj != nil || f.Outer == nil || f.Cursor.ParentEdgeKind() != edge.CallExpr_Args || !otelapi.ImplementsContext(v.Type()) {
		return Binding{}, false
	}
	call := f.Cursor.Parent().Node().(*ast.CallExpr)
	sum := fl.table.Call(call)
	i := f.Cursor.ParentEdgeIndex()
	if sum == nil || i >= len(sum.Slots)-1 {
		return Binding{}, false
	}
	slot := sum.SlotAt(i)
	switch {
	case slot.Given.Known && slot.Given.Detached:
	case slot.Given.Known && slot.Given.Started && slot.Func == summary.Called:
	default:
		return Binding{}, false
	}
	return Given(slot.Given, call, f.Outer)
}

// immediate returns the call of a literal that is called where it stands.
func immediate(f *scope.Func) (*ast.CallExpr, bool) {
	if f.Obj != nil {
		return nil, false
	}
	cur := f.Cursor
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	if cur.ParentEdgeKind() != edge.CallExpr_Fun {
		return nil, false
	}
	return cur.Parent().Node().(*ast.CallExpr), true
}

func (fl *Flow) evalDefinition(id *ast.Ident, f *scope.Func, env *Env, depth int) []Value {
	v, _ := fl.pkg.Info.ObjectOf(id).(*types.Var)
	if _, param := f.SlotOf(v); env != nil && !param {
		if b, ok := env.Bound[v]; ok { // received from a channel in view
			return fl.eval(b.Expr, b.Func, b.Env, depth+1)
		}
	}
	rhs, index, ok := fl.assigned(id)
	if !ok {
		return unknown
	}
	if rhs == nil || fl.active[id] {
		return nil // var ctx context.Context; or the same assignment a round earlier
	}
	fl.active[id] = true
	defer delete(fl.active, id)
	if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
		return fl.evalCall(call, index, f, env, depth+1)
	}
	if index != 0 {
		return unknown
	}
	return fl.eval(rhs, f, env, depth+1)
}

// evalCall evaluates one result of a call.
func (fl *Flow) evalCall(call *ast.CallExpr, index int, f *scope.Func, env *Env, depth int) []Value {
	if depth > maxDepth {
		return unknown
	}
	if tv, ok := fl.pkg.Info.Types[call.Fun]; ok && tv.IsType() && len(call.Args) == 1 {
		return fl.eval(call.Args[0], f, env, depth+1)
	}
	fn := fl.pkg.Callee(call)
	if d, ok := otelapi.DerivationOf(fn); ok {
		return fl.derive(d, call, index, f, env, depth)
	}
	if sum := fl.table.Call(call); sum != nil {
		if c := sum.ResultAt(index).Ctx; c.Known {
			return fl.summarized(c, call, f, env, depth)
		}
		return unknown
	}
	if fn != nil && fl.firstParty(fn) && !isInterfaceMethod(fn) {
		return unknown // it may detach
	}
	if fl.table.MayBegin(fn, index) {
		return unknown // one that implements it makes contexts of its own
	}
	// Functions of others, interface methods and function values: a result
	// that is a context comes from the one that goes in.
	if arg, ok := fl.contextArg(call); ok {
		values := asked(fl.eval(arg, f, env, depth+1), fl.pkg.Info.TypeOf(call))
		if otelapi.Appends(fn) {
			for i := range values {
				values[i].Appends = true
			}
		}
		return values
	}
	return unknown
}

func (fl *Flow) derive(d otelapi.Derivation, call *ast.CallExpr, index int, f *scope.Func, env *Env, depth int) []Value {
	if index != d.Result {
		return unknown
	}
	switch d.Effect {
	case otelapi.Fresh:
		return []Value{{Origin: Background}}
	case otelapi.Lasts:
		return []Value{{Origin: Package}}
	}
	base, ok := Argument(call, d.Arg)
	if !ok {
		return unknown
	}
	values := fl.eval(base, f, env, depth+1)
	step := Step{Call: call, Func: f, Handle: fl.resultVar(call, d.Handle)}
	switch d.Effect {
	case otelapi.Derives:
		if d.Arg == otelapi.Receiver {
			return asked(values, fl.pkg.Info.TypeOf(call))
		}
		return values
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
	case otelapi.Copies:
		step.Kind = Copies
	}
	return each(values, step)
}

func (fl *Flow) summarized(c summary.CtxResult, call *ast.CallExpr, f *scope.Func, env *Env, depth int) []Value {
	values := []Value{{Origin: Background}}
	if c.From != summary.FromNone {
		base, ok := Argument(call, c.From)
		if !ok {
			return unknown
		}
		values = fl.eval(base, f, env, depth+1)
	}
	return fl.stepped(values, c, call, f)
}

// contextArg returns the one context that goes into a call.
func (fl *Flow) contextArg(call *ast.CallExpr) (ast.Expr, bool) {
	var found ast.Expr
	for _, arg := range call.Args {
		if !Carries(fl.pkg.Info.TypeOf(arg)) {
			continue
		}
		if found != nil {
			if otelapi.IsRequest(fl.pkg.Info.TypeOf(arg)) {
				continue // contextFunc(ctx, r): the context is what counts
			}
			return nil, false
		}
		found = arg
	}
	if found == nil {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && Carries(fl.pkg.Info.TypeOf(sel.X)) {
			return sel.X, true
		}
	}
	return found, found != nil
}

func (fl *Flow) firstParty(fn *types.Func) bool {
	if fn.Pkg() == fl.pkg.Types {
		return true
	}
	return fn.Pos().IsValid() && scope.OwnFile(fl.pkg.Fset.Position(fn.Pos()).Filename)
}

func isInterfaceMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// Argument returns the argument of a slot, or the receiver expression.
func Argument(call *ast.CallExpr, slot int) (ast.Expr, bool) {
	if slot == scope.Receiver {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return nil, false
		}
		return sel.X, true
	}
	if slot < 0 || slot >= len(call.Args) {
		return nil, false
	}
	return call.Args[slot], true
}

// HasOption reports whether a call has, among its arguments, a call of the
// function of package trace with that name.
func (fl *Flow) HasOption(call *ast.CallExpr, name string) bool {
	for _, arg := range call.Args {
		opt, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok {
			continue
		}
		if fn := fl.pkg.Callee(opt); fn != nil && fn.FullName() == otelapi.TracePath+"."+name {
			return true
		}
	}
	return false
}

// resultVar returns the variable that a result of the call is assigned to.
func (fl *Flow) resultVar(call *ast.CallExpr, index int) *types.Var {
	if index < 0 {
		return nil
	}
	cur, ok := fl.pkg.Cursor(call)
	if !ok {
		return nil
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(parent.Rhs) == 1 && index < len(parent.Lhs) {
			return fl.pkg.VarOf(parent.Lhs[index])
		}
	case *ast.ValueSpec:
		if len(parent.Values) == 1 && index < len(parent.Names) {
			return fl.pkg.VarOf(parent.Names[index])
		}
	}
	return nil
}

// Result returns the variable that a result of the call is assigned to, nil
// if it is dropped or goes elsewhere.
func (fl *Flow) Result(call *ast.CallExpr, index int) *types.Var { return fl.resultVar(call, index) }

// An Assignment is a result of an expression that a variable is assigned. Expr
// is nil where the variable is declared without a value.
type Assignment struct {
	Expr  ast.Expr
	Index int
}

// Reaching returns the assignments whose values a local variable of f can have
// at a node of f. The second result is false where something else can have
// assigned it: a caller, a literal inside f, a loop over something.
func (fl *Flow) Reaching(v *types.Var, at ast.Node, f *scope.Func) ([]Assignment, bool) {
	if fl.ownerOf(v) != f {
		return nil, false
	}
	for _, d := range fl.definitions(v) {
		if d.fn != f {
			return nil, false
		}
	}
	defs, entry := fl.reaching(v, at, f, f)
	var out []Assignment
	for id := range defs {
		rhs, index, ok := fl.assigned(id)
		if !ok {
			return nil, false
		}
		out = append(out, Assignment{rhs, index})
	}
	return out, !entry && len(out) > 0
}

// defines reports whether the node of a control-flow graph assigns v.
func (fl *Flow) defines(n ast.Node, v *types.Var) (*ast.Ident, bool) {
	match := func(e ast.Expr) (*ast.Ident, bool) {
		id, ok := e.(*ast.Ident)
		return id, ok && fl.pkg.Info.ObjectOf(id) == v
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, lhs := range n.Lhs {
			if id, ok := match(lhs); ok {
				return id, true
			}
		}
	case *ast.ValueSpec:
		for _, name := range n.Names {
			if id, ok := match(name); ok {
				return id, true
			}
		}
	case *ast.Ident:
		// The variables of a range statement stand in the graph by themselves.
		if fl.pkg.Info.ObjectOf(n) == v {
			if cur, ok := fl.pkg.Cursor(n); ok && rangeVar(cur) {
				return n, true
			}
		}
	}
	return nil, false
}

func rangeVar(cur inspector.Cursor) bool {
	k := cur.ParentEdgeKind()
	return k == edge.RangeStmt_Key || k == edge.RangeStmt_Value
}

// assigned returns the expression whose result with the index is assigned to
// the identifier where it is defined. The expression is nil for a variable
// declared without a value.
func (fl *Flow) assigned(id *ast.Ident) (rhs ast.Expr, index int, ok bool) {
	cur, found := fl.pkg.Cursor(id)
	if !found {
		return nil, 0, false
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if parent.Tok != token.ASSIGN && parent.Tok != token.DEFINE {
			return nil, 0, false
		}
		return pick(cur.ParentEdgeIndex(), len(parent.Lhs), parent.Rhs)
	case *ast.ValueSpec:
		if len(parent.Values) == 0 {
			return nil, 0, true
		}
		return pick(cur.ParentEdgeIndex(), len(parent.Names), parent.Values)
	}
	return nil, 0, false
}

func pick(i, lhs int, rhs []ast.Expr) (ast.Expr, int, bool) {
	switch {
	case i < 0:
		return nil, 0, false
	case len(rhs) == lhs:
		return rhs[i], 0, true
	case len(rhs) == 1:
		return rhs[0], i, true
	}
	return nil, 0, false
}

// definitions returns every place that assigns v, its declaration with a
// value included.
func (fl *Flow) definitions(v *types.Var) []definition {
	if defs, ok := fl.defs[v]; ok {
		return defs
	}
	var defs []definition
	for _, cur := range fl.pkg.Uses(v) {
		id := cur.Node().(*ast.Ident)
		switch k := cur.ParentEdgeKind(); k {
		case edge.AssignStmt_Lhs, edge.RangeStmt_Key, edge.RangeStmt_Value:
		case edge.ValueSpec_Names:
			if len(cur.Parent().Node().(*ast.ValueSpec).Values) == 0 {
				continue
			}
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op != token.AND || !otelapi.IsContext(v.Type()) {
				continue
			}
			// A context whose address is taken can be assigned anywhere.
			defs = append(defs, definition{id, nil})
			continue
		default:
			continue
		}
		defs = append(defs, definition{id, fl.pkg.Enclosing(cur)})
	}
	fl.defs[v] = defs
	return defs
}

// ownerOf returns the function that declares v.
func (fl *Flow) ownerOf(v *types.Var) *scope.Func {
	if f, ok := fl.owner[v]; ok {
		return f
	}
	var owner *scope.Func
	for _, cur := range fl.pkg.Uses(v) {
		if cur.Node().Pos() == v.Pos() {
			owner = fl.pkg.Enclosing(cur)
			break
		}
	}
	fl.owner[v] = owner
	return owner
}

// Owner returns the function that declares a local variable or parameter.
func (fl *Flow) Owner(v *types.Var) *scope.Func { return fl.ownerOf(v) }

// Reassigned reports whether v is assigned anywhere but where it is declared.
func (fl *Flow) Reassigned(v *types.Var) bool {
	for _, d := range fl.definitions(v) {
		if d.ident.Pos() != v.Pos() {
			return true
		}
	}
	return false
}

func each(values []Value, s Step) []Value {
	out := make([]Value, len(values))
	for i, v := range values {
		out[i] = v.with(s)
	}
	return out
}

// asked returns what values become when the objects that have them are asked
// for something of the type.
func asked(values []Value, t types.Type) []Value {
	if otelapi.Pooled(t) {
		return values
	}
	out := slices.Clone(values)
	for i := range out {
		out[i].Pooled = false
	}
	return out
}

// without returns values that lack the steps of a kind.
func without(values []Value, kind StepKind) []Value {
	out := make([]Value, len(values))
	for i, v := range values {
		out[i] = v
		out[i].Steps = nil
		for _, s := range v.Steps {
			if s.Kind != kind {
				out[i].Steps = append(out[i].Steps, s)
			}
		}
	}
	return out
}

func dedupe(values []Value) []Value {
	var out []Value
next:
	for _, v := range values {
		for _, w := range out {
			if same(v, w) {
				continue next
			}
		}
		out = append(out, v)
	}
	if len(out) > maxValues {
		return unknown
	}
	return out
}

// maxValues bounds how many assignments to one variable are told apart.
const maxValues = 16

func same(a, b Value) bool {
	if a.Pooled != b.Pooled || a.Origin != b.Origin || a.Var != b.Var || a.Func != b.Func || len(a.Steps) != len(b.Steps) {
		return false
	}
	for i := range a.Steps {
		if a.Steps[i] != b.Steps[i] {
			return false
		}
	}
	return true
}

// EvalVar returns the contexts that a variable can hold just before a node of f.
func (fl *Flow) EvalVar(v *types.Var, at ast.Node, f *scope.Func) []Value {
	fl.budget = maxEvaluations
	return fl.settled(fl.evalVar(v, at, f, nil, 0))
}

// EvalResult returns the contexts that one result of a call can be.
func (fl *Flow) EvalResult(call *ast.CallExpr, index int, f *scope.Func) []Value {
	fl.budget = maxEvaluations
	return fl.settled(fl.evalCall(call, index, f, nil, 0))
}

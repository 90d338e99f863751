package launch

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// functions says what f does with function values it is given.
func (x *Index) functions(f *scope.Func, sum *summary.Func) {
	for i := range f.Sig.Params().Len() {
		p := f.Sig.Params().At(i)
		t := p.Type()
		if s, ok := t.(*types.Slice); ok && f.Sig.Variadic() && i == f.Sig.Params().Len()-1 {
			t = s.Elem()
		}
		sig, ok := t.Underlying().(*types.Signature)
		if !ok {
			continue
		}
		u := &funcUses{x: x, f: f, slot: contextSlot(sig), seen: make(map[*types.Var]bool)}
		u.variable(p)
		sum.Slots[i+1].Func |= u.use
		if !u.mixed {
			sum.Slots[i+1].Given = u.given
		}
	}
}

// contextSlot returns the one parameter of a signature that takes a context,
// -1 if there is none or more than one.
func contextSlot(sig *types.Signature) int {
	found := -1
	for i := range sig.Params().Len() {
		if otelapi.ImplementsContext(sig.Params().At(i).Type()) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// Slot returns the parameter that takes an argument of a call: the last one
// for all arguments of a variadic parameter.
func (x *Index) slot(call *ast.CallExpr, arg int) int {
	sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature)
	if !ok || !sig.Variadic() {
		return arg
	}
	return min(arg, sig.Params().Len()-1)
}

// funcUses collects what becomes of a function value in f.
type funcUses struct {
	x    *Index
	f    *scope.Func
	slot int // of the context that the function takes, -1 if it takes none
	seen map[*types.Var]bool

	use   summary.FuncUse
	given summary.CtxResult
	mixed bool // it is called with contexts of several kinds, or unknown ones
}

// variable follows a variable that holds the function.
func (u *funcUses) variable(v *types.Var) {
	if v == nil || u.seen[v] {
		return
	}
	u.seen[v] = true
	for _, cur := range u.x.pkg.Uses(v) {
		if cur.Node().Pos() != v.Pos() {
			u.at(cur)
		}
	}
}

// at judges one place at which the function value stands.
func (u *funcUses) at(cur inspector.Cursor) {
	x := u.x
	g := x.pkg.Enclosing(cur)
	if g == nil {
		return
	}
	switch cur.ParentEdgeKind() {
	case edge.ParenExpr_X, edge.IndexExpr_X:
		u.at(cur.Parent())
	case edge.RangeStmt_X:
		if v, ok := cur.Parent().Node().(*ast.RangeStmt).Value.(*ast.Ident); ok {
			u.variable(x.pkg.VarOf(v))
		}
	case edge.CallExpr_Fun:
		u.called(cur.Parent(), g)
	case edge.CallExpr_Args:
		u.argument(cur.Parent(), cur.ParentEdgeIndex(), g)
	case edge.SendStmt_Value:
		u.use |= summary.Launched | summary.Tracked // whoever drains the channel has the work
		u.mixed = true
	case edge.ReturnStmt_Results:
		u.mixed = true
		if g == u.f {
			u.use |= summary.Wrapped
		} else {
			u.use |= summary.Kept
		}
	case edge.AssignStmt_Rhs:
		id := x.assignee(cur)
		if id != nil && id.Name == "_" {
			return
		}
		if v := x.pkg.VarOf(id); id != nil && v != nil && x.Flow.Owner(v) != nil {
			u.variable(v)
			return
		}
		u.keep()
	case edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.KeyValueExpr_Key, edge.AssignStmt_Lhs:
	case edge.KeyValueExpr_Value:
		key, _ := cur.Parent().Node().(*ast.KeyValueExpr).Key.(*ast.Ident)
		if v, ok := x.pkg.Info.ObjectOf(key).(*types.Var); key != nil && ok && v.IsField() && x.calledForLife(v) {
			u.use |= summary.Lives
		}
		u.keep()
	default:
		u.keep()
	}
}

// calledForLife reports whether the function in a field is called, and always
// with a context that is read from a field as well: that of a service, which
// ends when the service is stopped.
func (x *Index) calledForLife(field *types.Var) bool {
	calls := 0
	for _, cur := range x.pkg.Uses(field) {
		call, f, ok := x.callOf(cur)
		if !ok {
			continue
		}
		sig, ok := field.Type().Underlying().(*types.Signature)
		if !ok {
			return false
		}
		slot := contextSlot(sig)
		if slot < 0 || slot >= len(call.Args) {
			return false
		}
		for _, v := range x.Flow.Eval(call.Args[slot], f, nil) {
			if v.Origin != ctxflow.Field {
				return false
			}
			calls++
		}
	}
	return calls > 0
}

func (u *funcUses) keep() {
	u.use |= summary.Kept
	u.mixed = true
}

// called judges a call of the function.
func (u *funcUses) called(cur inspector.Cursor, g *scope.Func) {
	call := cur.Node().(*ast.CallExpr)
	u.runs(cur, g, summary.Called)
	if u.x.ticks(cur) {
		u.use |= summary.Loops
	}
	if u.slot < 0 || u.slot >= len(call.Args) {
		return
	}
	u.gives(u.x.Flow.Eval(call.Args[u.slot], g, nil), summary.CtxResult{})
}

// runs notes that the call at cur, which stands in g, runs the function, the
// way that how says: at once, or below something that launches it.
func (u *funcUses) runs(cur inspector.Cursor, g *scope.Func, how summary.FuncUse) {
	x := u.x
	if cur.ParentEdgeKind() == edge.GoStmt_Call {
		u.use |= how &^ summary.Called
		if l := x.byNode[cur.Parent().Node()]; l != nil && how&summary.Called != 0 {
			u.use |= x.launchedAs(l, u.f)
		}
		return
	}
	if how&summary.Called == 0 {
		u.use |= how
		return
	}
	how &^= summary.Called
	switch l := x.outliving(g, u.f); {
	case l != nil:
		how |= x.launchedAs(l, u.f)
	case x.sharedAround(g, u.f):
		how |= summary.RunsOnce
	default:
		how |= u.inClosure(g)
	}
	u.use |= how
}

// inClosure says what it means that a function is called in a literal, or in
// several around one another, none of which is launched.
func (u *funcUses) inClosure(g *scope.Func) summary.FuncUse {
	for h := g; h != nil && h != u.f; h = h.Outer {
		kind := h.Cursor.ParentEdgeKind()
		wraps := false
		switch {
		case h.Outer != u.f:
		case kind == edge.ReturnStmt_Results:
			wraps = true
		case kind == edge.AssignStmt_Rhs:
			if id := u.x.assignee(h.Cursor); id != nil {
				v := u.x.pkg.VarOf(id)
				wraps = v != nil && !v.IsField() && u.x.returned(v)
			}
		}
		switch {
		case wraps && u.x.givesBack(h, u.f):
			return summary.Wrapped | summary.Tracked
		case wraps:
			return summary.Wrapped
		case u.x.stored(h), u.x.putAway(h):
			return summary.Kept
		}
	}
	return summary.Called
}

// putAway reports whether a literal gets into a list or a struct, directly or
// by the variable that holds it, or is given to a function that keeps it.
func (x *Index) putAway(h *scope.Func) bool {
	put := func(cur inspector.Cursor) bool {
		switch cur.ParentEdgeKind() {
		case edge.CompositeLit_Elts, edge.KeyValueExpr_Value, edge.SendStmt_Value:
			return true
		case edge.CallExpr_Args:
			call := cur.Parent().Node().(*ast.CallExpr)
			if isBuiltin(x.pkg.Info, call) {
				return true // append
			}
			sum := x.table.Call(call)
			return sum != nil && sum.SlotAt(x.slot(call, cur.ParentEdgeIndex())).Func&summary.Kept != 0
		case edge.AssignStmt_Rhs:
			assign := cur.Parent().Node().(*ast.AssignStmt)
			i := cur.ParentEdgeIndex()
			return i < len(assign.Lhs) && x.fieldOf(assign.Lhs[i]) != nil
		}
		return false
	}
	if put(h.Cursor) {
		return true
	}
	if h.Cursor.ParentEdgeKind() == edge.AssignStmt_Rhs {
		if id := x.assignee(h.Cursor); id != nil {
			if v := x.pkg.VarOf(id); v != nil && !v.IsField() {
				return slices.ContainsFunc(x.pkg.Uses(v), put)
			}
		}
	}
	return false
}

// givesBack reports whether a literal of f that is returned, and runs who
// knows where, tells somebody when it is done.
func (x *Index) givesBack(lit, f *scope.Func) bool {
	l := &Launch{index: x, Kind: Go, Node: lit.Node, Func: f, Fn: lit.Node.(*ast.FuncLit), Body: lit,
		Env: &ctxflow.Env{Bound: make(map[*types.Var]ctxflow.Binding)}}
	return x.counts(l) || l.Tracked()
}

// launchedAs says how a launch runs its function for f's callers.
func (x *Index) launchedAs(l *Launch, f *scope.Func) summary.FuncUse {
	switch {
	case l.Kind == Shared && l.Retried():
		return summary.Called
	case l.Kind == Shared:
		return summary.RunsOnce
	case !l.Outlives(f):
		return summary.Called
	}
	use := summary.Launched
	if x.counts(l) || l.Tracked() {
		use |= summary.Tracked
	}
	if l.Endless() {
		use |= summary.Loops
	}
	return use
}

// argument judges a call that is given the function.
func (u *funcUses) argument(cur inspector.Cursor, i int, g *scope.Func) {
	x := u.x
	call := cur.Node().(*ast.CallExpr)
	if tv := x.pkg.Info.Types[call.Fun]; tv.IsType() {
		u.at(cur) // converted
		return
	}
	l := x.byNode[call]
	if l != nil && l.Fn != call.Args[i] {
		l = nil // launches another of its arguments
	}
	if l != nil {
		u.use |= x.launchedAs(l, u.f)
	}
	sum := x.table.Call(call)
	if sum == nil {
		if u.use == 0 {
			u.use |= summary.Kept
		}
		u.mixed = true
		return
	}
	slot := sum.SlotAt(x.slot(call, i))
	how := slot.Func
	if how&summary.Wrapped != 0 {
		u.at(cur)
		if how&summary.Tracked != 0 {
			u.use |= summary.Tracked
		}
		how &^= summary.Wrapped | summary.Tracked
	}
	if l != nil {
		how &^= summary.Launched | summary.Tracked | summary.Loops | summary.RunsOnce // f may wait for it
	}
	u.runs(cur, g, how)
	switch base, ok := ctxflow.Argument(call, slot.Given.From); {
	case u.slot < 0:
	case !slot.Given.Known:
		u.mixed = u.mixed || slot.Func&^summary.Wrapped != 0
	case slot.Given.From == summary.FromNone:
		u.gives([]ctxflow.Value{{Origin: ctxflow.Background}}, slot.Given)
	case ok:
		u.gives(x.Flow.Eval(base, g, nil), slot.Given)
	default:
		u.mixed = true
	}
}

// gives notes a context that the function is called with: one of the values,
// after what a helper has done to it.
func (u *funcUses) gives(values []ctxflow.Value, helper summary.CtxResult) {
	for _, v := range values {
		c := summary.CtxResult{Known: true, From: summary.FromNone, Detached: v.Detached() || helper.Detached}
		switch v.Origin {
		case ctxflow.Param:
			slot, ok := u.f.SlotOf(v.Var)
			if !ok || v.Func != u.f {
				u.mixed = true
				return
			}
			c.From = slot
		case ctxflow.Background:
		default:
			u.mixed = true
			return
		}
		c.Started, c.NewRoot = helper.Started, helper.NewRoot
		if s, ok := v.Span(); ok && s.Kind == ctxflow.Starts && !helper.Started {
			c.Started, c.NewRoot = true, s.NewRoot
		}
		if u.given.Known && u.given != c {
			u.mixed = true
			return
		}
		u.given = c
	}
	u.mixed = u.mixed || len(values) == 0
}

// unwrapped returns the function value that is run when the result of a
// wrapper is: f for recovering(f); and whether some wrapper tells somebody
// when f is done.
func (x *Index) unwrapped(e ast.Expr) (inside ast.Expr, tracked bool) {
	for range maxHelpers {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return e, tracked
		}
		if tv := x.pkg.Info.Types[call.Fun]; tv.IsType() && len(call.Args) == 1 {
			e = call.Args[0]
			continue
		}
		sum := x.table.Call(call)
		if sum == nil {
			return e, tracked
		}
		var inner ast.Expr
		for i, arg := range call.Args {
			if use := sum.SlotAt(x.slot(call, i)).Func; use&summary.Wrapped != 0 {
				if inner != nil {
					return e, tracked
				}
				inner, tracked = arg, tracked || use&summary.Tracked != 0
			}
		}
		if inner == nil {
			return e, tracked
		}
		e = inner
	}
	return e, tracked
}

// CallsGiven reports whether a use stands in a call of a function that the
// function around it was given: what that does is known where it is given.
func (x *Index) CallsGiven(u Use) bool {
	id := identOf(u.Call.Fun)
	if id == nil {
		return false
	}
	v, ok := x.pkg.Info.ObjectOf(id).(*types.Var)
	return ok && x.isParam(v)
}

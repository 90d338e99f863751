package launch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Does says what a call does with the context, or the request, in a slot.
// starts says that it is the start of a span.
func (x *Index) Does(call *ast.CallExpr, slot int) (use summary.CtxUse, starts bool) {
	callee := x.pkg.Callee(call)
	switch {
	case slot == ctxflow.Itself:
		return summary.Works | summary.Hands, false
	case otelapi.Stops(callee), otelapi.OnlyWaits(callee):
		return summary.Awaits, false
	case otelapi.Keeps(callee):
		return summary.Stores, false
	case slot != scope.Receiver && slot < len(call.Args) && otelapi.IsRequest(x.pkg.Info.TypeOf(call.Args[slot])):
		if sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature); ok && otelapi.Transports(sig) {
			return summary.Works | summary.Hands, false
		}
	}
	return x.does(call, callee, slot)
}

// A Hand is a context of a request, or of a span that has not ended, which
// the code at some place could use.
type Hand struct {
	// Var is the variable that has the context or what carries it.
	Var *types.Var
	// Func is the function that declares the variable.
	Func *scope.Func
	// Request is what is known of the request, NotRequest where only a span
	// speaks for the context.
	Request Request
	// Span is the start of the span in it; its Call is nil if the span, if
	// any, is the request's.
	Span ctxflow.Step
	// Callback says that the context is that of a literal which others call,
	// nobody knows when: it may well be the hook of a life cycle.
	Callback bool
}

// begins reports whether nothing speaks for the context but a span, which
// nobody has asked to be a root.
func (h Hand) begins() bool { return h.Request == NotRequest && !h.Span.NewRoot }

// Named reports whether the variable can be used as it is.
func (h Hand) Named() bool { return h.Var.Name() != "" && h.Var.Name() != "_" }

// AtHand returns the nearest context at hand at a node of f.
func (x *Index) AtHand(n ast.Node, f *scope.Func) (Hand, bool) {
	if x.tests(f.Root()) {
		return Hand{}, false
	}
	var best Hand
	found := false
	better := func(h Hand) {
		switch {
		case !found, h.Func != best.Func && h.Func.Inside(best.Func):
		case best.Func != h.Func && best.Func.Inside(h.Func):
			return
		case h.Named() != best.Named():
			if best.Named() {
				return
			}
		case h.begins() != best.begins():
			// That of the request before one with a span that begins a trace.
			if h.begins() {
				return
			}
		case otelapi.ImplementsContext(h.Var.Type()) != otelapi.ImplementsContext(best.Var.Type()):
			if otelapi.ImplementsContext(best.Var.Type()) {
				return
			}
		case h.Var.Pos() < best.Var.Pos():
			return
		}
		best, found = h, true
	}
	reach := x.runsWithin(f)
	for _, v := range x.visible(n, f) {
		if h, ok := x.hand(v, n, f); ok && h.Func.Inside(reach) {
			better(h)
		}
	}
	return best, found
}

// runsWithin returns the outermost function that has not returned when f
// runs, or has launched it. Literals that are returned, or kept in a field, are
// called by somebody else at another time: what the functions around them hold
// may be over by then. An iterator is meant to be run by the caller, at once.
func (x *Index) runsWithin(f *scope.Func) *scope.Func {
	for f.Outer != nil && (len(x.byBody[f]) > 0 || x.runsInline(f) || otelapi.IsIterator(f.Sig)) {
		f = f.Outer
	}
	return f
}

// tests reports whether f is part of a test: it stands in one, or gets one.
func (x *Index) tests(f *scope.Func) bool {
	for i := range f.Sig.Params().Len() {
		t := f.Sig.Params().At(i).Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "testing" {
			return true
		}
	}
	return x.pkg.IsTest(f.Node)
}

// visible returns the variables with contexts that exist at a node of f: those
// whose names mean them there, and parameters without a name.
func (x *Index) visible(n ast.Node, f *scope.Func) []*types.Var {
	var out []*types.Var
	for s := x.pkg.Types.Scope().Innermost(n.Pos()); s != nil && s != x.pkg.Types.Scope(); s = s.Parent() {
		for _, name := range s.Names() {
			v, ok := s.Lookup(name).(*types.Var)
			if !ok || v.Pos() >= n.Pos() || !ctxflow.Carries(v.Type()) && otelapi.RequestContext(v.Type()) == "" {
				continue
			}
			if _, obj := x.pkg.Types.Scope().Innermost(n.Pos()).LookupParent(name, n.Pos()); obj == v {
				out = append(out, v)
			}
		}
	}
	for g := f; g != nil; g = g.Outer {
		for i := range g.Sig.Params().Len() {
			v := g.Sig.Params().At(i)
			if (v.Name() == "" || v.Name() == "_") && (otelapi.ImplementsContext(v.Type()) || otelapi.IsRequest(v.Type())) {
				out = append(out, v)
			}
		}
	}
	return out
}

// hand judges one variable.
func (x *Index) hand(v *types.Var, n ast.Node, f *scope.Func) (Hand, bool) {
	if v.Name() == "" || v.Name() == "_" {
		for g := f; g != nil; g = g.Outer {
			if _, ok := g.SlotOf(v); ok {
				r := x.requestOf(g, v)
				return Hand{Var: v, Func: g, Request: r}, r != NotRequest
			}
		}
		return Hand{}, false
	}
	h := Hand{Var: v, Func: x.Flow.Owner(v), Request: Proven}
	if h.Func == nil || !f.Inside(h.Func) {
		return Hand{}, false
	}
	if slot, ok := h.Func.SlotOf(v); ok && slot == scope.Receiver {
		return Hand{}, false // the object's own life, and the code that decides about it
	}
	values := x.Flow.EvalVar(v, n, f)
	for _, val := range values {
		span, ok := val.Span()
		switch {
		case ok && span.Kind == ctxflow.Starts && f.Inside(span.Func) && (val.Origin != ctxflow.Param || x.requestOf(val.Func, val.Var) == NotRequest):
			h.Span = span
			h.Request = NotRequest
		case val.Origin == ctxflow.Param:
			r := x.requestOf(val.Func, val.Var)
			if r == NotRequest && x.calledBack(val.Func, val.Var) {
				r, h.Callback = Presumed, true
			}
			if r == NotRequest {
				return Hand{}, false
			}
			if ok && span.Kind == ctxflow.Starts && f.Inside(span.Func) {
				h.Span = span
			}
			h.Request = min(h.Request, r)
		default:
			return Hand{}, false
		}
	}
	if h.Request == Presumed && h.Span.Call == nil && ofOthers(v.Type()) {
		return Hand{}, false
	}
	return h, len(values) > 0
}

// ofOthers reports whether t is a struct of another package that is a context
// beside what else it is: a command line, a transaction. Such a thing is a
// request only where a server is known to hand it out.
func ofOthers(t types.Type) bool {
	named := namedOf(t)
	if named == nil || otelapi.IsContext(t) || otelapi.IsRequest(t) {
		return false
	}
	_, isStruct := named.Underlying().(*types.Struct)
	return isStruct && otelapi.ImplementsContext(t)
}

// requestOf says whether the parameter of f can be the context of a request.
// It asks for less than Request, which judges how long a context lives: where
// one caller has a request and another has not, or the request is the start of
// something, the context of the parameter is still the one to use. And the context of a literal that is called back
// while the function around it runs is as good as the one at hand there.
func (x *Index) requestOf(f *scope.Func, v *types.Var) Request {
	if f == nil {
		return NotRequest
	}
	if r := x.judged(f, v); r.is != NotRequest {
		return r.is
	}
	may := x.pkg.Memo(mayKey{}, func() any { return make(map[*types.Var]Request) }).(map[*types.Var]Request)
	if r, ok := may[v]; ok {
		return r
	}
	may[v] = NotRequest // recursion adds nothing
	may[v] = x.mayServe(f, v)
	return may[v]
}

type mayKey struct{}

func (x *Index) mayServe(f *scope.Func, v *types.Var) Request {
	if !otelapi.ImplementsContext(v.Type()) || x.pkg.IsTest(f.Node) || x.diagnoses(f) {
		return NotRequest
	}
	if f.Obj == nil {
		if f.Outer == nil || !x.runsInline(f) {
			return NotRequest
		}
		if h, ok := x.AtHand(f.Node, f.Outer); !ok {
			return NotRequest
		} else if h.Request == NotRequest {
			return Presumed // below a span of the function around
		} else {
			return h.Request
		}
	}
	if x.keeps(f, v) {
		return NotRequest
	}
	if _, ok := otelapi.HandlerSlot(f.Sig); ok {
		return Presumed // has the request's context beside the request
	}
	slot, _ := f.SlotOf(v)
	for _, c := range x.Callers(f) {
		arg, ok := c.argument(slot)
		if !ok {
			continue
		}
		for _, val := range x.Flow.Eval(arg, c.Func, nil) {
			switch {
			case val.Detached():
			case val.Origin == ctxflow.Param && x.requestOf(val.Func, val.Var) != NotRequest,
				val.Origin == ctxflow.Field: // a job that was sent here with its context
				return Presumed
			}
		}
	}
	return NotRequest
}

// calledBack reports whether f is a literal with a context that others call.
func (x *Index) calledBack(f *scope.Func, v *types.Var) bool {
	return f != nil && f.Obj == nil && len(x.byBody[f]) == 0 && otelapi.ImplementsContext(v.Type()) && !x.pkg.IsTest(f.Node) && !x.keeps(f, v) && !x.timed(f)
}

// Around returns the innermost launch in whose work f runs, nil if it runs
// where it stands.
func (x *Index) Around(f *scope.Func) *Launch {
	for g := f; g != nil; g = g.Outer {
		if ls := x.byBody[g]; len(ls) > 0 {
			return ls[0]
		}
	}
	return nil
}

// A Moment is when a node runs, in the course of its function.
type Moment int

const (
	// During: as part of the ordinary work.
	During Moment = iota
	// Deferred: when the function returns.
	Deferred
	// Failed: after something has failed.
	Failed
	// Done: after a context is done.
	Done
	// Instead: where a context turned out to be nil, or done, or not what was
	// asked for.
	Instead
)

// When says when a node of f runs. Literals launched are functions of their
// own; those that run inline are part of f.
func (x *Index) When(n ast.Node, f *scope.Func) Moment {
	for g := f; g != nil; g = g.Outer {
		if m := x.whenIn(n, g); m != During {
			return m
		}
		if g.Obj != nil {
			break
		}
		switch m := x.calledWhen(g); {
		case m != During:
			return m
		case len(x.byBody[g]) > 0:
			return During
		}
		n = g.Node
	}
	return During
}

// calledWhen says when a literal is called, as far as that shows where it
// stands: deferred, directly or through the variable that holds it.
func (x *Index) calledWhen(g *scope.Func) Moment {
	cur := g.Cursor
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	switch cur.ParentEdgeKind() {
	case edge.CallExpr_Fun:
		if cur.Parent().ParentEdgeKind() == edge.DeferStmt_Call {
			return Deferred
		}
	case edge.CallExpr_Args:
		call := cur.Parent().Node().(*ast.CallExpr)
		if known, ok := otelapi.LauncherOf(x.pkg.Callee(call)); ok && known.When == otelapi.Later {
			for _, arg := range call.Args {
				if otelapi.IsContext(x.pkg.Info.TypeOf(arg)) {
					return Done // context.AfterFunc
				}
			}
		}
	case edge.AssignStmt_Rhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if i := cur.ParentEdgeIndex(); i < len(assign.Lhs) {
			if v := x.pkg.VarOf(assign.Lhs[i]); v != nil && !v.IsField() && x.OnlyDeferred(v) {
				return Deferred
			}
		}
	}
	return During
}

// OnlyDeferred reports whether every call of a function variable is deferred,
// or runs in something that is.
func (x *Index) OnlyDeferred(v *types.Var) bool {
	calls := 0
	for _, cur := range x.pkg.Uses(v) {
		switch {
		case cur.Node().Pos() == v.Pos(), cur.ParentEdgeKind() == edge.AssignStmt_Lhs:
		case cur.ParentEdgeKind() == edge.CallExpr_Fun && x.deferredCall(cur.Parent()):
			calls++
		default:
			return false
		}
	}
	return calls > 0
}

func (x *Index) deferredCall(call inspector.Cursor) bool {
	if call.ParentEdgeKind() == edge.DeferStmt_Call {
		return true
	}
	f := x.pkg.Enclosing(call)
	return f != nil && (x.calledWhen(f) == Deferred || x.whenIn(call.Node(), f) == Failed)
}

// whenIn says when a node runs within g, by the statements around it.
func (x *Index) whenIn(n ast.Node, g *scope.Func) Moment {
	cur, ok := x.pkg.Cursor(n)
	if !ok {
		return During
	}
	moment := During
	for c := cur; c.Valid() && c.Node() != g.Node; c = c.Parent() {
		switch c.ParentEdgeKind() {
		case edge.DeferStmt_Call:
			return Deferred
		case edge.IfStmt_Body:
			moment = max(moment, x.branch(c.Parent().Node().(*ast.IfStmt).Cond, true))
		case edge.IfStmt_Else:
			moment = max(moment, x.branch(c.Parent().Node().(*ast.IfStmt).Cond, false))
		case edge.CommClause_Body:
			if x.receivesDone(c.Parent().Node().(*ast.CommClause).Comm) {
				return Done
			}
		case edge.CaseClause_Body:
			for _, cond := range c.Parent().Node().(*ast.CaseClause).List {
				moment = max(moment, x.branch(cond, true))
			}
		}
	}
	if moment == During && x.afterDone(n, g) {
		return Done
	}
	return moment
}

// branch says what a branch that is taken on a condition means.
func (x *Index) branch(cond ast.Expr, outcome bool) Moment {
	moment := During
	ast.Inspect(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Err" && ctxflow.Carries(x.pkg.Info.TypeOf(sel.X)) {
				moment = max(moment, Instead)
			}
			if fn := x.pkg.Callee(n); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "errors" && len(n.Args) > 0 && isErr(x.pkg.Info.TypeOf(n.Args[0])) && outcome {
				moment = max(moment, Failed)
			}
			return true
		case *ast.BinaryExpr:
			if n.Op != token.EQL && n.Op != token.NEQ {
				return true
			}
			if x.pkg.Info.Types[n.Y].IsNil() && x.asksContext(n.X) && (n.Op == token.EQL) == outcome {
				return false // ctx.Err() == nil: the context goes on
			}
			for _, side := range [...]ast.Expr{n.X, n.Y} {
				t := x.pkg.Info.TypeOf(side)
				if tv := x.pkg.Info.Types[side]; t == nil || tv.IsNil() {
					continue
				}
				switch {
				case ctxflow.Carries(t):
					moment = max(moment, Instead)
				case isErr(t) && (n.Op == token.NEQ) == outcome:
					moment = max(moment, Failed)
				}
			}
		}
		return true
	})
	return moment
}

func isErr(t types.Type) bool {
	return t != nil && types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// receivesDone reports whether the communication of a select waits for the
// end of a context.
func (x *Index) receivesDone(comm ast.Stmt) bool {
	es, ok := comm.(*ast.ExprStmt)
	if !ok {
		return false
	}
	u, ok := ast.Unparen(es.X).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW && x.isDone(u.X)
}

// afterDone reports whether g has waited for the end of a context on every
// path to the node: by a receive, or by a select of nothing but ends.
func (x *Index) afterDone(n ast.Node, g *scope.Func) bool {
	at, ok := g.Graph().At(n)
	if !ok {
		return false
	}
	found := false
	inOwn(g, func(m ast.Node) {
		if found || m.Pos() >= n.Pos() {
			return
		}
		switch m := m.(type) {
		case *ast.UnaryExpr:
			if m.Op != token.ARROW || !x.isDone(m.X) || x.inSelect(m) {
				return
			}
			p, ok := g.Graph().At(m)
			found = ok && g.Graph().Dominates(p, at)
		case *ast.SelectStmt:
			if !x.waitsForEnd(m) || n.Pos() < m.End() {
				return
			}
			inside := func(k ast.Node) bool { return m.Pos() <= k.Pos() && k.End() <= m.End() }
			_, past := g.Graph().Reach(g.Graph().Entry(), func(k ast.Node) bool { return k == at.Node() }, path.Search{Stop: inside})
			found = !past
		}
	})
	return found
}

// Keeps reports whether a cancel function is kept for later: stored, returned
// or handed on, instead of called or deferred.
func (x *Index) Keeps(cancel *types.Var) bool {
	if cancel.IsField() || cancel.Parent() == cancel.Pkg().Scope() {
		return true
	}
	for _, cur := range x.pkg.Uses(cancel) {
		switch cur.ParentEdgeKind() {
		case edge.CallExpr_Fun:
			if f := x.pkg.Enclosing(cur); f != nil && f.Obj == nil && x.stored(f) {
				return true // called by a closure that is kept
			}
		case edge.AssignStmt_Lhs, edge.ValueSpec_Names:
		case edge.AssignStmt_Rhs:
			if id := x.assignee(cur); id == nil || id.Name != "_" {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// assignee returns the variable, or blank identifier, that cur is assigned to.
func (x *Index) assignee(cur inspector.Cursor) *ast.Ident {
	assign := cur.Parent().Node().(*ast.AssignStmt)
	if i := cur.ParentEdgeIndex(); i < len(assign.Lhs) {
		return identOf(assign.Lhs[i])
	}
	return nil
}

// stored reports whether a literal is returned, or put into a field, a
// package variable or another literal.
func (x *Index) stored(f *scope.Func) bool {
	switch f.Cursor.ParentEdgeKind() {
	case edge.ReturnStmt_Results, edge.KeyValueExpr_Value, edge.CompositeLit_Elts, edge.SendStmt_Value:
		return true
	case edge.AssignStmt_Rhs:
		assign := f.Cursor.Parent().Node().(*ast.AssignStmt)
		if i := f.Cursor.ParentEdgeIndex(); i < len(assign.Lhs) {
			v := x.pkg.VarOf(assign.Lhs[i])
			return v == nil || v.IsField() || x.returned(v)
		}
	}
	return false
}

// A Caller is a call of a function, and the function it stands in.
type Caller struct {
	Call *ast.CallExpr
	Func *scope.Func
	// Via is the variable or field that holds the function where it is
	// called, or the method of an interface that it implements; nil where it
	// is called by its name.
	Via types.Object
}

// argument returns what a call gives to a slot of the function. The receiver
// of a function that a variable holds is not at its call.
func (c Caller) argument(slot int) (ast.Expr, bool) {
	if slot == scope.Receiver && c.Via != nil {
		return nil, false
	}
	return ctxflow.Argument(c.Call, slot)
}

// Callers returns the calls of f in this package, tests apart: by its name,
// through the variables and fields that can hold it, and through the
// interfaces of this package that its receiver implements.
func (x *Index) Callers(f *scope.Func) []Caller {
	type key struct{ f *scope.Func }
	return x.pkg.Memo(key{f}, func() any {
		var out []Caller
		add := func(obj, via types.Object) {
			for _, cur := range x.pkg.Uses(obj) {
				if call, caller, ok := x.callOf(cur); ok {
					out = append(out, Caller{call, caller, via})
				}
			}
		}
		if f.Obj != nil {
			add(f.Obj, nil)
		}
		for _, v := range x.pkg.Holders(f) {
			add(v, v)
		}
		for _, m := range x.implemented(f) {
			add(m, m)
		}
		return out
	}).([]Caller)
}

// implemented returns the methods of this package's interfaces that a method
// implements.
func (x *Index) implemented(f *scope.Func) []*types.Func {
	type key struct{}
	interfaces := x.pkg.Memo(key{}, func() any {
		return interfacesIn(x.pkg.Types, x.pkg.Types.Scope().Names())
	}).([]*types.Interface)
	return implementedOf(f, x.pkg.Types, interfaces)
}

// implementedElsewhere returns the methods that a method implements of such
// interfaces as are known to be called by the package that declares them.
func (x *Index) implementedElsewhere(f *scope.Func) []*types.Func {
	type key struct{}
	interfaces := x.pkg.Memo(key{}, func() any {
		out := make(map[*types.Package][]*types.Interface)
		for _, imp := range x.pkg.Types.Imports() {
			if names := x.table.CalledIn(imp); len(names) > 0 {
				out[imp] = interfacesIn(imp, names)
			}
		}
		return out
	}).(map[*types.Package][]*types.Interface)
	var out []*types.Func
	for _, imp := range x.pkg.Types.Imports() {
		out = append(out, implementedOf(f, imp, interfaces[imp])...)
	}
	return out
}

// implementedOf returns the methods of interfaces of a package that a method
// implements.
func implementedOf(f *scope.Func, in *types.Package, interfaces []*types.Interface) []*types.Func {
	if f.Obj == nil || f.Sig.Recv() == nil {
		return nil
	}
	named := namedOf(f.Sig.Recv().Type())
	if named == nil {
		return nil
	}
	var out []*types.Func
	for _, i := range interfaces {
		for j := range i.NumMethods() {
			if m := i.Method(j); m.Name() == f.Obj.Name() && m.Pkg() == in && !slices.Contains(out, m) && implements(named, i) {
				out = append(out, m)
			}
		}
	}
	return out
}

// interfacesIn returns those of the names in a package that are interfaces.
func interfacesIn(pkg *types.Package, names []string) []*types.Interface {
	var out []*types.Interface
	for _, name := range names {
		tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		n, ok := tn.Type().(*types.Named)
		if !ok {
			continue
		}
		if i, ok := n.Underlying().(*types.Interface); ok && i.NumMethods() > 0 && i.IsMethodSet() {
			out = append(out, i)
		}
	}
	return out
}

// implements reports whether a named type, or a pointer to it, has the methods
// of an interface. Where the interface is generic, some instance of it will do:
// what its type parameters stand for is not compared.
func implements(named *types.Named, i *types.Interface) bool {
	ptr := types.NewPointer(named)
	if types.Implements(ptr, i) {
		return true
	}
	generic := false
	for j := range i.NumMethods() {
		m := i.Method(j)
		obj, _, _ := types.LookupFieldOrMethod(ptr, true, m.Pkg(), m.Name())
		has, ok := obj.(*types.Func)
		if !ok {
			return false
		}
		for _, pair := range [...][2]*types.Tuple{
			{m.Signature().Params(), has.Signature().Params()},
			{m.Signature().Results(), has.Signature().Results()},
		} {
			if pair[0].Len() != pair[1].Len() {
				return false
			}
			for k := range pair[0].Len() {
				switch asked := pair[0].At(k).Type(); {
				case parameterized(asked):
					generic = true
				case !types.Identical(asked, pair[1].At(k).Type()):
					return false
				}
			}
		}
	}
	return generic
}

// parameterized reports whether a type parameter is in t.
func parameterized(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return parameterized(t.Elem())
	case *types.Slice:
		return parameterized(t.Elem())
	case *types.Array:
		return parameterized(t.Elem())
	case *types.Chan:
		return parameterized(t.Elem())
	case *types.Map:
		return parameterized(t.Key()) || parameterized(t.Elem())
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if parameterized(arg) {
				return true
			}
		}
	case *types.Signature:
		for _, tuple := range [...]*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if parameterized(v.Type()) {
					return true
				}
			}
		}
	}
	return false
}

// UsesIn returns what f itself, apart from its literals, does with contexts.
func (x *Index) UsesIn(f *scope.Func) []Use {
	var out []Use
	inOwn(f, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			out = append(out, x.usesOf(call, f, nil)...)
		}
	})
	return out
}

// Settles reports whether a call hands its context to something that goes on
// with it for as long as it pleases: work without an end, or an object that
// keeps the cancel function. Of callees that are not in view it is assumed,
// unless the call is sure to serve a request.
func (x *Index) Settles(call *ast.CallExpr, slot int, serves bool) bool {
	f := x.pkg.Decl(x.pkg.Callee(call))
	if f == nil {
		if sum := x.table.Call(call); sum != nil {
			return sum.SlotAt(slot).Ctx&summary.Lasts != 0
		}
		return !serves
	}
	v := f.Slot(slot)
	return v == nil || x.keeps(f, v)
}

// LivesOn reports whether what a call in f returns is used by work that goes
// on when f has returned. What the call was given has to last as long.
func (x *Index) LivesOn(call *ast.CallExpr, f *scope.Func) bool {
	cur, ok := x.pkg.Cursor(call)
	if !ok || cur.ParentEdgeKind() != edge.AssignStmt_Rhs {
		return false
	}
	assign := cur.Parent().Node().(*ast.AssignStmt)
	if len(assign.Rhs) != 1 {
		return false
	}
	for _, lhs := range assign.Lhs {
		v := x.pkg.VarOf(lhs)
		if v == nil || v.IsField() || !acts(v.Type()) {
			continue
		}
		for _, l := range x.byRoot[f.Root()] {
			if l.Outlives(f) && l.inHand()[v] {
				return true
			}
		}
	}
	return false
}

// acts reports whether a value of the type can do something later on: it has
// methods, and is no error, context or span, which are spoken of elsewhere.
func acts(t types.Type) bool {
	if isErr(t) || ctxflow.Carries(t) || otelapi.IsSpan(t) {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.NewMethodSet(t).Len()+types.NewMethodSet(types.NewPointer(t)).Len() > 0
}

// OfResult reports whether a call is of a method of something that a function
// around it makes and returns.
func (x *Index) OfResult(call *ast.CallExpr, f *scope.Func) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || x.pkg.Info.Selections[sel] == nil {
		return false
	}
	v, ok := x.root(sel.X).(*types.Var)
	if !ok || v.IsField() {
		return false
	}
	owner := x.Flow.Owner(v)
	if owner == nil || !f.Inside(owner) || isParam(owner, v) {
		return false
	}
	return x.returned(v)
}

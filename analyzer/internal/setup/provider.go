package setup

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Provider is a call whose caller has to see to it that a provider is shut
// down.
type Provider struct {
	Call *ast.CallExpr
	// Func is the function in which it is made, nil in package variables.
	Func *scope.Func
	// Fn is what is called.
	Fn *types.Func
	// Result is the result that is the provider, -1 if there is none, and Stop
	// the one that is a function which stops it.
	Result, Stop int
}

// Providers returns the calls in f itself by which it gets providers, or
// functions that stop them.
func (x *Index) Providers(f *scope.Func) []Provider {
	var out []Provider
	for _, c := range x.local[f].calls {
		if p, ok := x.provider(c); ok {
			p.Func = f
			out = append(out, p)
		}
	}
	return out
}

func (x *Index) provider(c call) (Provider, bool) {
	p := Provider{Call: c.CallExpr, Fn: c.fn, Result: -1, Stop: -1}
	if otelapi.MakesProvider(c.fn) {
		p.Result = 0
		return p, true
	}
	sum := x.table.Callee(c.fn)
	if sum == nil {
		return p, false
	}
	for i, r := range sum.Results {
		switch r.Stop {
		case summary.OwnedProvider:
			p.Result = i
		case summary.StopFunction:
			p.Stop = i
		}
	}
	return p, p.Result >= 0 || p.Stop >= 0
}

// A Fate is what becomes of a provider.
type Fate struct {
	// Stopped: it is shut down somewhere, or its Shutdown is handed on.
	Stopped bool
	// Kept: it goes where it may be shut down.
	Kept bool
	// Installed: it has been made the global one.
	Installed bool
	// Returned has the results by which the caller gets it.
	Returned []int
	// As is the type, without Shutdown, that it is kept or returned as.
	As types.Type

	seen  map[*types.Var]bool
	stops []inspector.Cursor // selectors of what stops it
}

// Lost reports whether nothing can shut the provider down.
func (f *Fate) Lost() bool { return !f.Stopped && !f.Kept && len(f.Returned) == 0 }

// FateOf follows what a call returns.
func (x *Index) FateOf(p Provider) *Fate {
	fate := &Fate{seen: make(map[*types.Var]bool)}
	cur, ok := x.pkg.Cursor(p.Call)
	if !ok {
		fate.Kept = true
		return fate
	}
	if p.Stop >= 0 {
		x.result(cur, p.Stop, fate, func(v *types.Var) {
			if x.isUsed(v) {
				fate.Stopped = true
			}
		})
		if cur.ParentEdgeKind() == edge.DeferStmt_Call || cur.ParentEdgeKind() == edge.GoStmt_Call {
			return fate // what it returns is dropped
		}
	}
	if p.Result >= 0 {
		x.result(cur, p.Result, fate, func(v *types.Var) { x.followVar(v, fate) })
	}
	if x.processorStopped(p) {
		fate.Stopped = true // all that it holds back is in there
	}
	if fate.Installed && x.readsProvider() {
		fate.Kept = true // it can be had back, and be asserted to what it is
	}
	return fate
}

// processorStopped reports whether the processor of a provider is kept in a
// variable, and flushed or shut down by that.
func (x *Index) processorStopped(p Provider) bool {
	for _, arg := range p.Call.Args {
		option, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok || len(option.Args) != 1 {
			continue
		}
		if how, ok := otelapi.ProcessingOf(x.pkg.Callee(option)); !ok || how != otelapi.Chosen {
			continue
		}
		v := x.pkg.VarOf(option.Args[0])
		if v == nil {
			continue
		}
		for _, cur := range x.pkg.Uses(v) {
			if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
				cur = cur.Parent()
			}
			if sel, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && (sel.Sel.Name == "ForceFlush" || sel.Sel.Name == "Shutdown") {
				return true
			}
		}
	}
	return false
}

// isUsed reports whether a variable is read, other than to please the compiler.
func (x *Index) isUsed(v *types.Var) bool {
	if v.IsField() || v.Parent() == v.Pkg().Scope() {
		return true
	}
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.ValueSpec_Names:
			continue
		case edge.AssignStmt_Rhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			if _, i := cur.ParentEdge(); i < len(a.Lhs) && isBlank(a.Lhs[i]) {
				continue
			}
		case edge.Field_Names:
			return true // a named result
		}
		return true
	}
	return false
}

// result follows one result of the call at cur.
func (x *Index) result(cur inspector.Cursor, i int, fate *Fate, follow func(*types.Var)) {
	cur = outermost(cur)
	bind := func(lhs []ast.Expr) {
		k := i
		if _, at := cur.ParentEdge(); len(lhs) > 1 && at > 0 {
			k = at
		}
		if k < len(lhs) {
			x.bind(lhs[k], cur, fate, follow)
		}
	}
	switch cur.ParentEdgeKind() {
	case edge.ExprStmt_X, edge.DeferStmt_Call, edge.GoStmt_Call:
		return
	case edge.AssignStmt_Rhs:
		bind(cur.Parent().Node().(*ast.AssignStmt).Lhs)
	case edge.ValueSpec_Values:
		var lhs []ast.Expr
		for _, name := range cur.Parent().Node().(*ast.ValueSpec).Names {
			lhs = append(lhs, name)
		}
		bind(lhs)
	case edge.ReturnStmt_Results:
		ret := cur.Parent().Node().(*ast.ReturnStmt)
		if len(ret.Results) == 1 {
			x.returned(cur, i, fate)
		} else {
			_, at := cur.ParentEdge()
			x.returned(cur, at, fate)
		}
	default:
		if i != 0 {
			fate.Kept = true
			return
		}
		x.use(cur, fate)
	}
}

func (x *Index) bind(lhs ast.Expr, cur inspector.Cursor, fate *Fate, follow func(*types.Var)) {
	if isBlank(lhs) {
		return
	}
	v := x.pkg.VarOf(lhs)
	if v == nil {
		fate.Kept = true
		return
	}
	if _, ok := v.Type().Underlying().(*types.Signature); !ok && !otelapi.CanShutdown(v.Type()) {
		fate.As = v.Type()
	}
	follow(v)
}

// followVar looks at all uses of a variable or field that has the provider.
func (x *Index) followVar(v *types.Var, fate *Fate) {
	if fate.seen[v] {
		return
	}
	fate.seen[v] = true
	if v.Pkg() != x.pkg.Types || v.Exported() && (v.IsField() || v.Parent() == v.Pkg().Scope()) {
		fate.Kept = true
		return
	}
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.ValueSpec_Names, edge.KeyValueExpr_Key:
			continue
		case edge.Field_Names:
			if f := x.pkg.Enclosing(cur); !v.IsField() && (f == nil || !isParam(f, v)) {
				fate.Kept = true // a named result, which is returned somewhere
			}
			continue
		case edge.SelectorExpr_Sel:
			cur = cur.Parent()
			if cur.ParentEdgeKind() == edge.AssignStmt_Lhs {
				continue
			}
		}
		x.use(cur, fate)
	}
}

// use judges one place where the provider is.
func (x *Index) use(cur inspector.Cursor, fate *Fate) {
	cur = outermost(cur)
	parent := cur.Parent()
	switch kind := cur.ParentEdgeKind(); kind {
	case edge.SelectorExpr_X:
		x.selected(parent, fate)
	case edge.CallExpr_Args:
		x.passed(cur, parent.Node().(*ast.CallExpr), fate)
	case edge.AssignStmt_Rhs:
		a := parent.Node().(*ast.AssignStmt)
		_, i := cur.ParentEdge()
		if len(a.Lhs) != len(a.Rhs) {
			fate.Kept = true
			return
		}
		x.bind(a.Lhs[i], cur, fate, func(v *types.Var) { x.followVar(v, fate) })
	case edge.ValueSpec_Values:
		spec := parent.Node().(*ast.ValueSpec)
		if _, i := cur.ParentEdge(); i < len(spec.Names) {
			x.bind(spec.Names[i], cur, fate, func(v *types.Var) { x.followVar(v, fate) })
		}
	case edge.ReturnStmt_Results:
		_, i := cur.ParentEdge()
		x.returned(cur, i, fate)
	case edge.KeyValueExpr_Value:
		key, _ := parent.Node().(*ast.KeyValueExpr).Key.(*ast.Ident)
		v, _ := x.pkg.Info.ObjectOf(key).(*types.Var)
		if key == nil || v == nil || !v.IsField() {
			fate.Kept = true
			return
		}
		x.bind(key, cur, fate, func(v *types.Var) { x.followVar(v, fate) })
	case edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.ExprStmt_X:
	default:
		fate.Kept = true
	}
}

// selected judges provider.X.
func (x *Index) selected(sel inspector.Cursor, fate *Fate) {
	name := sel.Node().(*ast.SelectorExpr).Sel.Name
	switch {
	case name == "Shutdown" || name == "ForceFlush":
		fate.Stopped = true
		fate.stops = append(fate.stops, sel)
	case otelapi.NeutralForProvider(name):
	default:
		fate.Kept = true
	}
}

// passed judges f(provider).
func (x *Index) passed(cur inspector.Cursor, c *ast.CallExpr, fate *Fate) {
	fn := x.pkg.Callee(c)
	if otelapi.Installs(fn) {
		fate.Installed = true
		return
	}
	tv := x.pkg.Info.Types[c.Fun]
	if tv.IsType() {
		if !otelapi.CanShutdown(tv.Type) {
			fate.As = tv.Type
		}
		x.result(cur.Parent(), 0, fate, func(v *types.Var) { x.followVar(v, fate) })
		return
	}
	sig, ok := scope.Underlying(x.pkg.Info, c.Fun).(*types.Signature)
	if !ok {
		fate.Kept = true // a builtin
		return
	}
	_, i := cur.ParentEdge()
	if t := paramType(sig, i); t != nil && !otelapi.CanShutdown(t) {
		if _, ok := t.Underlying().(*types.Signature); ok {
			fate.Kept = true // it is the function that stops the provider: somebody may call it
		}
		return
	}
	// A function of this package shows what it does with it.
	if f := x.pkg.Decl(fn); f != nil && !f.Sig.Variadic() && i < f.Sig.Params().Len() {
		x.followVar(f.Sig.Params().At(i), fate)
		return
	}
	fate.Kept = true
}

func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1:
		if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	case i < n:
		return sig.Params().At(i).Type()
	}
	return nil
}

func (x *Index) returned(cur inspector.Cursor, i int, fate *Fate) {
	f := x.pkg.Enclosing(cur)
	if f == nil || i >= f.Sig.Results().Len() {
		fate.Kept = true
		return
	}
	t := f.Sig.Results().At(i).Type()
	if _, isFunc := t.Underlying().(*types.Signature); !isFunc && !otelapi.CanShutdown(t) {
		fate.As = t
		if x.isRegistered(f, make(map[any]bool)) || x.assertsShutdown(t) {
			fate.Kept = true
		}
		return
	}
	fate.Returned = append(fate.Returned, i)
}

// isRegistered reports whether a function that makes a provider is handed out as
// a value, or called by one that is and returns what it gets: whoever calls it
// then is not in view, and may ask what it gets for a Shutdown.
func (x *Index) isRegistered(f *scope.Func, seen map[any]bool) bool {
	if f == nil || seen[f] {
		return false
	}
	seen[f] = true
	if f.Obj == nil {
		return x.handedOut(outermost(f.Cursor), f, seen)
	}
	for _, cur := range x.pkg.Uses(f.Obj) {
		if x.pkg.InTestFile(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if x.handedOut(outermost(cur), f, seen) {
			return true
		}
	}
	return false
}

// handedOut is isRegistered for one mention of a function.
func (x *Index) handedOut(cur inspector.Cursor, f *scope.Func, seen map[any]bool) bool {
	parent := cur.Parent()
	switch kind := cur.ParentEdgeKind(); kind {
	case edge.CallExpr_Fun:
		by := x.pkg.Enclosing(parent)
		return by != nil && returnsAlike(by, f) && x.isRegistered(by, seen)
	case edge.CallExpr_Args, edge.KeyValueExpr_Value, edge.CompositeLit_Elts, edge.ReturnStmt_Results:
		return true
	case edge.AssignStmt_Rhs, edge.ValueSpec_Values:
		var lhs ast.Expr
		_, i := cur.ParentEdge()
		if a, ok := parent.Node().(*ast.AssignStmt); ok && i < len(a.Lhs) {
			lhs = a.Lhs[i]
		} else if s, ok := parent.Node().(*ast.ValueSpec); ok && i < len(s.Names) {
			lhs = s.Names[i]
		}
		v := x.pkg.VarOf(lhs)
		if v == nil || v.IsField() || v.Exported() && v.Parent() == v.Pkg().Scope() {
			return true // an element, a field, what others can name
		}
		if seen[v] {
			return false
		}
		seen[v] = true
		for _, use := range x.pkg.Uses(v) {
			if k := use.ParentEdgeKind(); k != edge.AssignStmt_Lhs && k != edge.ValueSpec_Names && x.handedOut(outermost(use), f, seen) {
				return true
			}
		}
	}
	return false
}

// returnsAlike reports whether f returns something of a type that g returns.
func returnsAlike(f, g *scope.Func) bool {
	for v := range f.Sig.Results().Variables() {
		for w := range g.Sig.Results().Variables() {
			if !types.Identical(v.Type(), types.Universe.Lookup("error").Type()) && types.Identical(v.Type(), w.Type()) {
				return true
			}
		}
	}
	return false
}

// assertsShutdown reports whether the package asks values of a type whether they
// can be shut down; but not one that only gives way to the next.
func (x *Index) assertsShutdown(t types.Type) bool {
	for _, f := range x.pkg.Funcs {
		if x.pkg.IsTest(f.Node) {
			continue
		}
		found := false
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeAssertExpr:
				typ := x.pkg.Info.TypeOf(n.X)
				found = found || n.Type != nil && typ != nil && types.Identical(typ, t) && otelapi.CanShutdown(x.pkg.Info.TypeOf(n.Type)) && !x.replaced(x.pkg.VarOf(n.X), f)
			case *ast.TypeSwitchStmt:
				found = found || x.switchesToShutdown(n, t)
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// replaced reports whether f gives a field or package variable another value.
func (x *Index) replaced(v *types.Var, f *scope.Func) bool {
	if v == nil || !v.IsField() && v.Parent() != v.Pkg().Scope() {
		return false
	}
	for _, cur := range x.pkg.Uses(v) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if cur.ParentEdgeKind() == edge.AssignStmt_Lhs && x.pkg.Enclosing(cur).Root() == f.Root() {
			return true
		}
	}
	return false
}

func (x *Index) switchesToShutdown(s *ast.TypeSwitchStmt, t types.Type) bool {
	asks := false
	ast.Inspect(s.Assign, func(n ast.Node) bool {
		if a, ok := n.(*ast.TypeAssertExpr); ok {
			typ := x.pkg.Info.TypeOf(a.X)
			asks = typ != nil && types.Identical(typ, t)
		}
		return true
	})
	if !asks {
		return false
	}
	for _, stmt := range s.Body.List {
		for _, e := range stmt.(*ast.CaseClause).List {
			if otelapi.CanShutdown(x.pkg.Info.TypeOf(e)) {
				return true
			}
		}
	}
	return false
}

// readsProvider reports whether the package takes the installed provider back.
func (x *Index) readsProvider() bool {
	return x.pkg.Memo(readsKey{}, func() any {
		for _, f := range x.pkg.Funcs {
			for _, c := range x.local[f].calls {
				if !otelapi.ReadsProvider(c.fn) {
					continue
				}
				cur, ok := x.pkg.Cursor(c.CallExpr)
				if !ok {
					return true
				}
				switch outermost(cur).ParentEdgeKind() {
				case edge.SelectorExpr_X, edge.CallExpr_Args:
				default:
					return true
				}
			}
		}
		return false
	}).(bool)
}

type readsKey struct{}

// Exports reports whether a provider that is made by the call holds spans back
// for an exporter that would lose them: it has a batching processor, and no
// exporter for tests.
func (x *Index) Exports(p Provider) bool {
	if !otelapi.MakesProvider(p.Fn) {
		return true // its callee has been asked
	}
	found := false
	look := func(e ast.Node) {
		ast.Inspect(e, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && !found {
				if how, ok := otelapi.ProcessingOf(x.pkg.Callee(c)); ok && how == otelapi.Batched {
					found = len(c.Args) > 0 && x.ExporterOf(c.Args[0]) != InMemory
				}
			}
			return !found
		})
	}
	direct := true
	for _, arg := range p.Call.Args {
		look(arg)
		if _, ok := ast.Unparen(arg).(*ast.CallExpr); !ok {
			direct = false
		}
	}
	registers := false
	if p.Func != nil {
		for _, c := range x.local[p.Func].calls {
			if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "RegisterSpanProcessor" {
				registers = true
			}
		}
		if !found && (!direct || p.Call.Ellipsis.IsValid() || registers || x.hasProcessorVar(p.Call)) {
			look(p.Func.Root().Body) // options and processors that are made before
		}
	}
	return found
}

// hasProcessorVar reports whether an option gets its processor by a variable.
func (x *Index) hasProcessorVar(c *ast.CallExpr) bool {
	for _, arg := range c.Args {
		if option, ok := ast.Unparen(arg).(*ast.CallExpr); ok && len(option.Args) > 0 {
			if how, ok := otelapi.ProcessingOf(x.pkg.Callee(option)); ok && how == otelapi.Chosen {
				if x.pkg.VarOf(option.Args[0]) != nil {
					return true
				}
			}
		}
	}
	return false
}

// Exporting is where an exporter sends spans.
type Exporting int

const (
	// Unknown: it is given by somebody.
	Unknown Exporting = iota
	// Remote: over the network, as far as can be said.
	Remote
	// Console: to a stream of the process.
	Console
	// InMemory: nowhere, for tests.
	InMemory
	// Own: to wherever a type of the user's sends them.
	Own
)

// ExporterOf says where the exporter that an expression denotes sends spans.
func (x *Index) ExporterOf(e ast.Expr) Exporting { return x.exporterOf(e, 0, 0) }

func (x *Index) exporterOf(e ast.Expr, result, depth int) Exporting {
	if depth > maxDepth {
		return Unknown
	}
	k := x.exporterType(x.pkg.Info.TypeOf(e))
	if k != Unknown && !otelapi.ExportsByClient(x.pkg.Info.TypeOf(e)) {
		return k
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		fn := x.pkg.Callee(e)
		if client, ok := otelapi.ClientOf(fn); ok && client < len(e.Args) && x.exporterType(x.pkg.Info.TypeOf(e.Args[client])) == Own {
			return Own // wherever that sends them
		}
		if fn == nil || fn.Pkg() == nil || result >= fn.Signature().Results().Len() {
			return Unknown
		}
		if k := x.exporterType(fn.Signature().Results().At(result).Type()); k != Unknown {
			return k
		}
		switch path := fn.Pkg().Path(); {
		case otelapi.IsConsole(path):
			return Console
		case otelapi.ForTests(path):
			return InMemory
		case otelapi.SpeaksOf(path):
			return Remote
		}
	case *ast.Ident, *ast.SelectorExpr:
		v := x.pkg.VarOf(e)
		if v == nil || v.IsField() {
			return k
		}
		if rhs, i, ok := x.only(v); ok {
			return x.exporterOf(rhs, i, depth+1)
		}
	}
	return k
}

// exporterType says where exporters of a type that is no interface send spans.
func (x *Index) exporterType(t types.Type) Exporting {
	if t == nil {
		return Unknown
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || types.IsInterface(t) || named.Obj().Pkg() == nil {
		return Unknown
	}
	switch path := named.Obj().Pkg().Path(); {
	case otelapi.IsConsole(path):
		return Console
	case otelapi.ForTests(path):
		return InMemory
	case otelapi.SpeaksOf(path):
		return Remote
	}
	return Own
}

// only returns the one expression that a variable is ever given.
func (x *Index) only(v *types.Var) (e ast.Expr, result int, ok bool) {
	n := 0
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.AssignStmt_Lhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			_, i := cur.ParentEdge()
			e, result = assigned(i, len(a.Lhs), a.Rhs)
			n++
		case edge.ValueSpec_Names:
			spec := cur.Parent().Node().(*ast.ValueSpec)
			if len(spec.Values) > 0 {
				_, i := cur.ParentEdge()
				e, result = assigned(i, len(spec.Names), spec.Values)
				n++
			}
		case edge.Field_Names:
			return nil, 0, false
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				return nil, 0, false
			}
		}
	}
	return e, result, n == 1 && e != nil
}

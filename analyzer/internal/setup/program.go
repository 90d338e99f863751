package setup

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Program says what a package itself, tests apart, does for the telemetry of
// the program.
func Program(pkg *scope.Package) summary.SetupUse {
	var (
		does   summary.SetupUse
		speaks = speaksOf(pkg)
		of     = make(map[types.Object]summary.SetupUse) // each is named many times
	)
	idle := make(map[*ast.Ident]bool)
	if speaks {
		for _, c := range idlePropagators(pkg) {
			ast.Inspect(c, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					idle[id] = true
				}
				return true
			})
		}
	}
	for id, obj := range pkg.Info.Uses {
		use, ok := of[obj]
		if !ok {
			use = useOf(obj, speaks)
			of[obj] = use
		}
		switch {
		case use&^does == 0:
		case pkg.IsTest(id), idle[id]:
			does |= use & summary.WrapsQueue
		default:
			does |= use
		}
	}
	return does
}

// useOf returns what a program does that names the object; whether or not its
// package speaks of OpenTelemetry.
func useOf(obj types.Object, speaks bool) summary.SetupUse {
	var use summary.SetupUse
	if otelapi.Instruments(obj) {
		use |= summary.WrapsQueue
	}
	if !speaks {
		return use
	}
	if fn, ok := obj.(*types.Func); ok && otelapi.Installs(fn) {
		use |= summary.Installs
	}
	if otelapi.Propagates(obj) {
		use |= summary.Propagates
	}
	if otelapi.Carries(obj) {
		use |= summary.Carries
	}
	if otelapi.IsServer(obj) {
		use |= summary.ServesTraced
	}
	return use
}

// idlePropagators returns the calls that choose a propagator which carries no
// trace: a composition of none, or baggage alone.
func idlePropagators(pkg *scope.Package) []*ast.CallExpr {
	type key struct{}
	return pkg.Memo(key{}, func() any {
		var out []*ast.CallExpr
		for _, f := range pkg.Funcs {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.CallExpr:
					if otelapi.SetsPropagator(pkg.Callee(n)) && len(n.Args) == 1 && carriesNoTrace(pkg, n.Args[0]) {
						out = append(out, n)
					}
				}
				return true
			})
		}
		return out
	}).([]*ast.CallExpr)
}

func carriesNoTrace(pkg *scope.Package, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return otelapi.IsBaggage(pkg.Info.TypeOf(e))
	case *ast.CallExpr:
		if !otelapi.ComposesPropagators(pkg.Callee(e)) || e.Ellipsis.IsValid() {
			return false
		}
		for _, arg := range e.Args {
			if !carriesNoTrace(pkg, arg) {
				return false
			}
		}
		return true
	}
	return false
}

// Idle returns the calls in f that choose a propagator which carries no trace,
// in a program that has contexts cross its borders and chooses no other.
func (x *Index) Idle(f *scope.Func) []*ast.CallExpr {
	if all := x.table.Own | x.table.Below; all&summary.Propagates != 0 || all&summary.Carries == 0 {
		return nil
	}
	var out []*ast.CallExpr
	for _, c := range idlePropagators(x.pkg) {
		if x.pkg.FuncAt(c) == f && !x.InTest(f) {
			out = append(out, c)
		}
	}
	return out
}

// speaksOf reports whether a package imports OpenTelemetry at all.
func speaksOf(pkg *scope.Package) bool {
	for _, file := range pkg.Files {
		for _, imp := range file.Imports {
			if strings.Contains(imp.Path.Value, "otel") {
				return true
			}
		}
	}
	return false
}

// An Install is a call that sets the global provider of the program.
type Install struct {
	Call *ast.CallExpr
	Func *scope.Func
	// Direct says that it is the call of OpenTelemetry itself.
	Direct bool
}

// Unpropagated returns the call by which a program installs a provider, where
// contexts cross the program's borders and nothing in it chooses a propagator.
// A package that does both itself is judged by itself, a program by its main.
func (x *Index) Unpropagated() (Install, bool) {
	t := x.table
	all := t.Own | t.Below
	if all&summary.Propagates != 0 || all&summary.Carries == 0 || all&summary.Installs == 0 {
		return Install{}, false
	}
	if len(idlePropagators(x.pkg)) > 0 {
		return Install{}, false // that is what has to be mended: see Idle
	}
	own := t.Own&summary.Installs != 0 && t.Own&summary.Carries != 0
	if !own && (x.pkg.Types.Name() != "main" || t.Below&summary.Faulty != 0) {
		return Install{}, false
	}
	for _, f := range x.pkg.Funcs {
		if x.InTest(f) {
			continue
		}
		for _, c := range x.local[f].calls {
			direct := otelapi.Installs(c.fn)
			sum := x.table.Callee(c.fn)
			if direct && !x.givesNoop(c.CallExpr) || !own && sum != nil && sum.Setup.Does&summary.Installs != 0 {
				return Install{c.CallExpr, f, direct}, true
			}
		}
	}
	return Install{}, false
}

// givesNoop reports whether a no-op provider is installed: there is nothing to
// propagate.
func (x *Index) givesNoop(c *ast.CallExpr) bool {
	if len(c.Args) != 1 {
		return true
	}
	if otelapi.IsNoop(x.pkg.Info.TypeOf(c.Args[0])) {
		return true
	}
	call, ok := ast.Unparen(c.Args[0]).(*ast.CallExpr)
	return ok && otelapi.MakesNoop(x.pkg.Callee(call))
}

// RemoteParents reports whether traces come into the program, or are meant to,
// as far as this package can see.
func (x *Index) RemoteParents() bool {
	return (x.table.Own|x.table.Below)&(summary.Carries|summary.Propagates) != 0
}

// Ratios returns the samplers, given to a provider in f, that keep a part of
// all traces whatever a parent has decided, and not by the decision of whoever
// configures the program.
func (x *Index) Ratios(f *scope.Func) []*ast.CallExpr {
	var out []*ast.CallExpr
	for _, c := range x.local[f].calls {
		if !otelapi.TakesSampler(c.fn) || len(c.Args) != 1 {
			continue
		}
		call, ok := ast.Unparen(x.onlyValue(c.Args[0])).(*ast.CallExpr)
		if !ok || !otelapi.SamplesRatio(x.pkg.Callee(call)) || len(call.Args) != 1 {
			continue
		}
		// All and nothing is what AlwaysSample and NeverSample say.
		if tv := x.pkg.Info.Types[x.onlyValue(call.Args[0])]; tv.Value != nil {
			one := constant.MakeFloat64(1)
			if constant.Compare(tv.Value, token.GEQ, one) || constant.Sign(tv.Value) <= 0 {
				continue
			}
		}
		if x.isChosen(c.CallExpr, f, x.madeOf(call.Args[0])) {
			continue
		}
		out = append(out, call)
	}
	return out
}

// madeOf returns the variables that a value comes from, of an object's the
// field.
func (x *Index) madeOf(e ast.Expr) map[*types.Var]bool {
	vars := make(map[*types.Var]bool)
	ast.Inspect(e, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if v := x.pkg.VarOf(e); v != nil {
				vars[v.Origin()] = true
				return false
			}
		}
		return true
	})
	return vars
}

// onlyValue returns what a variable is always assigned, else e itself.
func (x *Index) onlyValue(e ast.Expr) ast.Expr {
	if v := x.pkg.VarOf(e); v != nil && !v.IsField() {
		if rhs, i, ok := x.only(v); ok && i == 0 {
			return rhs
		}
	}
	return e
}

// Syncers returns the calls in f that hand each span to an exporter which does
// I/O before its End returns.
func (x *Index) Syncers(f *scope.Func) []*ast.CallExpr {
	var out []*ast.CallExpr
	for _, c := range x.local[f].calls {
		how, ok := otelapi.ProcessingOf(c.fn)
		if !ok || how != otelapi.Simple || len(c.Args) != 1 {
			continue
		}
		switch x.ExporterOf(c.Args[0]) {
		case Console, InMemory:
			continue
		case Own:
			if !x.sends(c.Args[0]) {
				continue
			}
		case Unknown:
			if x.choosesOf(f) || x.givenInMemory(f, c.Args[0]) {
				continue
			}
		case Remote:
			if x.choosesOf(f) {
				continue
			}
		}
		if x.hasTwin(f, c.Args[0]) {
			continue
		}
		out = append(out, c.CallExpr)
	}
	return out
}

// hasTwin reports whether f belongs to an exported function of a library that has
// a twin: what takes the same and gives the same exporter to a batching
// processor. Whoever calls one of them chooses.
func (x *Index) hasTwin(f *scope.Func, exporter ast.Expr) bool {
	one, from := f.Root(), x.sourceOf(exporter, f, 0)
	if from == nil || !x.offered(one) {
		return false
	}
	for _, g := range x.pkg.Funcs {
		other := g.Root()
		if other == one || !x.offered(other) || !sameCall(one.Sig, other.Sig) {
			continue
		}
		for _, c := range x.local[g].calls {
			how, ok := otelapi.ProcessingOf(c.fn)
			if ok && how == otelapi.Batched && len(c.Args) > 0 && x.sourceOf(c.Args[0], g, 0) == from {
				return true
			}
		}
	}
	return false
}

// offered reports whether other packages can call f.
func (x *Index) offered(f *scope.Func) bool {
	return f.Obj != nil && f.Obj.Exported() && x.pkg.Types.Name() != "main"
}

// sameCall reports whether two functions take the same, and are methods of the
// same type if they are any.
func sameCall(a, b *types.Signature) bool {
	if (a.Recv() == nil) != (b.Recv() == nil) || a.Variadic() != b.Variadic() || a.Params().Len() != b.Params().Len() {
		return false
	}
	if a.Recv() != nil && origin(a.Recv().Type()) != origin(b.Recv().Type()) {
		return false
	}
	for i := range a.Params().Len() {
		if !types.Identical(a.Params().At(i).Type(), b.Params().At(i).Type()) {
			return false
		}
	}
	return true
}

// origin returns the type declaration of a receiver.
func origin(t types.Type) types.Object {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Origin().Obj()
	}
	return nil
}

// sourceOf returns what gives an exporter: the place of a parameter, a field, or
// the function of this package that makes it; nil if it is something else.
func (x *Index) sourceOf(e ast.Expr, f *scope.Func, depth int) any {
	if depth > maxDepth {
		return nil
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if made := x.pkg.Decl(x.pkg.Callee(call)); made != nil {
			return made
		}
		return nil
	}
	v := x.pkg.VarOf(e)
	switch {
	case v == nil:
		return nil
	case v.IsField():
		return v.Origin()
	}
	if slot, ok := f.Root().SlotOf(v); ok {
		return slot
	}
	if rhs, i, ok := x.only(v); ok && i == 0 {
		return x.sourceOf(rhs, f, depth+1)
	}
	return nil
}

// choosesOf reports whether the function around f also makes a batching
// processor: somebody decides which one it shall be.
func (x *Index) choosesOf(f *scope.Func) bool {
	found := false
	ast.Inspect(f.Root().Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			how, ok := otelapi.ProcessingOf(x.pkg.Callee(c))
			found = found || ok && how == otelapi.Batched
		}
		return !found
	})
	return found
}

// givenInMemory reports whether the exporter is a parameter of f, and one that
// callers fill with something that does no I/O.
func (x *Index) givenInMemory(f *scope.Func, e ast.Expr) bool {
	v := x.pkg.VarOf(e)
	slot, ok := f.SlotOf(v)
	if !ok || slot < 0 || f.Obj == nil {
		return false
	}
	for _, cur := range x.pkg.Uses(f.Obj) {
		for up := range cur.Enclosing((*ast.CallExpr)(nil)) {
			c := up.Node().(*ast.CallExpr)
			if x.pkg.Callee(c) != f.Obj || slot >= len(c.Args) {
				break
			}
			if k := x.ExporterOf(c.Args[slot]); k == InMemory || k == Console {
				return true
			}
			break
		}
	}
	return false
}

// sends reports whether an exporter of a type of this package talks to others.
func (x *Index) sends(e ast.Expr) bool {
	t := x.pkg.Info.TypeOf(e)
	if v := x.pkg.VarOf(e); v != nil && types.IsInterface(t) {
		if rhs, i, ok := x.only(v); ok && i == 0 {
			t = x.pkg.Info.TypeOf(rhs)
		}
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, x.pkg.Types, "ExportSpans")
	fn, _ := obj.(*types.Func)
	return x.talks(x.pkg.Decl(fn), 0)
}

func (x *Index) talks(f *scope.Func, depth int) bool {
	if f == nil || depth > maxDepth {
		return false
	}
	l := x.local[f]
	for _, c := range l.calls {
		if c.fn != nil && c.fn.Pkg() != nil && otelapi.OpensConnections(c.fn.Pkg().Path()) && c.fn.Signature().Recv() != nil {
			return true
		}
		if x.goesOut(c.fn) || c.fn != nil && x.talks(x.pkg.Decl(c.fn), depth+1) {
			return true
		}
	}
	for _, lit := range l.literals {
		if x.talks(lit, depth+1) {
			return true
		}
	}
	return false
}

// goesOut reports whether fn is a method of an interface that takes a context:
// what is behind it is as unknown as an exporter that is given.
func (x *Index) goesOut(fn *types.Func) bool {
	if fn == nil || fn.Signature().Recv() == nil || !types.IsInterface(fn.Signature().Recv().Type()) {
		return false
	}
	params := fn.Signature().Params()
	return params.Len() > 1 && otelapi.IsContext(params.At(0).Type())
}

// CanBatch reports whether what a provider still holds is exported at the end:
// each provider that f makes is shut down, or kept by somebody who may do so.
func (x *Index) CanBatch(f *scope.Func) bool {
	providers := x.Providers(f.Root())
	for _, p := range providers {
		if x.FateOf(p).Lost() {
			return false
		}
	}
	return len(providers) > 0
}

// Frozen reports whether the package belongs to a program that is stopped
// between requests.
func (x *Index) Frozen() bool {
	for _, imp := range x.pkg.Types.Imports() {
		if otelapi.Freezes(imp.Path()) {
			return true
		}
	}
	return false
}

// Options returns the calls in f of which is says so.
func (x *Index) Options(f *scope.Func, is func(*types.Func) bool) []*ast.CallExpr {
	var out []*ast.CallExpr
	for _, c := range x.local[f].calls {
		if is(c.fn) {
			out = append(out, c.CallExpr)
		}
	}
	return out
}

// Guarded reports whether a call stands under a condition of its function.
func (x *Index) Guarded(c *ast.CallExpr, f *scope.Func) bool { return x.inIf(c, f) }

// Local reports whether a call that lists options also names a host that is
// the machine itself.
func (x *Index) Local(option *ast.CallExpr) bool {
	cur, ok := x.pkg.Cursor(option)
	if !ok || outermost(cur).ParentEdgeKind() != edge.CallExpr_Args {
		return false
	}
	found := false
	ast.Inspect(cur.Parent().Node(), func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if tv := x.pkg.Info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String {
				s := constant.StringVal(tv.Value)
				found = found || strings.HasPrefix(s, "localhost") || strings.HasPrefix(s, "127.0.0.1") || strings.HasPrefix(s, "[::1]")
			}
		}
		return !found
	})
	return found
}

// Nameless reports whether the resource given to a provider is a list of
// attributes, all in view, without the name of the service.
func (x *Index) Nameless(option *ast.CallExpr) (*ast.CallExpr, bool) {
	if len(option.Args) != 1 {
		return nil, false
	}
	e := option.Args[0]
	if v := x.pkg.VarOf(e); v != nil && !v.IsField() {
		if rhs, i, ok := x.only(v); ok && i == 0 {
			e = rhs
		}
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || call.Ellipsis.IsValid() {
		return nil, false
	}
	first, ok := otelapi.ListsResource(x.pkg.Callee(call))
	if !ok || first > len(call.Args) {
		return nil, false
	}
	for _, attr := range call.Args[first:] {
		c, ok := ast.Unparen(attr).(*ast.CallExpr)
		if !ok {
			return nil, false // an attribute that is made elsewhere
		}
		fn := x.pkg.Callee(c)
		if fn == nil || fn.Pkg() == nil || !otelapi.SpeaksOf(fn.Pkg().Path()) || x.namesService(c) {
			return nil, false
		}
	}
	return call, true
}

// namesService reports whether an attribute is service.name: by its constant
// key, by a key of the conventions, by a function of theirs.
func (x *Index) namesService(c *ast.CallExpr) bool {
	found := false
	ast.Inspect(c, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			obj := x.pkg.Info.ObjectOf(n)
			if obj != nil && obj.Pkg() != nil && otelapi.SpeaksOf(obj.Pkg().Path()) && (obj.Name() == "ServiceName" || obj.Name() == "ServiceNameKey") {
				found = true
			}
		case ast.Expr:
			if tv := x.pkg.Info.Types[n]; tv.Value != nil && tv.Value.Kind() == constant.String && constant.StringVal(tv.Value) == "service.name" {
				found = true
			}
		}
		return !found
	})
	// A key that is not constant may be any.
	if len(c.Args) == 2 && x.pkg.Info.Types[c.Args[0]].Value == nil {
		return true
	}
	return found
}

// Unfiltered returns the pattern by which a probe is served below a handler
// that traces every request.
func (x *Index) Unfiltered(wrap *ast.CallExpr) (string, bool) {
	if len(wrap.Args) == 0 || wrap.Ellipsis.IsValid() {
		return "", false
	}
	for _, arg := range wrap.Args[1:] {
		c, ok := ast.Unparen(arg).(*ast.CallExpr)
		if tv := x.pkg.Info.TypeOf(arg); !ok && !isString(tv) || ok && otelapi.Filters(x.pkg.Callee(c)) {
			return "", false
		}
	}
	mux := x.pkg.VarOf(wrap.Args[0])
	if mux == nil {
		return "", false
	}
	for _, cur := range x.pkg.Uses(mux) {
		if cur.ParentEdgeKind() != edge.SelectorExpr_X {
			continue
		}
		sel := cur.Parent()
		if sel.ParentEdgeKind() != edge.CallExpr_Fun {
			continue
		}
		c := sel.Parent().Node().(*ast.CallExpr)
		if len(c.Args) < 2 {
			continue
		}
		if tv := x.pkg.Info.Types[c.Args[0]]; tv.Value != nil && tv.Value.Kind() == constant.String && isProbe(constant.StringVal(tv.Value)) {
			return constant.StringVal(tv.Value), true
		}
	}
	return "", false
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// isProbe reports whether a route is one that machines ask every few seconds.
// That is data of the program, the contract with whoever asks, and not a name
// its author was free to choose.
func isProbe(pattern string) bool {
	_, route, ok := strings.Cut(pattern, "/")
	if !ok {
		return false
	}
	switch strings.Trim(route, "/{}$") {
	case "health", "healthz", "livez", "readyz", "ready", "live", "ping", "metrics", "health/live", "health/ready", "healthcheck":
		return true
	}
	return false
}

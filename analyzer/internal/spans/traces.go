package spans

import (
	"go/ast"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// MayTrace reports whether a call is known to start spans on some way, or to
// hand a request on to handlers: by the summary of what it calls, or of a
// function that it is given and passes a context; of an interface's method by
// the types in view that implement it; else by the tables.
func (x *Index) MayTrace(call *ast.CallExpr) bool { return x.m.mayTrace(x.Table, call) }

func (m *model) mayTrace(t *summary.Table, call *ast.CallExpr) bool {
	tv := m.pkg.Info.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return false
	}
	to := m.callee(t, call)
	if otelapi.HandsOn(to.fn, tv.Type) {
		return true
	}
	if to.sum != nil && to.sum.MayTrace || m.implementedTracing(t, to.fn, call) {
		return true
	}
	for _, arg := range call.Args {
		sig, ok := m.pkg.Info.TypeOf(arg).(*types.Signature)
		if !ok || !takesContext(sig) {
			continue
		}
		if to := m.denotes(t, arg, 0); to.sum != nil && to.sum.MayTrace {
			return true
		}
	}
	return false
}

func takesContext(sig *types.Signature) bool {
	for i := range sig.Params().Len() {
		if t := sig.Params().At(i).Type(); otelapi.ImplementsContext(t) || otelapi.IsRequest(t) {
			return true
		}
	}
	return false
}

// implementedTracing reports whether fn is a method of an interface that some
// type of this package, or of the interface's, implements with spans. That
// the others have none, as doubles for tests, says nothing. Of a decorator,
// which calls the method that it implements, others must.
func (m *model) implementedTracing(t *summary.Table, fn *types.Func, call *ast.CallExpr) bool {
	impls := m.implementations(fn)
	if len(impls) == 0 {
		return false
	}
	caller := m.pkg.FuncAt(call)
	for _, impl := range impls {
		if caller != nil && m.pkg.Decl(impl) == caller.Root() {
			continue
		}
		if sum := t.Callee(impl); sum != nil && sum.MayTrace {
			return true
		}
	}
	return false
}

// implementations returns the methods in view that a call of an interface's
// method can run.
func (m *model) implementations(fn *types.Func) []*types.Func {
	if fn == nil {
		return nil
	}
	recv := fn.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) {
		return nil
	}
	type key struct{ fn *types.Func }
	return m.pkg.Memo(key{fn}, func() any { return m.findImplementations(fn, recv.Type()) }).([]*types.Func)
}

func (m *model) findImplementations(fn *types.Func, recv types.Type) []*types.Func {
	iface, ok := recv.Underlying().(*types.Interface)
	if !ok || iface.Empty() {
		return nil
	}
	pkgs := []*types.Package{m.pkg.Types}
	if fn.Pkg() != nil && fn.Pkg() != m.pkg.Types {
		pkgs = append(pkgs, fn.Pkg())
	}
	// All methods of an interface have the same implementations.
	type key struct {
		recv types.Type
		pkg  *types.Package
	}
	var out []*types.Func
	for _, pkg := range pkgs {
		ptrs := m.pkg.Memo(key{recv, pkg}, func() any { return m.implementers(iface, pkg) }).([]types.Type)
		for _, ptr := range ptrs {
			obj, _, _ := types.LookupFieldOrMethod(ptr, true, pkg, fn.Name())
			if impl, ok := obj.(*types.Func); ok && impl != fn {
				out = append(out, impl)
			}
		}
	}
	return out
}

// implementers returns the types of a package, as pointers, that implement an
// interface.
func (m *model) implementers(iface *types.Interface, pkg *types.Package) []types.Type {
	var ptrs []types.Type
	for _, name := range pkg.Scope().Names() {
		tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || pkg != m.pkg.Types && !tn.Exported() {
			continue // what others do not export has facts in some drivers only
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || types.IsInterface(named) || named.NumMethods() == 0 && !embeds(named) {
			continue
		}
		if ptr := types.NewPointer(named); types.Implements(ptr, iface) {
			ptrs = append(ptrs, ptr)
		}
	}
	return ptrs
}

func embeds(named *types.Named) bool {
	st, ok := named.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if st.Field(i).Embedded() {
			return true
		}
	}
	return false
}

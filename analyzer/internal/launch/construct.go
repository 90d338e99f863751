package launch

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// SetsUp reports whether a context is at hand only because a constructor, or
// what sets a program up, was given it, or a function that only such call:
// good for what that calls itself, and over for what it launches and registers.
func (x *Index) SetsUp(h Hand) bool {
	return h.Request == Presumed && h.Span.Call == nil && x.OfStart(h)
}

// OfStart is SetsUp for contexts with a span as well: that of the start is over
// when what has been registered is called.
func (x *Index) OfStart(h Hand) bool {
	return h.Request != Proven && (x.setsUp(h.Func) || isParam(h.Func, h.Var) && x.judged(h.Func, h.Var).start)
}

// setsUp reports whether f belongs to setting a program up, so that its context
// is that of the start and no request's: it makes the provider of tracers, or it
// is a constructor of something that serves.
func (x *Index) setsUp(f *scope.Func) bool {
	type key struct{ f *scope.Func }
	return x.pkg.Memo(key{f}, func() any { return x.constructs(f) || x.begins(f) || x.makesProvider(f) }).(bool)
}

// constructs reports whether f is a constructor: no method, and it returns a
// value that it makes, or has another constructor make, and whose methods take
// contexts themselves. What it launches, and what it registers, serves that
// value and lives as long. Data has no such methods: who makes an order and
// tells others of it serves a request.
func (x *Index) constructs(f *scope.Func) bool {
	if f.Obj == nil || f.Sig.Recv() != nil || f.Sig.Results().Len() == 0 {
		return false
	}
	found := false
	x.eachOwn(f, func(n ast.Node, g *scope.Func) {
		if found || g != f {
			return
		}
		var t types.Type
		switch n := n.(type) {
		case *ast.CompositeLit:
			t = x.pkg.Info.TypeOf(n)
		case *ast.CallExpr:
			if id := identOf(n.Fun); id != nil && id.Name == "new" && isBuiltin(x.pkg.Info, n) {
				t = x.pkg.Info.TypeOf(n)
			} else if fn := x.pkg.Callee(n); fn != nil && fn.Signature().Recv() == nil && fn.Signature().Results().Len() > 0 {
				t = fn.Signature().Results().At(0).Type()
			}
		}
		if t == nil || !serves(t) {
			return
		}
		cur, ok := x.pkg.Cursor(n)
		found = ok && x.handedOut(cur)
	})
	return found
}

// begins reports whether f is a method that is given nothing but a context,
// returns nothing but an error, and is no stop: nobody has asked it for anything,
// so it begins something, or does a round of it, and what it launches goes on. A
// method that is registered somewhere may well be a route.
func (x *Index) begins(f *scope.Func) bool {
	if f.Obj == nil || f.Sig.Recv() == nil || f.Sig.Params().Len() != 1 || !otelapi.IsContext(f.Sig.Params().At(0).Type()) || Stops(f.Obj) {
		return false
	}
	if n := f.Sig.Results().Len(); n > 1 || n == 1 && !isErr(f.Sig.Results().At(0).Type()) {
		return false
	}
	return !slices.ContainsFunc(x.pkg.Uses(f.Obj), func(cur inspector.Cursor) bool {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		kind := cur.ParentEdgeKind()
		return kind != edge.FuncDecl_Name && kind != edge.CallExpr_Fun
	})
}

// serves reports whether t, or what it points to, has a method that takes a
// context or a request. One that returns the type itself only makes a copy, as
// messages and requests do that carry a context.
func serves(t types.Type) bool {
	named := namedOf(t)
	if named == nil {
		return false
	}
	takes := func(m *types.Func) bool {
		sig := m.Signature()
		if sig.Results().Len() > 0 {
			if namedOf(sig.Results().At(0).Type()) == named {
				return false
			}
		}
		for p := range sig.Params().Variables() {
			if otelapi.ImplementsContext(p.Type()) || otelapi.IsRequest(p.Type()) {
				return true
			}
		}
		return false
	}
	for m := range named.Methods() {
		if takes(m) {
			return true
		}
	}
	if i, ok := named.Underlying().(*types.Interface); ok {
		for m := range i.Methods() {
			if takes(m) {
				return true
			}
		}
	}
	return false
}

// handedOut reports whether what is made here is the first result of its
// function, as it stands or through a local variable.
func (x *Index) handedOut(cur inspector.Cursor) bool {
	for cur.ParentEdgeKind() == edge.UnaryExpr_X || cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	if cur.ParentEdgeKind() == edge.ReturnStmt_Results {
		return cur.ParentEdgeIndex() == 0
	}
	var v *types.Var
	switch cur.ParentEdgeKind() {
	case edge.AssignStmt_Rhs:
		if id := x.assignee(cur); id != nil {
			v = x.pkg.VarOf(id)
		}
	case edge.ValueSpec_Values:
		if spec := cur.Parent().Node().(*ast.ValueSpec); len(spec.Names) == len(spec.Values) {
			v = x.pkg.VarOf(spec.Names[cur.ParentEdgeIndex()])
		}
	}
	if v == nil || v.IsField() {
		return false
	}
	if v.Kind() == types.ResultVar || v.Kind() == types.PackageVar {
		return true
	}
	for _, use := range x.pkg.Uses(v) {
		for use.ParentEdgeKind() == edge.UnaryExpr_X || use.ParentEdgeKind() == edge.ParenExpr_X {
			use = use.Parent()
		}
		if use.ParentEdgeKind() == edge.ReturnStmt_Results && use.ParentEdgeIndex() == 0 {
			return true
		}
	}
	return false
}

// makesProvider reports whether f makes, or installs, a provider of tracers.
func (x *Index) makesProvider(f *scope.Func) bool {
	found := false
	x.eachOwn(f, func(n ast.Node, _ *scope.Func) {
		if call, ok := n.(*ast.CallExpr); ok && !found {
			fn := x.pkg.Callee(call)
			found = otelapi.MakesProvider(fn) || otelapi.Installs(fn)
		}
	})
	return found
}

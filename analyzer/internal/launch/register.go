package launch

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// What a server is given to call is request code, whatever its shape: by the
// table of what takes handlers, and by code generated for a service.

type registry struct {
	funcs map[*scope.Func]otelapi.Registrar
	types map[*types.TypeName][]registration
}

// A registration is an object whose methods serve requests: those of the
// interface, or all that are exported.
type registration struct {
	otelapi.Registrar
	service *types.Interface
}

// registered reports whether a server in view is given f to call.
func (x *Index) registered(f *scope.Func) (otelapi.Registrar, bool) {
	if x.pkg.InTestFile(f.Node) {
		return otelapi.Registrar{}, false
	}
	type key struct{}
	all := x.pkg.Memo(key{}, func() any { return x.registry() }).(*registry)
	if r, ok := all.funcs[f]; ok {
		return r, true
	}
	if f.Obj == nil || !f.Obj.Exported() || f.Sig.Recv() == nil {
		return otelapi.Registrar{}, false
	}
	recv := namedOf(f.Sig.Recv().Type())
	if recv == nil {
		return otelapi.Registrar{}, false
	}
	for _, r := range all.types[recv.Obj()] {
		if r.service == nil || hasMethod(r.service, f.Obj) {
			return r.Registrar, true
		}
	}
	// Where the service is registered elsewhere, what it embeds tells.
	st, ok := recv.Underlying().(*types.Struct)
	if !ok || firstContext(f) == nil {
		return otelapi.Registrar{}, false
	}
	for field := range st.Fields() {
		if field.Embedded() && otelapi.ServesBy(field.Type(), f.Obj) {
			return otelapi.Registrar{}, true
		}
	}
	return otelapi.Registrar{}, false
}

func hasMethod(i *types.Interface, fn *types.Func) bool {
	obj, _, _ := types.LookupFieldOrMethod(i, false, fn.Pkg(), fn.Name())
	_, ok := obj.(*types.Func)
	return ok
}

func (x *Index) registry() *registry {
	all := &registry{make(map[*scope.Func]otelapi.Registrar), make(map[*types.TypeName][]registration)}
	for _, f := range x.pkg.Funcs {
		if x.pkg.InTestFile(f.Node) {
			continue
		}
		inOwn(f, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			fn := x.pkg.Callee(call)
			if r, ok := otelapi.RegistrarOf(fn); ok && r.Arg < len(call.Args) {
				x.register(all, r, fn.Signature().Params().At(r.Arg).Type(), call.Args[r.Arg])
			}
		})
	}
	return all
}

// register notes what is given where handlers of a type are taken.
func (x *Index) register(all *registry, r otelapi.Registrar, as types.Type, arg ast.Expr) {
	t := x.pkg.Info.TypeOf(arg)
	if t == nil {
		return
	}
	if lit, ok := ast.Unparen(arg).(*ast.CompositeLit); ok {
		if _, ok := t.Underlying().(*types.Map); ok {
			for _, elt := range lit.Elts {
				if kv, ok := elt.(*ast.KeyValueExpr); ok {
					x.register(all, r, as, kv.Value)
				}
			}
			return
		}
	}
	if _, ok := t.Underlying().(*types.Signature); ok {
		targets, _ := x.pkg.Targets(arg)
		for _, target := range targets {
			if target.Func != nil {
				all.funcs[target.Func] = r
			}
		}
		return
	}
	if named := namedOf(t); named != nil {
		reg := registration{Registrar: r}
		if i, ok := as.Underlying().(*types.Interface); ok && i.NumMethods() > 0 {
			reg.service = i
		}
		all.types[named.Obj()] = append(all.types[named.Obj()], reg)
	}
}

// putAsHandler reports whether a literal becomes a value of a type whose
// functions serve requests: returned, converted, assigned, given, or put into
// a struct.
func (x *Index) putAsHandler(cur inspector.Cursor) bool {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	var t types.Type
	parent := cur.Parent()
	switch cur.ParentEdgeKind() {
	case edge.ReturnStmt_Results:
		f := x.pkg.Enclosing(parent)
		if f == nil || len(parent.Node().(*ast.ReturnStmt).Results) != f.Sig.Results().Len() {
			return false
		}
		t = f.Sig.Results().At(cur.ParentEdgeIndex()).Type()
	case edge.CallExpr_Args:
		call := parent.Node().(*ast.CallExpr)
		if x.pkg.Info.Types[call.Fun].IsType() {
			t = x.pkg.Info.TypeOf(call.Fun)
		} else if sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature); ok {
			if i := cur.ParentEdgeIndex(); i < sig.Params().Len() && !(sig.Variadic() && i == sig.Params().Len()-1) {
				t = sig.Params().At(i).Type()
			}
		}
	case edge.KeyValueExpr_Value:
		if lit, ok := parent.Parent().Node().(*ast.CompositeLit); ok {
			t = x.pkg.Info.TypeOf(lit)
		}
	case edge.AssignStmt_Rhs:
		assign := parent.Node().(*ast.AssignStmt)
		if i := cur.ParentEdgeIndex(); len(assign.Lhs) == len(assign.Rhs) {
			t = x.pkg.Info.TypeOf(assign.Lhs[i])
		}
	case edge.ValueSpec_Values:
		if spec := parent.Node().(*ast.ValueSpec); spec.Type != nil {
			t = x.pkg.Info.TypeOf(spec.Type)
		}
	}
	return otelapi.IsHandlerType(t)
}

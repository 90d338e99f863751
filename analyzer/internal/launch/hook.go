package launch

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// Hook reports whether the parameter of f is the context of a life-cycle hook,
// which lasts until the hook returns: that of the hook itself, or of a
// function that only hooks call, with theirs.
func (x *Index) Hook(f *scope.Func, param *types.Var) bool {
	if f == nil || !otelapi.IsContext(param.Type()) || x.pkg.IsTest(f.Node) {
		return false
	}
	known := x.pkg.Memo(hookKey{x}, func() any { return make(map[*types.Var]bool) }).(map[*types.Var]bool)
	is, ok := known[param]
	if !ok {
		known[param] = false // recursion adds nothing
		is = x.isHook(f) || x.onlyFromHooks(f, param)
		known[param] = is
	}
	return is
}

type hookKey struct{ x *Index }

// isHook reports whether f is a hook, by what it is or by where it is put.
func (x *Index) isHook(f *scope.Func) bool {
	if otelapi.IsHook(f.Obj, f.Sig) {
		return true
	}
	if f.Obj == nil {
		if x.putAsHook(f.Cursor) {
			return true
		}
		v := x.holder(f.Cursor)
		return v != nil && x.usedAsHook(v)
	}
	return x.usedAsHook(f.Obj)
}

// holder returns the local variable that a literal is assigned to.
func (x *Index) holder(cur inspector.Cursor) *types.Var {
	if cur.ParentEdgeKind() != edge.AssignStmt_Rhs {
		return nil
	}
	if id := x.assignee(cur); id != nil {
		return x.pkg.VarOf(id)
	}
	return nil
}

func (x *Index) usedAsHook(obj types.Object) bool {
	for _, cur := range x.pkg.Uses(obj) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if x.putAsHook(cur) {
			return true
		}
	}
	return false
}

// putAsHook reports whether a function value is put where hooks go.
func (x *Index) putAsHook(cur inspector.Cursor) bool {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	switch cur.ParentEdgeKind() {
	case edge.KeyValueExpr_Value:
		lit, ok := cur.Parent().Parent().Node().(*ast.CompositeLit)
		return ok && otelapi.IsHooks(x.pkg.Info.TypeOf(lit))
	case edge.CallExpr_Args:
		return otelapi.Hooks(x.pkg.Callee(cur.Parent().Node().(*ast.CallExpr)))
	case edge.AssignStmt_Rhs:
		assign := cur.Parent().Node().(*ast.AssignStmt)
		if i := cur.ParentEdgeIndex(); i < len(assign.Lhs) {
			sel, ok := ast.Unparen(assign.Lhs[i]).(*ast.SelectorExpr)
			return ok && otelapi.IsHooks(x.pkg.Info.TypeOf(sel.X))
		}
	}
	return false
}

// onlyFromHooks reports whether f has callers in view, and all of them hand
// it the context of a hook.
func (x *Index) onlyFromHooks(f *scope.Func, param *types.Var) bool {
	slot, ok := f.SlotOf(param)
	if !ok || f.Obj == nil {
		return false
	}
	found := false
	for _, c := range x.Callers(f) {
		arg, ok := ctxflow.Argument(c.Call, slot)
		if !ok {
			return false
		}
		for _, v := range x.Flow.Eval(arg, c.Func, nil) {
			if v.Func == f {
				continue
			}
			if v.Origin != ctxflow.Param || v.Detached() || !x.Hook(v.Func, v.Var) {
				return false
			}
			found = true
		}
	}
	return found
}

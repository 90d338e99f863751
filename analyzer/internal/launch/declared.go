package launch

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// declaredHandler reports whether the user has declared that the parameter of f is the
// context of a request: f is a handler, or is given to a function that takes
// handlers.
func (x *Index) declaredHandler(f *scope.Func, param *types.Var) bool {
	if f.Obj != nil {
		if slot, ok := f.SlotOf(param); ok && x.table.Callee(f.Obj).SlotAt(slot).Ctx&summary.OfRequest != 0 {
			return true
		}
	}
	if !x.firstCarrier(f, param) {
		return false
	}
	if f.Obj == nil {
		v := x.holder(f.Cursor)
		return x.givenAsHandler(f.Cursor) || v != nil && x.usedAsHandler(v)
	}
	return x.usedAsHandler(f.Obj)
}

// firstCarrier reports whether the parameter is the first that has a context.
func (x *Index) firstCarrier(f *scope.Func, param *types.Var) bool {
	for p := range f.Sig.Params().Variables() {
		if ctxflow.Carries(p.Type()) {
			return p == param
		}
	}
	return false
}

func (x *Index) usedAsHandler(obj types.Object) bool {
	for _, cur := range x.pkg.Uses(obj) {
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if x.givenAsHandler(cur) {
			return true
		}
	}
	return false
}

func (x *Index) givenAsHandler(cur inspector.Cursor) bool {
	if cur.ParentEdgeKind() != edge.CallExpr_Args {
		return false
	}
	call := cur.Parent().Node().(*ast.CallExpr)
	return x.table.Call(call).SlotAt(x.slot(call, cur.ParentEdgeIndex())).Func&summary.Serves != 0
}

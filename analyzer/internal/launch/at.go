package launch

import (
	"go/ast"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// LaunchAt returns the launch that a call or statement is, or whose go
// statement the call belongs to; nil if it launches nothing.
func (x *Index) LaunchAt(call *ast.CallExpr) *Launch {
	if l := x.byNode[call]; l != nil {
		return l
	}
	cur, ok := x.pkg.Cursor(call)
	if !ok {
		return nil
	}
	return x.byNode[cur.Parent().Node()]
}

// Onward returns the requests that f itself hands on to handlers. They are
// not among its uses, for what a handler does with a request is not known.
func (x *Index) Onward(f *scope.Func) []Use {
	var out []Use
	inOwn(f, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || !otelapi.HandsOn(x.pkg.Callee(call), x.pkg.Info.TypeOf(call.Fun)) {
			return
		}
		for _, arg := range call.Args {
			if otelapi.IsRequest(x.pkg.Info.TypeOf(arg)) {
				out = append(out, Use{Expr: arg, Call: call, Func: f, Callee: x.pkg.Callee(call), Does: summary.Works, Values: x.Flow.Eval(arg, f, nil)})
			}
		}
	})
	return out
}

package launch

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// fed returns the launch of a value that is handed to the function a pool was
// made with, nil if the call waits for it.
func (x *Index) fed(feeder otelapi.Feeder, call *ast.CallExpr, f *scope.Func) *Launch {
	if feeder.Waits || feeder.Arg >= len(call.Args) {
		return nil
	}
	l := &Launch{Kind: Pooled, Node: call, Func: f, Call: call, Fn: call.Args[feeder.Arg]}
	l.Pool, _ = ctxflow.Argument(call, scope.Receiver)
	l.Env = &ctxflow.Env{Bound: make(map[*types.Var]ctxflow.Binding), At: make(map[*scope.Func]ast.Node)}
	made, in := x.maker(x.groupVar(l.Pool), 0)
	if made == nil {
		return l
	}
	arg, _ := otelapi.WorkerOf(x.pkg.Callee(made))
	if arg >= len(made.Args) {
		return l
	}
	body, env := x.resolve(made.Args[arg], nil, made, in)
	if body == nil || body.Sig.Params().Len() != 1 {
		return l
	}
	l.Body, l.Env = body, env
	l.Env.Bound[body.Sig.Params().At(0)] = ctxflow.Binding{Expr: l.Fn, Func: f}
	return l
}

// maker finds the call by which the pool in a variable was made, and the
// function in which that stands. Where it is assigned twice nothing is known.
func (x *Index) maker(pool *types.Var, depth int) (*ast.CallExpr, *scope.Func) {
	if pool == nil || depth > maxInline {
		return nil, nil
	}
	var found *ast.CallExpr
	var in *scope.Func
	for _, cur := range x.pkg.Uses(pool) {
		if x.pkg.InTestFile(cur.Node()) {
			continue
		}
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		var value ast.Expr
		switch parent := cur.Parent().Node().(type) {
		case *ast.AssignStmt:
			if cur.ParentEdgeKind() == edge.AssignStmt_Lhs {
				value, _, _ = pick(cur.ParentEdgeIndex(), len(parent.Lhs), parent.Rhs)
			}
		case *ast.ValueSpec:
			if cur.ParentEdgeKind() == edge.ValueSpec_Names {
				value, _, _ = pick(cur.ParentEdgeIndex(), len(parent.Names), parent.Values)
			}
		case *ast.KeyValueExpr:
			if cur.ParentEdgeKind() == edge.KeyValueExpr_Key {
				value = parent.Value
			}
		}
		if value == nil {
			continue
		}
		made, ok := ast.Unparen(value).(*ast.CallExpr)
		f := x.pkg.Enclosing(cur)
		if ok {
			if _, ok := otelapi.WorkerOf(x.pkg.Callee(made)); !ok {
				return nil, nil
			}
		} else if made, f = x.maker(x.groupVar(value), depth+1); made == nil {
			return nil, nil
		}
		if found != nil && found != made {
			return nil, nil
		}
		found, in = made, f
	}
	return found, in
}

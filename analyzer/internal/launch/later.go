package launch

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// MayRunLater reports whether f, or a literal around it, may run when outer has
// returned: it is given to a function that nobody can look into, such as the
// Submit of somebody's pool. What it does then must not depend on the
// cancellation of a context of outer. What sorts, searches or walks, and what
// passes on the error of what it is given, has called it before it returns.
func (x *Index) MayRunLater(f, outer *scope.Func) bool {
	for ; f != nil && f != outer; f = f.Outer {
		if launches := x.byBody[f]; len(launches) > 0 {
			if slices.ContainsFunc(launches, func(l *Launch) bool { return l.Outlives(outer) }) {
				return true
			}
			continue
		}
		if otelapi.IsIterator(f.Sig) {
			continue // meant to be run by the caller, at once
		}
		if f.Obj != nil || !x.runsInline(f) {
			return true
		}
		if f.Cursor.ParentEdgeKind() != edge.CallExpr_Args {
			continue
		}
		call := f.Cursor.Parent().Node().(*ast.CallExpr)
		if x.table.Call(call) != nil {
			continue // runsInline has asked
		}
		fn := x.pkg.Callee(call)
		if fn != nil && fn.Pkg() != nil && slices.Contains(walkers, fn.Pkg().Path()) {
			continue
		}
		sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature)
		if !ok || !fails(f.Sig) || !fails(sig) {
			return true
		}
	}
	return false
}

// LeftWith reports whether f, or a literal around it, is a function without
// parameters and results that outer gives to one which nobody can look into and
// which returns nothing, either: it gets work, to be done some time, as the
// Submit of a pool does, and outer does not wait for what becomes of it.
func (x *Index) LeftWith(f, outer *scope.Func) bool {
	for ; f != nil && f != outer; f = f.Outer {
		if f.Obj != nil || f.Sig.Params().Len() > 0 || f.Sig.Results().Len() > 0 || f.Cursor.ParentEdgeKind() != edge.CallExpr_Args || len(x.byBody[f]) > 0 {
			continue
		}
		call := f.Cursor.Parent().Node().(*ast.CallExpr)
		fn := x.pkg.Callee(call)
		if fn == nil || fn.Signature().Recv() == nil || fn.Signature().Results().Len() > 0 || x.table.Call(call) != nil || fn.Pkg() == nil || isStd(fn.Pkg().Path()) {
			continue
		}
		return true
	}
	return false
}

// OfObject reports whether the launch is a timer that its object keeps, and
// whose callback has nothing in hand but the object: it flushes or renews what
// many have left there, and not the one whose call has set it.
func (l *Launch) OfObject() bool {
	x := l.index
	call, ok := l.Node.(*ast.CallExpr)
	if !ok || l.Kind != Later || x.ResultOf(call) != OthersKeep {
		return false
	}
	lit, ok := l.Literal()
	if !ok {
		return l.Body != nil && l.Body.Obj != nil
	}
	alone := true
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if v, ok := x.pkg.Info.Uses[id].(*types.Var); ok && x.local(v) && (v.Pos() < lit.Pos() || lit.End() <= v.Pos()) {
			owner := x.Flow.Owner(v)
			alone = alone && owner != nil && owner.Recv() == v
		}
		return alone
	})
	return alone
}

// walkers are packages whose functions call what they are given at once.
var walkers = []string{"bytes", "io/fs", "maps", "path/filepath", "slices", "sort", "strings", "sync"}

// fails reports whether a function returns an error.
func fails(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && types.Identical(sig.Results().At(n-1).Type(), types.Universe.Lookup("error").Type())
}

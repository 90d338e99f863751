package launch

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// FillsForAll reports whether the work fills an object that the launching
// function has put into a map for all: whoever comes later finds it there, and
// waits for it or hands it on. That is a group of calls made by hand.
func (l *Launch) FillsForAll() bool {
	x := l.index
	if l.Kind != Go || l.Body == nil {
		return false
	}
	maps := make(map[*types.Var]bool)
	element := func(e ast.Expr) *types.Var {
		ix, ok := ast.Unparen(e).(*ast.IndexExpr)
		if !ok {
			return nil
		}
		if _, ok := scope.Underlying(x.pkg.Info, ix.X).(*types.Map); !ok {
			return nil
		}
		if m := x.pkg.VarOf(ix.X); m != nil && scope.Lasts(m) {
			return m
		}
		return nil
	}
	inOwn(l.Func, func(n ast.Node) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != len(assign.Rhs) {
			return
		}
		for i, lhs := range assign.Lhs {
			m := element(lhs)
			if v := x.pkg.VarOf(assign.Rhs[i]); m != nil && v != nil && !v.IsField() && x.completes(l, v) {
				maps[m] = true
			}
		}
	})
	if len(maps) == 0 {
		return false
	}
	found := make(map[types.Object]bool)
	inOwn(l.Func, func(n ast.Node) {
		if assign, ok := n.(*ast.AssignStmt); ok && len(assign.Rhs) == 1 && maps[element(assign.Rhs[0])] {
			if id := identOf(assign.Lhs[0]); id != nil {
				found[x.pkg.Info.ObjectOf(id)] = true
			}
		}
	})
	waited := false
	inOwn(l.Func, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			waited = waited || n.Op == token.ARROW && found[x.root(n.X)]
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				id := identOf(r)
				waited = waited || id != nil && found[x.pkg.Info.ObjectOf(id)]
			}
		case *ast.SelectorExpr:
			waited = waited || x.isWait(n) && found[x.root(n.X)]
		}
	})
	return waited
}

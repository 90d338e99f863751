package launch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// HotLoop returns the innermost loop around a node of f, if it has no fixed
// number of rounds and all its body does is compute. skip has the calls that
// do not count.
func (x *Index) HotLoop(n ast.Node, f *scope.Func, skip func(*ast.CallExpr) bool) (loop ast.Stmt, ok bool) {
	cur, found := x.pkg.Cursor(n)
	if !found {
		return nil, false
	}
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch s := c.Node().(type) {
		case *ast.ForStmt:
			return s, within(s.Body, n) && !x.fewRounds(s) && x.computes(s, skip, 0)
		case *ast.RangeStmt:
			return s, within(s.Body, n) && !x.fewElements(s) && x.computes(s, skip, 0)
		default:
			return nil, false
		}
	}
	return nil, false
}

func within(body *ast.BlockStmt, n ast.Node) bool {
	return body.Pos() <= n.Pos() && n.End() <= body.End()
}

// fewRounds reports whether a loop counts to a constant.
func (x *Index) fewRounds(s *ast.ForStmt) bool {
	b, ok := s.Cond.(*ast.BinaryExpr)
	return ok && s.Init != nil && s.Post != nil && (x.pkg.Info.Types[b.X].Value != nil || x.pkg.Info.Types[b.Y].Value != nil)
}

// fewElements reports whether a loop is over something that the source has.
func (x *Index) fewElements(s *ast.RangeStmt) bool {
	tv := x.pkg.Info.Types[ast.Unparen(s.X)]
	if tv.Value != nil && tv.Value.Kind() == constant.Int {
		return true
	}
	if _, ok := ast.Unparen(s.X).(*ast.CompositeLit); ok {
		return true
	}
	if v := x.pkg.VarOf(s.X); v != nil && !v.IsField() {
		if rhs, _, ok := x.Flow.Single(v); ok {
			if _, lit := ast.Unparen(rhs).(*ast.CompositeLit); lit {
				return true
			}
		}
	}
	if tv.Type == nil {
		return true
	}
	switch t := tv.Type.Underlying().(type) {
	case *types.Array:
		return true
	case *types.Pointer:
		_, array := t.Elem().Underlying().(*types.Array)
		return array
	case *types.Signature:
		return true // an iterator: what it does is not in view
	}
	return false
}

// computes reports whether nothing in a node waits, communicates, or calls
// what may do so.
func (x *Index) computes(n ast.Node, skip func(*ast.CallExpr) bool, depth int) bool {
	pure := true
	ast.Inspect(n, func(n ast.Node) bool {
		if !pure {
			return false
		}
		switch n := n.(type) {
		case *ast.SelectStmt, *ast.SendStmt, *ast.GoStmt:
			pure = false
		case *ast.UnaryExpr:
			pure = n.Op != token.ARROW
		case *ast.RangeStmt:
			if t := x.pkg.Info.TypeOf(n.X); t != nil {
				switch t.Underlying().(type) {
				case *types.Chan, *types.Signature:
					pure = false
				}
			}
		case *ast.CallExpr:
			pure = x.callComputes(n, skip, depth)
		}
		return pure
	})
	return pure
}

func (x *Index) callComputes(call *ast.CallExpr, skip func(*ast.CallExpr) bool, depth int) bool {
	if tv := x.pkg.Info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() || skip(call) {
		return true
	}
	fn := x.pkg.Callee(call)
	if fn == nil {
		_, literal := ast.Unparen(call.Fun).(*ast.FuncLit)
		return literal
	}
	if g := x.pkg.Decl(fn); g != nil {
		return depth < maxHelpers && x.computes(g.Body, skip, depth+1)
	}
	return otelapi.Computes(fn)
}

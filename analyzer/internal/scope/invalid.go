package scope

import (
	"go/ast"
	"go/types"
	"maps"

	"golang.org/x/tools/go/ast/inspector"
)

// typed returns info with a type for every expression. The type checker gives
// none to what follows from an invalid type, and a package whose dependency
// lacks a module of its own has such expressions without an error of its own.
func typed(info *types.Info, in *inspector.Inspector) *types.Info {
	var out *types.Info
	kinds := []ast.Node{(*ast.CallExpr)(nil), (*ast.SelectorExpr)(nil), (*ast.IndexExpr)(nil), (*ast.SliceExpr)(nil),
		(*ast.StarExpr)(nil), (*ast.UnaryExpr)(nil), (*ast.BinaryExpr)(nil), (*ast.ParenExpr)(nil), (*ast.CompositeLit)(nil)}
	for n := range in.PreorderSeq(kinds...) {
		if _, ok := info.Types[n.(ast.Expr)]; ok {
			continue
		}
		if out == nil { // the maps belong to whoever has made them
			c := *info
			c.Types = maps.Clone(info.Types)
			out = &c
		}
		out.Types[n.(ast.Expr)] = types.TypeAndValue{Type: types.Typ[types.Invalid]}
	}
	if out == nil {
		return info
	}
	return out
}

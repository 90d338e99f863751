package queue

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Contribute says which parameters of f are messages that it sends as they
// are.
func Contribute(t *summary.Table, f *scope.Func, sum *summary.Func) {
	if f.Obj == nil {
		return
	}
	for i := range f.Sig.Params().Len() {
		if p := f.Sig.Params().At(i); !(f.Sig.Variadic() && i == f.Sig.Params().Len()-1) && forwarded(t, p) {
			sum.Slots[i+1].Sent = true
		}
	}
}

// forwarded reports whether a message in a variable is sent, and nobody can
// have put something into it before that: it is only read, or passed to what
// sends it.
func forwarded(t *summary.Table, v *types.Var) bool {
	of, _, ok := otelapi.MessageOf(v.Type())
	if !ok || of.Field == "" || v.Name() == "" || v.Name() == "_" {
		return false
	}
	sent := false
	for _, cur := range t.Pkg.Uses(v) {
		switch reads, sends := messageUse(t, cur, of.Field); {
		case sends:
			sent = true
		case !reads:
			return false
		}
	}
	return sent
}

// messageUse says what one use of a variable does to the message in it: it
// reads from it, but for its headers, or sends it.
func messageUse(t *summary.Table, cur inspector.Cursor, field string) (reads, sends bool) {
	if cur.ParentEdgeKind() == edge.UnaryExpr_X && cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
		cur = cur.Parent()
	}
	switch cur.ParentEdgeKind() {
	case edge.Field_Names:
		return true, false
	case edge.SelectorExpr_X:
		sel := cur.Parent()
		if sel.Node().(*ast.SelectorExpr).Sel.Name == field || sel.ParentEdgeKind() == edge.CallExpr_Fun {
			return false, false // its headers, or a method that may set them
		}
		return true, false
	case edge.CallExpr_Args:
		call := cur.Parent().Node().(*ast.CallExpr)
		_, ok := publishOf(t, call, cur.ParentEdgeIndex())
		return ok, ok
	}
	return false, false
}

// publishOf returns what is known about a call that sends the message in an
// argument: of a client, or of a function that does nothing else with it.
func publishOf(t *summary.Table, call *ast.CallExpr, arg int) (otelapi.Publish, bool) {
	fn := t.Pkg.Callee(call)
	if p, ok := otelapi.PublishOf(fn); ok {
		return p, arg == p.Arg || arg > p.Arg && fn.Signature().Variadic()
	}
	sum := t.Callee(fn)
	if sum == nil || !sum.SlotAt(arg).Sent {
		return otelapi.Publish{}, false
	}
	return otelapi.Publish{Arg: arg}, true
}

// publishing returns what a call sends, if that is known.
func (x *Index) publishing(call *ast.CallExpr) (otelapi.Publish, bool) {
	if p, ok := otelapi.PublishOf(x.pkg.Callee(call)); ok {
		return p, true
	}
	for i := range call.Args {
		if p, ok := publishOf(x.table, call, i); ok {
			return p, true
		}
	}
	return otelapi.Publish{}, false
}

// plainSlice reports whether a slice of messages, which is sent, is filled by
// f with messages without headers and by nothing else.
func (x *Index) plainSlice(e ast.Expr, f *scope.Func) (of otelapi.Message, pkg *types.Package, ok bool) {
	v := x.pkg.VarOf(e)
	if v == nil || v.IsField() || !f.Owns(v) {
		return of, nil, false
	}
	if _, param := f.SlotOf(v); param {
		return of, nil, false
	}
	s, ok := v.Type().Underlying().(*types.Slice)
	if !ok {
		return of, nil, false
	}
	if of, pkg, ok = otelapi.MessageOf(s.Elem()); !ok || of.Field == "" {
		return of, nil, false
	}
	filled := false
	for _, cur := range x.pkg.Uses(v) {
		switch cur.ParentEdgeKind() {
		case edge.ValueSpec_Names:
			if len(cur.Parent().Node().(*ast.ValueSpec).Values) > 0 {
				return of, nil, false
			}
		case edge.AssignStmt_Lhs:
			a := cur.Parent().Node().(*ast.AssignStmt)
			if len(a.Lhs) != 1 || len(a.Rhs) != 1 || !x.fills(a.Rhs[0], v, of.Field, f) {
				return of, nil, false
			}
			filled = true
		case edge.CallExpr_Args:
			call := cur.Parent().Node().(*ast.CallExpr)
			if p, ok := otelapi.PublishOf(x.pkg.Callee(call)); ok && p.Arg == cur.ParentEdgeIndex() || isBuiltin(x.pkg, call) {
				continue
			}
			return of, nil, false
		default:
			return of, nil, false
		}
	}
	return of, pkg, filled
}

// fills reports whether an expression makes an empty slice, or appends
// messages without headers to the one in v.
func (x *Index) fills(e ast.Expr, v *types.Var, field string, f *scope.Func) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		lit, ok := ast.Unparen(e).(*ast.CompositeLit)
		return ok && len(lit.Elts) == 0
	}
	if !isBuiltin(x.pkg, call) || call.Ellipsis.IsValid() {
		return false
	}
	switch ast.Unparen(call.Fun).(*ast.Ident).Name {
	case "make":
		return len(call.Args) == 3 || len(call.Args) == 2 && isZero(x.pkg, call.Args[1])
	case "append":
		if x.pkg.VarOf(call.Args[0]) != v {
			return false
		}
		for _, arg := range call.Args[1:] {
			if !x.bareLiteral(arg, field) {
				return false
			}
		}
		return true
	}
	return false
}

func isZero(pkg *scope.Package, e ast.Expr) bool {
	tv := pkg.Info.Types[e]
	return tv.Value != nil && tv.Value.ExactString() == "0"
}

func isBuiltin(pkg *scope.Package, call *ast.CallExpr) bool {
	return pkg.Info.Types[call.Fun].IsBuiltin()
}

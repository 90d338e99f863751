package spans

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
)

// keeps reports whether what is stored has an owner there, or may have.
func (v *value) keeps(e *Event) bool {
	return v.x == nil || v.x.isOwned(e.To)
}

// isOwned reports whether something may end a span that is stored in a field,
// package variable or container. It is false only if all code that can reach
// it is in this package, and none of it ends, returns or hands on the span.
func (x *Index) isOwned(to *types.Var) bool {
	if to == nil || to.Pkg() != x.Pkg.Types {
		return true
	}
	to = to.Origin()
	if to.Exported() && (to.IsField() || isPackageVar(to)) {
		return true
	}
	if owned, ok := x.owned[to]; ok {
		return owned
	}
	x.owned[to] = true // while we look: a field that is copied to itself
	x.owned[to] = x.findOwner(to)
	return x.owned[to]
}

func (x *Index) findOwner(to *types.Var) bool {
	h := holding{form: theSpan}
	switch {
	case x.Pkg.Tracers.IsSpan(to.Type()):
	case isFunc(to.Type()):
		h.form = endFunc
	default:
		return x.isRead(to)
	}
	v := x.m.newValue(x.Table, x)
	v.followVar(to, h)
	carried := false
	for _, events := range v.events {
		for _, e := range events {
			switch e.Does {
			case Ends, MayEnd, Sent, Given, Launched, Returned:
				if e.Lit == nil || v.handling(e.Lit, nil)&settles != 0 {
					return true
				}
			case Stored:
				if e.To.Origin() != to && v.keeps(e) {
					return true
				}
			case CtxWorks, CtxReturned, CtxStored:
				carried = true
			}
		}
	}
	// A context that carries it may reach code that ends the span it finds.
	return carried && x.endsBorrowed()
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// isRead reports whether something is ever taken out of a container, or the
// container as a whole goes somewhere.
func (x *Index) isRead(to *types.Var) bool {
	for _, cur := range x.Pkg.Uses(to) {
		kind, _ := cur.ParentEdge()
		switch kind {
		case edge.Field_Names, edge.ValueSpec_Names, edge.KeyValueExpr_Key:
			continue
		case edge.SelectorExpr_Sel:
			cur = cur.Parent()
		}
		cur = outermost(cur)
		kind, _ = cur.ParentEdge()
		switch p := cur.Parent().Node().(type) {
		case *ast.AssignStmt:
			if kind == edge.AssignStmt_Lhs {
				continue
			}
		case *ast.IndexExpr:
			up := outermost(cur.Parent())
			if k, _ := up.ParentEdge(); kind == edge.IndexExpr_X && k == edge.AssignStmt_Lhs {
				continue
			}
		case *ast.CallExpr:
			id, ok := ast.Unparen(p.Fun).(*ast.Ident)
			if !ok || !x.Pkg.Info.Types[p.Fun].IsBuiltin() {
				return true
			}
			switch id.Name {
			case "len", "cap", "delete", "clear", "make":
				continue
			case "append":
				// xs = append(xs, span)
				up := outermost(cur.Parent())
				if a, ok := up.Parent().Node().(*ast.AssignStmt); ok && len(a.Lhs) == 1 && x.Pkg.VarOf(a.Lhs[0]) == to {
					continue
				}
			}
		}
		return true
	}
	return false
}

// endsBorrowed reports whether something in the package ends the span it
// finds in a context.
func (x *Index) endsBorrowed() bool {
	for _, b := range x.borrows {
		if r := b.value().root; r != nil && !x.m.assignedOnce(r) {
			continue // the end may be that of another span in the variable
		}
		if b.End() != nil {
			return true
		}
	}
	return false
}

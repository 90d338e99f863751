package detach

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// stable reports whether an expression means the same inside the goroutine,
// whenever it runs: a constant, a package or function, a variable that nobody
// assigns after the launch.
func (d *detacher) stable(e ast.Expr) bool {
	if tv := d.Pass.TypesInfo.Types[e]; tv.Value != nil || tv.IsNil() {
		return true
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	switch obj := d.Pass.TypesInfo.ObjectOf(id).(type) {
	case *types.Func, *types.PkgName, *types.Nil:
		return true
	case *types.Var:
		return obj.Parent() != d.Pass.Pkg.Scope() && !d.changes(obj)
	}
	return false
}

// fixed reports whether the address of an expression is the same whenever it
// is taken: a variable, or a field below it or below a stable pointer.
func (d *detacher) fixed(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		sel := d.Pass.TypesInfo.Selections[e]
		if sel == nil || sel.Kind() != types.FieldVal || len(sel.Index()) > 1 {
			return false
		}
		if isPointer(d.Pass.TypesInfo.TypeOf(e.X)) {
			return d.stable(e.X)
		}
		return d.fixed(e.X)
	}
	return false
}

// changes reports whether a local variable, or a part of it, can change
// after the launch.
func (d *detacher) changes(v *types.Var) bool {
	loop, isLoop := d.loopVar(v)
	if isLoop && !d.perRound {
		return true // the rounds share it
	}
	for _, cur := range d.Package.Uses(v) {
		switch d.access(cur) {
		case takesAddress:
			return true
		case writes:
			n := cur.Node()
			if n.Pos() == v.Pos() || isLoop && loop.Post != nil && loop.Post.Pos() <= n.Pos() && n.Pos() < loop.Post.End() {
				continue // declared, or written for the next round, which has its own
			}
			if d.after(cur) {
				return true
			}
		}
	}
	return false
}

// addressed reports whether somebody takes the address of the variable.
func (d *detacher) addressed(v *types.Var) bool {
	for _, cur := range d.Package.Uses(v) {
		if d.access(cur) == takesAddress {
			return true
		}
	}
	return false
}

// Access is what an identifier of a variable does with it.
type access int

const (
	reads access = iota
	writes
	takesAddress
)

// access says what happens to a variable, or a part of it, where it is named.
func (d *detacher) access(cur inspector.Cursor) access {
	info := d.Pass.TypesInfo
	for {
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X:
		case edge.SelectorExpr_X:
			sel := info.Selections[cur.Parent().Node().(*ast.SelectorExpr)]
			if sel == nil || isPointer(sel.Recv()) {
				return reads // what it points to is another variable
			}
			if sel.Kind() != types.FieldVal {
				if m, ok := sel.Obj().(*types.Func); ok && isPointer(m.Signature().Recv().Type()) && len(sel.Index()) == 1 {
					return takesAddress
				}
				return reads
			}
		case edge.IndexExpr_X, edge.SliceExpr_X:
			if _, array := scope.Underlying(info, cur.Node().(ast.Expr)).(*types.Array); !array {
				return reads
			}
			if cur.ParentEdgeKind() == edge.SliceExpr_X {
				return takesAddress
			}
		case edge.UnaryExpr_X:
			if cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				return takesAddress
			}
			return reads
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X, edge.RangeStmt_Key, edge.RangeStmt_Value:
			return writes
		default:
			return reads
		}
		cur = cur.Parent()
	}
}

// after reports whether the node can run after the launch: it is reached from
// there in its function, or stands in a closure that may run at any time.
func (d *detacher) after(cur inspector.Cursor) bool {
	in := d.Package.Enclosing(cur)
	f, node := d.l.Func, d.l.Node
	for f != in {
		if f == nil {
			return true
		}
		f, node = f.Outer, f.Node
	}
	g := f.Graph()
	from, ok := g.At(node)
	to, ok2 := g.At(cur.Node())
	if !ok || !ok2 {
		return true
	}
	_, reached := g.Reach(from, func(n ast.Node) bool { return n == to.Node() }, path.Search{})
	return reached
}

// loopVar reports whether v is declared by the head of a loop. The loop is
// nil, or without a Post, for a range.
func (d *detacher) loopVar(v *types.Var) (loop *ast.ForStmt, ok bool) {
	for _, cur := range d.Package.Uses(v) {
		if cur.Node().Pos() != v.Pos() {
			continue
		}
		switch cur.ParentEdgeKind() {
		case edge.RangeStmt_Key, edge.RangeStmt_Value:
			return &ast.ForStmt{}, true
		case edge.AssignStmt_Lhs:
			if init := cur.Parent(); init.ParentEdgeKind() == edge.ForStmt_Init {
				return init.Parent().Node().(*ast.ForStmt), true
			}
		}
		return nil, false
	}
	return nil, false
}

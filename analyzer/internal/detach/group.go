package detach

import (
	"go/ast"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// tracker returns a wait group in reach that somebody waits for: a parameter,
// a field of the receiver, a package variable, in that order. It is offered
// only where nothing counts the work yet.
func (d *detacher) tracker(body *scope.Func) (string, bool) {
	if d.l.Kind != launch.Go || d.counted(body) {
		return "", false
	}
	root := d.l.Func.Root()
	for p := range root.Sig.Params().Variables() {
		// Whoever hands in a group waits for it.
		if isPointer(p.Type()) && isWaitGroup(p.Type()) && d.names(p) {
			return p.Name(), true
		}
	}
	if recv := root.Recv(); recv != nil && isPointer(recv.Type()) && d.names(recv) {
		if st, ok := recv.Type().(*types.Pointer).Elem().Underlying().(*types.Struct); ok {
			for f := range st.Fields() {
				if isWaitGroup(f.Type()) && d.WaitedFor(f) {
					return recv.Name() + "." + f.Name(), true
				}
			}
		}
	}
	for _, name := range d.Pass.Pkg.Scope().Names() {
		v, ok := d.Pass.Pkg.Scope().Lookup(name).(*types.Var)
		if ok && isWaitGroup(v.Type()) && d.names(v) && !d.Package.IsTest(identAt(v)) && d.WaitedFor(v) {
			return name, true
		}
	}
	return "", false
}

// names reports whether the variable has a name that means it all over the
// launching function.
func (d *detacher) names(v *types.Var) bool {
	return v.Name() != "" && v.Name() != "_" && edit.SameIn(d.Pass.Pkg, v, d.l.Func.Body)
}

// counted reports whether the launched function already tells somebody that
// it is done.
func (d *detacher) counted(body *scope.Func) bool {
	if body == nil {
		return false
	}
	found := false
	ast.Inspect(body.Body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && otelapi.IsGroup(d.Pass.TypesInfo.TypeOf(sel.X)) {
			found = true
		}
		return !found
	})
	return found
}

func isWaitGroup(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" && named.Obj().Name() == "WaitGroup"
}

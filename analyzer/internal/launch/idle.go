package launch

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// OnlyWaits reports whether the work does nothing but wait for the end of
// something, a context, a closed channel or a signal, and say so: it returns an
// error, cancels a context, logs, ends the process. Nothing of it is lost if
// nobody waits for that.
func (l *Launch) OnlyWaits() bool {
	x := l.index
	if l.Body == nil || !x.idle(l.Body, 0) {
		return false
	}
	_, open := l.Body.Graph().Exit(l.Body.Graph().Entry(), path.Search{Stop: func(n ast.Node) bool { return x.waitsIdly(n, 0) }})
	return !open
}

// waitsIdly reports whether a node waits for an end, or calls what does so on
// every path.
func (x *Index) waitsIdly(n ast.Node, depth int) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && x.tellsEnd(n.X)
		case *ast.CallExpr:
			if f := x.onlyTarget(n); f != nil && depth < maxHelpers {
				_, open := f.Graph().Exit(f.Graph().Entry(), path.Search{Stop: func(n ast.Node) bool { return x.waitsIdly(n, depth+1) }})
				found = found || !open
			}
		}
		return !found
	})
	return found
}

// tellsEnd reports whether what is received from a channel is no more than that
// something has ended, a signal of the process, or the time.
func (x *Index) tellsEnd(ch ast.Expr) bool {
	if x.isDone(ch) {
		return true
	}
	t := chanOf(x.pkg.Info.TypeOf(ch))
	return t != nil && (empty(t.Elem()) || otelapi.Notifies(t))
}

// idle reports whether a function, and what it launches, does nothing that
// somebody could miss: what it assigns is its own, and what it calls waits, says
// something, or computes what is said.
func (x *Index) idle(f *scope.Func, depth int) bool {
	ok := true
	own := func(e ast.Expr) bool {
		id := identOf(e)
		if id == nil {
			return false
		}
		v := x.pkg.VarOf(id)
		return id.Name == "_" || v != nil && !v.IsField() && encloses(f.Node, v)
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			ok = false
		case *ast.IncDecStmt:
			ok = ok && own(n.X)
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				ok = ok && own(lhs)
			}
		case *ast.RangeStmt:
			ok = ok && chanOf(x.pkg.Info.TypeOf(n.X)) == nil
		case *ast.UnaryExpr:
			ok = ok && (n.Op != token.ARROW || x.tellsEnd(n.X))
		case *ast.CallExpr:
			ok = ok && x.callIdles(n, depth)
		}
		return ok
	})
	return ok
}

func (x *Index) callIdles(call *ast.CallExpr, depth int) bool {
	tv := x.pkg.Info.Types[call.Fun]
	if tv.IsType() {
		return true
	}
	if tv.IsBuiltin() {
		id := identOf(call.Fun)
		return id != nil && id.Name != "close" && id.Name != "delete" && id.Name != "clear" && id.Name != "copy"
	}
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok || otelapi.IsCancel(tv.Type) {
		return true // a literal is looked at where it stands
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && x.isDoneOf(sel) {
		return true
	}
	if f := x.onlyTarget(call); f != nil {
		return depth < maxHelpers && x.idle(f, depth+1)
	}
	fn := x.pkg.Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return fn != nil // error.Error
	}
	if otelapi.ReadsOnly(fn) || otelapi.MakesError(fn) || otelapi.NoReturn(fn) || otelapi.Computes(fn) || otelapi.TellsEnd(fn) {
		return true
	}
	switch fn.Pkg().Path() {
	case "os/signal":
		return true
	case "time":
		return fn.Name() != "AfterFunc"
	case "os":
		return strings.HasPrefix(fn.FullName(), "(os.Signal).")
	}
	return false
}

// onlyTarget returns the one function of this package that a call can run.
func (x *Index) onlyTarget(call *ast.CallExpr) *scope.Func {
	targets, complete := x.pkg.Targets(call.Fun)
	if !complete || len(targets) != 1 {
		return nil
	}
	return targets[0].Func
}

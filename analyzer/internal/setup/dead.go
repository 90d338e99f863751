package setup

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// Cause is why a context is dead when a stop gets it.
type Cause int

const (
	// Interrupted: a signal ends it, as it ends the program.
	Interrupted Cause = iota + 1
	// Canceled: its cancel function has been called, deferred or not.
	Canceled
	// Awaited: its end is what was waited for before.
	Awaited
	// Joined: it is a group's, and that has been waited for.
	Joined
)

// A Dead is a stop whose context has ended by then: nothing is exported.
type Dead struct {
	Stop
	Cause Cause
	// By is the call that ends the context, nil if there is none.
	By ast.Node
}

// Dead returns the stops that f makes or defers on a context that is dead.
func (x *Index) Dead(f *scope.Func) []Dead {
	var out []Dead
	seen := make(map[*ast.CallExpr]bool)
	judge := func(s Stop, d *ast.DeferStmt) {
		if s.Ctx == nil || seen[s.Call] {
			return
		}
		values := x.flow.Eval(s.Ctx, s.Func, nil)
		var found Dead
		for _, v := range values {
			cause, by := x.cause(s, d, f, v)
			if cause == 0 {
				return // alive on some path
			}
			found = Dead{s, cause, by}
		}
		if found.Cause != 0 {
			seen[s.Call] = true
			out = append(out, found)
		}
	}
	for _, d := range x.Deferred(f) {
		judge(d.Stop, d.Defer)
	}
	for _, s := range x.Stops(f) {
		judge(s, nil)
	}
	return out
}

// cause says what has ended a context by the time of a stop, which f makes or,
// if d is not nil, defers.
func (x *Index) cause(s Stop, d *ast.DeferStmt, f *scope.Func, v ctxflow.Value) (Cause, ast.Node) {
	g := f.Graph()
	var at path.Point
	var ok bool
	if d != nil {
		at, ok = g.At(d)
	} else {
		at, ok = g.At(s.Call)
	}
	if !ok {
		return 0, nil
	}
	// before reports whether a node of f has run by the time of the stop.
	before := func(n ast.Node) bool {
		p, ok := g.At(n)
		if !ok {
			return false
		}
		if d == nil {
			return p != at && g.Dominates(p, at)
		}
		if g.Dominates(p, at) {
			return true
		}
		_, avoids := g.Exit(at, path.Search{Stop: func(m ast.Node) bool { return m == p.Node() }})
		return !avoids
	}
	live := v
	for i, step := range v.Steps {
		if step.Kind == ctxflow.Detaches {
			live.Steps = v.Steps[i+1:]
		}
	}
	cut := len(live.Steps) < len(v.Steps)
	for _, step := range live.Steps {
		switch {
		case step.Handle == nil || !step.Func.Inside(f) && !f.Inside(step.Func):
		case step.Kind == ctxflow.Groups:
			if w := x.waitFor(step.Handle, f); w != nil && before(w) {
				return Joined, w
			}
		case step.Kind == ctxflow.Cancels || step.Kind == ctxflow.Signals:
			for _, c := range x.local[f].calls {
				if x.pkg.VarOf(c.Fun) != step.Handle {
					continue
				}
				switch {
				case !x.deferred(c.CallExpr):
					if before(c.CallExpr) {
						return Canceled, c.CallExpr
					}
				case d != nil && x.later(c.CallExpr, at, g):
					return Canceled, c.CallExpr
				}
			}
		}
	}
	if by := x.doneBefore(f, v, cut, before); by != nil {
		return Awaited, by
	}
	for _, step := range live.Steps {
		// A program that is interrupted returns from main with this context
		// dead. A stop on the way, after a failure, may still find it alive.
		if step.Kind == ctxflow.Signals && d != nil {
			return Interrupted, nil
		}
	}
	return 0, nil
}

// later reports whether a deferred call is registered after a point on every
// path, and so runs before what is deferred there.
func (x *Index) later(c *ast.CallExpr, at path.Point, g *path.Graph) bool {
	p, ok := g.At(c)
	return ok && p != at && g.Dominates(at, p)
}

// waitFor returns the call in f itself that waits for a group.
func (x *Index) waitFor(group *types.Var, f *scope.Func) *ast.CallExpr {
	for _, c := range x.local[f].calls {
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Wait" && x.pkg.VarOf(sel.X) == group && !x.deferred(c.CallExpr) {
			return c.CallExpr
		}
	}
	return nil
}

// doneBefore returns a receive from the Done of the context, or of one that it
// is derived from, that comes before.
func (x *Index) doneBefore(f *scope.Func, v ctxflow.Value, cut bool, before func(ast.Node) bool) ast.Node {
	if cut {
		return nil
	}
	var found ast.Node
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit || found != nil {
			return false
		}
		r, ok := n.(*ast.UnaryExpr)
		if !ok || r.Op != token.ARROW {
			return true
		}
		c, ok := ast.Unparen(r.X).(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Done" {
			return true
		}
		for _, w := range x.flow.Eval(sel.X, f, nil) {
			if w.Origin == v.Origin && w.Origin != ctxflow.Unknown && w.Var == v.Var && prefix(w.Steps, v.Steps) && before(r) {
				found = r
			}
		}
		return true
	})
	return found
}

func prefix(steps, of []ctxflow.Step) bool {
	if len(steps) > len(of) {
		return false
	}
	for i := range steps {
		if steps[i] != of[i] {
			return false
		}
	}
	return true
}

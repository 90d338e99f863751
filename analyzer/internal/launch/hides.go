package launch

import (
	"go/ast"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// hides returns the function in which a context begins anew for the work of f,
// f itself or one that it calls, if f has no context that could have gone on:
// then its callers should have been asked for one. It is "" where all callers
// are in view and have one, for there the beginning itself is the place to say
// so; and where f decides about a life: keeps, detaches, cancels.
func (x *Index) hides(f *scope.Func) string {
	if f.Obj == nil || hasCarrier(f) || x.pkg.IsTest(f.Node) || len(x.byBody[f]) > 0 || x.endless(f, true) {
		return ""
	}
	by := ""
	for _, src := range x.Flow.Fresh(f) {
		if x.When(src.Expr, f) == During && x.worksOn(src) {
			by = x.speakOf(f)
		}
	}
	inOwn(f, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || by != "" {
			return
		}
		if sum := x.table.Callee(x.pkg.Callee(call)); sum != nil && sum.Hides != "" && x.When(call, f) == During {
			by = sum.Hides
		}
	})
	if by == "" {
		return ""
	}
	callers := x.Callers(f)
	for _, c := range callers {
		if _, ok := x.AtHand(c.Call, c.Func); !ok {
			return by
		}
	}
	if len(callers) > 0 {
		return ""
	}
	return by
}

// worksOn reports whether all that becomes of a fresh context is that calls
// work with it, as part of the function in which it begins.
func (x *Index) worksOn(src ctxflow.Fresh) bool {
	works := false
	for _, s := range x.Flow.Follow(src) {
		if s.Kind != ctxflow.Passed || s.Default || s.Value.Has(ctxflow.SetsSpan) || s.Value.Has(ctxflow.Signals) || s.Value.Has(ctxflow.Groups) {
			return false
		}
		for _, step := range s.Value.Cancels() {
			if !step.Deadline || step.Handle == nil || x.Keeps(step.Handle) {
				return false
			}
		}
		if _, own := s.Value.Span(); own {
			continue
		}
		if x.Around(s.Func) != nil || x.byNode[s.Call] != nil || x.LivesOn(s.Call, src.Func) {
			return false
		}
		if cur, ok := x.pkg.Cursor(s.Call); ok {
			if _, launched := cur.Parent().Node().(*ast.GoStmt); launched {
				return false
			}
		}
		does, _ := x.Does(s.Call, s.Slot)
		if does&(summary.Stores|summary.Outlives|summary.Lasts) != 0 {
			return false
		}
		// A function of others that is no method may make something that keeps
		// the context.
		fn := x.pkg.Callee(s.Call)
		if fn != nil && (x.table.Callee(fn) != nil || fn.Signature().Recv() != nil) && does&summary.Works != 0 {
			works = true
		}
	}
	return works
}

// A Hiding is a call of a function that starts over where its caller has a
// context.
type Hiding struct {
	Call *ast.CallExpr
	Func *scope.Func
	// By names the function in which the new context begins.
	By string
}

// Hidings returns the calls of functions of other packages, as part of
// ordinary work, for which a context begins anew.
func (x *Index) Hidings() []Hiding {
	var out []Hiding
	for _, f := range x.pkg.Funcs {
		if x.pkg.IsTest(f.Node) {
			continue
		}
		inOwn(f, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			callee := x.pkg.Callee(call)
			sum := x.table.Callee(callee)
			if sum == nil || sum.Hides == "" || x.pkg.Decl(callee) != nil || x.When(call, f) != During {
				return
			}
			if l := x.Around(f); l != nil && (l.Kind == Shared || l.Endless()) {
				return
			}
			out = append(out, Hiding{call, f, sum.Hides})
		})
	}
	return out
}

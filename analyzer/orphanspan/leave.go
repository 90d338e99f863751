package orphanspan

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
)

// leavings finds what a function returns and cancels by the same return, or
// before it: a context with a deferred cancel, or something that needs one to
// be read. The cancel is what is wrong; one that is also returned or stored
// would be the caller's.
func leavings(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	seen := make(map[ast.Node]bool)
	for _, f := range m.Package.Funcs {
		for _, leaving := range m.Launch.Leavings(f) {
			for _, v := range leaving.Values {
				s, ok := lastCancel(v)
				if !ok || s.Handle == nil || s.Func != f {
					continue
				}
				at, how := cancelOf(m, leaving, s)
				if at == nil || seen[at] {
					continue
				}
				seen[at] = true
				verdicts = append(verdicts, plan.Verdict{
					Category: canceled,
					Site:     at,
					Pos:      at.Pos(), End: at.End(),
					Message: fmt.Sprintf("%s %s returns, but what it returns still depends on it",
						fmt.Sprintf(how, contextIn(m, leaving.Expr)), funcName(f)),
				})
				break
			}
		}
	}
	return verdicts
}

// cancelOf returns what cancels the context of something that leaves, nil if
// its function does not, and how that is said.
func cancelOf(m *model.Models, l launch.Leaving, s ctxflow.Step) (at ast.Node, how string) {
	if d, ok := m.Launch.DeferredFor(s, l.Return); ok {
		return d, "deferred call cancels %s when"
	}
	if call, ok := m.Launch.CancelledByHand(l, s); ok {
		return call, "this cancels %s before"
	}
	return nil, ""
}

func lastCancel(v ctxflow.Value) (ctxflow.Step, bool) {
	cancels := v.Cancels()
	for i := len(cancels) - 1; i >= 0; i-- {
		if cancels[i].Kind == ctxflow.Cancels {
			return cancels[i], true
		}
	}
	return ctxflow.Step{}, false
}

// afterWait finds work on the context of a group that has been waited for.
// errgroup cancels it when Wait returns, whether or not something failed. A
// name of its own for the group's context mends all that comes after, so only
// the first is reported.
func afterWait(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	seen := make(map[*types.Var]bool)
	for _, f := range m.Package.Funcs {
		for _, u := range m.Launch.AfterWait(f) {
			if seen[u.Group] {
				continue
			}
			seen[u.Group] = true
			verdicts = append(verdicts, plan.Verdict{
				Category: canceled,
				Site:     u.Call,
				Pos:      u.Call.Pos(), End: u.Call.End(),
				Message: fmt.Sprintf("%s is the context of a group that has been waited for, and cancelled since Wait returned", name(u.Expr)),
			})
		}
	}
	return verdicts
}

// afterCancel finds work on a context that the function has cancelled itself.
func afterCancel(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	for _, f := range m.Package.Funcs {
		if m.Package.IsTest(f.Node) {
			continue // where what a cancelled context does may be the question
		}
		for _, u := range m.Launch.AfterCancel(f) {
			by := "by the call of its cancel function above"
			if _, deferred := u.By.(*ast.DeferStmt); deferred {
				by = "by the deferred call below, which runs first"
			}
			verdicts = append(verdicts, plan.Verdict{
				Category: canceled,
				Site:     u.Call,
				Pos:      u.Call.Pos(), End: u.Call.End(),
				Message: fmt.Sprintf("%s has been cancelled when this runs, %s", name(u.Expr), by),
				Related: &analysis.RelatedInformation{Pos: u.By.Pos(), End: u.By.End(), Message: "cancelled here"},
			})
		}
	}
	return verdicts
}

// contextIn names the context in an expression: itself, or that of a request.
func contextIn(m *model.Models, e ast.Expr) string {
	if t := m.Pass.TypesInfo.TypeOf(e); otelapi.IsContext(t) {
		return name(e)
	}
	return "the context of " + name(e)
}

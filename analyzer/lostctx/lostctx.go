package lostctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

//go:embed doc.go
var doc string

const (
	ignored = "ignored"
	ended   = "ended"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "lostctx", Categories: []config.Category{
	{Name: ignored, Doc: "the context of a span is ignored while work below it that traces gets the old one"},
	{Name: ended, Doc: "a context is used as a parent after its span has ended"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	j := &judging{m: m, fixer: newFixer(m), within: make(map[*scope.Func][]launch.Use), injected: make(map[*scope.Func][]launch.Use)}
	for _, f := range m.Package.Funcs {
		if m.Package.IsTest(f.Node) {
			continue // a test that looks at spans makes all kinds of them
		}
		for _, u := range append(m.Launch.UsesIn(f), m.Launch.Onward(f)...) {
			to := j.within
			if otelapi.Injects(u.Callee) {
				to = j.injected
			} else if !makesChildren(u) {
				continue
			}
			add(to, f, u)
		}
		for _, s := range m.Spans.StartsIn(f) {
			if u, ok := j.beginning(s); ok && m.Spans.OneTracer() {
				add(j.within, f, u)
			}
		}
	}
	for _, s := range m.Spans.Starts() {
		if s.Func == nil {
			continue
		}
		if v, unused := s.CtxUnused(); unused {
			j.ignored(s, v)
		}
		j.ended(s) // the span can be in a context that was made by hand
	}
	return j.verdicts
}

// add adds what f does to the functions that f is part of.
func add(to map[*scope.Func][]launch.Use, f *scope.Func, u launch.Use) {
	for ; f != nil; f = f.Outer {
		to[f] = append(to[f], u)
	}
}

// beginning returns what the start of another tracer's span does with its
// context: for everybody else such a call only derives one.
func (j *judging) beginning(s *spans.Start) (launch.Use, bool) {
	callee := j.m.Package.Callee(s.Call)
	if !s.Foreign() || !otelapi.SetsSpanOf(callee) {
		return launch.Use{}, false
	}
	for _, arg := range s.Call.Args {
		if ctxflow.Carries(j.m.Package.Info.TypeOf(arg)) {
			return launch.Use{Expr: arg, Call: s.Call, Func: s.Func, Callee: callee, Does: summary.Works, Starts: true,
				Values: j.m.Launch.Flow.Eval(arg, s.Func, nil)}, true
		}
	}
	return launch.Use{}, false
}

// makesChildren reports whether something can come to hang below the context
// of a use: what only logs with it, reads from it, waits for it or calls a
// method of its own makes nobody's child.
func makesChildren(u launch.Use) bool {
	if sel, ok := ast.Unparen(u.Call.Fun).(*ast.SelectorExpr); ok && sel.X == u.Expr {
		return false
	}
	return u.Does&(summary.Works|summary.Outlives|summary.Detaches) != 0 && !otelapi.OnlyWaits(u.Callee) && !otelapi.Stops(u.Callee)
}

type judging struct {
	m     *model.Models
	fixer *fixer
	// within has what a function, its literals included, does with contexts.
	within map[*scope.Func][]launch.Use
	// injected has the contexts that a function writes into carriers: whoever
	// reads them goes on below, when the span may well have ended.
	injected map[*scope.Func][]launch.Use
	verdicts []plan.Verdict
}

// ignored judges a start whose context nobody uses: v is where it is, nil if
// it is discarded.
func (j *judging) ignored(s *spans.Start, v *types.Var) {
	if s.Moves() || s.Rejoined(func(call *ast.CallExpr) bool { return otelapi.SetsSpanOf(j.m.Package.Callee(call)) }) {
		return // its owner, or a context made by hand, has the span for what is below
	}
	old := j.parent(s)
	if len(old) == 0 {
		return
	}
	var lost []launch.Use
	for _, u := range slices.Concat(j.within[s.Func], j.injected[s.Func]) {
		if j.hangsBeside(s, v, u, old) {
			lost = append(lost, u)
		}
	}
	if len(lost) == 0 {
		return
	}
	u := lost[0]
	j.verdicts = append(j.verdicts, plan.Verdict{
		Category: ignored,
		Site:     s.Call,
		Pos:      s.Call.Pos(), End: s.Call.End(),
		Message: fmt.Sprintf("context with %s is not used, so the spans of %s hang beside it and not below", spanName(s), model.CallName(u.Call)),
		Related: &analysis.RelatedInformation{Pos: u.Call.Pos(), End: u.Call.End(), Message: "this gets the context from before"},
		Fix:     j.fixer.name(s, lost),
	})
}

// hangsBeside reports whether a use that lies in the span gets its parent's
// context and traces.
func (j *judging) hangsBeside(s *spans.Start, v *types.Var, u launch.Use, old []ctxflow.Value) bool {
	switch {
	case u.Call == s.Call || !fromParent(u.Values, old):
		return false
	case u.Starts:
		return false // two spans side by side are often meant so
	case s.Joins(u.Call):
		return false // it gets the span by itself
	case !s.OpenAt(u.Call):
		return false // it comes before, or when the span has ended
	case j.outlives(s, u):
		return false // below the span it would lie below one that has ended
	}
	if v != nil && !v.IsField() {
		// The author gave the context a name, and a shadowed one at that, to
		// have it used: what gets the old one need not be known to trace.
		return true
	}
	return j.m.Spans.MayTrace(u.Call) || otelapi.Injects(u.Callee)
}

// parent returns what the context is that a start is given.
func (j *judging) parent(s *spans.Start) []ctxflow.Value {
	var old []ctxflow.Value
	for _, v := range j.m.Launch.Flow.EvalResult(s.Call, s.CtxResult, s.Func) {
		if n := len(v.Steps); n > 0 && v.Steps[n-1].Kind == ctxflow.Starts && v.Steps[n-1].Call == s.Call {
			if v.Steps[n-1].NewRoot {
				return nil // a trace of its own, on purpose
			}
			v.Steps = v.Steps[:n-1]
		}
		if v.Origin == ctxflow.Unknown {
			return nil
		}
		old = append(old, v)
	}
	return old
}

// fromParent reports whether a context is one that a start was given, or was
// derived from it without another span and without cutting it off.
func fromParent(values, old []ctxflow.Value) bool {
	if len(values) == 0 {
		return false
	}
next:
	for _, v := range values {
		for _, o := range old {
			if derives(v, o) {
				continue next
			}
		}
		return false
	}
	return true
}

func derives(v, from ctxflow.Value) bool {
	if v.Origin != from.Origin || v.Var != from.Var || v.Func != from.Func || len(v.Steps) < len(from.Steps) {
		return false
	}
	for i, s := range v.Steps {
		if i < len(from.Steps) {
			if s != from.Steps[i] {
				return false
			}
			continue
		}
		switch s.Kind {
		case ctxflow.Starts, ctxflow.SetsSpan, ctxflow.Detaches:
			return false
		}
	}
	return true
}

// outlives reports whether the use is part of work that goes on after the
// function that starts the span, or hands the context to such work.
func (j *judging) outlives(s *spans.Start, u launch.Use) bool {
	if u.Does&(summary.Outlives|summary.Detaches) != 0 {
		return true
	}
	for _, l := range j.launches(s, u) {
		if l.Outlives(s.Func) {
			return true
		}
	}
	return false
}

// launches returns the launches between a start and a use in the same
// function or a literal in it.
func (j *judging) launches(s *spans.Start, u launch.Use) []*launch.Launch {
	var out []*launch.Launch
	for f := u.Func; f != nil && f != s.Func; f = f.Outer {
		out = append(out, j.m.Launch.LaunchesOf(f)...)
	}
	if l := j.m.Launch.LaunchAt(u.Call); l != nil {
		out = append(out, l)
	}
	return out
}

// ended judges what is done with the context of a span that has ended.
func (j *judging) ended(s *spans.Start) {
	if s.Foreign() && !j.m.Spans.OneTracer() {
		return // a context has a span for each tracer, and what comes may be below another's
	}
	var late []launch.Use
	var end *spans.Event
	for _, u := range j.within[s.Func] {
		if u.NewRoot || !j.carries(u, s) {
			continue
		}
		if e := s.EndedAt(u.Call); e != nil && !j.launched(s, u) {
			late, end = append(late, u), e
		}
	}
	if len(late) == 0 {
		return
	}
	if e := s.Hasty(); e != nil && e.Node == end.Node && j.m.Config.On("spanend", "manual") {
		return // one fault: the missing defer, which spanend asks for, mends this as well
	}
	u := late[0]
	v := plan.Verdict{
		Category: ended,
		Site:     s.Call,
		Pos:      u.Call.Pos(), End: u.Call.End(),
		Message: fmt.Sprintf("%s gets %s after the end of %s, so what it starts hangs below an ended span", model.CallName(u.Call), exprName(u.Expr), spanName(s)),
		Related: &analysis.RelatedInformation{Pos: end.Node.Pos(), End: end.Node.End(), Message: "the span is ended here"},
	}
	if h := s.ByHand(); h != nil && h.Brief && len(h.Ends) == 1 && !h.Stamped {
		// Nothing lies in the span: it is not the use that comes too late but
		// the End that comes too early.
		v.Pos, v.End, v.Related.Pos, v.Related.End = end.Node.Pos(), end.Node.End(), u.Call.Pos(), u.Call.End()
		v.Message = fmt.Sprintf("%s is ended before anything is done below it, but %s gets its context", spanName(s), model.CallName(u.Call))
		v.Related.Message = "this comes after it"
	} else if s.CtxResult >= 0 {
		v.Fix = j.fixer.fresh(s, late)
	}
	j.verdicts = append(j.verdicts, v)
}

// carries reports whether some path brings the use a context whose span is
// that of the start, whichever tracer has started it.
func (j *judging) carries(u launch.Use, start *spans.Start) bool {
	for _, v := range u.Values {
		if step, ok := v.Span(); ok && j.m.Spans.Carried(step.Call) == start && !v.Detached() {
			return true
		}
	}
	return false
}

// launched reports whether the use is the affair of the rule on launches:
// work that starts no span of its own, or that outlives the function.
func (j *judging) launched(s *spans.Start, u launch.Use) bool {
	for _, l := range j.launches(s, u) {
		if !u.Starts || l.Outlives(s.Func) {
			return true
		}
	}
	return false
}

// spanName says in a message which span is meant.
func spanName(s *spans.Start) string {
	switch name := s.Name(); {
	case name == "" || s.Result < 0:
		return "the span of " + model.CallName(s.Call)
	case name == "span":
		return "span" // not twice
	default:
		return "span " + name
	}
}

func exprName(e ast.Expr) string {
	if name := types.ExprString(e); len(name) <= 40 {
		return name
	}
	return "a context"
}

package orphanspan

import (
	_ "embed"
	"go/ast"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/detach"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

//go:embed doc.go
var doc string

const (
	canceled = "canceled"
	ended    = "ended"
	nospan   = "nospan"
	shared   = "shared"
	mayspan  = "mayspan"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "orphanspan", Categories: []config.Category{
	{Name: canceled, Doc: "work outlives the request, or the deferred cancel, of the context it uses"},
	{Name: ended, Doc: "work outlives the span whose context it uses, and starts none of its own"},
	{Name: nospan, Doc: "detached work that traces has no span of its own"},
	{Name: shared, Doc: "work for many callers runs on the context of the first"},
	{Name: mayspan, OptIn: true, Doc: "detached work that may trace has no span of its own"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	for _, l := range m.Launch.Launches() {
		fault, ok := worst(m, l)
		if !ok {
			continue
		}
		verdicts = append(verdicts, verdict(m, l, fault))
	}
	verdicts = append(verdicts, handoffs(m)...)
	verdicts = append(verdicts, leavings(m)...)
	verdicts = append(verdicts, afterWait(m)...)
	return append(verdicts, afterCancel(m)...)
}

// A fault is what is wrong with one use of a context in launched work.
type fault struct {
	category string
	use      launch.Use
	value    ctxflow.Value
	// step is the span's start for ended, the derivation for a deferred cancel.
	step ctxflow.Step
	// proven says that the context belongs to a request beyond doubt, and fate
	// what becomes of it after that.
	proven bool
	fate   launch.Fate
	// hook says that the context is that of a life-cycle hook.
	hook bool
	// handedOn says that the work hands a request on to a handler.
	handedOn bool
	// foreign says that the span that has ended is not OpenTelemetry's.
	foreign bool
}

// worst returns the gravest fault among the uses of launched work. One launch
// is one finding: cancellation kills the work, an ended span only misplaces it.
func worst(m *model.Models, l *launch.Launch) (fault, bool) {
	if l.Kind == launch.Shared {
		return sharedFault(m, l)
	}
	var best fault
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives) == 0 {
			continue // logged with, waited for, read: nothing is lost by that
		}
		f, ok := use(m, l, u)
		if ok && (best.category == "" || order[f.category] < order[best.category]) {
			best = f
		}
	}
	if best.category == "" && l.FillsForAll() {
		return filledFault(m, l)
	}
	if best.category == "" && l.Body != nil && l.Kind != launch.Sent {
		return servedLate(m, l)
	}
	return best, best.category != ""
}

// servedLate finds requests that launched work hands on to handlers, when the
// server has cancelled them. What those do is not known, but they are given no
// chance.
func servedLate(m *model.Models, l *launch.Launch) (fault, bool) {
	for _, u := range m.Launch.Onward(l.Body) {
		for _, v := range u.Values {
			f, ok := canceledFault(m, l, u, v)
			if ok && f.proven && m.Config.On(Rule.Name, canceled) {
				f.handedOn = true
				return f, true
			}
		}
	}
	return fault{}, false
}

var order = map[string]int{canceled: 0, ended: 1, nospan: 2, mayspan: 3}

// use judges one use. Where a context can come from several assignments all
// of them must be at fault: what differs by path is often what the author
// decides by.
func use(m *model.Models, l *launch.Launch, u launch.Use) (fault, bool) {
	var found fault
	for _, v := range u.Values {
		f, ok := value(m, l, u, v)
		if !ok {
			return fault{}, false
		}
		if found.category == "" || order[f.category] > order[found.category] {
			found = f
		}
	}
	return found, found.category != ""
}

// value judges one value of a use. With a category switched off, what is left
// of the fault is reported under the next one.
func value(m *model.Models, l *launch.Launch, u launch.Use, v ctxflow.Value) (fault, bool) {
	for _, find := range [...]func(*model.Models, *launch.Launch, launch.Use, ctxflow.Value) (fault, bool){
		canceledFault, endedFault, detachedFault,
	} {
		if f, ok := find(m, l, u, v); ok && m.Config.On(Rule.Name, f.category) {
			return f, true
		}
	}
	return fault{}, false
}

// canceledFault finds work that outlives a deferred cancel, or a request.
func canceledFault(m *model.Models, l *launch.Launch, u launch.Use, v ctxflow.Value) (fault, bool) {
	if f, ok := hookFault(m, l, u, v); ok {
		return f, true
	}
	// A loop that ends with its context is stopped by the cancel, and one that is
	// ended by a stream or a channel ends with that; unless the function does
	// nothing while the loop goes on: then it is stopped before it begins.
	endless := l.Endless()
	for _, s := range v.Cancels() {
		if s.Kind != ctxflow.Cancels || s.Handle == nil || !l.Func.Inside(s.Func) {
			continue
		}
		if _, ok := m.Launch.DeferredFor(s, l.Node); !ok || !l.Outlives(s.Func) || l.MayJoin() {
			continue
		}
		// Who has the other end of the work may wait for it, but not before it
		// is cancelled. To start a span a dead context will do.
		if !l.HandedOut() && !endless && (meantToLast(m, v, s) || cutShort(l, v, s)) && !stops(l, v, s) ||
			(l.Func == s.Func && !u.Starts || !l.HandedOut() && endless) && !l.Watches() && l.LastThing() {
			return fault{category: canceled, use: u, value: v, step: s}, true
		}
	}
	if endless && !l.Repeated() {
		return fault{}, false
	}
	if r := l.Loses(u, v); r != launch.NotRequest {
		return fault{category: canceled, use: u, value: v, proven: r == launch.Proven, fate: l.Fate(v)}, true
	}
	return fault{}, false
}

// hookFault finds work that outlives the life-cycle hook whose context it
// uses. Loops are no exception here: that context does not last as long as the
// process, and nobody wants the work to end with the hook.
func hookFault(m *model.Models, l *launch.Launch, u launch.Use, v ctxflow.Value) (fault, bool) {
	if v.Origin != ctxflow.Param || v.Detached() || v.Func == l.Body || !m.Launch.Hook(v.Func, v.Var) {
		return fault{}, false
	}
	if !l.Outlives(v.Func) || l.HandedOut() || l.MayReceive() || u.NewRoot {
		return fault{}, false
	}
	return fault{category: canceled, use: u, value: v, hook: true}, true
}

// meantToLast reports whether a deferred cancel contradicts what the context
// is for: it was detached before, or it is a request's. Elsewhere, in main, in
// tests, in fan-outs that return with the first result, the cancel is how the
// launching function stops the work.
func meantToLast(m *model.Models, v ctxflow.Value, cancel ctxflow.Step) bool {
	for _, s := range v.Steps {
		if s == cancel {
			break
		}
		if s.Kind == ctxflow.Detaches {
			return true
		}
	}
	if v.Origin != ctxflow.Param {
		return false
	}
	// Who defers a cancel without a deadline wants nothing else of it than to
	// stop the work, unless it is a request's that has an end anyhow.
	r := m.Launch.Request(v.Func, v.Var)
	return r == launch.Proven || r == launch.Presumed && cancel.Deadline
}

// cutShort reports whether a context that was made afresh in request code, with
// a time of its own, ends at once: whoever gives work minutes does not mean it
// to end when it has begun. Where the function goes on beside the work, the
// cancel may be how it stops that.
func cutShort(l *launch.Launch, v ctxflow.Value, cancel ctxflow.Step) bool {
	return v.Origin == ctxflow.Background && cancel.Deadline && l.InRequest() != launch.NotRequest && !l.Lingers(cancel.Func)
}

// stops reports whether a deferred cancel is how a handler that goes on for a
// while stops what it has launched: it has no deadline, and the context, which
// ends with the request anyhow, was not detached for the work.
func stops(l *launch.Launch, v ctxflow.Value, cancel ctxflow.Step) bool {
	return !cancel.Deadline && !v.Detached() && l.Lingers(cancel.Func)
}

// endedFault finds work below a span that ends before the work does.
func endedFault(m *model.Models, l *launch.Launch, u launch.Use, v ctxflow.Value) (fault, bool) {
	if u.Starts || v.Detached() {
		return fault{}, false
	}
	s, ok := v.Span()
	if !ok || !l.Func.Inside(s.Func) {
		return fault{}, false // its own span, or none that is known
	}
	for g := l.Func; g != nil && g != s.Func; g = g.Outer {
		if l.Stopped(v, g) {
			return fault{}, false // told to end when a literal returns, and the span goes on
		}
	}
	start := parentOf(m, s)
	if start == nil {
		return fault{}, false
	}
	f := fault{category: ended, use: u, value: v, step: s, foreign: start.Foreign()}
	for _, end := range start.EndPoints() {
		if end.Func != s.Func {
			return fault{}, false // a closure ends it, perhaps when the work is done
		}
	}
	for _, end := range start.EndPoints() {
		switch {
		case end.Deferred && l.Stopped(v, s.Func):
			// told to end by the same return that ends the span
		case end.Deferred && l.Sits(s.Func) && (v.Origin != ctxflow.Param || m.Launch.Request(v.Func, v.Var) != launch.Proven):
			// the span ends when the process is told to stop
		case l.Outlives(s.Func):
			return f, true
		case l.Func != s.Func:
		case end.Deferred:
			if d, ok := end.Node.(*ast.DeferStmt); ok && !l.JoinedBefore(d) {
				return f, true
			}
		case !l.WaitBefore(end.Node):
			return f, true
		}
	}
	return fault{}, false
}

// parentOf returns the start of the span that a context carries, nil if that
// is not known: in a package with two tracers the work may trace by the other.
func parentOf(m *model.Models, carries ctxflow.Step) *spans.Start {
	start := m.Spans.Carried(carries.Call)
	if start == nil || start.Func != carries.Func || start.Foreign() && !m.Spans.OneTracer() {
		return nil
	}
	return start
}

// detachedFault finds detached work without a span of its own, in request
// code or below a span.
func detachedFault(m *model.Models, l *launch.Launch, u launch.Use, v ctxflow.Value) (fault, bool) {
	if !v.Detached() || u.Starts && !follows(l, u) {
		return fault{}, false
	}
	if s, ok := v.Span(); ok && (s.Kind != ctxflow.Starts || s.NewRoot || s.Func.Inside(l.Body)) {
		return fault{}, false
	}
	if s, ok := v.Span(); ok && (detachedBefore(v, s) || endedInside(m, l, s)) {
		return fault{}, false // the span was started for the detached work
	}
	below := false
	for _, s := range v.Steps {
		below = below || s.Kind == ctxflow.Starts && l.Func.Inside(s.Func)
	}
	if v.Origin == ctxflow.Param && v.Func != l.Body {
		below = below || m.Launch.Request(v.Func, v.Var) != launch.NotRequest
	}
	if !below || !outlivesOrigin(l, v) || l.Endless() {
		return fault{}, false
	}
	sum := m.Summary.Call(u.Call)
	if sum != nil && sum.StartsFirst && onlyWork(l) && !u.Repeats() {
		return fault{}, false // the wrapper is the callee's
	}
	f := fault{category: mayspan, use: u, value: v}
	if m.Launch.CallsGiven(u) {
		return f, true // whether it traces is judged where it is given
	}
	if sum != nil && sum.Traces || u.Starts && !u.NewRoot {
		f.category = nospan
	}
	return f, true
}

// follows reports whether other work comes before the use, below no span of
// its own: then a span that the use starts is no wrapper.
func follows(l *launch.Launch, u launch.Use) bool {
	g := u.Func.Graph()
	at, ok := g.At(u.Call)
	if !ok {
		return false
	}
	for _, other := range l.Uses() {
		if other.Func != u.Func || other.Call == u.Call || other.Does&(summary.Works|summary.Outlives) == 0 || below(l, other) {
			continue
		}
		p, ok := g.At(other.Call)
		if !ok {
			continue
		}
		if _, before := g.Reach(p, func(n ast.Node) bool { return n == at.Node() }, path.Search{}); before {
			return true
		}
	}
	return false
}

// below reports whether a use has a span that the launched work has started.
func below(l *launch.Launch, u launch.Use) bool {
	for _, v := range u.Values {
		if s, ok := v.Span(); ok && s.Func.Inside(l.Body) {
			return true
		}
	}
	return false
}

// endedInside reports whether the launched work ends the span itself.
func endedInside(m *model.Models, l *launch.Launch, span ctxflow.Step) bool {
	start := m.Spans.StartOf(span.Call)
	if start == nil || l.Body == nil {
		return false
	}
	for _, end := range start.EndPoints() {
		if end.Func.Inside(l.Body) {
			return true
		}
	}
	return false
}

func detachedBefore(v ctxflow.Value, span ctxflow.Step) bool {
	for _, s := range v.Steps {
		if s == span {
			return false
		}
		if s.Kind == ctxflow.Detaches {
			return true
		}
	}
	return false
}

func outlivesOrigin(l *launch.Launch, v ctxflow.Value) bool {
	if v.Func != nil {
		return l.Outlives(v.Func)
	}
	return l.Outlives(l.Func.Root())
}

// onlyWork reports whether the launched work gives contexts to one call alone,
// but for what runs below a span that it starts.
func onlyWork(l *launch.Launch) bool {
	n := 0
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives) != 0 && !below(l, u) {
			n++
		}
	}
	return n == 1
}

// sharedFault finds work for many that runs on the context of one.
func sharedFault(m *model.Models, l *launch.Launch) (fault, bool) {
	if l.Body == nil || m.Launch.Local(l) {
		return fault{}, false // what is shared within one call is not shared
	}
	if l.Own() {
		return fault{}, false // whoever wrote that knows about the first caller's context
	}
	retried := l.Retried()
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives) == 0 || u.Starts {
			continue
		}
		if retried && u.Does&(summary.Stores|summary.Outlives) == 0 {
			continue // over when the others are told, and what they get was not cancelled
		}
		for _, v := range u.Values {
			if v.Origin != ctxflow.Param || v.Detached() || v.Func.Inside(l.Body) {
				continue
			}
			r := m.Launch.Request(v.Func, v.Var)
			if !l.Forever() { // it expects many at a time, and a start is alone
				r = m.Launch.RequestOrStart(v.Func, v.Var)
			}
			if (r == launch.Proven || r == launch.Presumed && (!l.Forever() || l.KeepsError() && otelapi.IsContext(v.Var.Type()))) && !firstDecides(m, l, u) {
				return fault{category: shared, use: u, value: v, proven: r == launch.Proven}, true
			}
		}
	}
	return fault{}, false
}

// filledFault is sharedFault for work that fills what all callers find in a map.
func filledFault(m *model.Models, l *launch.Launch) (fault, bool) {
	for _, u := range l.Uses() {
		if u.Does&(summary.Works|summary.Outlives) == 0 || u.Starts || len(u.Values) != 1 {
			continue
		}
		v := u.Values[0]
		if v.Origin != ctxflow.Param || v.Detached() || v.Func.Inside(l.Body) {
			continue
		}
		if r := m.Launch.Request(v.Func, v.Var); r != launch.NotRequest && !firstDecides(m, l, u) {
			return fault{category: shared, use: u, value: v, proven: r == launch.Proven}, true
		}
	}
	return fault{}, false
}

// firstDecides reports whether the documentation of the function, or a comment,
// says that the first of many callers gives the context.
func firstDecides(m *model.Models, l *launch.Launch, u launch.Use) bool {
	return firstCaller.MatchString(strings.Join(strings.Fields(m.Package.Doc(l.Node)), " ")) ||
		firstCaller.MatchString(m.Package.Remark(l.Node)) || firstCaller.MatchString(m.Package.Remark(u.Expr))
}

var firstCaller = regexp.MustCompile(`(?i)\b(first|leader)\b[^.]*\b(contexts?|ctx)\b|\b(contexts?|ctx)\b[^.]*\b(first|leader)\b`)

func verdict(m *model.Models, l *launch.Launch, f fault) plan.Verdict {
	v := plan.Verdict{Category: f.category, Site: l.Node, Pos: l.Node.Pos(), End: markEnd(l), Message: message(l, f)}
	if f.category == shared {
		// The launch is right; the context is what decides for the others.
		v.Pos, v.End = f.use.Call.Pos(), f.use.Call.End()
	}
	v.Fix = fix(m, l, f)
	return v
}

// fix returns the detached span. Where the work is joined there is none: what
// is wrong there is the order of End and Wait.
func fix(m *model.Models, l *launch.Launch, f fault) *analysis.SuggestedFix {
	if f.category == ended && (!l.Outlives(f.step.Func) || l.HandedOut()) {
		return nil // it is the End that comes too early
	}
	if f.handedOn {
		return nil // the request has to be cloned, too
	}
	if f.foreign {
		return nil // a span of OpenTelemetry is none of that tracer's
	}
	if f.step.Call != nil && f.category == canceled && (l.HandedOut() || l.Feeds()) {
		return nil // it may be the cancel that should wait until all is taken
	}
	if f.hook {
		return nil // there is no trace to link to; what is missing is a context that the stop cancels
	}
	site := m.Site(l, f.use, f.value)
	site.Cut = f.category == canceled || !f.value.Detached() && (f.value.Origin != ctxflow.Background || len(f.value.Cancels()) > 0)
	if f.category == canceled {
		site.Cancel = f.step
	}
	return detach.Fix(site)
}

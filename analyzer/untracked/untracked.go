package untracked

import (
	_ "embed"
	"fmt"
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

//go:embed doc.go
var doc string

const (
	bare     = "bare"
	unwaited = "unwaited"
	dropped  = "dropped"
	stop     = "stop"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "untracked", Categories: []config.Category{
	{Name: bare, Doc: "work launched by a request that nobody can wait for"},
	{Name: unwaited, Doc: "a group counts the work and is not waited for, anywhere or on some path"},
	{Name: dropped, Doc: "what its work can be waited for by, or stopped, is dropped"},
	{Name: stop, OptIn: true, Doc: "the stop of a type, or a deferred Close, does not wait for work that uses it"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	j := &judging{m: m, said: make(map[fault]bool)}
	for _, l := range m.Launch.Launches() {
		if m.Package.IsTest(l.Node) {
			continue // a test's end is the process's
		}
		j.launch(l)
	}
	for _, d := range m.Launch.Dropped() {
		if !m.Package.IsTest(d.Call) {
			j.result(d)
		}
	}
	return j.verdicts
}

type judging struct {
	m        *model.Models
	verdicts []plan.Verdict
	said     map[fault]bool
}

// A fault is a group that is not waited for, in one function: one finding,
// however many launches it counts there.
type fault struct {
	group *types.Var
	in    *scope.Func
}

// forTests matches what people say of a group by which tests learn that work
// is done.
var forTests = regexp.MustCompile(`(?i)\btest(s|ing)?\b`)

// waived matches what people say of work whose loss is nobody's affair. That it
// runs in the background, or that a client need not wait, says no such thing.
var waived = regexp.MustCompile(`(?i)\b(fire[- ]and[- ]forget|best[- ]effort|nobody (waits|needs to wait)|ignore (the |any )?errors?|errors? (is|are) ignored)\b`)

func (j *judging) launch(l *launch.Launch) {
	if l.Kind == launch.Sent || l.Kind == launch.Shared {
		return // whoever drains the channel has the work; the caller waits
	}
	groups, others := l.CountedBy()
	if len(groups) > 0 || others {
		if !others {
			j.counted(l, groups)
		}
		return
	}
	if !j.bare(l) && j.m.Config.On(Rule.Name, stop) {
		j.stop(l)
	}
}

// counted judges work that groups count: one of them waited for is enough.
func (j *judging) counted(l *launch.Launch, groups []*types.Var) {
	if len(groups) == 1 && !l.Signals() && l.AddsLate(groups[0]) {
		if j.first(groups[0], l) {
			j.report(unwaited, l, fmt.Sprintf("%s counts this work only once it runs, so a Wait may be over before that", groupName(groups[0], l)), nil)
		}
		return
	}
	if l.JoinedIn() != nil || l.Signals() {
		return // waited for by other means, or by the group itself; or not tracked by it at all
	}
	var worst launch.Waiter
	for i, group := range groups {
		w := j.m.Launch.Awaited(group)
		if w.Await == launch.Elsewhere || j.m.Launch.Cancels(group) {
			return
		}
		if w.Await == launch.Nowhere && forTests.MatchString(j.m.Package.Declared(group)) {
			return // nobody else is meant to wait
		}
		if i == 0 || w.Await > worst.Await {
			worst = w
		}
	}
	group := groups[0]
	if worst.Await == launch.Somewhere || worst.Await == launch.Uncalled && worst.By.Root() == l.Func.Root() {
		if len(groups) == 1 {
			j.skipped(l, group)
		}
		return
	}
	if worst.Await == launch.Uncalled && !j.m.Launch.Live(l.Func) {
		return // nobody calls the function that launches either
	}
	local := !group.IsField() && group.Parent() != j.m.Pass.Pkg.Scope()
	if local && !j.m.Launch.Returns(l) {
		return // the function goes on for ever, and the work with it
	}
	if l.OnlyWaits() {
		return // for a signal, say, so that the group's context is cancelled
	}
	if !j.first(group, l) {
		return
	}
	switch {
	case worst.Await == launch.Uncalled:
		j.report(unwaited, l, fmt.Sprintf("%s counts this work, but %s, which waits for it, is never called", groupName(group, l), funcName(worst.By)), nil)
	case local && j.m.Launch.WaitFails(group):
		j.report(dropped, l, fmt.Sprintf("nobody calls Wait on %s, so the end of this work and its error are lost", groupName(group, l)), nil)
	default:
		j.report(unwaited, l, fmt.Sprintf("%s counts this work, but nobody waits for it", groupName(group, l)), newFixer(j.m, l).wait(group))
	}
}

// skipped judges work whose group is waited for, but not on every path.
func (j *judging) skipped(l *launch.Launch, group *types.Var) {
	if l.WaitedBefore(group) {
		if j.first(group, l) {
			j.report(unwaited, l, fmt.Sprintf("%s counts this work, but is waited for only before it is launched", groupName(group, l)), nil)
		}
		return
	}
	ret, ok := l.Skipped(group)
	if !ok || !j.first(group, l) {
		return
	}
	v := j.verdict(unwaited, l, fmt.Sprintf("%s counts this work, but an early return leaves it running without a wait", groupName(group, l)), nil)
	v.Related = &analysis.RelatedInformation{Pos: ret.Pos(), End: ret.End(), Message: "this return jumps over the wait"}
	j.verdicts = append(j.verdicts, v)
}

func (j *judging) first(group *types.Var, l *launch.Launch) bool {
	f := fault{group, l.Func.Root()}
	if j.said[f] {
		return false
	}
	j.said[f] = true
	return true
}

// bare judges work that no group counts.
func (j *judging) bare(l *launch.Launch) bool {
	if l.Kind == launch.Later && !l.DroppedDelay() {
		return false // somebody can stop it
	}
	request := l.InRequest()
	if request == launch.NotRequest {
		return false
	}
	effort := l.Effort()
	switch {
	case effort == launch.Trivial:
		return false // in memory, a metric, a log line: nothing is lost
	case request == launch.Presumed && effort != launch.TakesContext:
		return false // nothing but a context speaks for a request here
	case l.Given():
		return false // judged where the function is given
	case l.JoinedIn() != nil || l.MayJoin() || l.Held():
		return false
	case l.Endless() || l.Watches() || l.Pumps() || l.Fills() || l.Bounded():
		return false // its end is that of something else
	case l.MadeUpFor():
		return false // what is cut off is done again after a restart
	case l.Tracked():
		return false
	case waived.MatchString(j.m.Package.Remark(l.Node)), waived.MatchString(j.m.Package.Doc(l.Node)):
		return false // its author knows, and says so
	}
	j.report(bare, l, j.bareMessage(l), newFixer(j.m, l).count())
	return true
}

// bareMessage names the group that could count the work, or what is missing.
func (j *judging) bareMessage(l *launch.Launch) string {
	fact := "nobody can wait for this " + what(l) + ", so a shutdown cuts it off"
	if t, ok := tracker(j.m, l); ok {
		if t.by == nil {
			return fmt.Sprintf("%s; %s does not count it", fact, t.text)
		}
		return fmt.Sprintf("%s; %s, which %s waits for, does not count it", fact, t.text, funcName(t.by))
	}
	if s, ok := stopper(j.m, l); ok {
		return fmt.Sprintf("%s; %s has no wait group that its %s waits for", fact, s.of.Name(), s.method.Name())
	}
	return fact + "; no group that somebody waits for is in reach"
}

func what(l *launch.Launch) string {
	if l.Kind == launch.Later {
		return "callback"
	}
	return "goroutine"
}

// stop judges work of a type that can be stopped.
func (j *judging) stop(l *launch.Launch) {
	if server, ok := l.Drains(); ok {
		j.report(stop, l, fmt.Sprintf("%s returns when this goroutine begins to shut %s down, and does not wait until that is done", funcName(l.Func), server.Name()), nil)
		return
	}
	s, ok := l.Unstopped()
	if !ok {
		return
	}
	if s.Deferred {
		j.report(stop, l, fmt.Sprintf("the deferred %s of %s does not wait for this %s, which uses it", s.Name, s.Of, what(l)), nil)
		return
	}
	j.report(stop, l, fmt.Sprintf("%s of %s does not wait for this %s", s.Name, s.Of, what(l)), nil)
}

// result judges a result by which the work of a call could be waited for, or
// stopped, and that its caller drops.
func (j *judging) result(d launch.DroppedResult) {
	j.verdicts = append(j.verdicts, plan.Verdict{
		Category: dropped, Site: d.Call, Pos: d.Call.Pos(), End: d.Call.End(),
		Message: fmt.Sprintf("%s returns %s, which is dropped here, so nobody can %s", d.Callee.Name(), d.What, d.Use),
	})
}

func (j *judging) report(category string, l *launch.Launch, message string, fix *analysis.SuggestedFix) {
	j.verdicts = append(j.verdicts, j.verdict(category, l, message, fix))
}

func (j *judging) verdict(category string, l *launch.Launch, message string, fix *analysis.SuggestedFix) plan.Verdict {
	return plan.Verdict{Category: category, Site: l.Node, Pos: l.Node.Pos(), End: markEnd(l), Message: message, Fix: fix}
}

// markEnd marks the head of the launch: a whole literal is too much to point at.
func markEnd(l *launch.Launch) token.Pos {
	if lit, ok := l.Literal(); ok {
		return lit.Type.End()
	}
	return l.Node.End()
}

// groupName returns how the source speaks of a group.
func groupName(group *types.Var, l *launch.Launch) string {
	if recv := l.Func.Root().Recv(); group.IsField() && recv != nil && recv.Name() != "" && recv.Name() != "_" && isFieldOf(group, recv.Type()) {
		return recv.Name() + "." + group.Name()
	}
	return group.Name()
}

func isFieldOf(v *types.Var, t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if st.Field(i).Origin() == v {
			return true
		}
	}
	return false
}

func funcName(f *scope.Func) string {
	if r := f.Root(); r.Obj != nil {
		return r.Obj.Name()
	}
	return "the function"
}

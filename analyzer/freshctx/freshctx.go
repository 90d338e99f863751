package freshctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

//go:embed doc.go
var doc string

const (
	async   = "async"
	nolink  = "nolink"
	sync    = "sync"
	hidden  = "hidden"
	stored  = "stored"
	cleanup = "cleanup"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "freshctx", Categories: []config.Category{
	{Name: async, Doc: "work launched for a request starts over from Background"},
	{Name: nolink, Doc: "work launched for a request has a root span without a link to it"},
	{Name: sync, Doc: "a call starts over from Background although a context is at hand"},
	{Name: hidden, OptIn: true, Doc: "a helper starts over from Background although its callers hold a context"},
	{Name: stored, OptIn: true, Doc: "a call below a span gets a context from a field, which does not carry the span"},
	{Name: cleanup, OptIn: true, Doc: "clean-up starts over from Background although a context is at hand"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	var faults []fault
	for _, f := range m.Package.Funcs {
		if m.Package.IsTest(f.Node) {
			continue // tests are no request code
		}
		for _, src := range m.Launch.Flow.Fresh(f) {
			if fault, ok := start(m, src); ok {
				faults = append(faults, fault)
			}
		}
		faults = append(faults, roots(m, f)...)
		faults = append(faults, fields(m, f)...)
	}
	return append(verdicts(m, distinct(m, faults)), elsewhere(m)...)
}

// elsewhere finds calls of other packages' functions that start over although
// a context is at hand here. Nothing shows that there, so it is said here.
func elsewhere(m *model.Models) []plan.Verdict {
	if !m.Config.On(Rule.Name, hidden) {
		return nil
	}
	var out []plan.Verdict
	for _, h := range m.Launch.Hidings() {
		hand, ok := atHand(m, h.Call, h.Func)
		if !ok || hand.Callback {
			continue
		}
		out = append(out, plan.Verdict{
			Category: hidden, Site: h.Call, Pos: h.Call.Pos(), End: h.Call.End(),
			Message: fmt.Sprintf("%s starts over from a context of its own although %s is at hand, so what it traces is cut off", h.By, handName(hand)),
		})
	}
	return out
}

// distinct leaves out faults of categories that are off, which must have no
// part in a repair, and the second of two at one place: two launches can run
// one function.
func distinct(m *model.Models, faults []fault) []fault {
	var out []fault
	seen := make(map[ast.Node]bool)
	for _, f := range faults {
		if !seen[f.src.Expr] && m.Config.On(Rule.Name, f.category) {
			seen[f.src.Expr] = true
			f.ignored = m.Ignored(f.src.Expr.Pos(), Rule.Name, f.category)
			out = append(out, f)
		}
	}
	return out
}

// A fault is a context that begins where one could have gone on.
type fault struct {
	category string
	src      ctxflow.Fresh
	sink     ctxflow.Sink
	does     summary.CtxUse
	// hand is the context that could have gone on; Var is nil for hidden.
	hand launch.Hand
	// launch is the launched work that the context is for, if it is.
	launch *launch.Launch
	// outlives says that some work on the context goes on after the function.
	outlives bool
	// returned says that what the call opens is returned, and used later.
	returned bool
	// replaces says that the context gets something to send along with calls, a
	// token or a user, which is meant to be the only one.
	replaces bool
	// ignored says that the user has silenced it.
	ignored bool
}

// start judges one place where a context begins.
func start(m *model.Models, src ctxflow.Fresh) (fault, bool) {
	var best fault
	outlives, replaces := false, false
	for _, s := range m.Launch.Flow.Follow(src) {
		if s.Kind == ctxflow.Kept || lasts(m, s) {
			return fault{}, false // it has a longer life than the request, or belongs to somebody who may
		}
		if s.Value.Has(ctxflow.SetsSpan) {
			return fault{}, false // the span is put back by hand
		}
		if s.Default && !src.Request {
			continue // a value for the case that nothing better is found
		}
		outlives, replaces = outlives || goesOn(m, src, s), replaces || s.Value.Appends
		f, ok := use(m, src, s)
		if ok && (best.category == "" || order[f.category] < order[best.category]) {
			best = f
		}
	}
	best.outlives = outlives || best.hand.Func != nil && m.Launch.MayRunLater(src.Func, best.hand.Func)
	best.replaces = replaces
	return best, best.category != "" && !defended(m, best)
}

// defended reports whether something says why a call starts over, and nothing
// shows that a trace is cut by it: what is lost then is what its author wants to
// lose. A comment says so, or what the call opens, which is returned and must
// not end with this function's context. Where the call is known to trace, that
// is about cancellation alone, and the trace is lost all the same. Of launched
// work nobody can follow the trace from the request, so there it is enough that
// the package speaks of tracing, unless the function is documented to have no
// context.
func defended(m *model.Models, f fault) bool {
	if f.category != sync && f.category != async || f.hand.Span.Call != nil {
		return false
	}
	if s := m.Summary.Call(f.sink.Call); s != nil && s.MayTrace {
		return false
	}
	if f.replaces && !traced(m) {
		return true // what identifies the caller is not to be sent along
	}
	if f.category == async {
		return documented(m, f.src.Expr) || !traced(m) && explained(m, f)
	}
	return f.returned && chosen(m, f) || explained(m, f)
}

// chosen reports whether Background is written where the context begins: a
// request made without one, or TODO, shows no intention.
func chosen(m *model.Models, f fault) bool {
	call, ok := f.src.Expr.(*ast.CallExpr)
	return !f.src.Request && !f.src.Sends && !(ok && otelapi.Undecided(m.Package.Callee(call)))
}

// explained reports whether a comment says why the context starts over: the
// one above it, for which it is enough to give a reason; or one before it that
// speaks of such a context, where no other begins in between; or one on the
// whole function.
func explained(m *model.Models, f fault) bool {
	if call, ok := f.src.Expr.(*ast.CallExpr); ok && otelapi.Undecided(m.Package.Callee(call)) {
		return false
	}
	remark := m.Package.Remark(f.src.Expr)
	if pending.MatchString(remark) {
		return false
	}
	if meant.MatchString(m.Package.Behind(f.src.Expr)) {
		return true
	}
	if reason.MatchString(remark) || matter.MatchString(remark) && because.MatchString(remark) {
		return true
	}
	if slices.ContainsFunc(m.Package.Remarks(f.src.Expr, after(m, f.src)), speaks) {
		return true
	}
	return documented(m, f.src.Expr)
}

// documented reports whether the documentation of the function around a node
// says why it starts over, or takes no context.
func documented(m *model.Models, n ast.Node) bool {
	doc := strings.Join(strings.Fields(m.Package.Doc(n)), " ")
	return speaks(doc) || !pending.MatchString(doc) && takesNone.MatchString(doc)
}

// after returns the end of the last context that begins before src in the same
// declared function.
func after(m *model.Models, src ctxflow.Fresh) token.Pos {
	last := src.Func.Root().Node.Pos()
	for _, f := range m.Package.Funcs {
		if f.Root() != src.Func.Root() {
			continue
		}
		for _, other := range m.Launch.Flow.Fresh(f) {
			if end := other.Expr.End(); end <= src.Expr.Pos() {
				last = max(last, end)
			}
		}
	}
	return last
}

// speaks reports whether a comment, wherever it stands, is about a context
// that starts over, and gives a reason.
func speaks(remark string) bool {
	return !pending.MatchString(remark) &&
		(apart.MatchString(remark) || fresh.MatchString(remark) && (because.MatchString(remark) || ends.MatchString(remark)))
}

// reason matches what people call the matter when they explain it. That of a
// context is spoken of without a reason too ("create a context for the calls"),
// so there a word is asked for that gives one, or that tells two apart.
var (
	reason  = regexp.MustCompile(`(?i)\b(background|cancel\w*|detach\w*|async\w*|deadline|timeout|outlive\w*)\b`)
	matter  = regexp.MustCompile(`(?i)\b(context|contexts|ctx)\b`)
	because = regexp.MustCompile(`(?i)\b(as|because|since|so|not|n't|don't|doesn't|without|instead|own|independent|separate|even|prevent\w*|avoid\w*|regardless|surviv\w*|expire\w*|abandon\w*)\b`)
)

// fresh matches the name of a context that starts over, apart one that is told
// apart from another, takesNone a function that takes none for a reason; ends
// is what ends a context.
var (
	fresh     = regexp.MustCompile(`(?i)\b(background|fresh|new|separate|own|detached|independent|different|dedicated)\W{1,3}(\w+ )?(context|ctx)\b|\b(context|ctx) of (its|their) own\b|\bcontext\.(Background|TODO)\b`)
	apart     = regexp.MustCompile(`(?i)\b(independent\w*|regardless|instead of|detach\w*|decoupl\w*|separate\w*|outlive\w*|even (if|when|after|though))\b[^.]{1,40}\b(context|contexts|ctx)\b`)
	takesNone = regexp.MustCompile(`(?i)\b(so|because|since|as|therefore)\b[^.]{0,20}(n't|\bnot|\bwithout)\b[^.]{1,20}\b(context|ctx)\b|(n't|\bnot|\bwithout)\b[^.]{1,20}\b(context|ctx)\b.{0,20}\b(so|because|since|as)\b`)
	ends      = regexp.MustCompile(`(?i)\b(cancel\w*|deadline|timeout|outlive\w*|disconnect\w*)\b`)
)

// meant matches a directive for the linter that asks why a context is not passed
// on, with the reason that it is given.
var meant = regexp.MustCompile(`^//\s*nolint:\S*\bcontextcheck\b\S*\s*//\s*\w`)

// pending marks what its author means to change.
var pending = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

// goesOn reports whether the work of a sink can outlive the function in which
// the context begins, for it must not get a request's cancellation then.
func goesOn(m *model.Models, src ctxflow.Fresh, s ctxflow.Sink) bool {
	if s.Call == nil {
		return true
	}
	if does, _ := m.Launch.Does(s.Call, s.Slot); does&(summary.Outlives|summary.Stores) != 0 {
		return true
	}
	if l := launchedBy(m, s.Call); l != nil && l.Outlives(src.Func) {
		return true
	}
	for f := s.Func; f != nil && f != src.Func; f = f.Outer {
		for _, l := range m.Launch.LaunchesOf(f) {
			if l.Outlives(src.Func) {
				return true
			}
		}
	}
	return false
}

// order has first what says most: a root span shows that the author thought
// of the trace, launched work decides about the fix.
var order = map[string]int{nolink: 0, async: 1, sync: 2, cleanup: 3, hidden: 4}

// use judges one use of a context that begins in view.
func use(m *model.Models, src ctxflow.Fresh, s ctxflow.Sink) (fault, bool) {
	if _, ok := s.Value.Span(); ok {
		return fault{}, false // below a span of its own, which is judged where it starts
	}
	does, starts := m.Launch.Does(s.Call, s.Slot)
	if does&(summary.Works|summary.Outlives) == 0 || sleeps(m, s, does) {
		return fault{}, false // logged with, waited for, read
	}
	if s.Call != nil && setup.Of(m.Summary).TakesDown(s.Call, s.Func) {
		return fault{}, false // what has ended or is canceled must not end the last export
	}
	if constructs(m, s, does) || opens(m, s.Call) || m.Launch.LivesOn(s.Call, src.Func) {
		return fault{}, false
	}
	keeper := m.Launch.ResultOf(s.Call)
	if keeper == launch.OthersKeep {
		return fault{}, false // what is opened serves those who come later
	}
	when := m.Launch.When(src.Expr, src.Func)
	if when == launch.Instead {
		return fault{}, false
	}
	f := fault{src: src, sink: s, does: does, returned: keeper == launch.CallerKeeps}
	l := m.Launch.Around(s.Func)
	if l == nil {
		l = launchedBy(m, s.Call)
	}
	if l == nil {
		hand, ok := atHand(m, src.Expr, src.Func)
		if !ok {
			return helper(m, f)
		}
		if hands(m, s.Call, hand) {
			return fault{}, false
		}
		return below(m, f, hand, starts, when)
	}
	if l.Body != nil && l.Body.Obj != nil && src.Func.Inside(l.Body) && !alwaysLaunched(m, l.Body) {
		return fault{}, false // others call it too, and may have no context
	}
	return launched(m, f, l, starts, when)
}

// sleeps reports whether the call does nothing with the context but wait, and
// fails only when it is done: for what else such a call may have another
// goroutine do, it could fail.
func sleeps(m *model.Models, s ctxflow.Sink, does summary.CtxUse) bool {
	sum := m.Summary.Call(s.Call)
	return sum != nil && sum.SlotAt(s.Slot).FailsDone && does&summary.Awaits != 0 && does&(summary.Hands|summary.Outlives) == 0
}

// atHand is AtHand without contexts whose span has ended by then.
func atHand(m *model.Models, n ast.Node, f *scope.Func) (launch.Hand, bool) {
	hand, ok := m.Launch.AtHand(n, f)
	if !ok || hand.Span.Call == nil || hand.Request != launch.NotRequest {
		return hand, ok
	}
	start := m.Spans.StartOf(hand.Span.Call)
	if start == nil {
		return hand, true
	}
	for g := f; g != nil; n, g = g.Node, g.Outer {
		at, found := g.Graph().At(n)
		for _, end := range start.EndPoints() {
			if end.Deferred || end.Func != g || !found {
				continue
			}
			if p, ok := g.Graph().At(end.Node); ok && g.Graph().Dominates(p, at) {
				return launch.Hand{}, false
			}
		}
	}
	return hand, true
}

// alwaysLaunched reports whether a declared function is only ever launched,
// each time where a context is at hand.
func alwaysLaunched(m *model.Models, f *scope.Func) bool {
	launches := m.Launch.LaunchesOf(f)
	for _, l := range launches {
		if _, ok := atHand(m, l.Node, l.Func); !ok {
			return false
		}
	}
	return len(m.Launch.Callers(f)) <= len(launches)
}

// below judges a use that the context at hand lasts for.
func below(m *model.Models, f fault, hand launch.Hand, starts bool, when launch.Moment) (fault, bool) {
	s, sure := f.sink, hand.Request == launch.Proven
	switch {
	case starts && linked(m, s.Call, f.src.Func):
		return fault{}, false
	case manages(s) && !sure && hand.Span.Call == nil:
		return fault{}, false // a life cycle of its own
	case m.Launch.OfStart(hand) && m.Launch.MayRunLater(f.src.Func, hand.Func):
		return fault{}, false // registered for the life of what is made
	case m.Launch.OfStart(hand) && keptBy(m, s.Call):
		return fault{}, false // a part of what is made
	case f.does&summary.Outlives != 0 && m.Launch.Settles(s.Call, s.Slot, sure):
		return fault{}, false // handed to something that lives on with it
	}
	f.hand, f.category = hand, sync
	if when != launch.During {
		f.category = cleanup
	} else if m.Launch.LeftWith(f.src.Func, hand.Func) {
		f.category = async
	}
	if l := launchedBelow(m, f); starts && l != nil {
		f.category, f.launch = nolink, l
	}
	return f, true
}

// keptBy reports whether a call makes an object, and nothing that could fail: then
// all that it can do with a context is to keep it.
func keptBy(m *model.Models, call *ast.CallExpr) bool {
	p, ok := types.Unalias(m.Pass.TypesInfo.TypeOf(call)).(*types.Pointer)
	if !ok {
		return false
	}
	_, named := types.Unalias(p.Elem()).(*types.Named)
	return named && m.Summary.Call(call) == nil
}

// launchedBelow returns the launch that a span is started for: all that gets
// its context is work that outlives the function.
func launchedBelow(m *model.Models, f fault) *launch.Launch {
	var found *launch.Launch
	for _, s := range m.Launch.Flow.Follow(f.src) {
		span, ok := s.Value.Span()
		if !ok || span.Call != f.sink.Call {
			continue
		}
		l := m.Launch.Around(s.Func)
		if l == nil {
			l = launchedBy(m, s.Call)
		}
		if l == nil || !l.Func.Inside(f.src.Func) || !l.Outlives(f.src.Func) {
			return nil
		}
		found = l
	}
	return found
}

// launched judges a use in launched work.
func launched(m *model.Models, f fault, l *launch.Launch, starts bool, when launch.Moment) (fault, bool) {
	if l.Kind == launch.Shared || l.OfObject() || l.Endless() || l.Watches() {
		return fault{}, false // for many, or for the life of the process, or of what it waits for
	}
	hand, ok := atHand(m, l.Node, l.Func)
	if f.src.Func.Inside(l.Body) {
		// What the work was given, or has made for itself, is nearer.
		inside, found := atHand(m, f.src.Expr, f.src.Func)
		if found && inside.Span.Call != nil && inside.Span.Func.Inside(l.Body) {
			return below(m, f, inside, starts, when)
		}
		if found && inside.Func.Inside(l.Body) {
			hand, ok = inside, true
		}
	}
	if !ok || hand.Callback {
		return fault{}, false
	}
	f.launch, f.hand = l, hand
	if m.Launch.SetsUp(hand) || hand.Request == launch.Presumed && m.Launch.OfResult(f.sink.Call, l.Func) {
		return fault{}, false // what a constructor makes begins to live
	}
	if hand.Request != launch.Proven && hand.Span.Call == nil && l.Outlives(l.Func) && (l.HandedOut() || l.Feeds()) {
		return fault{}, false // work for somebody whose context is not known
	}
	if starts {
		if linked(m, f.sink.Call, l.Body) {
			return fault{}, false
		}
		f.category = nolink
		return f, true
	}
	if when != launch.During {
		f.category = cleanup
		return f, true
	}
	f.category = async
	if !l.Outlives(l.Func) || hand.Func != nil && l.Func.Inside(hand.Func) && !l.Outlives(hand.Func) {
		f.category = sync // who has the context waits for it
	}
	return f, true
}

// launchedBy returns the launch that a call is: go f(ctx).
func launchedBy(m *model.Models, call *ast.CallExpr) *launch.Launch {
	for _, l := range m.Launch.Launches() {
		if l.Kind == launch.Go && l.Call == call {
			return l
		}
	}
	return nil
}

// lasts reports whether a context is made for something that lasts: its
// cancel function is kept for later, or called by hand when the code wants the
// work to end.
func lasts(m *model.Models, s ctxflow.Sink) bool {
	for _, step := range s.Value.Steps {
		if step.Kind == ctxflow.Signals || step.Kind == ctxflow.Lives {
			return true
		}
		if step.Kind == ctxflow.Cancels && (step.Handle == nil || (m.Launch.Keeps(step.Handle) ||
			!step.Deadline && !m.Launch.OnlyDeferred(step.Handle)) && !endsWithWork(m, step)) {
			return true
		}
	}
	return false
}

// endsWithWork reports whether a context is made in launched work, which defers
// its cancel: that others can cancel it as well, as long as the work goes on,
// gives it no other life.
func endsWithWork(m *model.Models, cancel ctxflow.Step) bool {
	if len(m.Launch.LaunchesOf(cancel.Func)) == 0 {
		return false
	}
	_, ok := m.Launch.DeferredCall(cancel.Handle, cancel.Func)
	return ok
}

// manages reports whether the code cancels the context itself, without a
// deadline: it decides about a life, not about a call.
func manages(s ctxflow.Sink) bool {
	for _, step := range s.Value.Steps {
		if step.Kind == ctxflow.Cancels && !step.Deadline {
			return true
		}
	}
	return false
}

// constructs reports whether the call makes something that keeps the context.
func constructs(m *model.Models, s ctxflow.Sink, does summary.CtxUse) bool {
	fn := m.Package.Callee(s.Call)
	if fn == nil || s.Slot == ctxflow.Itself {
		return false
	}
	return does&summary.Stores != 0 || m.Summary.Call(s.Call) == nil && makes(fn)
}

// opens reports whether the call returns a channel, so that what it does
// goes on when it has returned, for as long as somebody receives.
func opens(m *model.Models, call *ast.CallExpr) bool {
	sig, ok := scope.Underlying(m.Package.Info, call.Fun).(*types.Signature)
	if !ok {
		return false
	}
	for i := range sig.Results().Len() {
		if _, ok := sig.Results().At(i).Type().Underlying().(*types.Chan); ok {
			return true
		}
	}
	return false
}

// hands reports whether the call gets the context at hand as well, in a
// literal that it runs: the fresh one is then for the rounds of a helper, which
// should not stop half-way, and the work goes on with the other.
func hands(m *model.Models, call *ast.CallExpr, hand launch.Hand) bool {
	found := false
	for _, arg := range call.Args {
		lit, ok := ast.Unparen(arg).(*ast.FuncLit)
		if !ok {
			continue
		}
		ast.Inspect(lit.Body, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && m.Package.Info.Uses[id] == hand.Var
			return !found
		})
	}
	return found
}

// makes reports whether a function of others returns an object, which may
// keep what it was made with.
func makes(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Recv() != nil {
		return false
	}
	for i := range sig.Results().Len() {
		t := sig.Results().At(i).Type()
		if otelapi.ImplementsContext(t) || otelapi.IsRequest(t) {
			return false
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if types.NewMethodSet(types.NewPointer(t)).Len() > 0 && !types.Identical(t, types.Universe.Lookup("error").Type()) {
			return true
		}
		if i, ok := t.Underlying().(*types.Interface); ok && i.NumMethods() > 0 && t.String() != "error" {
			return true
		}
	}
	return false
}

// linked reports whether the span that the call starts has a link, or may
// have: an option that is not known, or AddLink in the same work.
func linked(m *model.Models, call *ast.CallExpr, work *scope.Func) bool {
	if call.Ellipsis.IsValid() {
		return true
	}
	for i, arg := range call.Args {
		t := m.Package.Info.TypeOf(arg)
		if i == 0 || t == nil {
			continue
		}
		if ctxflow.Carries(t) || m.Package.Tracers.IsSpan(t) {
			return true // given the origin as well
		}
		opt, ok := ast.Unparen(arg).(*ast.CallExpr)
		if types.IsInterface(t) && !otelapi.IsTracer(t) && (!ok || !otelapi.LeavesUnlinked(m.Package.Callee(opt))) {
			return true
		}
	}
	if work == nil {
		return false
	}
	found := false
	ast.Inspect(work.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && otelapi.AddsLink(m.Package.Callee(c)) {
			found = true
		}
		return !found
	})
	return found
}

// roots finds work, launched by f, whose span is a root by option and has no
// link.
func roots(m *model.Models, f *scope.Func) []fault {
	var out []fault
	for _, l := range m.Launch.Launches() {
		if l.Func != f || l.Kind == launch.Shared || l.Endless() || !l.Outlives(l.Func) {
			continue
		}
		for _, u := range l.Uses() {
			if !u.Starts || !m.Launch.Flow.HasOption(u.Call, "WithNewRoot") || linked(m, u.Call, u.Func) {
				continue
			}
			hand, ok := atHand(m, l.Node, l.Func)
			if !ok || hand.Callback || !detached(u.Values) {
				continue
			}
			out = append(out, fault{category: nolink, src: ctxflow.Fresh{Expr: u.Call, Func: u.Func},
				sink: ctxflow.Sink{Expr: u.Expr, Call: u.Call, Func: u.Func}, does: u.Does, hand: hand, launch: l})
		}
	}
	return out
}

func detached(values []ctxflow.Value) bool {
	for _, v := range values {
		if !v.Detached() {
			return false
		}
	}
	return len(values) > 0
}

// helper judges a context that begins in a function without one, whose
// callers hold a context.
func helper(m *model.Models, f fault) (fault, bool) {
	root := f.src.Func
	if root.Obj == nil || len(m.Launch.LaunchesOf(root)) > 0 {
		return fault{}, false
	}
	callers := m.Launch.Callers(root)
	for _, c := range callers {
		if _, ok := atHand(m, c.Call, c.Func); !ok {
			return fault{}, false
		}
	}
	f.category = hidden
	return f, len(callers) > 0
}

// fields finds calls below a span that get a context from a field.
func fields(m *model.Models, f *scope.Func) []fault {
	if !m.Config.On(Rule.Name, stored) {
		return nil
	}
	var out []fault
	for _, u := range m.Launch.UsesIn(f) {
		if u.Does&(summary.Works|summary.Outlives) == 0 || len(u.Values) != 1 {
			continue
		}
		v := u.Values[0]
		if _, own := v.Span(); own || v.Origin != ctxflow.Field || m.Launch.Around(f) != nil {
			continue
		}
		hand, ok := atHand(m, u.Call, f)
		if !ok || hand.Span.Call == nil {
			continue
		}
		switch m.Launch.When(u.Call, f) {
		case launch.During:
		case launch.Instead:
			continue
		default: // clean-up
			if !m.Config.On(Rule.Name, cleanup) {
				continue
			}
		}
		out = append(out, fault{category: stored, src: ctxflow.Fresh{Expr: u.Expr, Func: f},
			sink: ctxflow.Sink{Expr: u.Expr, Call: u.Call, Func: f}, does: u.Does, hand: hand})
	}
	return out
}

func verdicts(m *model.Models, faults []fault) []plan.Verdict {
	var out []plan.Verdict
	r := newRepairs(m, faults)
	for i, f := range faults {
		v := plan.Verdict{Category: f.category, Site: f.src.Expr, Pos: f.src.Expr.Pos(), End: f.src.Expr.End(), Message: message(m, f)}
		if f.launch != nil && f.category == async {
			v.Site = f.launch.Node // one launch, one repair
		}
		v.Fix = r.fix(i)
		out = append(out, v)
	}
	return out
}

func message(m *model.Models, f fault) string {
	begun, hand := name(f.src.Expr), handName(f.hand)
	if f.src.Request {
		begun = "a request without context"
	} else if f.src.Sends {
		begun = "a call without context"
	}
	switch f.category {
	case nolink:
		return fmt.Sprintf("%s in %s has no link to %s, so nothing leads from the request to its trace", "root span", what(f.launch), hand)
	case async:
		return fmt.Sprintf("%s starts over from %s, so nothing leads from %s to what it traces", what(f.launch), begun, hand)
	case hidden:
		return fmt.Sprintf("%s starts over from %s although its callers hold a context, so what it traces is cut off from theirs", funcName(f.src.Func), begun)
	case stored:
		return fmt.Sprintf("call below a span gets %s instead of %s, so what it traces is cut off from the span", begun, hand)
	case cleanup:
		return fmt.Sprintf("clean-up starts over from %s although %s is at hand, so it %s", begun, hand, loses(m, f))
	}
	if f.src.Request {
		return fmt.Sprintf("request is made without %s, so it %s", hand, loses(m, f))
	}
	if f.src.Sends {
		return fmt.Sprintf("%s takes no context although %s is at hand, so it %s", callee(f.src.Expr), hand, loses(m, f))
	}
	return fmt.Sprintf("call starts over from %s although %s is at hand, so it %s", begun, hand, loses(m, f))
}

// loses says what a call loses: the trace only where something traces.
func loses(m *model.Models, f fault) string {
	if f.hand.Span.Call != nil || traced(m) {
		return "is cut off from the trace"
	}
	return "has neither its cancellation nor its values"
}

// traced reports whether tracing is in view of the package.
func traced(m *model.Models) bool {
	for _, imp := range m.Pass.Pkg.Imports() {
		if otelapi.SpeaksOf(imp.Path()) {
			return true
		}
	}
	return false
}

func what(l *launch.Launch) string {
	switch {
	case l == nil:
		return "the work"
	case l.Kind == launch.Later:
		return "callback"
	case l.Kind == launch.Sent:
		return "work sent to another goroutine"
	}
	return "goroutine"
}

func handName(h launch.Hand) string {
	switch {
	case h.Var == nil:
		return "a context"
	case !h.Named():
		return "the unnamed context parameter"
	}
	// Before what the object itself would do as a context: without a setting
	// of its engine gin's has no span in it, and fiber's never has.
	return h.Var.Name() + otelapi.RequestContext(h.Var.Type())
}

func funcName(f *scope.Func) string {
	if r := f.Root(); r.Obj != nil {
		return r.Obj.Name()
	}
	return "the function"
}

// callee returns how the source speaks of what is called.
func callee(e ast.Expr) string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return "call"
	}
	return model.CallName(call)
}

// name returns how the source speaks of a context.
func name(e ast.Expr) string {
	if s := types.ExprString(e); len(s) <= 30 {
		return s
	}
	return "a new context"
}

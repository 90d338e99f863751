package exitflush

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
)

//go:embed doc.go
var doc string

const (
	exit       = "exit"
	startup    = "startup"
	canceled   = "canceled"
	order      = "order"
	noshutdown = "noshutdown"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "exitflush", Categories: []config.Category{
	{Name: exit, Doc: "the process ends past a deferred Shutdown when spans may exist"},
	{Name: startup, OptIn: true, Doc: "the process ends past a deferred Shutdown while it starts"},
	{Name: canceled, Doc: "a provider is shut down with a context that has ended"},
	{Name: order, Doc: "a provider or its exporter stops, or a waiter is released, before the last spans end"},
	{Name: noshutdown, Doc: "a provider, or the function that shuts it down, is dropped"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	x := setup.Of(m.Summary)
	var out []plan.Verdict
	seen := make(map[*ast.CallExpr]bool)
	for _, f := range m.Package.Funcs {
		if x.InTest(f) {
			continue // spans of tests are looked at in memory, if at all
		}
		out = append(out, exits(m, x, f, seen)...)
		for _, d := range x.Dead(f) {
			out = append(out, dead(m, d))
		}
		for _, d := range x.Disorders(f, m.Spans, m.Launch) {
			out = append(out, disorder(m, f, d))
		}
		for _, d := range x.Premature(f) {
			out = append(out, premature(f, d))
		}
		for _, p := range x.Providers(f) {
			if v, ok := dropped(m, x, p); ok {
				out = append(out, v)
			}
		}
	}
	return out
}

// exits judges the exits past a deferred stop. All of one deferred stop have
// one repair, which goes with the first. An exit in a function that several
// others call is reported once.
func exits(m *model.Models, x *setup.Index, f *scope.Func, seen map[*ast.CallExpr]bool) []plan.Verdict {
	var out []plan.Verdict
	byDefer := make(map[*ast.DeferStmt][]setup.Skip)
	var defers []*ast.DeferStmt
	for _, s := range x.Skips(f) {
		category := exit
		if s.Startup {
			category = startup
		}
		if !m.Config.On(Rule.Name, category) || seen[s.Exit.Call] {
			continue
		}
		seen[s.Exit.Call] = true
		if byDefer[s.Past.Defer] == nil {
			defers = append(defers, s.Past.Defer)
		}
		byDefer[s.Past.Defer] = append(byDefer[s.Past.Defer], s)
		lost := "so the spans it still holds are lost"
		if s.Startup {
			lost = "so what the start has traced is lost"
		}
		when := ""
		if s.Maybe {
			when = " on an error,"
		}
		v := plan.Verdict{
			Category: category,
			Site:     s.Past.Defer,
			Pos:      s.Exit.Call.Pos(), End: s.Exit.Call.End(),
			Message: fmt.Sprintf("%s ends the process%s without the deferred %s, %s", s.Text, when, name(s.Past.Stop), lost),
		}
		if s.Called {
			v.Message = fmt.Sprintf("%s ends the process%s without the %s that %s has deferred, %s", s.Text, when, name(s.Past.Stop), f.Root().Obj.Name(), lost)
		}
		if files := m.Package.Fset; files.File(v.Pos) == files.File(s.Past.Defer.Pos()) {
			v.Related = &analysis.RelatedInformation{Pos: s.Past.Defer.Pos(), End: s.Past.Defer.End(), Message: "deferred here"}
		}
		out = append(out, v)
	}
	if !m.Config.UnsafeFixes {
		return out
	}
	for _, d := range defers {
		// What ends the process only on an error, or in another function, is no
		// place to shut down at.
		sure := slices.DeleteFunc(byDefer[d], func(s setup.Skip) bool { return s.Maybe || s.Called })
		if len(sure) == 0 {
			continue
		}
		fix := flush(m, f, d, sure)
		for i := range out {
			if out[i].Site == ast.Node(d) && out[i].Pos == sure[0].Exit.Call.Pos() {
				out[i].Fix = fix
				break
			}
		}
	}
	return out
}

// name is what a stop is called in a message.
func name(s setup.Stop) string {
	switch {
	case s.Of == nil:
		return types.ExprString(s.Call.Fun)
	case isFunc(s.Of.Type()):
		return s.Of.Name()
	}
	if sel, ok := ast.Unparen(s.Call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "ForceFlush" {
		return "ForceFlush of " + s.Of.Name()
	}
	return "Shutdown of " + s.Of.Name()
}

func isFunc(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func dead(m *model.Models, d setup.Dead) plan.Verdict {
	ctx := types.ExprString(d.Ctx)
	if len(ctx) > 40 {
		ctx = "its context"
	}
	why := ""
	switch d.Cause {
	case setup.Interrupted:
		why = "which a signal has ended when the program is interrupted"
	case setup.Canceled:
		why = "which has been canceled by then"
	case setup.Awaited:
		why = "whose end was waited for before"
	case setup.Joined:
		why = "which ended when its group was waited for"
	}
	v := plan.Verdict{
		Category: canceled,
		Site:     d.Call,
		Pos:      d.Call.Pos(), End: d.Call.End(),
		Message: fmt.Sprintf("%s gets %s, %s, so nothing more is exported", name(d.Stop), ctx, why),
		Fix:     withoutCancel(m, d),
	}
	if d.By != nil && m.Pass.Fset.File(d.By.Pos()) == m.Pass.Fset.File(d.Call.Pos()) {
		v.Related = &analysis.RelatedInformation{Pos: d.By.Pos(), End: d.By.End(), Message: "the context has ended here"}
	}
	return v
}

func disorder(m *model.Models, f *scope.Func, d setup.Disorder) plan.Verdict {
	first, second := text(d.First), text(d.Second)
	message := ""
	switch d.Kind {
	case setup.StopBeforeEnd:
		message = "%s runs before %s, so this span is not exported"
	case setup.StopBeforeWait:
		message = "%s runs before %s, so spans that the work ends meanwhile are not exported"
	case setup.ExporterFirst:
		message = "%s runs before %s, so the provider has nowhere to send the spans it still holds"
	case setup.ReleaseBeforeEnd:
		message = "%s runs before %s, so whoever waits may stop the provider before the span has ended"
	}
	v := plan.Verdict{
		Category: order,
		Site:     d.First,
		Pos:      d.First.Pos(), End: d.First.End(),
		Message: fmt.Sprintf(message, first, second),
	}
	if d.FirstDefer != nil {
		v.Pos, v.End = d.FirstDefer.Pos(), d.FirstDefer.Call.Lparen
	}
	if d.First.Pos() != d.Second.Pos() {
		v.Related = &analysis.RelatedInformation{Pos: d.Second.Pos(), End: d.Second.End(), Message: "this should come first"}
	}
	if m.Config.UnsafeFixes {
		v.Fix = swap(m, d)
	}
	return v
}

// premature judges a stop that ends the work of a function that has only begun.
func premature(f *scope.Func, d setup.Deferred) plan.Verdict {
	return plan.Verdict{
		Category: order,
		Site:     d.Call,
		Pos:      d.Defer.Pos(), End: d.Defer.Call.Lparen,
		Message: fmt.Sprintf("%s runs when %s returns, before the program has traced anything with what it sets up", name(d.Stop), f.Obj.Name()),
	}
}

// text is how a call is written, without its arguments.
func text(c *ast.CallExpr) string {
	if _, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		return "the deferred function"
	}
	s := types.ExprString(c.Fun)
	if id, ok := c.Fun.(*ast.Ident); ok && len(c.Args) == 1 && id.Name == "close" {
		return "close(" + types.ExprString(c.Args[0]) + ")"
	}
	return s
}

// dropped judges a provider, or a function that shuts one down.
func dropped(m *model.Models, x *setup.Index, p setup.Provider) (plan.Verdict, bool) {
	fate := x.FateOf(p)
	if !fate.Lost() || !x.Exports(p) {
		return plan.Verdict{}, false
	}
	v := plan.Verdict{Category: noshutdown, Site: p.Call, Pos: p.Call.Pos(), End: head(p.Call)}
	switch {
	case p.Result < 0:
		v.Message = fmt.Sprintf("the function by which %s lets its provider be shut down is dropped, so the last spans are never exported", types.ExprString(p.Call.Fun))
	case fate.As != nil:
		as := types.TypeString(fate.As, types.RelativeTo(m.Pass.Pkg))
		if named, ok := types.Unalias(fate.As).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg() != m.Pass.Pkg {
			as = named.Obj().Pkg().Name() + "." + named.Obj().Name()
		}
		v.Message = fmt.Sprintf("the provider is kept as %s, which cannot be shut down, so its last spans are never exported", as)
	default:
		v.Message = "nothing shuts this provider down, so its last spans are never exported"
	}
	return v, true
}

// head is where the arguments of a call begin: options fill many lines.
func head(c *ast.CallExpr) token.Pos { return c.Lparen }

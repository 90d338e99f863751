package spanend

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

//go:embed doc.go
var doc string

const (
	lost     = "lost"
	manual   = "manual"
	loop     = "loop"
	foreign  = "foreign"
	early    = "early"
	late     = "late"
	uncalled = "uncalled"
	phase    = "phase"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "spanend", Categories: []config.Category{
	{Name: lost, Doc: "a span is not ended on some path, discarded, overwritten, or put where nothing ends it"},
	{Name: manual, Doc: "a span is ended by hand where one deferred call does the same and survives a panic"},
	{Name: loop, Doc: "the End of a span is deferred in a loop"},
	{Name: foreign, Doc: "a span is ended by code that did not start it"},
	{Name: early, Doc: "a span is ended before what leaves the function is done with it"},
	{Name: late, Doc: "a span is annotated or ended again after its End"},
	{Name: uncalled, Doc: "a call that returns the end function is deferred in place of that function"},
	{Name: phase, OptIn: true, Doc: "a span is ended by hand in the middle of a function, and a panic leaves it open"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	j := &judging{m: m, fixer: newFixer(m)}
	for _, s := range m.Spans.Starts() {
		j.start(s)
	}
	for _, o := range m.Spans.Objects() {
		j.object(o)
	}
	for _, b := range m.Spans.Borrows() {
		j.borrow(b)
	}
	return j.verdicts
}

type judging struct {
	m        *model.Models
	fixer    *fixer
	verdicts []plan.Verdict
}

// start judges one span. What is lost or ended in the wrong loop is reported
// as that, whatever else is wrong with it.
func (j *judging) start(s *spans.Start) {
	if s.Uncalled() {
		j.report(uncalled, s.Call, s.Call, fmt.Sprintf("deferred %s starts a span at the end of the function, and the function it returns, which ends the span, is not called", model.CallName(s.Call)),
			nil, j.fixer.call(s))
		return
	}
	// In a test it does not matter when a span is ended, but by the test's end,
	// and a panic ends the process: what is open then nobody exports.
	test := j.m.Package.IsTest(s.Call)
	if e := s.InLoop(); e != nil {
		if test {
			return
		}
		j.report(loop, s.Call, e.Node, fmt.Sprintf("deferred %s of %s in a loop runs when the function returns, so every round leaves one more span open", endName(s), spanName(s)),
			nil, j.fixer.closure(s, e))
		return
	}
	if e := s.EndedByMany(); e != nil && !test {
		j.report(late, s.Call, e.Node, fmt.Sprintf("%s is ended here by several goroutines, so it ends with the first of them", spanName(s)), nil, nil)
		return
	}
	if loss := s.Lost(); loss.How != spans.Kept {
		if test && !halfway(loss) {
			return // it is looked at, or makes a context; nobody waits for it
		}
		j.lost(s, loss)
		return
	}
	if e := s.Hasty(); e != nil {
		j.report(manual, s.Call, e.Node, fmt.Sprintf("%s is ended here, before the error that %s looks at is known: a defer is missing", spanName(s), model.CallName(e.Node.(*ast.CallExpr))),
			nil, j.fixer.forgotten(s, e))
		return
	}
	if esc := s.Early(); esc != nil && !(test && esc.What == spans.Context) {
		j.report(early, s.Call, esc.End.Node, earlyMessage(s, esc), related(esc.At, "it leaves here"), nil)
		return
	}
	if e, after := s.Late(); e != nil && !test {
		j.report(late, s.Call, e.Node, lateMessage(s, e, after), related(after.Node, "this comes after it"), nil)
		return
	}
	if e := j.afterwards(s); e != nil && !test {
		j.report(late, s.Call, e.Node, spanName(s)+" is annotated here by work that goes on when the deferred "+endName(s)+" has run, so the annotation may be dropped", nil, nil)
		return
	}
	if !test {
		j.byHand(s)
	}
}

// afterwards returns what work that outlives the function does to a span which
// the function has deferred the end of. Work that waits for the context to be
// done may see that before the function returns, and so does a loop that is told
// to stop.
func (j *judging) afterwards(s *spans.Start) *spans.Event {
	ends := s.EndPoints()
	for _, end := range ends {
		if !end.Deferred || end.Func != s.Func {
			return nil // the work, or a closure, may end it when the work is done
		}
	}
	if len(ends) == 0 {
		return nil
	}
	for _, l := range j.m.Launch.Launches() {
		if l.Body == nil || l.Body.Obj != nil || !l.Func.Inside(s.Func) || !l.Outlives(s.Func) || l.MayJoin() || l.Watches() || l.Endless() {
			continue
		}
		for _, e := range s.Events(l.Body) {
			if e.Does == spans.Annotates {
				return e
			}
		}
	}
	return nil
}

// object judges a span that is in an object, by what becomes of that. Which of
// its methods a deferred call should call is not known.
func (j *judging) object(s *spans.Start) {
	loss := s.Lost()
	if !halfway(loss) && loss.How != spans.Never || j.m.Package.IsTest(s.Call) {
		return
	}
	name := model.CallName(s.Call)
	message := fmt.Sprintf("span in what %s returns is not ended on every path, so it may never be exported", name)
	var rel *analysis.RelatedInformation
	switch loss.How {
	case spans.OnPath:
		rel = related(loss.At, "this return is reached without an end")
	case spans.Overwritten:
		message = fmt.Sprintf("span in what %s returns is overwritten before it is ended, so it is never exported", name)
		rel = related(loss.At, "overwritten here")
	case spans.Never:
		message = fmt.Sprintf("span in what %s returns is never ended, so it is never exported", name)
	}
	j.report(lost, s.Call, s.Call, message, rel, nil)
}

// halfway reports whether the span is ended on other ways, or was meant to be.
func halfway(loss spans.Loss) bool {
	return loss.How == spans.OnPath || loss.How == spans.Again || loss.How == spans.Overwritten
}

// lost reports a span that is not ended, or not on every path.
func (j *judging) lost(s *spans.Start, loss spans.Loss) {
	name := spanName(s)
	var message string
	var rel *analysis.RelatedInformation
	switch loss.How {
	case spans.OnPath:
		message = name + " is not ended on every path, so it may never be exported"
		rel = related(loss.At, "this return is reached without an end")
	case spans.Again:
		message = name + " is not ended on every path through the loop, so it may never be exported"
	case spans.Overwritten:
		message = name + " is overwritten before it is ended, so it is never exported"
		rel = related(loss.At, "overwritten here")
	case spans.Never:
		message = name + " is never ended, so it is never exported"
	case spans.Discarded:
		message = fmt.Sprintf("span started by %s is discarded, so nothing can end it and it is never exported", model.CallName(s.Call))
		if s.Result < 0 {
			message = fmt.Sprintf("function that ends the span started by %s is discarded, so the span is never exported", model.CallName(s.Call))
		}
	case spans.Buried:
		message = fmt.Sprintf("%s is kept in %s, where nothing in this package ends it, so it is never exported", name, loss.To.Name())
		if loss.At != nil {
			rel = related(loss.At, "stored here")
		}
	}
	j.report(lost, s.Call, s.Call, message, rel, j.fixer.lost(s, loss))
}

// byHand reports ends that a panic skips.
func (j *judging) byHand(s *spans.Start) {
	h := s.ByHand()
	if h == nil || h.Brief || h.Stamped {
		return
	}
	first := h.Ends[0].Node
	if h.Last && !h.Helped && !h.Repeats && !h.Case {
		j.report(manual, s.Call, first, spanName(s)+" is ended by hand, so a panic before that leaves it open and it is never exported", nil, j.fixer.manual(s, h))
		return
	}
	j.report(phase, s.Call, first, spanName(s)+" is ended by hand in the middle of the function, so a panic before that leaves it open", nil, nil)
}

// borrow judges one span that was taken out of a context.
func (j *judging) borrow(b *spans.Borrow) {
	e := b.End()
	if e == nil || !b.Foreign() || j.m.Package.IsTest(b.Call) {
		return
	}
	j.report(foreign, b.Call, e.Node, fmt.Sprintf("the span that %s returns belongs to whoever started it, and ending it here cuts it short", model.CallName(b.Call)),
		nil, j.fixer.remove(b, e))
}

func (j *judging) report(category string, site, mark ast.Node, message string, rel *analysis.RelatedInformation, fix *analysis.SuggestedFix) {
	if d, ok := mark.(*ast.DeferStmt); ok {
		mark = headOf(d)
	}
	if rel != nil && j.m.Package.Fset.File(rel.Pos) != j.m.Package.Fset.File(mark.Pos()) {
		rel = nil
	}
	j.verdicts = append(j.verdicts, plan.Verdict{
		Category: category, Site: site, Pos: mark.Pos(), End: mark.End(), Message: message, Related: rel, Fix: fix,
	})
}

// headOf returns what to mark of a deferred call: all of a short one, the
// keyword and the word func of a literal.
func headOf(d *ast.DeferStmt) ast.Node {
	if lit, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); ok {
		return span{d.Pos(), lit.Type.End()}
	}
	return d
}

// span is a range of source text.
type span struct{ pos, end token.Pos }

func (s span) Pos() token.Pos { return s.pos }
func (s span) End() token.Pos { return s.end }

func related(at ast.Node, message string) *analysis.RelatedInformation {
	if at == nil {
		return nil
	}
	end := at.End()
	if ret, ok := at.(*ast.ReturnStmt); ok && len(ret.Results) == 0 {
		end = at.Pos() // where control falls off the end there is no word
	}
	return &analysis.RelatedInformation{Pos: at.Pos(), End: end, Message: message}
}

func earlyMessage(s *spans.Start, esc *spans.Escape) string {
	name := spanName(s)
	switch esc.What {
	case spans.Context:
		return name + " is ended here, but its context leaves the function, so what is started below it starts after its end"
	default:
		return fmt.Sprintf("%s is ended here, but the %s that leaves the function still works under it", name, esc.What)
	}
}

func lateMessage(s *spans.Start, e, after *spans.Event) string {
	name := spanName(s)
	switch {
	case after.Does == spans.Ends:
		return name + " is ended here and once more later, so its time is cut short or the later end does nothing"
	case e.Defer != nil:
		return name + " is ended by a deferred call that runs before an earlier one annotates it, so the annotation is dropped"
	}
	return name + " is ended here and annotated later, so the annotation is dropped"
}

// spanName says in a message which span is meant.
func spanName(s *spans.Start) string {
	switch {
	case s.Result < 0:
		return fmt.Sprintf("span started by %s", model.CallName(s.Call))
	case s.Name() == "":
		return fmt.Sprintf("span started by %s", model.CallName(s.Call))
	case s.Name() == "span":
		return "span" // not twice
	}
	return "span " + s.Name()
}

// endName returns what the call that ends the span is called.
func endName(s *spans.Start) string {
	if name := s.EndName(); name != "" {
		return name
	}
	return "End"
}

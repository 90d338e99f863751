package spanerror

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
	unset  = "unset"
	benign = "benign"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "spanerror", Categories: []config.Category{
	{Name: unset, OptIn: true, Doc: "an error leaves a function while the status of its span is unset"},
	{Name: benign, OptIn: true, Doc: "the status of a span is set to an error because the work was cancelled"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	fixer := &fixer{m: m}
	blamed := make(map[ast.Node]bool) // returns: of two spans that are open the inner one is said
	starts := m.Spans.Starts()
	for i := len(starts) - 1; i >= 0; i-- {
		s := starts[i]
		if m.Package.IsTest(s.Call) {
			continue // there the test says what has failed
		}
		for _, f := range s.Failures() {
			at := place(f)
			if blamed[at] {
				continue
			}
			blamed[at] = true
			verdicts = append(verdicts, plan.Verdict{
				Category: unset,
				Site:     at,
				Pos:      at.Pos(), End: end(at),
				Message: message(s, f),
				Fix:     fixer.status(s, f),
			})
		}
	}
	for _, b := range m.Spans.Blames() {
		if m.Package.IsTest(b.Call) {
			continue
		}
		verdicts = append(verdicts, plan.Verdict{
			Category: benign,
			Site:     b.Call,
			Pos:      b.Call.Pos(), End: b.Call.End(),
			Message: "status is set to an error for work that was cancelled, so it counts as a failure",
		})
	}
	return verdicts
}

// place returns the node that a failure is reported at.
func place(f spans.Failure) ast.Node {
	if f.Return != nil {
		return f.Return
	}
	return f.At
}

// end marks the first line of a return: what it returns may be long.
func end(n ast.Node) token.Pos {
	if ret, ok := n.(*ast.ReturnStmt); ok {
		return ret.Return + token.Pos(len("return"))
	}
	return n.End()
}

func message(s *spans.Start, f spans.Failure) string {
	name := "span " + s.Name()
	if s.Name() == "span" {
		name = "span"
	}
	if f.Return == nil {
		return fmt.Sprintf("error is recorded on %s and its status stays unset, so it does not count as failed", name)
	}
	return fmt.Sprintf("error is returned while the status of %s is unset, so it does not count as failed", name)
}

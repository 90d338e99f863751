package spanloop

import (
	_ "embed"
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
)

//go:embed doc.go
var doc string

const hot = "hot"

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "spanloop", Categories: []config.Category{
	{Name: hot, OptIn: true, Doc: "a span for every round of an unbounded loop that only computes"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	// What is done to spans is what the loop would do without.
	ofSpans := func(call *ast.CallExpr) bool {
		fn := m.Package.Callee(call)
		return m.Spans.StartOf(call) != nil || fn != nil && fn.Pkg() != nil && otelapi.SpeaksOf(fn.Pkg().Path())
	}
	for _, s := range m.Spans.Starts() {
		if s.Func == nil || m.Package.IsTest(s.Call) {
			continue
		}
		if _, ok := m.Launch.HotLoop(s.Call, s.Func, ofSpans); !ok {
			continue // a round that waits for something is worth a span, and few rounds do no harm
		}
		verdicts = append(verdicts, plan.Verdict{
			Category: hot,
			Site:     s.Call,
			Pos:      s.Call.Pos(), End: s.Call.End(),
			Message: "span is started in every round of a loop that only computes, so the queue of the exporter overflows and others are lost",
		})
	}
	return verdicts
}

package spanname

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/names"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
)

//go:embed doc.go
var doc string

const (
	variable = "variable"
	copied   = "copied"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "spanname", Categories: []config.Category{
	{Name: variable, Doc: "the name of a span has data in it"},
	{Name: copied, Doc: "a span has the literal name of another function of the package"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	var verdicts []plan.Verdict
	fixer := &fixer{m: m}
	for _, n := range m.Names.Names() {
		if m.Package.IsTest(n.Expr) {
			continue // nobody groups the spans of tests
		}
		culprit, ok := data(m, n)
		if !ok {
			continue
		}
		verdicts = append(verdicts, plan.Verdict{
			Category: variable,
			Site:     n.Expr,
			Pos:      n.Expr.Pos(), End: n.Expr.End(),
			Message: variableMessage(n, culprit),
			Fix:     fixer.constant(n),
		})
	}
	for _, c := range m.Names.Copies() {
		verdicts = append(verdicts, plan.Verdict{
			Category: copied,
			Site:     c.Name.Call,
			Pos:      c.Name.Expr.Pos(), End: c.Name.Expr.End(),
			Message: fmt.Sprintf("span of %s has the name of %s, so the two cannot be told apart", names.FuncName(c.Name.Func.Root()), names.FuncName(c.Of)),
			Related: related(m, c),
			Fix:     fixer.own(c),
		})
	}
	return verdicts
}

// data returns the part of a name that is no constant and not one of a few
// values. What a wrapper is given its callers decide about.
func data(m *model.Models, n *names.Name) (names.Part, bool) {
	if p, ok := n.Culprit(); ok {
		return p, true
	}
	return m.Names.Given(n)
}

func variableMessage(n *names.Name, culprit names.Part) string {
	what := "data"
	if text := types.ExprString(culprit.Expr); len(text) <= 40 {
		what = text
	}
	if n.Helped {
		return fmt.Sprintf("%s becomes part of a span name in %s, so there are as many names as values", what, callName(n.Call))
	}
	return fmt.Sprintf("span name contains %s, so there are as many names as values", what)
}

func callName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return "this call"
}

// related returns the place that the name was copied from, if it is in the
// same file.
func related(m *model.Models, c names.Copy) *analysis.RelatedInformation {
	if m.Package.Fset.File(c.From.Call.Pos()) != m.Package.Fset.File(c.Name.Call.Pos()) {
		return nil
	}
	return &analysis.RelatedInformation{Pos: c.From.Expr.Pos(), End: c.From.Expr.End(), Message: "the function that has the name"}
}

package badignore

import (
	_ "embed"
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/ignore"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
)

//go:embed doc.go
var doc string

const (
	noreason = "noreason"
	unknown  = "unknown"
	unused   = "unused"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "badignore", Categories: []config.Category{
	{Name: noreason, Doc: "a directive does not say why it silences"},
	{Name: unknown, Doc: "a directive names no rule, or one that does not exist"},
	{Name: unused, Doc: "a directive silences nothing"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Review(Rule, doc, review) }

func review(m *model.Models, judged func(filename, rule string) bool) []plan.Verdict {
	var verdicts []plan.Verdict
	for _, d := range m.Ignores.Directives() {
		file := m.Pass.Fset.Position(d.Comment.Pos()).Filename
		if v, ok := judge(m, d, func(rule string) bool { return judged(file, rule) }); ok {
			v.Pos, v.End = d.Comment.Pos(), d.Comment.End()
			verdicts = append(verdicts, v)
		}
	}
	return verdicts
}

// judge returns what is wrong with a directive: of several mistakes the one
// that has to be mended first.
func judge(m *model.Models, d *ignore.Directive, judged func(rule string) bool) (plan.Verdict, bool) {
	if len(d.Names) == 0 {
		return plan.Verdict{Category: unknown, Message: "directive silences nothing: it names no rule"}, true
	}
	for _, n := range d.Names {
		if why := wrong(m.Config, n); why != "" {
			return plan.Verdict{Category: unknown, Message: fmt.Sprintf("directive does not silence %s: %s", n, why)}, true
		}
	}
	if d.Reason == "" {
		return plan.Verdict{Category: noreason, Message: fmt.Sprintf("directive silences nothing: it gives no reason for ignoring %s", list(d.Names))}, true
	}
	var kept, useless []*ignore.Name
	for _, n := range d.Names {
		if !n.Used() && judged(n.Rule) && (n.Category == "" || m.Config.On(n.Rule, n.Category)) {
			useless = append(useless, n)
		} else {
			kept = append(kept, n)
		}
	}
	if len(useless) == 0 {
		return plan.Verdict{}, false
	}
	return plan.Verdict{
		Category: unused,
		Message:  fmt.Sprintf("directive silences nothing: there is no finding of %s in its line", list(useless)),
		Fix:      fix(m, d, kept),
	}, true
}

// fix removes the names that are of no use, and with the last of them the
// directive. It is a comment: the program stays the same.
func fix(m *model.Models, d *ignore.Directive, kept []*ignore.Name) *analysis.SuggestedFix {
	if len(kept) > 0 {
		return &analysis.SuggestedFix{Message: "Remove what is not used from the directive", TextEdits: []analysis.TextEdit{{
			Pos: d.Names[0].Pos, End: d.Names[len(d.Names)-1].End, NewText: []byte(list(kept)),
		}}}
	}
	file, err := edit.Open(m.Pass.Fset, d.File, m.Pass.ReadFile)
	if err != nil {
		return nil
	}
	edits := file.DeleteComment(d.Comment)
	if edits == nil {
		return nil
	}
	return &analysis.SuggestedFix{Message: "Remove the directive", TextEdits: edits}
}

// wrong says why a name names nothing.
func wrong(cfg *config.Config, n *ignore.Name) string {
	var rules []string
	for _, r := range cfg.Rules() {
		rules = append(rules, r.Name)
		if r.Name != n.Rule {
			continue
		}
		if n.Category == "" && !strings.Contains(n.String(), ".") {
			return ""
		}
		var categories []string
		for _, c := range r.Categories {
			if c.Name == n.Category {
				return ""
			}
			categories = append(categories, c.Name)
		}
		if near := config.Nearest(n.Category, categories); near != "" {
			return fmt.Sprintf("%s has no category %q, perhaps %s is meant", n.Rule, n.Category, near)
		}
		return fmt.Sprintf("%s has no category %q, only %s", n.Rule, n.Category, strings.Join(categories, ", "))
	}
	if !cfg.Complete() {
		// The driver was built with some of the rules, and this may be another.
		return ""
	}
	if near := config.Nearest(n.Rule, rules); near != "" {
		return fmt.Sprintf("there is no rule %q, perhaps %s is meant", n.Rule, near)
	}
	return fmt.Sprintf("there is no rule %q", n.Rule)
}

func list(names []*ignore.Name) string {
	var words []string
	for _, n := range names {
		words = append(words, n.String())
	}
	return strings.Join(words, ",")
}

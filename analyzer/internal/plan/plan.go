// Package plan holds the verdicts of all rules on a package, and gives each
// launch and each start of a span its one edit.
//
// Several rules can find fault with one launch, and the repair is one. And
// go vet -fix writes nothing for a package in which two fixes touch. So the
// first rule in the registry that has a verdict on a site carries the edit,
// and an edit that would touch one already planned is left for the next run.
// What the user has silenced carries no edit and is in the way of none.
package plan

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
)

// A Verdict is a finding before it is reported.
type Verdict struct {
	Rule, Category string
	// Site is the launch or the start of a span that is at fault. Verdicts on
	// one site share one repair.
	Site ast.Node
	// Pos and End are what the finding marks.
	Pos, End token.Pos
	Message  string
	Related  *analysis.RelatedInformation
	Fix      *analysis.SuggestedFix
	// Ignored is the reason why the user has silenced it, "" if he has not.
	Ignored string
}

// A Plan has the verdicts on one package.
type Plan struct {
	verdicts []Verdict
}

// New orders verdicts by position and decides which of them carry edits.
// rank orders rules as the registry does.
func New(verdicts []Verdict, rank func(rule string) int) *Plan {
	slices.SortStableFunc(verdicts, func(a, b Verdict) int {
		if a.Pos != b.Pos {
			return int(a.Pos - b.Pos)
		}
		return rank(a.Rule) - rank(b.Rule)
	})
	order := make([]int, len(verdicts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return rank(verdicts[i].Rule) - rank(verdicts[j].Rule) })

	repaired := make(map[ast.Node]bool)
	var taken []analysis.TextEdit
	for _, i := range order {
		v := &verdicts[i]
		if v.Ignored != "" {
			v.Fix = nil
		}
		if v.Fix == nil {
			continue
		}
		if v.Site != nil && repaired[v.Site] || edit.Touch(v.Fix.TextEdits, taken) {
			v.Fix = nil
			continue
		}
		if v.Site != nil {
			repaired[v.Site] = true
		}
		taken = append(taken, v.Fix.TextEdits...)
	}
	return &Plan{verdicts: verdicts}
}

// Of returns the verdicts of one rule in source order.
func (p *Plan) Of(rule string) []Verdict {
	var out []Verdict
	for _, v := range p.verdicts {
		if v.Rule == rule {
			out = append(out, v)
		}
	}
	return out
}

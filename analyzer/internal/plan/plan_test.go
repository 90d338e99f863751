package plan_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/plan"
)

// rank lists rules as the registry would.
func rank(rule string) int { return strings.Index("first second third", rule) }

// fix returns edits of the text between each pair of positions.
func fix(pos ...token.Pos) *analysis.SuggestedFix {
	f := &analysis.SuggestedFix{Message: "Mend it"}
	for i := 0; i < len(pos); i += 2 {
		f.TextEdits = append(f.TextEdits, analysis.TextEdit{Pos: pos[i], End: pos[i+1], NewText: []byte("x")})
	}
	return f
}

func ignored(v plan.Verdict) plan.Verdict {
	v.Ignored = "for a reason"
	return v
}

func insert(pos token.Pos, text string) *analysis.SuggestedFix {
	return &analysis.SuggestedFix{Message: "Mend it", TextEdits: []analysis.TextEdit{{Pos: pos, End: pos, NewText: []byte(text)}}}
}

func verdict(rule, message string, pos token.Pos, site ast.Node, f *analysis.SuggestedFix) plan.Verdict {
	return plan.Verdict{Rule: rule, Category: "c", Site: site, Pos: pos, End: pos + 1, Message: message, Fix: f}
}

// show lists the verdicts rule by rule, those with an edit marked by a plus.
func show(p *plan.Plan) string {
	var list []string
	for _, rule := range []string{"first", "second", "third"} {
		for _, v := range p.Of(rule) {
			mark := ""
			if v.Fix != nil {
				mark = "+"
			}
			list = append(list, fmt.Sprintf("%s:%s%s", v.Rule, v.Message, mark))
		}
	}
	return strings.Join(list, " ")
}

func TestPlan(t *testing.T) {
	launch, start := new(ast.GoStmt), new(ast.CallExpr)
	for _, test := range []struct {
		name     string
		verdicts []plan.Verdict
		want     string
	}{
		{"none", nil, ""},
		{"by position", []plan.Verdict{
			verdict("first", "b", 20, nil, nil),
			verdict("second", "a", 15, nil, nil),
			verdict("first", "a", 10, nil, nil),
		}, "first:a first:b second:a"},
		{"as given where the position is one", []plan.Verdict{
			verdict("first", "b", 10, nil, nil),
			verdict("first", "a", 10, nil, nil),
		}, "first:b first:a"},
		{"edits apart", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 12)),
			verdict("second", "b", 20, start, fix(20, 22)),
		}, "first:a+ second:b+"},
		{"one site, one edit: the first rule's", []plan.Verdict{
			verdict("second", "b", 10, launch, fix(30, 32)),
			verdict("first", "a", 20, launch, fix(40, 42)),
			verdict("third", "c", 10, launch, fix(50, 52)),
		}, "first:a+ second:b third:c"},
		{"the second carries it where the first has none", []plan.Verdict{
			verdict("first", "a", 10, launch, nil),
			verdict("second", "b", 10, launch, fix(10, 12)),
			verdict("third", "c", 10, launch, fix(20, 22)),
		}, "first:a second:b+ third:c"},
		{"one rule, one site, two kinds", []plan.Verdict{
			verdict("first", "b", 20, launch, fix(20, 22)),
			verdict("first", "a", 10, launch, fix(10, 12)),
		}, "first:a+ first:b"},
		{"no site is not one site", []plan.Verdict{
			verdict("first", "a", 10, nil, fix(10, 12)),
			verdict("first", "b", 20, nil, fix(20, 22)),
		}, "first:a+ first:b+"},
		{"overlap", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 20)),
			verdict("second", "b", 15, start, fix(15, 25)),
		}, "first:a+ second:b"},
		{"the rank decides, not the position", []plan.Verdict{
			verdict("second", "b", 10, start, fix(10, 20)),
			verdict("first", "a", 15, launch, fix(15, 25)),
		}, "first:a+ second:b"},
		{"one edit of several is enough", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 12, 30, 32)),
			verdict("second", "b", 20, start, fix(20, 22, 31, 33)),
			verdict("third", "c", 40, nil, fix(40, 42)),
		}, "first:a+ second:b third:c+"},
		{"insertions at one place", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 10)),
			verdict("second", "b", 11, start, insert(10, "y")),
		}, "first:a+ second:b"},
		{"the same insertion, as of an import", []plan.Verdict{
			verdict("first", "a", 10, launch, insert(1, "import")),
			verdict("second", "b", 11, start, insert(1, "import")),
		}, "first:a+ second:b+"},
		{"side by side", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 12)),
			verdict("second", "b", 12, start, fix(12, 14)),
		}, "first:a+ second:b"},
		{"what has lost its edit is in nobody's way", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 12)),
			verdict("second", "b", 10, launch, fix(50, 60)),
			verdict("third", "c", 55, start, fix(55, 57)),
		}, "first:a+ second:b third:c+"},
		{"and its site can be repaired by another", []plan.Verdict{
			verdict("first", "a", 10, start, fix(10, 20)),
			verdict("second", "b", 15, launch, fix(15, 25)),
			verdict("third", "c", 16, launch, fix(40, 45)),
		}, "first:a+ second:b third:c+"},
		{"what is silenced leaves the repair to another", []plan.Verdict{
			ignored(verdict("first", "a", 10, launch, fix(10, 12))),
			verdict("second", "b", 10, launch, fix(10, 12)),
		}, "first:a second:b+"},
		{"and takes no part in it", []plan.Verdict{
			verdict("first", "a", 10, launch, fix(10, 12)),
			ignored(verdict("second", "b", 10, launch, fix(20, 22))),
			verdict("third", "c", 20, start, fix(20, 22)),
		}, "first:a+ second:b third:c+"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := show(plan.New(slices.Clone(test.verdicts), rank)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			// The order in which rules judge does not matter, but among verdicts
			// of one rule on one place.
			if test.name == "as given where the position is one" {
				return
			}
			slices.Reverse(test.verdicts)
			if got := show(plan.New(test.verdicts, rank)); got != test.want {
				t.Errorf("reversed, got %s", got)
			}
		})
	}
}

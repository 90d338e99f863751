package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
)

// DocOf returns the documentation of a rule's analyzer.
func DocOf(a *analysis.Analyzer) (*Doc, error) { return ruledoc.ParseText(a.Name, a.Doc) }

// Docs returns the documentation of all rules, by name.
func Docs() map[string]*Doc {
	cfg := NewConfig()
	_ = cfg.Apply(Switches{Strict: true}) // knows no names that could be wrong
	docs := make(map[string]*Doc)
	for _, a := range New(cfg) {
		if d, err := DocOf(a); err == nil { // a test of every rule says otherwise
			docs[a.Name] = d
		}
	}
	return docs
}

// URL returns where the page of a rule is; a category's is below its anchor.
func URL(rule string) string { return ruledoc.URL(rule) }

// Page returns the page of a rule, in Markdown; "" if there is no such rule. It
// lies beside the rule's package, where diagnostics point to.
func Page(rule string) string {
	rules := Rules()
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == rule })
	d := Docs()[rule]
	if i < 0 || d == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Made of doc.go by go test ./analyzer -run TestPages -update. -->\n\n# %s\n\n%s\n", rule, d.Markdown())
	b.WriteString("## Categories\n")
	for _, c := range rules[i].Categories {
		optIn := ""
		if c.OptIn {
			optIn = fmt.Sprintf(" Off by default: `-enable=%s.%s` adds it.", rule, c.Name)
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s%s.%s\n", c.Name, strings.ToUpper(c.Doc[:1]), c.Doc[1:], optIn)
	}
	fmt.Fprintf(&b, "\n## When to switch it off\n\n"+
		"One finding is silenced in its place, with a reason: `//spanlint:ignore %[1]s reason`.\n"+
		"A category is switched off by `-%[1]s.%[2]s=false`, the rule by `-%[1]s=false`, in every way to run spanlint.\n",
		rule, rules[i].Categories[0].Name)
	return b.String()
}

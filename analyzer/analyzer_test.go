package analyzer_test

import (
	"flag"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/analyzer/badignore"
	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
	"github.com/spanlint/spanlint/analyzer/orphanspan"
	"github.com/spanlint/spanlint/analyzer/spanend"
)

// taken are the flags of go vet, of the builds it runs, and of the tools it
// calls. A rule's name is a flag beside them.
var taken = strings.Fields("C V a asan asmflags buildmode buildvcs c compiler cover covermode coverpkg debug diff " +
	"exec fix fixtool flags gccgoflags gcflags installsuffix json ldflags linkshared mod modcacherw modfile msan n o " +
	"overlay p pgo pkgdir race tags tests toolexec trimpath v vet vettool work x " +
	"detach enable first-party help strict unsafe-fixes version")

func TestNames(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]+$`)
	seen := make(map[string]bool)
	for _, rule := range analyzer.Rules() {
		if !word.MatchString(rule.Name) || seen[rule.Name] || token.IsKeyword(rule.Name) || slices.Contains(taken, rule.Name) {
			t.Errorf("%q is no name for a rule", rule.Name)
		}
		seen[rule.Name] = true
		if len(rule.Categories) == 0 {
			t.Errorf("%s has no categories", rule.Name)
		}
		categories := make(map[string]bool)
		for _, c := range rule.Categories {
			if !word.MatchString(c.Name) || categories[c.Name] {
				t.Errorf("%q is no name for a category of %s", c.Name, rule.Name)
			}
			categories[c.Name] = true
			if c.Doc == "" || strings.HasSuffix(c.Doc, ".") || strings.ToLower(c.Doc[:1]) != c.Doc[:1] {
				t.Errorf("%s.%s: %q is not half a sentence", rule.Name, c.Name, c.Doc)
			}
		}
	}
}

// Names of categories are in the configurations and the ignored findings of
// others: they may become more.
func TestCategoriesStay(t *testing.T) {
	for name, categories := range map[string]string{
		"orphanspan": "canceled ended nospan shared mayspan",
		"spanend":    "lost manual loop foreign early late uncalled phase",
	} {
		for _, rule := range analyzer.Rules() {
			if rule.Name != name {
				continue
			}
			for _, category := range strings.Fields(categories) {
				i := slices.IndexFunc(rule.Categories, func(c config.Category) bool { return c.Name == category })
				optIn := category == "mayspan" || category == "phase"
				if i < 0 || rule.Categories[i].OptIn != optIn {
					t.Errorf("%s.%s is gone, or no longer on or off by default", name, category)
				}
			}
			name = ""
		}
		if name != "" {
			t.Errorf("rule %s is gone", name)
		}
	}
}

// A rule is a package with its documentation and its testdata.
func TestDocs(t *testing.T) {
	all := analyzer.NewConfig()
	if err := all.Apply(analyzer.Switches{Strict: true}); err != nil {
		t.Fatal(err)
	}
	rules := analyzer.Rules()
	analyzers := analyzer.New(all)
	if len(analyzers) != len(rules) {
		t.Fatalf("%d analyzers for %d rules", len(analyzers), len(rules))
	}
	for i, a := range analyzers {
		if a.Name != rules[i].Name {
			t.Errorf("%s makes an analyzer called %s", rules[i].Name, a.Name)
		}
		src, err := os.ReadFile(filepath.Join(a.Name, "doc.go"))
		if err != nil {
			t.Error(err)
			continue
		}
		doc, err := ruledoc.Parse(string(src))
		if err != nil {
			t.Errorf("%s: %v", a.Name, err)
			continue
		}
		if doc.Rule != a.Name || !strings.HasPrefix(doc.Summary, "reports ") {
			t.Errorf("%s: the documentation is of %s, which %s", a.Name, doc.Rule, doc.Summary)
		}
		var headings []string
		for _, s := range doc.Sections {
			if s.Heading != "Trace" { // optional for ruledoc
				headings = append(headings, s.Heading)
			}
		}
		if want := []string{"What it does", "Why is this bad", "Example", "Fix and its safety", "Limits", "Configuration"}; !slices.Equal(headings, want) {
			t.Errorf("%s: the headings are %q", a.Name, headings)
		}
		for _, c := range rules[i].Categories {
			line := regexp.MustCompile(`(?m)^ *- ` + c.Name + `( \(opt-in\))?: `).FindStringSubmatch(doc.Section("What it does"))
			if line == nil || (line[1] != "") != c.OptIn {
				t.Errorf("%s: %s is not in the list of what it does, or is it opt-in?", a.Name, c.Name)
			}
		}
		traces, err := doc.Traces()
		if err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
		drawn := make(map[string]bool)
		for _, trace := range traces {
			for _, name := range trace.Categories {
				drawn[name] = true
				if !slices.ContainsFunc(rules[i].Categories, func(c config.Category) bool { return c.Name == name }) {
					t.Errorf("%s: a trace is of %s, which is no category", a.Name, name)
				}
			}
		}
		for _, c := range rules[i].Categories {
			// A comment, and an exporter that encrypts or not, change no trace.
			if a.Name != badignore.Rule.Name && c.Name != "insecure" && !drawn[c.Name] {
				t.Errorf("%s: there is no picture of %s", a.Name, c.Name)
			}
		}
		if a.Doc != doc.String() {
			t.Errorf("%s: the analyzer is documented otherwise than its package", a.Name)
		}
		if info, err := os.Stat(filepath.Join("..", "testdata", "src", a.Name)); err != nil || !info.IsDir() {
			t.Errorf("%s has no testdata", a.Name)
		}
	}
}

var update = flag.Bool("update", false, "write the pages of the rules")

// Each rule has its page beside it, where its diagnostics point to.
func TestPages(t *testing.T) {
	for _, rule := range analyzer.Rules() {
		name := filepath.Join(rule.Name, "README.md")
		want := analyzer.Page(rule.Name)
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s is not up to date: go test ./analyzer -run TestPages -update (%v)", name, err)
		}
		for _, c := range rule.Categories {
			if !strings.Contains(want, "\n### "+c.Name+"\n") {
				t.Errorf("%s has no anchor for %s", name, c.Name)
			}
		}
		if !strings.HasSuffix(analyzer.URL(rule.Name), "/analyzer/"+rule.Name+"/README.md") {
			t.Errorf("diagnostics of %s point to %s", rule.Name, analyzer.URL(rule.Name))
		}
	}
	if analyzer.Page("nosuch") != "" {
		t.Error("there is a page of no rule")
	}
}

func names(analyzers []*analysis.Analyzer) string {
	var list []string
	for _, a := range analyzers {
		list = append(list, a.Name)
	}
	return strings.Join(list, " ")
}

// A rule of which nothing is on is not run at all.
func TestNew(t *testing.T) {
	type switches = map[string]bool
	for _, test := range []struct {
		rules switches
		want  string
	}{
		{switches{"spanend": true}, "spanend"},
		{switches{"spanend": true, "orphanspan": true}, "orphanspan spanend"},
		{switches{"orphanspan": true, "orphanspan.canceled": false}, "orphanspan"},
		{switches{"orphanspan": true, "orphanspan.canceled": false, "orphanspan.ended": false, "orphanspan.nospan": false, "orphanspan.shared": false}, ""},
	} {
		cfg := analyzer.NewConfig()
		if err := cfg.Apply(analyzer.Switches{Rules: test.rules}); err != nil {
			t.Fatal(err)
		}
		analyzers := analyzer.New(cfg)
		if got := names(analyzers); got != test.want {
			t.Errorf("%v: got %q, want %q", test.rules, got, test.want)
		}
		if err := analysis.Validate(analyzers); err != nil {
			t.Error(err)
		}
	}
	cfg := analyzer.NewConfig()
	for _, rule := range analyzer.Rules() {
		if err := cfg.Apply(analyzer.Switches{Rules: switches{rule.Name: false}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := analyzer.New(cfg); len(got) != 0 {
		t.Errorf("with all rules off, got %s", names(got))
	}
}

// The exported analyzers hang on one set, so that a driver can take all.
func TestDefaultAnalyzers(t *testing.T) {
	analyzers := []*analysis.Analyzer{orphanspan.Analyzer, spanend.Analyzer}
	if err := analysis.Validate(analyzers); err != nil {
		t.Error(err)
	}
	if got := names(analyzers); got != "orphanspan spanend" {
		t.Errorf("got %s", got)
	}
	if orphanspan.Analyzer.Requires[0] != spanend.Analyzer.Requires[0] {
		t.Error("they stand on different models")
	}
	// And beside them there is a set for each configuration.
	if err := analysis.Validate(analyzer.New(analyzer.NewConfig())); err != nil {
		t.Error(err)
	}
}

// ctrlflow and buildssa have facts or needs of their own: every driver would
// compute them for the standard library and all dependencies.
func TestRequires(t *testing.T) {
	seen := make(map[*analysis.Analyzer]bool)
	withFacts := 0
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		if a.Name == "ctrlflow" || a.Name == "buildssa" || a.Name == "buildir" {
			t.Errorf("%s is required", a.Name)
		}
		if len(a.FactTypes) > 0 {
			withFacts++
		}
		for _, r := range a.Requires {
			visit(r)
		}
	}
	for _, a := range analyzer.New(analyzer.NewConfig()) {
		visit(a)
	}
	if withFacts != 1 {
		t.Errorf("%d analyzers have facts, want the summary alone", withFacts)
	}
}

package model_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/internal/load"
)

// doc is the least that a rule can be documented with.
const doc = `// Package NAME reports functions.
//
// # What it does
//
// It.
//
// # Why is this bad
//
// So.
//
// # Example
//
//	func f() {}
//
// Use instead:
//
//	var f int
//
// # Fix and its safety
//
// None.
//
// # Limits
//
// None.
//
// # Configuration
//
// None.
package NAME
`

// rule adds a rule to the set that has one finding of each category for every
// function.
func rule(s *model.Set, name string) *analysis.Analyzer {
	r := config.Rule{Name: name, Categories: []config.Category{{Name: "usual"}, {Name: "more", OptIn: true}}}
	return s.Rule(r, strings.ReplaceAll(doc, "NAME", name), func(m *model.Models) []plan.Verdict {
		var verdicts []plan.Verdict
		for _, f := range m.Package.Funcs {
			for _, c := range r.Categories {
				decl := f.Node.(*ast.FuncDecl)
				verdicts = append(verdicts, plan.Verdict{Category: c.Name, Pos: decl.Name.Pos(), End: decl.Name.End(), Message: f.Obj.Name()})
			}
		}
		return verdicts
	})
}

// run returns what the analyzers find in a package with the functions f and g.
func run(t *testing.T, analyzers ...*analysis.Analyzer) []string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range map[string]string{"go.mod": "module example.com/m\ngo 1.26\n", "p.go": "package p\nfunc f() {}\nfunc g() {}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := load.Load(load.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(analyzers); err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze(analyzers, loaded.Roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for act := range graph.All() {
		if act.Err != nil && !strings.HasPrefix(act.Err.Error(), "failed prerequisites") {
			got = append(got, act.Err.Error())
		}
		for _, d := range act.Diagnostics {
			got = append(got, act.Analyzer.Name+"."+d.Category+" "+d.Message)
		}
	}
	slices.Sort(got)
	return got
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Two sets in one process know nothing of each other's configuration, and one
// driver call takes the rules of one of them.
func TestSets(t *testing.T) {
	usual, strict := model.New(config.New(nil)), model.New(config.New(nil))
	a, b := rule(usual, "one"), rule(strict, "one")
	if err := strict.Config.Apply(config.Switches{Strict: true}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		equal(t, run(t, a), "one.usual f", "one.usual g")
		equal(t, run(t, b), "one.more f", "one.more g", "one.usual f", "one.usual g")
	}
	if a.Doc != "reports functions\n\n"+strings.Join(strings.Split(a.Doc, "\n")[2:], "\n") || !strings.Contains(a.Doc, "# Limits") {
		t.Errorf("the documentation is %q", a.Doc)
	}
}

// All rules of a set stand on the same models. A rule of the set that the
// driver does not run has no findings, and takes none from the others.
func TestRulesOfOneSet(t *testing.T) {
	s := model.New(config.New(nil))
	one, two := rule(s, "one"), rule(s, "two")
	equal(t, run(t, one, two), "one.usual f", "one.usual g", "two.usual f", "two.usual g")
	equal(t, run(t, two), "two.usual f", "two.usual g")
	if err := s.Config.Apply(config.Switches{Rules: map[string]bool{"two": false, "one.more": true}}); err != nil {
		t.Fatal(err)
	}
	equal(t, run(t, one, two), "one.more f", "one.more g", "one.usual f", "one.usual g")
}

// A rule that panics fails with its name, on the package where it did.
func TestPanic(t *testing.T) {
	s := model.New(config.New(nil))
	a := s.Rule(config.Rule{Name: "bad", Categories: []config.Category{{Name: "c"}}}, strings.ReplaceAll(doc, "NAME", "bad"), func(m *model.Models) []plan.Verdict {
		panic("at the sight of " + m.Pass.Pkg.Name())
	})
	got := run(t, a)
	if len(got) != 1 || !strings.HasPrefix(got[0], "judging: internal error of bad in package example.com/m: at the sight of p (in model_test.") {
		t.Errorf("got %q", got)
	}
}

func TestDefault(t *testing.T) {
	if model.Default() != model.Default() {
		t.Error("there are two default sets")
	}
	if c := model.Default().Config; c.Detach != config.DetachLink || c.Naming != config.NameNothing {
		t.Errorf("got %+v", c)
	}
}

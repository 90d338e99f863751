// Package ruletest tests a rule against its testdata, and is strict.
//
//	func Test(t *testing.T) { ruletest.Run(t, lostspan.New) }
//
// This loads testdata/src/lostspan and all below it, once per test binary,
// against the real modules, and runs the rule with its defaults. Packages
// that need something else say so above their package clause, in the words of
// the command line:
//
//	//ruletest:flags -strict -detach=child
//
// What must be found is written as for analysistest: a comment
//
//	// want "regexp" "another in this line"
//
// matches messages as go vet prints them, with " (lostspan.lost)" at the end.
// What a fix must do is in x.go.golden, a Go file or a txtar archive with one
// section for each fix message; go test -update writes it.
//
// Beyond analysistest: every fix needs a golden and every golden a fix; the
// fixed code compiles, is formatted, keeps its comments, has no findings but
// those that came without a fix, and nothing more to fix; each category of
// the rule is reported somewhere; messages follow the conventions; two runs
// give the same. And the examples of doc.go are compiled: each of them must
// be reported exactly once, and what is to be used instead not at all.
package ruletest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/internal/load"
)

var update = flag.Bool("update", false, "write golden files")

// Run tests the rule that newRule makes, against its testdata and against the
// doc.go of the package under test.
func Run(t *testing.T, newRule func(*model.Set) *analysis.Analyzer) {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(filepath.Join(root, "testdata", "src"), newRule)
	if err != nil {
		t.Fatal(err)
	}
	s.update = *update
	t.Run("cases", func(t *testing.T) { s.cases(t) })
	t.Run("doc", func(t *testing.T) {
		src, err := os.ReadFile("doc.go")
		if err != nil {
			t.Fatal(err)
		}
		s.doc(t, string(src))
	})
}

// RunIn tests the rule against testdata/src/MODULE/RULE: a module of its own,
// for the cases that need more than the other testdata requires. It need not
// have a case for each category.
func RunIn(t *testing.T, module string, newRule func(*model.Set) *analysis.Analyzer) {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(filepath.Join(root, "testdata", "src", module), newRule)
	if err != nil {
		t.Fatal(err)
	}
	s.update, s.part = *update, true
	s.cases(t)
}

// moduleRoot returns the directory of spanlint's go.mod: a test runs in the
// directory of its package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		src, readErr := os.ReadFile(filepath.Join(dir, "go.mod"))
		if readErr == nil && strings.HasPrefix(string(src), "module github.com/spanlint/spanlint\n") {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
		} else {
			err = fmt.Errorf("the test does not run inside the module")
		}
	}
	return "", err
}

// A tester is what we need of a *testing.T; the test of this package has
// another one.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

// A suite is one rule and its testdata.
type suite struct {
	newRule func(*model.Set) *analysis.Analyzer
	rule    config.Rule
	dir     string // of the module
	loaded  *load.Result
	update  bool
	part    bool // of the testdata, without a case for each category
}

// open loads the testdata of a rule from the module in dir.
func open(dir string, newRule func(*model.Set) *analysis.Analyzer) (*suite, error) {
	set := model.New(config.New(nil))
	name := newRule(set).Name
	i := slices.IndexFunc(set.Config.Rules(), func(r config.Rule) bool { return r.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("rule %s has not added itself to the configuration", name)
	}
	s := &suite{newRule: newRule, rule: set.Config.Rules()[i], dir: dir}
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		return nil, fmt.Errorf("rule %s has no testdata: %v", name, err)
	}
	patterns := []string{"./" + name + "/..."}
	if _, err := os.Stat(filepath.Join(dir, "docs")); err == nil {
		patterns = append(patterns, "./docs")
	}
	var err error
	s.loaded, err = loadOnce(dir, patterns)
	return s, err
}

var loads sync.Map // of func() (*load.Result, error), by directory and patterns

func loadOnce(dir string, patterns []string) (*load.Result, error) {
	once := sync.OnceValues(func() (*load.Result, error) {
		r, err := load.Load(load.Config{Dir: dir, Patterns: patterns, Tests: true})
		if err == nil && len(r.Errors) > 0 {
			err = r.Errors[0]
		}
		return r, err
	})
	f, _ := loads.LoadOrStore(strings.Join(append(patterns, dir), "\x00"), once)
	return f.(func() (*load.Result, error))()
}

// packages returns the packages of the rule, grouped by their flags.
func (s *suite) packages(t tester) map[string][]*packages.Package {
	t.Helper()
	groups := make(map[string][]*packages.Package)
	for _, pkg := range s.loaded.Roots {
		below := filepath.Join(s.dir, s.rule.Name)
		if s.loaded.Matched(pkg) && (pkg.Dir == below || strings.HasPrefix(pkg.Dir, below+string(filepath.Separator))) {
			flags := flagsOf(t, pkg)
			groups[flags] = append(groups[flags], pkg)
		}
	}
	return groups
}

const flagsDirective = "//ruletest:flags "

// flagsOf returns the flags that a package asks for.
func flagsOf(t tester, pkg *packages.Package) string {
	t.Helper()
	flags := ""
	for _, file := range pkg.Syntax {
		for _, group := range file.Comments {
			for _, c := range group.List {
				text, ok := strings.CutPrefix(c.Text, flagsDirective)
				if !ok {
					continue
				}
				if c.Pos() > file.Package || flags != "" {
					t.Errorf("%s: flags stand above a package clause, once in a package", pkg.Fset.Position(c.Pos()))
				}
				flags = strings.TrimSpace(text)
			}
		}
	}
	return flags
}

// configure sets what flags say, for one rule, and for others that the test has
// hung on the set and the flags name.
func configure(cfg *config.Config, rule, flags string) error {
	switches := config.Switches{Rules: map[string]bool{rule: true}}
	for word := range strings.FieldsSeq(flags) {
		name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch {
		case name == "strict":
			switches.Strict = true
		case name == "unsafe-fixes":
			cfg.UnsafeFixes = true
		case name == "detach":
			cfg.Detach = config.Detach(value)
		case name == "enable":
			switches.Enable = append(switches.Enable, strings.Split(value, ",")...)
		case name == "first-party":
			cfg.FirstParty = strings.Split(value, ",")
		case name == "paths":
			pattern, names, _ := strings.Cut(value, "=")
			if err := cfg.Disable(pattern, strings.Split(names, ",")); err != nil {
				return err
			}
		case isKind(name):
			for text := range strings.SplitSeq(value, ",") {
				if err := cfg.Declare(name, text); err != nil {
					return err
				}
			}
		case strings.HasPrefix(name, rule+"."), knows(cfg, name):
			switches.Rules[name] = !hasValue || value == "true"
		default:
			return fmt.Errorf("unknown flag %s", word)
		}
	}
	return cfg.Apply(switches)
}

func knows(cfg *config.Config, name string) bool {
	rule, _, _ := strings.Cut(name, ".")
	return slices.ContainsFunc(cfg.Rules(), func(r config.Rule) bool { return r.Name == rule })
}

func isKind(name string) bool {
	return slices.ContainsFunc(config.Kinds(), func(k config.Kind) bool { return k.Name == name })
}

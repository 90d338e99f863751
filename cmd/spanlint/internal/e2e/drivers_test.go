package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer"
)

// A mistake is a finding, with what all ways to run spanlint must agree on.
type mistake struct {
	File         string // below the directory of the run
	Line, Column int
	Code         string // rule.category
	Message      string // as the rule wrote it
	Fix          string // its edits, empty if there is none
}

func (f mistake) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Code, f.Message)
	if f.Fix != "" {
		s += "; fix: " + f.Fix
	}
	return s
}

// lacksImport reports whether f is the finding g without a fix, and that of g
// adds an import. A package may be added that the module's own source imports
// already; but where others of its packages are known by their export data,
// what these import is not.
func (f mistake) lacksImport(g mistake) bool {
	addsImport := strings.Contains(g.Fix, `\t\"go.opentelemetry.io/otel\"\n`)
	without := g
	without.Fix = ""
	return addsImport && f == without
}

// A driver runs spanlint with its defaults or other switches on all packages
// below a directory.
type driver func(t *testing.T, dir string, with options) []mistake

// Options are the switches of a run, in the words of the command line and in
// those of golangci-lint's configuration.
type options struct {
	flags    []string
	settings map[string]any
	patterns []string // ./... if empty
}

func (o options) packages() []string {
	if len(o.patterns) == 0 {
		return []string{"./..."}
	}
	return o.patterns
}

var modules = flag.String("modules", "", "the `directories` of modules to run TestDrivers on instead, comma-separated")

// TestDrivers runs spanlint in every way there is, on all testdata and on the
// shop. The findings and, but for nogo, the fixes are the same.
func TestDrivers(t *testing.T) {
	skipUnlessAsked(t)
	bin := lookForTool(t)
	gcl := buildGolangci(t)
	drivers := []struct {
		name string
		run  driver
		// plain says that there are neither switches nor, because the rules come
		// in another order, the same fixes.
		plain bool
	}{
		{"go vet", vettool(t), false},
		{"golangci-lint", gcl.run, false},
		{"nogo", nogo(t), true},
	}
	strict := options{
		flags:    []string{"-strict", "-unsafe-fixes", "-detach=child"},
		settings: map[string]any{"strict": true, "unsafe-fixes": true, "detach": "child"},
	}
	type corpus struct {
		name, dir string
		with      options
	}
	queues := []string{"(*src/queuectx/declared/mq.Client).Send:send", "(*src/queuectx/declared/mq.Client).Receive:receive"}
	declared := options{flags: []string{"-queues=" + strings.Join(queues, ",")}, settings: map[string]any{"queues": queues}}
	corpora := []corpus{
		{"shop", shopDir(t), options{}},
		{"declared", filepath.Join(srcDir(t), "queuectx", "declared"), declared},
		{"testdata", srcDir(t), options{}},
		{"strict", srcDir(t), strict},
	}
	if *modules != "" {
		corpora = nil
		for dir := range strings.SplitSeq(*modules, ",") {
			corpora = append(corpora, corpus{filepath.Base(dir), dir, options{}})
		}
	}
	for _, corpus := range corpora {
		t.Run(corpus.name, func(t *testing.T) {
			own := bin.run(t, corpus.dir, corpus.with)
			rules := make(map[string]bool)
			for _, f := range own {
				rule, _, _ := strings.Cut(f.Code, ".")
				rules[rule] = true
			}
			for _, rule := range analyzer.Rules() {
				on := slices.ContainsFunc(rule.Categories, func(c analyzer.Category) bool { return !c.OptIn })
				if !rules[rule.Name] && corpus.dir == srcDir(t) && (on || corpus.with.flags != nil) {
					t.Errorf("no finding of %s", rule.Name)
				}
			}
			t.Logf("%d findings", len(own))
			for _, d := range drivers {
				t.Run(d.name, func(t *testing.T) {
					if d.plain {
						if corpus.with.flags != nil {
							t.Skip("has no switches")
						}
						same(t, withoutFixes(own), withoutFixes(d.run(t, corpus.dir, corpus.with)))
						return
					}
					got := d.run(t, corpus.dir, corpus.with)
					for i, f := range got {
						if j := slices.IndexFunc(own, f.lacksImport); j >= 0 {
							t.Logf("without its fix: %v", f)
							got[i] = own[j]
						}
					}
					same(t, own, got)
				})
			}
		})
	}
}

// skipUnlessAsked skips what needs golangci-lint: its modules come from the
// network, and to compile them takes minutes, once.
func skipUnlessAsked(t *testing.T) {
	t.Helper()
	if testing.Short() || os.Getenv("CI") == "" && *modules == "" {
		t.Skip("builds golangci-lint; set CI=true to wait for it")
	}
}

// same compares sets of findings.
func same(t *testing.T, want, got []mistake) {
	t.Helper()
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("only here: %v", f)
		}
	}
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("not here: %v", f)
		}
	}
}

func withoutFixes(findings []mistake) []mistake {
	plain := slices.Clone(findings)
	for i := range plain {
		plain[i].Fix = ""
	}
	return plain
}

// run is the driver of the command line.
func (bin *tool) run(t *testing.T, dir string, with options) []mistake {
	t.Helper()
	code, stdout, stderr := call(t, dir, bin.path, slices.Concat(with.flags, []string{"-json"}, with.packages())...)
	if code > 1 || stderr != "" {
		t.Fatalf("spanlint: exit code %d, %s", code, stderr)
	}
	return parseTree(t, dir, stdout)
}

// vettool builds a driver that runs spanlint under go vet.
//
// What go vet has once said of a package it says again, even if it was asked
// something else then: whether the package was only imported is not part of the
// key in its cache. So every test needs a cache without answers. One without
// anything would compile all dependencies; a tool with a content of its own has
// no answers either.
func vettool(t *testing.T) driver {
	path := filepath.Join(t.TempDir(), "spanlint.exe")
	run(t, rootDir(t), "go", "build", fmt.Sprintf("-ldflags=-buildid=%x", time.Now().UnixNano()), "-o", path, "./cmd/spanlint")
	return func(t *testing.T, dir string, with options) []mistake {
		t.Helper()
		code, stdout, stderr := call(t, dir, "go", slices.Concat([]string{"vet", "-vettool=" + path, "-json"}, with.flags, with.packages())...)
		if code != 0 {
			t.Fatalf("go vet: exit code %d, %s", code, stderr)
		}
		findings := parseTree(t, dir, stdout)
		for i, f := range findings {
			message, ok := strings.CutSuffix(f.Message, " ("+f.Code+")")
			if !ok {
				t.Errorf("does not name its rule: %v", f)
			}
			findings[i].Message = message
		}
		return unique(findings)
	}
}

// nogo builds a driver that does what the program does that rules_go generates:
// it collects the package variables, and knows nothing else of spanlint.
func nogo(t *testing.T) driver {
	var imports, names strings.Builder
	for _, rule := range analyzer.Rules() {
		fmt.Fprintf(&imports, "\t%q\n", "github.com/spanlint/spanlint/analyzer/"+rule.Name)
		fmt.Fprintf(&names, "%s.Analyzer, ", rule.Name)
	}
	source := `package main

import (
	"log"
	"os"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
` + imports.String() + `)

func main() {
	log.SetFlags(0)
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule, Tests: true}, os.Args[1:]...)
	if err != nil {
		log.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{` + names.String() + `}, pkgs, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := graph.PrintJSON(os.Stdout); err != nil {
		log.Fatal(err)
	}
}
`
	// The program may import what is internal to x/tools as little as nogo may;
	// but it needs a go.mod, and ours will do.
	dir := t.TempDir()
	path := filepath.Join(dir, "nogo.exe")
	main := filepath.Join(dir, "main.go")
	where := filepath.Join(rootDir(t), "cmd", "spanlint", "internal", "e2e", "nogo")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(where, "main.go"): main}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, main, source)
	write(t, filepath.Join(dir, "overlay.json"), string(overlay))
	run(t, rootDir(t), "go", "build", "-overlay="+filepath.Join(dir, "overlay.json"), "-o", path, "./cmd/spanlint/internal/e2e/nogo")
	return func(t *testing.T, dir string, with options) []mistake {
		t.Helper()
		code, stdout, stderr := call(t, dir, path, with.packages()...)
		if code != 0 {
			t.Fatalf("nogo: exit code %d, %s", code, stderr)
		}
		return parseTree(t, dir, stdout)
	}
}

// parseTree reads what go vet -json prints, one tree or several.
func parseTree(t *testing.T, dir, stream string) []mistake {
	t.Helper()
	type diagnostic struct {
		Category, Posn, Message string
		SuggestedFixes          []struct {
			Edits []struct {
				Filename   string
				Start, End int
				New        string
			}
		} `json:"suggested_fixes"`
	}
	var findings []mistake
	for dec := json.NewDecoder(strings.NewReader(stream)); ; {
		var tree map[string]map[string]json.RawMessage
		if err := dec.Decode(&tree); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, stream)
		}
		for pkg, rules := range tree {
			for rule, list := range rules {
				var diagnostics []diagnostic
				if err := json.Unmarshal(list, &diagnostics); err != nil {
					t.Fatalf("%s in %s: %s", rule, pkg, list)
				}
				for _, d := range diagnostics {
					f := mistake{Code: rule + "." + d.Category, Message: d.Message}
					f.locate(t, dir, d.Posn)
					if len(d.SuggestedFixes) > 1 {
						t.Errorf("%d fixes: %v", len(d.SuggestedFixes), f)
					}
					for _, fix := range d.SuggestedFixes {
						for _, e := range fix.Edits {
							f.edit(e.Start, e.End, e.New)
							if below(t, dir, e.Filename) != f.File {
								t.Errorf("edits %s: %v", e.Filename, f)
							}
						}
					}
					findings = append(findings, f)
				}
			}
		}
	}
	return unique(findings)
}

// unique sorts findings and drops those that occur twice, because two variants
// of a package have the file.
func unique(findings []mistake) []mistake {
	slices.SortFunc(findings, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message), cmp.Compare(a.Fix, b.Fix))
	})
	return slices.Compact(findings)
}

var position = regexp.MustCompile(`^(.+):(\d+):(\d+)$`)

func (f *mistake) locate(t *testing.T, dir, posn string) {
	t.Helper()
	m := position.FindStringSubmatch(posn)
	if m == nil {
		t.Fatalf("not a position: %q", posn)
	}
	f.File = below(t, dir, m[1])
	f.Line, _ = strconv.Atoi(m[2])
	f.Column, _ = strconv.Atoi(m[3])
}

func (f *mistake) edit(start, end int, text string) {
	f.Fix += fmt.Sprintf("[%d-%d %q]", start, end, text)
}

func below(t *testing.T, dir, name string) string {
	t.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	rel, err := filepath.Rel(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// call runs a program, and returns what it says and how it ends.
func call(t *testing.T, dir, name string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func rootDir(t *testing.T) string {
	t.Helper()
	return filepath.Join(shopDir(t), "..", "..")
}

// srcDir is the module of all testdata. What lies in it decides the outcome of
// a test, so that go test must know: see lookForTool.
func srcDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(rootDir(t), "testdata", "src")
	if err := filepath.WalkDir(dir, func(string, os.DirEntry, error) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Analyzers of two configurations live in one process, one after the other or
// at once, and each obeys its own. In one call they must not meet: go/analysis
// keys facts by their type, and two sets of models share theirs. It says so
// itself.
func TestTwoSets(t *testing.T) {
	cfg := &packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: shopDir(t)}
	pkgs, err := packages.Load(cfg, "./internal/...")
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		pkg.Imports = nil // facts of dependencies play no part here
		for _, err := range pkg.Errors {
			t.Fatal(err)
		}
	}
	analyze := func(analyzers []*analysis.Analyzer) map[string]int {
		graph, err := checker.Analyze(analyzers, pkgs, nil)
		if err != nil {
			t.Error(err)
			return nil
		}
		found := make(map[string]int)
		for act := range graph.All() {
			if act.Err != nil {
				t.Error(act.Err)
			}
			if act.IsRoot {
				found[act.Analyzer.Name] += len(act.Diagnostics)
			}
		}
		return found
	}
	defaults := analyze(analyzer.New(analyzer.NewConfig()))
	only := ""
	for _, rule := range analyzer.Rules() {
		if defaults[rule.Name] > 0 {
			only = rule.Name
		}
	}
	one := analyzer.NewConfig()
	if err := one.Apply(analyzer.Switches{Rules: map[string]bool{only: true}}); err != nil {
		t.Fatal(err)
	}

	results := make(chan map[string]int)
	go func() { results <- analyze(analyzer.New(one)) }()
	again := analyze(analyzer.New(analyzer.NewConfig()))
	fewer := <-results
	if fmt.Sprint(again) != fmt.Sprint(defaults) {
		t.Errorf("beside another set: %v, alone: %v", again, defaults)
	}
	if len(fewer) != 1 || fewer[only] != defaults[only] || fewer[only] == 0 {
		t.Errorf("only %s: %v, all: %v", only, fewer, defaults)
	}

	mixed := slices.Concat(analyzer.New(analyzer.NewConfig()), analyzer.New(one))
	_, err = checker.Analyze(mixed, pkgs, nil)
	if err == nil || !strings.Contains(err.Error(), "fact type *summary.Fact registered by two analyzers") {
		t.Errorf("two sets in one call: %v", err)
	}
}

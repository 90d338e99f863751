package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer"
)

var update = flag.Bool("update", false, "write the repaired examples and the table of PATTERNS.md")

// A pattern is a section of PATTERNS.md with a pair of examples.
type pattern struct {
	title, rule, category string
	proofs                []string
	broken, sound         string
	repaired              bool // by the tool, and not by hand
	pkg                   string
}

var (
	patternHead  = regexp.MustCompile("(?m)^Rule: `(\\w+)\\.(\\w+)`\\. Proof: (.+)\\.$")
	patternCode  = regexp.MustCompile("(?s)```go\n(.*?)```")
	patternTest  = regexp.MustCompile("^`(Test[^`]*)`$")
	patternFunc  = regexp.MustCompile("^\\[`(\\w+)`\\]\\((\\.\\./testdata/src/[^)]+\\.go)\\)$")
	patternTable = regexp.MustCompile(`(?s)(<!-- table: [^\n]* -->\n\n?).*?(<!-- end -->)`)
)

func patterns(t *testing.T, page string) []pattern {
	t.Helper()
	var list []pattern
	for _, section := range strings.Split(page, "\n## ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		if strings.HasPrefix(title, "Without ") {
			continue
		}
		head, code := patternHead.FindStringSubmatch(body), patternCode.FindAllStringSubmatch(body, -1)
		repaired, better := strings.Contains(body, "\nRepaired:\n"), strings.Contains(body, "\nBetter:\n")
		if head == nil || len(code) != 2 || repaired == better {
			t.Fatalf("%s: not a line with rule and proof, an example, and a repaired or better one", title)
		}
		list = append(list, pattern{
			title: title, rule: head[1], category: head[2], proofs: strings.Split(head[3], ", "),
			broken: code[0][1], sound: code[1][1], repaired: repaired, pkg: fmt.Sprintf("p%d", len(list)),
		})
	}
	return list
}

// What PATTERNS.md says of its examples is true, and what it calls a proof is
// there.
func TestPatterns(t *testing.T) {
	bin := lookForTool(t)
	root := rootDir(t)
	name := filepath.Join(root, "analyzer", "PATTERNS.md")
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(src)
	list := patterns(t, page)
	for _, p := range list {
		for _, proof := range p.proofs {
			if err := proven(root, proof); err != nil {
				t.Errorf("%s: %s: %v", p.title, proof, err)
			}
		}
	}
	covered := make(map[string]bool)
	for _, p := range list {
		covered[p.rule] = true
	}
	for _, rule := range analyzer.Rules() {
		if !covered[rule.Name] && rule.Name != "badignore" {
			t.Errorf("there is no pattern of rule %s", rule.Name)
		}
	}

	dir := examplesModule(t, root)
	for _, p := range list {
		writeExample(t, dir, p.pkg+"broken", p.broken)
	}
	found := categoriesIn(t, bin, dir)
	for _, p := range list {
		if got := found[p.pkg+"broken"]; got[p.rule+"."+p.category] == 0 {
			t.Errorf("%s: the first example has the findings %v, want %s.%s", p.title, slices.Sorted(maps.Keys(got)), p.rule, p.category)
		}
	}
	byRule := make(map[string][]string)
	for _, p := range list {
		if p.repaired {
			byRule[p.rule] = append(byRule[p.rule], "./"+p.pkg+"broken")
		}
	}
	for rule, packages := range byRule {
		command := append([]string{"-" + rule, "-unsafe-fixes", "-fix"}, packages...)
		if code, out, stderr := call(t, dir, bin.path, command...); code > 1 {
			t.Fatalf("spanlint %s exits %d:\n%s%s", strings.Join(command, " "), code, out, stderr)
		}
	}
	for i, p := range list {
		if !p.repaired {
			continue
		}
		made := readExample(t, dir, p.pkg+"broken")
		if *update {
			from := strings.Index(page, "\n## "+p.title+"\n")
			from += strings.Index(page[from:], "\nRepaired:\n")
			page = page[:from] + strings.Replace(page[from:], "```go\n"+p.sound+"```", "```go\n"+made+"```", 1)
		} else if made != p.sound {
			t.Errorf("%s: the repair is\n%s\nand not\n%s", p.title, made, p.sound)
		}
		list[i].sound = made
	}
	for _, p := range list {
		if err := os.RemoveAll(filepath.Join(dir, p.pkg+"broken")); err != nil {
			t.Fatal(err)
		}
		writeExample(t, dir, p.pkg+"sound", p.sound)
	}
	on := analyzer.NewConfig()
	found = categoriesIn(t, bin, dir)
	for _, p := range list {
		for code := range found[p.pkg+"sound"] {
			rule, category, _ := strings.Cut(code, ".")
			// What no group counts is the pattern of another section.
			if rule == p.rule || on.On(rule, category) && rule != "untracked" {
				t.Errorf("%s: the second example is reported: %s", p.title, code)
			}
		}
	}

	table := "| pattern | rule | proof |\n|---|---|---|\n"
	for _, p := range list {
		table += fmt.Sprintf("| [%s](#%s) | [`%s.%s`](%[3]s/README.md#%[4]s) | %[5]s |\n", p.title, anchor(p.title), p.rule, p.category, strings.Join(p.proofs, ", "))
	}
	page = patternTable.ReplaceAllString(page, "${1}"+strings.ReplaceAll(table, "$", "$$")+"${2}")
	if *update {
		if err := os.WriteFile(name, []byte(page), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if page != string(src) {
		t.Error("the table is not up to date: go test ./cmd/spanlint/internal/e2e -run TestPatterns -update")
	}
	if readme, err := os.ReadFile(filepath.Join(root, "README.md")); err != nil || !strings.Contains(string(readme), "](analyzer/PATTERNS.md)") {
		t.Errorf("README.md has no link to analyzer/PATTERNS.md (%v)", err)
	}
}

// anchor is what GitHub makes of a title.
func anchor(title string) string {
	title = regexp.MustCompile(`[^\w -]`).ReplaceAllString(strings.ToLower(title), "")
	return strings.ReplaceAll(title, " ", "-")
}

// proven reports whether there is what the page names: a test of this package,
// with the name of a subtest, or a function of the testdata that a rule is
// expected to report.
func proven(root, proof string) error {
	if m := patternFunc.FindStringSubmatch(proof); m != nil {
		return reportedIn(filepath.Join(root, "analyzer", filepath.FromSlash(m[2])), m[1])
	}
	if m := patternTest.FindStringSubmatch(proof); m == nil || !provenBy()[m[1]] {
		return fmt.Errorf("neither a test that compares programs nor a function of the testdata")
	}
	return nil
}

// provenBy has the names of tests that compare what programs export.
func provenBy() map[string]bool {
	names := map[string]bool{"TestFacts": true, "TestShop/broken/search_is_joined": true}
	add := func(parts ...string) { names[strings.ReplaceAll(strings.Join(parts, "/"), " ", "_")] = true }
	for test, proofs := range map[string][]proof{"TestProofSpans": spanProofs, "TestProofSetup": setupProofs} {
		for _, p := range proofs {
			add(test, "repaired", p.dir)
			if p.child != "" {
				add(test, "child", p.dir)
			}
		}
	}
	for _, j := range jobs {
		add("TestShop", "repaired", "link", j.scenario)
	}
	for _, c := range checks {
		add("TestShop", "broken", c.name)
		if c.repaired != nil {
			add("TestShop", "repaired", "link", c.name)
		}
	}
	return names
}

// reportedIn returns an error unless the function expects a finding.
func reportedIn(file, name string) error {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, decl := range syntax.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Name.Name != name {
			continue
		}
		for _, group := range syntax.Comments {
			if f.Pos() <= group.Pos() && group.End() <= f.End() && strings.Contains(group.List[0].Text, "// want ") {
				return nil
			}
		}
		return fmt.Errorf("nothing is expected in it")
	}
	return fmt.Errorf("there is no such function")
}

// examplesModule makes a module for examples, which may use what
// testdata/src/patterns declares.
func examplesModule(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, "testdata", "src", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// imported are the packages that examples may use.
var imported = map[string]string{
	"attribute": "go.opentelemetry.io/otel/attribute", "codes": "go.opentelemetry.io/otel/codes", "context": "context",
	"errgroup": "golang.org/x/sync/errgroup", "errors": "errors", "http": "net/http", "iter": "iter",
	"kafka": "github.com/segmentio/kafka-go", "log": "log", "os": "os", "pool": "github.com/sourcegraph/conc/pool", "otel": "go.opentelemetry.io/otel",
	"otelhttp":      "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
	"otlptracehttp": "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp",
	"propagation":   "go.opentelemetry.io/otel/propagation", "sdktrace": "go.opentelemetry.io/otel/sdk/trace",
	"signal": "os/signal", "slog": "log/slog", "sync": "sync", "time": "time", "trace": "go.opentelemetry.io/otel/trace",
}

// writeExample makes a package of an example: a program if it has a main.
func writeExample(t *testing.T, dir, pkg, code string) {
	t.Helper()
	kind := "patterns"
	if strings.Contains(code, "func main()") {
		kind = "main"
	}
	header := "package " + kind + "\n\n"
	file, err := parser.ParseFile(token.NewFileSet(), pkg, header+code, 0)
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[string]bool)
	for _, id := range file.Unresolved {
		if path := imported[id.Name]; path != "" {
			spec := strconv.Quote(path)
			if id.Name == "sdktrace" {
				spec = id.Name + " " + spec
			}
			used["\t"+spec+"\n"] = true
		}
	}
	src, err := format.Source([]byte(header + "import (\n" + strings.Join(slices.Sorted(maps.Keys(used)), "") + ")\n\n" + code))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(src), code) {
		t.Errorf("not formatted:\n%s", code)
	}
	prelude, err := os.ReadFile(filepath.Join(rootDir(t), "testdata", "src", "patterns", "prelude.go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, pkg), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"example.go": string(src), "prelude.go": strings.Replace(string(prelude), "package patterns", "package "+kind, 1)} {
		if err := os.WriteFile(filepath.Join(dir, pkg, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// readExample returns the code of an example as it is now.
func readExample(t *testing.T, dir, pkg string) string {
	t.Helper()
	name := filepath.Join(dir, pkg, "example.go")
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		if gen, ok := decl.(*ast.GenDecl); !ok || gen.Tok != token.IMPORT {
			return string(src[fset.Position(decl.Pos()).Offset:])
		}
	}
	return ""
}

// categoriesIn returns how many findings of each category the packages below
// dir have, with everything on.
func categoriesIn(t *testing.T, bin *tool, dir string) map[string]map[string]int {
	t.Helper()
	code, out, stderr := call(t, dir, bin.path, "-strict", "-format=json", "./...")
	if code > 1 {
		t.Fatalf("spanlint exits %d:\n%s", code, stderr)
	}
	var report struct {
		Findings []struct{ Rule, Category, File string }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr)
	}
	found := make(map[string]map[string]int)
	for _, f := range report.Findings {
		pkg, name := path.Split(f.File)
		if name != "example.go" {
			continue
		}
		pkg = strings.TrimSuffix(pkg, "/")
		if found[pkg] == nil {
			found[pkg] = make(map[string]int)
		}
		found[pkg][f.Rule+"."+f.Category]++
	}
	return found
}

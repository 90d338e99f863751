package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer"
)

// A golangci is a real golangci-lint with the plugin of this tree.
type golangci struct {
	path string
	// cache is the directory of what it remembers between runs.
	cache string
	// linters are switched on beside ours.
	linters []string
}

// buildGolangci builds testdata/golangci, or finds it in the build cache.
func buildGolangci(t *testing.T) golangci {
	t.Helper()
	if out, err := os.ReadFile(filepath.Join(rootDir(t), "testdata", "golangci", "main.go")); err != nil {
		t.Fatalf("%v%s", err, out)
	}
	// go build would keep the packages, and link for ten seconds each time; of
	// a tool the go command keeps the program.
	out := run(t, filepath.Join(rootDir(t), "testdata", "golangci"), "go", "tool", "-n", "golangci")
	return golangci{path: strings.TrimSpace(string(out)), cache: t.TempDir()}
}

// configure writes a configuration and returns its name. JSON is YAML.
func (g golangci) configure(t *testing.T, settings map[string]any) string {
	t.Helper()
	plugin := map[string]any{"type": "module"}
	if settings != nil {
		plugin["settings"] = settings
	}
	data, err := json.Marshal(map[string]any{
		"version": "2",
		"linters": map[string]any{
			"default":    "none",
			"enable":     append([]string{"spanlint"}, g.linters...),
			"settings":   map[string]any{"custom": map[string]any{"spanlint": plugin}},
			"exclusions": map[string]any{"generated": "disable"},
		},
		"issues": map[string]any{"max-issues-per-linter": 0, "max-same-issues": 0, "uniq-by-line": false},
	})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "golangci.yml")
	write(t, name, string(data))
	return name
}

// call runs golangci-lint.
func (g golangci) call(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(g.path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+g.cache)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// run is the driver of golangci-lint.
func (g golangci) run(t *testing.T, dir string, with options) []mistake {
	t.Helper()
	findings, stderr := g.lint(t, dir, g.configure(t, with.settings), with.packages()...)
	if stderr != "" {
		t.Errorf("golangci-lint: %s", stderr)
	}
	return findings
}

// lint returns what golangci-lint finds with a configuration, and what it
// prints beside that.
func (g golangci) lint(t *testing.T, dir, config string, args ...string) ([]mistake, string) {
	t.Helper()
	code, stdout, stderr := g.call(t, dir, slices.Concat(
		[]string{"run", "--config=" + config, "--path-mode=abs", "--show-stats=false", "--output.json.path=stdout"}, args)...)
	if code > 1 {
		t.Fatalf("golangci-lint: exit code %d, %s", code, stderr)
	}
	var result struct {
		Issues []struct {
			FromLinter, Text string
			Pos              token.Position
			SuggestedFixes   []struct {
				TextEdits []struct {
					Pos, End int
					NewText  []byte
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &result); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	var findings []mistake
	for _, issue := range result.Issues {
		if issue.FromLinter != "spanlint" {
			if !slices.Contains(g.linters, issue.FromLinter) {
				t.Errorf("%s: %s", issue.FromLinter, issue.Text)
			}
			continue
		}
		rule, message, _ := strings.Cut(issue.Text, ": ")
		f := mistake{
			File:    below(t, dir, issue.Pos.Filename),
			Line:    issue.Pos.Line,
			Column:  issue.Pos.Column,
			Message: message,
		}
		if i := strings.LastIndex(message, " ("); i >= 0 && strings.HasSuffix(message, ")") {
			f.Message, f.Code = message[:i], rule+"."+message[i+len(" ("):len(message)-1]
		} else {
			t.Errorf("does not name its category: %s", issue.Text)
		}
		for _, fix := range issue.SuggestedFixes {
			for _, e := range fix.TextEdits {
				f.edit(e.Pos, e.End, string(e.NewText))
			}
		}
		findings = append(findings, f)
	}
	return unique(findings), stderr
}

func TestGolangci(t *testing.T) {
	skipUnlessAsked(t)
	bin, gcl := lookForTool(t), buildGolangci(t)
	t.Run("settings", func(t *testing.T) { golangciSettings(t, bin, gcl) })
	t.Run("wrong", func(t *testing.T) { golangciWrong(t, gcl) })
	t.Run("firstparty", func(t *testing.T) { golangciFirstParty(t, bin, gcl) })
	t.Run("fix", func(t *testing.T) { golangciFix(t, bin, gcl) })
	t.Run("nolint", func(t *testing.T) { golangciNolint(t, gcl) })
	t.Run("cache", func(t *testing.T) { golangciCache(t, bin, gcl) })
	t.Run("examples", func(t *testing.T) { golangciExamples(t, gcl) })
}

// Each setting does what its flag does. TestDrivers has strict, detach and
// unsafe-fixes.
func golangciSettings(t *testing.T, bin *tool, gcl golangci) {
	shop := shopDir(t)
	defaults := bin.run(t, shop, options{})
	var codes []string // one for each rule that finds something
	for _, f := range defaults {
		rule, _, _ := strings.Cut(f.Code, ".")
		if !slices.ContainsFunc(codes, func(code string) bool { return strings.HasPrefix(code, rule+".") }) {
			codes = append(codes, f.Code)
		}
	}
	if len(codes) < 2 {
		t.Fatalf("the shop has mistakes of %v alone", codes)
	}
	rule, _, _ := strings.Cut(codes[0], ".")
	other, category, _ := strings.Cut(codes[1], ".")
	var optIn []string
	for _, r := range analyzer.Rules() {
		for _, c := range r.Categories {
			if c.OptIn {
				optIn = append(optIn, r.Name+"."+c.Name)
			}
		}
	}
	for _, test := range []struct {
		name     string
		flags    []string
		settings map[string]any
	}{
		{"only a rule", []string{"-" + rule, "-detach=child"},
			map[string]any{"rules": map[string]any{rule: true}, "detach": "child"}},
		{"all but a rule and a category", []string{"-" + rule + "=false", "-" + other + "." + category + "=false"},
			map[string]any{"rules": map[string]any{rule: false, other: map[string]any{category: false}}}},
		{"more, without a category", []string{"-enable=" + strings.Join(optIn, ","), "-" + other + "." + category + "=false"},
			map[string]any{"enable": optIn, "rules": map[string]any{other + "." + category: false}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			with := options{flags: test.flags, settings: test.settings}
			want := bin.run(t, shop, with)
			same(t, want, gcl.run(t, shop, with))
			if slices.Equal(want, defaults) {
				t.Error("makes no difference")
			}
		})
	}
}

// Who writes something wrong is told what, and nothing runs.
func golangciWrong(t *testing.T, gcl golangci) {
	rule := analyzer.Rules()[0]
	for _, test := range []struct {
		settings map[string]any
		want     string
	}{
		{map[string]any{"unsafe": true}, `unknown field "unsafe"`},
		{map[string]any{"rules": map[string]any{"nosuch": false}}, `unknown rule "nosuch"; the rules are ` + rule.Name},
		{map[string]any{"rules": map[string]any{rule.Name + ".nosuch": false}},
			fmt.Sprintf("rule %s has no category %q; it has %s", rule.Name, "nosuch", rule.Categories[0].Name)},
		{map[string]any{"enable": []string{"nosuch"}}, `unknown rule "nosuch"`},
		{map[string]any{"detach": "parent"}, `"parent": it is either link or child`},
	} {
		code, stdout, stderr := gcl.call(t, shopDir(t), "run", "--config="+gcl.configure(t, test.settings))
		if code != 3 || stdout != "" || !strings.Contains(stderr, "spanlint") || !strings.Contains(stderr, test.want) {
			t.Errorf("%v: exit code %d, want 3, stdout %q, stderr %q, want %q", test.settings, code, stdout, stderr, test.want)
		}
	}
}

// What lies below a directory external is not the user's own, unless named.
func golangciFirstParty(t *testing.T, bin *tool, gcl golangci) {
	shop := copyShop(t)
	if err := os.Rename(filepath.Join(shop, "internal", "orders"), filepath.Join(shop, "internal", "external")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cmd", "internal", "testdata"} {
		replaceAll(t, filepath.Join(shop, name), "\t\"shop/internal/orders\"\n", "\torders \"shop/internal/external\"\n")
	}
	without := options{}
	found := gcl.run(t, shop, without)
	same(t, bin.run(t, shop, without), found)
	with := options{flags: []string{"-first-party=shop/internal/ext*"}, settings: map[string]any{"first-party": []string{"shop/internal/ext*"}}}
	more := gcl.run(t, shop, with)
	same(t, bin.run(t, shop, with), more)
	below := func(f mistake) bool { return strings.HasPrefix(f.File, "internal/external/") }
	if slices.ContainsFunc(found, below) || !slices.ContainsFunc(more, below) {
		t.Errorf("found without the setting %v, with it %v", found, more)
	}
}

func replaceAll(t *testing.T, dir, old, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, bytes.ReplaceAll(data, []byte(old), []byte(text)), 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each fix alone, and all of them together, make a program that compiles; and
// all together make what spanlint itself makes.
func golangciFix(t *testing.T, bin *tool, gcl golangci) {
	for _, corpus := range []string{"shop", "src"} {
		t.Run(corpus, func(t *testing.T) {
			theirs, ours := t.TempDir(), t.TempDir()
			for _, dir := range []string{theirs, ours} {
				if err := os.CopyFS(dir, os.DirFS(filepath.Join(rootDir(t), "testdata", corpus))); err != nil {
					t.Fatal(err)
				}
			}
			config := gcl.configure(t, nil)
			found, _ := gcl.lint(t, theirs, config)
			before := sources(t, theirs)
			oneByOne(t, theirs, found)

			fixes := 0
			for _, f := range found {
				if f.Fix != "" {
					fixes++
				}
			}
			left, stderr := gcl.lint(t, theirs, config, "--fix")
			if stderr != "" {
				t.Errorf("--fix: %s", stderr)
			}
			if len(left) != len(found)-fixes {
				t.Errorf("--fix leaves %d of %d findings, %d of which have a fix", len(left), len(found), fixes)
			}
			run(t, theirs, "go", "vet", "-buildtag", "./...") // compiles, tests included
			after := sources(t, theirs)
			if maps.Equal(before, after) {
				t.Error("--fix has repaired nothing")
			}

			// spanlint -fix goes on until there is nothing left to repair.
			for range 3 {
				if left, _ = gcl.lint(t, theirs, config, "--fix"); maps.Equal(after, sources(t, theirs)) {
					break
				}
				after = sources(t, theirs)
			}
			bin.fix(t, ours)
			for name, text := range sources(t, ours) {
				if text != after[name] {
					t.Errorf("%s: spanlint -fix makes\n%s\ngolangci-lint --fix makes\n%s", name, text, after[name])
				}
			}
			same(t, bin.run(t, ours, options{}), left)
		})
	}
}

// sources returns the Go files below dir.
func sources(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		data, err := os.ReadFile(name)
		files[below(t, dir, name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// oneByOne applies each fix to the program as it is, and type-checks the
// package it changes.
func oneByOne(t *testing.T, dir string, findings []mistake) {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: dir, Tests: true}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	byFile := make(map[string]*packages.Package)
	imports := make(importer)
	packages.Visit(pkgs, nil, func(pkg *packages.Package) {
		if pkg.ID == pkg.PkgPath { // not a variant of its own tests
			imports[pkg.PkgPath] = pkg
		}
	})
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Fatal(err)
		}
		for _, name := range pkg.CompiledGoFiles {
			byFile[name] = pkg
		}
	}
	for _, f := range findings {
		if f.Fix == "" {
			continue
		}
		name := filepath.Join(dir, f.File)
		pkg := byFile[name]
		if pkg == nil {
			t.Fatalf("no package has %s", name)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text = f.apply(t, text)
		fset := token.NewFileSet()
		var files []*ast.File
		for _, other := range pkg.CompiledGoFiles {
			var src any
			if other == name {
				src = text
			}
			syntax, err := parser.ParseFile(fset, other, src, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Errorf("%v: %v", f, err)
				continue
			}
			files = append(files, syntax)
		}
		if formatted, err := format.Source(text); err == nil && !bytes.Equal(formatted, text) {
			t.Errorf("not formatted: %v", f)
		}
		check := types.Config{
			Importer: imports.over(pkg.Imports),
			Sizes:    pkg.TypesSizes,
			Error:    func(err error) { t.Errorf("%v: %v", f, err) },
		}
		if pkg.Module != nil && pkg.Module.GoVersion != "" {
			check.GoVersion = "go" + pkg.Module.GoVersion
		}
		check.Check(pkg.PkgPath, fset, files, nil)
	}
}

// apply applies the edits of a mistake, which are in order and apart.
func (f mistake) apply(t *testing.T, text []byte) []byte {
	t.Helper()
	var out []byte
	at := 0
	for rest := f.Fix; rest != ""; {
		var start, end int
		var insert string
		if _, err := fmt.Sscanf(rest, "[%d-%d %q]", &start, &end, &insert); err != nil || start < at {
			t.Fatalf("edits of %v: %v", f, err)
		}
		rest = strings.TrimPrefix(rest, fmt.Sprintf("[%d-%d %q]", start, end, insert))
		out = append(append(out, text[at:start]...), insert...)
		at = end
	}
	return append(out, text[at:]...)
}

// An importer has packages by their paths.
type importer map[string]*packages.Package

// over returns what imp has, but for the packages that are in imports.
func (imp importer) over(imports map[string]*packages.Package) importer {
	both := maps.Clone(imp)
	maps.Copy(both, imports)
	return both
}

func (imp importer) Import(path string) (*types.Package, error) {
	if pkg := imp[path]; pkg != nil && pkg.Types != nil {
		return pkg.Types, nil
	}
	return nil, fmt.Errorf("nothing in this module imports %s", path)
}

// The comment that silences spanlint has the name of the linter.
func golangciNolint(t *testing.T, gcl golangci) {
	shop := copyShop(t)
	config := gcl.configure(t, nil)
	found, _ := gcl.lint(t, shop, config)
	silenced := make(map[string]bool) // one rule after the other
	var marked []mistake
	for _, f := range found {
		if rule, _, _ := strings.Cut(f.Code, "."); !silenced[rule] {
			silenced[rule] = true
			marked = append(marked, f)
		}
	}
	mark := func(comment string) []mistake {
		for _, f := range marked {
			name := filepath.Join(shop, f.File)
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(data), "\n")
			lines[f.Line-1], _, _ = strings.Cut(lines[f.Line-1], " //nolint")
			lines[f.Line-1] += " //nolint:" + comment
			write(t, name, strings.Join(lines, "\n"))
		}
		left, _ := gcl.lint(t, shop, config)
		return withoutFixes(left)
	}
	same(t, withoutFixes(found), mark("errcheck // another linter's"))
	left := mark("spanlint // for the test")
	for _, f := range withoutFixes(found) {
		if slices.Contains(left, f) == slices.Contains(withoutFixes(marked), f) {
			t.Errorf("reported %t: %v", slices.Contains(left, f), f)
		}
	}
}

// A cached result is the result, and so is one that stands on cached facts of
// imported packages. golangci-lint has lost these when another linter, for which
// there were none yet, ran beside (its issues 6649 and 6807).
func golangciCache(t *testing.T, bin *tool, gcl golangci) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(srcDir(t))); err != nil {
		t.Fatal(err)
	}
	// All that is found here stands on what the imported package otelx does.
	cross := options{patterns: []string{"./spanend/cross"}}
	touched := filepath.Join(dir, "spanend", "cross", "cross.go")
	want := bin.run(t, dir, cross)
	if len(want) < 5 {
		t.Fatalf("only %v", want)
	}
	gcl.cache = t.TempDir()
	for i, linters := range [][]string{
		nil,                           // facts of imports are computed and kept
		nil,                           // these facts are used
		{"govet"},                     // which has facts too, but none are kept yet
		{"govet"},                     // now there are
		nil,                           // alone again
		{"govet", "staticcheck"},      // one more
		{"staticcheck", "nolintlint"}, // and another choice
	} {
		// Else the importer itself would not be analyzed again.
		text, err := os.ReadFile(touched)
		if err != nil {
			t.Fatal(err)
		}
		write(t, touched, string(text)+"\n// touched\n")
		gcl.linters = linters
		t.Logf("%d: with %v", i, linters)
		same(t, want, gcl.run(t, dir, cross))
		same(t, want, gcl.run(t, dir, cross)) // all from the cache
	}

	// Other settings are not answered from the cache, and fixes from the cache
	// are those that were found.
	gcl.linters = nil
	shop, again := copyShop(t), copyShop(t)
	all := bin.run(t, shop, options{})
	same(t, all, gcl.run(t, shop, options{}))
	child := options{flags: []string{"-detach=child"}, settings: map[string]any{"detach": "child"}}
	same(t, bin.run(t, shop, child), gcl.run(t, shop, child))
	same(t, all, gcl.run(t, shop, options{}))
	config := gcl.configure(t, nil)
	gcl.lint(t, shop, config, "--fix")
	gcl.cache = t.TempDir()
	gcl.lint(t, again, config, "--fix")
	warm, cold := sources(t, shop), sources(t, again)
	for name := range cold {
		if warm[name] != cold[name] {
			t.Errorf("%s: from the cache\n%s\nwithout\n%s", name, warm[name], cold[name])
		}
	}
}

// The examples in the root say what is true of this tree.
func golangciExamples(t *testing.T, gcl golangci) {
	root := rootDir(t)
	example := filepath.Join(root, ".golangci.example.yml")
	if code, stdout, stderr := gcl.call(t, root, "config", "verify", "--config="+example); code != 0 {
		t.Errorf("config verify: exit code %d, %s%s", code, stdout, stderr)
	}
	// Its settings are the defaults.
	others := gcl
	others.linters = []string{"errcheck", "govet", "ineffassign", "staticcheck", "unused"} // golangci-lint's defaults
	shown, _ := others.lint(t, shopDir(t), example)
	same(t, gcl.run(t, shopDir(t), options{}), shown)

	// golangci-lint custom reads the other one, and gets as far as it can
	// without the network.
	data, err := os.ReadFile(filepath.Join(root, ".custom-gcl.example.yml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".custom-gcl.yml"), string(data))
	cmd := exec.Command(gcl.path, "custom")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir)
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "clone golangci-lint") {
		t.Errorf("golangci-lint custom: %v, %s", err, out)
	}
	module := modFile(t, root)
	nested := modFile(t, filepath.Join(root, "testdata", "golangci"))
	fields := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^(?:  - |    )?(\w+): (\S+)$`).FindAllStringSubmatch(string(data), -1) {
		if _, twice := fields[m[1]]; twice {
			m[1] = "plugin " + m[1] // the version of the plugin comes second
		}
		fields[m[1]] = m[2]
	}
	want := map[string]string{
		"version":     nested["github.com/golangci/golangci-lint/v2"],
		"name":        "custom-gcl",
		"destination": ".",
		"module":      module["module"],
		"import":      module["module"] + "/analyzer/gclplugin",
	}
	for key, value := range want {
		if fields[key] != value {
			t.Errorf(".custom-gcl.example.yml has %s: %s, want %s", key, fields[key], value)
		}
	}
	if v := fields["plugin version"]; !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(v) {
		t.Errorf(".custom-gcl.example.yml has version: %s for the plugin", v)
	}
	// What is tested here stands on the libraries that spanlint stands on.
	for _, path := range []string{"golang.org/x/tools", "github.com/golangci/plugin-module-register"} {
		if module[path] == "" || nested[path] != module[path] {
			t.Errorf("%s %s in go.mod, %s in testdata/golangci/go.mod", path, module[path], nested[path])
		}
	}
}

// modFile returns the versions that a go.mod requires, and its module path.
func modFile(t *testing.T, dir string) map[string]string {
	t.Helper()
	var mod struct {
		Module  struct{ Path string }
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(run(t, dir, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{"module": mod.Module.Path}
	for _, r := range mod.Require {
		versions[r.Path] = r.Version
	}
	return versions
}

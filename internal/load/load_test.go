package load_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/internal/load"
)

// write unpacks a txtar archive into a new directory.
func write(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func mustLoad(t *testing.T, cfg load.Config) *load.Result {
	t.Helper()
	if cfg.Patterns == nil {
		cfg.Patterns = []string{"./..."}
	}
	r, err := load.Load(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// roots lists the IDs of the roots, with a star for those that are matched.
func roots(r *load.Result) []string {
	var ids []string
	for _, p := range r.Roots {
		id := p.ID
		if r.Matched(p) {
			id += " *"
		}
		ids = append(ids, id)
	}
	return ids
}

// errorLines lists the errors with paths relative to dir.
func errorLines(dir string, errs []load.Error) []string {
	var lines []string
	for _, e := range errs {
		lines = append(lines, strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), ""))
	}
	return lines
}

func wantLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n\t%s\nwant:\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func root(t *testing.T, r *load.Result, id string) *packages.Package {
	t.Helper()
	for _, p := range r.Roots {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("no root %s among %v", id, roots(r))
	return nil
}

const testVariants = `
-- go.mod --
module example.com/m
go 1.26.0
-- a/a.go --
package a
func A() int { return 1 }
-- a/a_test.go --
package a
func ForTests() int { return A() }
-- a/x_test.go --
package a_test
import ("testing"; "example.com/m/a"; "example.com/m/mid")
func TestA(t *testing.T) { _, _ = a.ForTests(), mid.Mid() }
-- mid/mid.go --
package mid
import "example.com/m/a"
func Mid() int { return a.A() }
-- lone/lone.go --
package lone
-- lone/lone_test.go --
package lone
-- only/only_test.go --
package only
`

// The variant with in-package tests stands for its package, as under go vet.
// The plain package is there if somebody imports it, and so is the variant of
// what lies between a package and its external test.
func TestVariants(t *testing.T) {
	dir := write(t, testVariants)
	r := mustLoad(t, load.Config{Dir: dir, Tests: true})
	wantLines(t, "roots", roots(r), []string{
		"example.com/m/a",
		"example.com/m/a [example.com/m/a.test] *",
		"example.com/m/a_test [example.com/m/a.test] *",
		"example.com/m/lone [example.com/m/lone.test] *",
		"example.com/m/mid *",
		"example.com/m/mid [example.com/m/a.test]",
		"example.com/m/only [example.com/m/only.test] *",
	})
	wantLines(t, "errors", errorLines(dir, r.Errors), nil)
	if p := root(t, r, "example.com/m/a_test [example.com/m/a.test]"); p.Imports["example.com/m/a"] != root(t, r, "example.com/m/a [example.com/m/a.test]") {
		t.Error("the external test does not import the variant with tests")
	}

	r = mustLoad(t, load.Config{Dir: dir})
	wantLines(t, "roots without tests", roots(r), []string{
		"example.com/m/a *", "example.com/m/lone *", "example.com/m/mid *",
	})
	r = mustLoad(t, load.Config{Dir: dir, Patterns: []string{"./mid"}})
	wantLines(t, "roots of one package", roots(r), []string{"example.com/m/a", "example.com/m/mid *"})
}

// A package is better than nothing if its tests are broken.
func TestBrokenTestVariant(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- a/a.go --
package a
-- a/a_test.go --
package a
var _ int = ""
`)
	r := mustLoad(t, load.Config{Dir: dir, Tests: true})
	wantLines(t, "roots", roots(r), []string{"example.com/m/a *"})
	wantLines(t, "errors", errorLines(dir, r.Errors), []string{
		`a/a_test.go:2:13: cannot use "" (untyped string constant) as int value in variable declaration`,
	})
}

// What is broken is said once, at its cause; the rest can be analyzed.
func TestBroken(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- sound/sound.go --
package sound
import "example.com/m/types"
var X = types.X
-- syntax/syntax.go --
package syntax
func F( {
func G() { undefined() }
-- syntax/other.go --
package syntax
func H() { F() }
-- clause/clause.go --
pakage clause
-- types/types.go --
package types
var X = 1
var Y int = undefined
-- follows/follows.go --
package follows
import "example.com/m/syntax"
func F() { syntax.F(); syntax.NotThere() }
-- missing/missing.go --
package missing
import "example.com/nowhere"
var _ = nowhere.X
-- missing/again.go --
package missing
import _ "example.com/nowhere"
-- cycle/a/a.go --
package a
import _ "example.com/m/cycle/b"
-- cycle/b/b.go --
package b
import _ "example.com/m/cycle/a"
-- two/one.go --
package one
-- two/two.go --
package two
-- internalx/x.go --
package internalx
import _ "net/http/internal"
`)
	r := mustLoad(t, load.Config{Dir: dir})
	ids := roots(r)
	for _, id := range []string{"example.com/m/sound *"} {
		if !slices.Contains(ids, id) {
			t.Errorf("no root %s among %v", id, ids)
		}
	}
	for _, id := range []string{"syntax", "clause", "types", "missing"} {
		if slices.Contains(ids, "example.com/m/"+id+" *") {
			t.Errorf("broken package %s is a root", id)
		}
	}
	wantLines(t, "broken", r.Broken, []string{
		"example.com/m/clause", "example.com/m/cycle/a", "example.com/m/follows", "example.com/m/missing", "example.com/m/syntax", "example.com/m/two", "example.com/m/types",
	})
	if p := root(t, r, "example.com/m/sound"); len(p.Imports) != 0 {
		t.Errorf("sound still imports %v", p.Imports)
	}
	wantLines(t, "errors", errorLines(dir, r.Errors), []string{
		"clause/clause.go:1:1: expected 'package', found pakage",
		"cycle/a/a.go:2:10: could not import example.com/m/cycle/b (import cycle not allowed)",
		"internalx/x.go:2:8: use of internal package net/http/internal not allowed",
		"missing/again.go:2:10: could not import example.com/nowhere (no required module provides package example.com/nowhere; to add it: go get example.com/nowhere)",
		"syntax/syntax.go:2:9: expected ')', found '{'",
		"two/two.go:1:1: package two; expected package one",
		"types/types.go:3:13: undefined: undefined",
	})
}

// A module that is not there: what to run depends on what is missing.
func TestMissingModule(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
require example.com/dep v1.2.3
-- m.go --
package m
import _ "example.com/dep"
`)
	for _, test := range []struct{ env, want string }{
		{"GOFLAGS=-mod=mod", "m.go:2:10: could not import example.com/dep (module lookup disabled by GOPROXY=off; run 'go mod download' where the module can be reached)"},
		{"GOFLAGS=-mod=readonly", "m.go:2:10: could not import example.com/dep (missing go.sum entry for module providing package example.com/dep (imported by example.com/m); run 'go mod tidy')"},
	} {
		r := mustLoad(t, load.Config{Dir: dir, Env: append(os.Environ(), "GOPROXY=off", "GOWORK=off", test.env)})
		wantLines(t, "errors with "+test.env, errorLines(dir, r.Errors), []string{test.want})
	}
}

// Nobody compiles C here. The Go part of a package that uses it is analyzed.
func TestCgo(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- c/c.go --
package c
// int f(void);
import "C"
import "strings"
func Call() (int, error) {
	r, err := C.f()
	return int(r) + len(strings.ToUpper(C.GoString(nil))), err
}
-- c/go.go --
package c
func Go() int { n, _ := Call(); return n }
`)
	r := mustLoad(t, load.Config{Dir: dir, Env: append(os.Environ(), "CGO_ENABLED=1")})
	wantLines(t, "roots", roots(r), []string{"example.com/m/c *"})
	wantLines(t, "errors", errorLines(dir, r.Errors), nil)
	p := root(t, r, "example.com/m/c")
	if len(p.Syntax) != 2 {
		t.Errorf("%d files, want 2", len(p.Syntax))
	}
	uses := 0
	for id, obj := range p.TypesInfo.Uses {
		if id.Name == "ToUpper" && obj.Type().String() == "func(s string) string" {
			uses++
		}
	}
	if uses != 1 {
		t.Error("the Go calls beside those of C have no types")
	}
}

func TestVendor(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
require example.com/dep v1.0.0
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.26
example.com/dep
example.com/dep/dotted
-- vendor/example.com/dep/dotted/dotted.go --
package dotted
type Dotted struct{ Name string }
-- vendor/example.com/dep/dep.go --
package dep
import ("fmt"; . "example.com/dep/dotted")
func F() { fmt.Println(undefinedButNobodyLooks) }
var Dots = []Dotted{}
var Broken int = ""
type T struct{ Field int }
-- m.go --
package m
import "example.com/dep"
var X = dep.T{}.Field
var Y = dep.Dots[0].Name
`)
	r := mustLoad(t, load.Config{Dir: dir})
	wantLines(t, "roots", roots(r), []string{"example.com/m *"})
	wantLines(t, "errors", errorLines(dir, r.Errors), nil)
	scope := root(t, r, "example.com/m").Types.Scope()
	for name, want := range map[string]string{"X": "int", "Y": "string"} {
		if obj := scope.Lookup(name); obj.Type().String() != want {
			t.Errorf("%s has type %s", name, obj.Type())
		}
	}

	r = mustLoad(t, load.Config{Dir: dir, FirstParty: func(path string) bool { return path == "example.com/dep" }})
	wantLines(t, "roots with the vendored package declared first-party", roots(r), []string{"example.com/m *"})
	if len(r.Errors) != 2 {
		t.Errorf("errors of the vendored package: %v", r.Errors)
	}
}

func TestWorkspace(t *testing.T) {
	dir := write(t, `
-- go.work --
go 1.26.0
use ./one
use ./two
-- one/go.mod --
module example.com/one
go 1.26.0
-- one/one.go --
package one
func One() int { return 1 }
-- two/go.mod --
module example.com/two
go 1.20
-- two/two.go --
package two
import "example.com/one"
var X = one.One()
func F() []func() int {
	var fs []func() int
	for i := range []int{1, 2} { fs = append(fs, func() int { return i }) }
	return fs
}
`)
	r := mustLoad(t, load.Config{Dir: dir, Patterns: []string{"./one/...", "./two/..."}})
	wantLines(t, "roots", roots(r), []string{"example.com/one *", "example.com/two *"})
	wantLines(t, "errors", errorLines(dir, r.Errors), nil)
	two := root(t, r, "example.com/two")
	if v := two.Types.GoVersion(); v != "go1.20" {
		t.Errorf("Go version of two is %q", v)
	}
	if two.Module == nil || two.Module.Path != "example.com/two" {
		t.Errorf("module of two is %v", two.Module)
	}

	r = mustLoad(t, load.Config{Dir: filepath.Join(dir, "two")})
	wantLines(t, "roots of two", roots(r), []string{"example.com/one", "example.com/two *"})
}

func TestTags(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- m.go --
package m
-- tagged.go --
//go:build special
package m
var Special int
-- other.go --
//go:build !special
package m
var Other int
`)
	for _, test := range []struct {
		cfg  load.Config
		want []string
	}{
		{load.Config{}, []string{"Other"}},
		{load.Config{Tags: "special,more"}, []string{"Special"}},
		{load.Config{Env: append(os.Environ(), "GOFLAGS=-tags=special")}, []string{"Special"}},
	} {
		test.cfg.Dir = dir
		p := root(t, mustLoad(t, test.cfg), "example.com/m")
		wantLines(t, fmt.Sprintf("declared with tags %q", test.cfg.Tags), p.Types.Scope().Names(), test.want)
		if len(p.IgnoredFiles) != 1 {
			t.Errorf("ignored files: %v", p.IgnoredFiles)
		}
	}
}

// The error of Load is one line that says what to do.
func TestNothingToLoad(t *testing.T) {
	module := write(t, "-- go.mod --\nmodule example.com/m\ngo 1.26.0\n-- a/a.go --\npackage a\n-- empty/x.txt --\n")
	for _, test := range []struct {
		name string
		cfg  load.Config
		want string
	}{
		{"no module", load.Config{Dir: write(t, "-- x.go --\npackage x\n"), Patterns: []string{"./..."}}, "no go.mod found in DIR or above it: run 'go mod init' there, or use -C to name the module's directory"},
		{"no module, default pattern", load.Config{Dir: write(t, "-- x.go --\npackage x\n")}, "no go.mod found in DIR or above it: run 'go mod init' there, or use -C to name the module's directory"},
		{"no match", load.Config{Dir: module, Patterns: []string{"./empty/..."}}, "no packages match ./empty/... in DIR"},
		{"empty directory", load.Config{Dir: module, Patterns: []string{"./empty"}}, "no Go files in DIR/empty"},
		{"no directory", load.Config{Dir: module, Patterns: []string{"./nowhere"}}, "stat DIR/nowhere: directory not found"},
		{"no working directory", load.Config{Dir: filepath.Join(module, "nowhere")}, "DIR is not a directory"},
		{"broken go.mod", load.Config{Dir: write(t, "-- go.mod --\nfoo\n")}, "go list: errors parsing go.mod: go.mod:1: unknown directive: foo"},
		{"no go command", load.Config{Dir: module, Env: []string{"PATH=/nowhere"}}, "the go command is not on PATH: install Go, packages are found by 'go list'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "no go command" {
				t.Setenv("PATH", "/nowhere")
			}
			_, err := load.Load(test.cfg)
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), test.cfg.Dir, "DIR"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// describe reports the type of every expression, and, by facts, the calls of
// other packages' functions that panic.
type panics struct{}

func (*panics) AFact() {}

var describe = &analysis.Analyzer{
	Name:      "describe",
	Doc:       "report all types",
	FactTypes: []analysis.Fact{new(panics)},
	Run: func(pass *analysis.Pass) (any, error) {
		for _, file := range pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if obj := pass.TypesInfo.Defs[n.Name]; strings.HasPrefix(n.Name.Name, "Panic") {
						pass.ExportObjectFact(obj, new(panics))
					}
				case *ast.SelectorExpr:
					if fn, ok := pass.TypesInfo.Uses[n.Sel].(*types.Func); ok && pass.ImportObjectFact(fn, new(panics)) {
						pass.Reportf(n.Pos(), "panics")
					}
				}
				if e, ok := n.(ast.Expr); ok {
					if tv, ok := pass.TypesInfo.Types[e]; ok {
						pass.Reportf(e.Pos(), "%T %s %v", e, tv.Type, tv.Value)
					}
				}
				return true
			})
		}
		return nil, nil
	},
}

func findings(t *testing.T, roots []*packages.Package, report func(*packages.Package) bool) []string {
	t.Helper()
	graph, err := checker.Analyze([]*analysis.Analyzer{describe}, roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act.Package.ID, act.Err)
		}
		if report(act.Package) {
			for _, d := range act.Diagnostics {
				lines = append(lines, act.Package.ID+" "+act.Package.Fset.Position(d.Pos).String()+" "+d.Message)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// The types of every expression, and facts across packages, are what
// go/packages gives when it loads everything.
func TestSameAsPackages(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- a/a.go --
package a
import ("net/http"; "encoding/json"; "maps"; "slices"; "database/sql"; "html/template"; . "context"; str "strings"; "unsafe")
type Tree[K comparable, V any] struct { kids map[K]*Tree[K, V]; value V }
func (t *Tree[K, V]) Walk(yield func(K, V) bool) { for k, kid := range t.kids { if !yield(k, kid.value) { return } } }
func PanicA(w http.ResponseWriter, r *http.Request) {
	_ = json.NewEncoder(w).Encode(slices.Sorted(maps.Keys(r.Header)))
	ctx, cancel := WithCancel(r.Context())
	defer cancel()
	r = r.WithContext(ctx)
	_, _, _ = new(sql.DB).Driver(), http.DefaultClient.Transport, r.TLS.PeerCertificates[0].Subject
	_ = template.Must(template.New("x").Funcs(template.FuncMap{"up": str.ToUpper}).Parse(""))
	_ = unsafe.Sizeof(r)
}
-- b/b.go --
package b
import ("example.com/m/a"; "os/exec"; "go/types"; "text/tabwriter"; "os/user"; "net")
func B(t *a.Tree[string, []int]) {
	a.PanicA(nil, nil)
	for k, v := range t.Walk { _, _ = k, v }
	_, _ = exec.Command("x").StdoutPipe()
	_ = types.NewPackage("", "").Scope().Lookup("x").Type().Underlying()
	u, _ := user.Current()
	_, _ = u.GroupIds()
	_ = (&net.Resolver{}).Dial
	_ = tabwriter.NewWriter
}
-- b/b_test.go --
package b
import ("testing"; "net/http/httptest")
func TestB(t *testing.T) { t.Run("", func(t *testing.T) { _ = httptest.NewServer(nil).Config.ConnState }) }
-- b/x_test.go --
package b_test
import ("testing"; "example.com/m/b"; "example.com/m/a"; "testing/fstest")
func TestX(t *testing.T) { b.B(&a.Tree[string, []int]{}); _ = fstest.MapFS{}["x"].Sys; a.PanicA(nil, nil) }
`)
	r := mustLoad(t, load.Config{Dir: dir, Tests: true})
	got := findings(t, r.Roots, r.Matched)

	all, err := packages.Load(&packages.Config{Dir: dir, Tests: true, Mode: packages.LoadAllSyntax | packages.NeedForTest}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(p *packages.Package) bool { return strings.HasSuffix(p.ID, ".test") })
	want := findings(t, all, func(p *packages.Package) bool {
		return p.ID != "example.com/m/b" // its variant with tests stands for it
	})
	if len(want) < 150 || !slices.ContainsFunc(want, func(s string) bool { return strings.HasSuffix(s, " panics") }) {
		t.Fatalf("the comparison has only %d findings", len(want))
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("missing %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("only here %s", line)
		}
	}
}

// A go command that is newer than this program is named as the cause of what
// cannot be checked, once, and not at all if all is well.
func TestVersionSkew(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	realGo, err := filepath.EvalSymlinks(filepath.Join(runtime.GOROOT(), "bin", "go"))
	if err != nil {
		t.Skip(err)
	}
	bin := write(t, "-- go --\n#!/bin/sh\n"+realGo+` "$@" | sed 's/"GOVERSION": ".*"/"GOVERSION": "go1.99.0"/'`+"\n")
	if err := os.Chmod(filepath.Join(bin, "go"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	sound := write(t, "-- go.mod --\nmodule m\ngo 1.26.0\n-- m.go --\npackage m\n")
	if r := mustLoad(t, load.Config{Dir: sound}); len(r.Errors) != 0 || r.GoVersion != "go1.99.0" {
		t.Errorf("version %s, errors %v", r.GoVersion, r.Errors)
	}
	broken := write(t, "-- go.mod --\nmodule m\ngo 1.26.0\n-- m.go --\npackage m\nvar _ = x\n")
	r := mustLoad(t, load.Config{Dir: broken})
	wantLines(t, "errors", errorLines(broken, r.Errors), []string{
		"m.go:2:9: undefined: x",
		"this program was built with " + runtime.Version() + ", but the go command is go1.99.0, whose language and library it does not know: build it again, with 'go install'",
	})
}

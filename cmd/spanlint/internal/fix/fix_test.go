package fix

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/internal/load"
)

// standIn reports calls of functions by what their names ask for:
//
//	rename()    becomes renamed()
//	breaks()    becomes undefined()
//	upper()     becomes strings.ToUpper(""), with the import
//	upperlate() the same, with the import after those that are there
//	count(3)    becomes count(2), and so on down to count(0)
//	ever(1)     becomes ever(2), and so on without end
//	two()       becomes one() and other(), by two findings
//	last()      becomes "", though the import of strings was used only in it
//	api         the name of a function, becomes apix
//	never()     has no fix
func standIn() []*analysis.Analyzer {
	run := func(pass *analysis.Pass) (any, error) {
		for _, file := range pass.Files {
			report := func(n ast.Node, text string, more ...analysis.TextEdit) {
				d := analysis.Diagnostic{Pos: n.Pos(), End: n.End(), Category: "call", Message: "fix it"}
				if text != "" {
					edits := append(more, analysis.TextEdit{Pos: n.Pos(), End: n.End(), NewText: []byte(text)})
					d.SuggestedFixes = []analysis.SuggestedFix{{Message: "Fix", TextEdits: edits}}
				}
				pass.Report(d)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if decl, ok := n.(*ast.FuncDecl); ok && decl.Name.Name == "api" {
					report(decl.Name, "apix")
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				name, ok := call.Fun.(*ast.Ident)
				if !ok {
					return true
				}
				arg := 0
				if len(call.Args) == 1 {
					if lit, ok := call.Args[0].(*ast.BasicLit); ok {
						arg, _ = strconv.Atoi(lit.Value)
					}
				}
				switch name.Name {
				case "rename":
					report(name, "renamed")
				case "breaks":
					report(name, "undefined")
				case "upper":
					report(call, `strings.ToUpper("")`, importOf("strings", file)...)
				case "upperlate":
					at := file.Decls[0].End()
					report(call, `strings.ToUpper("")`, analysis.TextEdit{Pos: at, End: at, NewText: []byte("\nimport \"strings\"")})
				case "count":
					if arg > 0 {
						report(call, fmt.Sprintf("count(%d)", arg-1))
					}
				case "ever":
					report(call, fmt.Sprintf("ever(%d)", arg+1))
				case "two":
					report(name, "one")
					report(call, "other()")
				case "last":
					report(call, `""`)
				case "never":
					report(call, "")
				case "lines":
					report(call, "count(0)\n\tcount(0)")
				}
				return true
			})
		}
		return nil, nil
	}
	return []*analysis.Analyzer{{Name: "standin", Doc: "report calls", Run: run}}
}

// importOf returns the edit that adds an import, unless it is there.
func importOf(path string, file *ast.File) []analysis.TextEdit {
	for _, spec := range file.Imports {
		if spec.Path.Value == strconv.Quote(path) {
			return nil
		}
	}
	return []analysis.TextEdit{{Pos: file.Name.End(), End: token.NoPos, NewText: []byte("\n\nimport " + strconv.Quote(path))}}
}

const decls = `
-- go.mod --
module example.com/m
go 1.26.0
-- decls.go --
package m

import "strings"

func rename() int         { return 0 }
func renamed() int        { return 0 }
func breaks() int         { return 0 }
func upper() string       { return "" }
func upperlate() string   { return "" }
func count(int) int       { return 0 }
func ever(int) int        { return 0 }
func two() int            { return 0 }
func one() int            { return 0 }
func other() int          { return 0 }
func last(...string) string { return strings.ToLower("") }
func never() int          { return 0 }
func lines() int          { return 0 }
`

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

func fixed(t *testing.T, dir string) *Result {
	t.Helper()
	r, err := load.Load(load.Config{Dir: dir, Patterns: []string{"./..."}, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Errors {
		t.Error(e)
	}
	res := Run(r, standIn, nil)
	for _, err := range res.Errs {
		t.Error(err)
	}
	return res
}

// changes returns the new contents by relative name.
func changes(dir string, res *Result) map[string]string {
	m := make(map[string]string)
	for _, c := range res.Changes {
		rel, _ := filepath.Rel(dir, c.Name)
		m[filepath.ToSlash(rel)] = string(c.After)
	}
	return m
}

func dropped(dir string, res *Result) []string {
	var lines []string
	for _, e := range res.Dropped {
		lines = append(lines, strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), ""))
	}
	return lines
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name    string
		src     string            // of a.go
		more    string            // further files, a txtar archive
		after   string            // of a.go; "" if it is unchanged
		others  map[string]string // of other files that change
		dropped []string
		fixed   int
		remain  int
	}{
		{
			name:  "once",
			src:   "package m\n\nvar x = rename()\n",
			after: "package m\n\nvar x = renamed()\n",
			fixed: 1,
		},
		{
			name: "nothing to do",
			src:  "package m\n\nvar x = renamed()\n",
		},
		{
			name:   "without a fix",
			src:    "package m\n\nvar x = never()\n",
			remain: 1,
		},
		{
			// The variant with tests has the file too.
			name:   "package with tests",
			src:    "package m\n\nvar x = count(1)\n",
			more:   "-- a_test.go --\npackage m\n\nvar y = rename()\n",
			after:  "package m\n\nvar x = count(0)\n",
			others: map[string]string{"a_test.go": "package m\n\nvar y = renamed()\n"},
			fixed:  2,
		},
		{
			name:  "to a fixed point",
			src:   "package m\n\nvar x, y = count(3), count(1)\n",
			after: "package m\n\nvar x, y = count(0), count(0)\n",
			fixed: 4,
		},
		{
			name:    "without end",
			src:     "package m\n\nvar x = ever(0)\n",
			after:   "package m\n\nvar x = ever(10)\n",
			dropped: []string{"the fixes do not come to an end: stopped after 10 rounds"},
			fixed:   10,
			remain:  1,
		},
		{
			// After the first the second has nothing to fix.
			name:  "conflict",
			src:   "package m\n\nvar x = two()\n",
			after: "package m\n\nvar x = one()\n",
			fixed: 1,
		},
		{
			name:    "breaking fix",
			src:     "package m\n\nvar x, y, z = rename(), breaks(), count(1)\n",
			after:   "package m\n\nvar x, y, z = renamed(), breaks(), count(0)\n",
			dropped: []string{"a.go:3:26: the fix for standin.call is left out, the program would not compile with it: undefined: undefined (line 3)"},
			fixed:   2,
			remain:  1,
		},
		{
			// The package itself still compiles.
			name:    "fix that breaks an importer",
			src:     "package m\n\nvar x = rename()\n",
			more:    "-- lib/lib.go --\npackage lib\n\nfunc api() {}\n\nvar F = api\n-- lib2/lib.go --\npackage lib2\n\nfunc X() {}\n",
			after:   "package m\n\nvar x = renamed()\n",
			dropped: []string{"lib/lib.go:3:6: the fix for standin.call is left out, the program would not compile with it: undefined: api (line 5)"},
			fixed:   1,
			remain:  1,
		},
		{
			name:  "import added twice",
			src:   "package m\n\nvar x, y = upper(), upper()\n",
			after: "package m\n\nimport \"strings\"\n\nvar x, y = strings.ToUpper(\"\"), strings.ToUpper(\"\")\n",
			fixed: 2,
		},
		{
			name:  "import added at two places",
			src:   "package m\n\nimport \"os\"\n\nvar x, y, z = upper(), upperlate(), os.Args\n",
			after: "package m\n\nimport \"strings\"\n\nimport \"os\"\n\nvar x, y, z = strings.ToUpper(\"\"), strings.ToUpper(\"\"), os.Args\n",
			fixed: 2,
		},
		{
			name:  "import left unused",
			src:   "package m\n\nimport (\n\t\"os\"\n\t\"strings\" // for last\n)\n\nvar x, y = last(strings.ToUpper(\"\")), os.Args\n",
			after: "package m\n\nimport (\n\t\"os\"\n)\n\nvar x, y = \"\", os.Args\n",
			fixed: 1,
		},
		{
			name:  "only import left unused",
			src:   "package m\n\nimport \"strings\"\n\nvar x = last(strings.ToUpper(\"\"))\n",
			after: "package m\n\nvar x = \"\"\n",
			fixed: 1,
		},
		{
			name:  "formatted stays formatted",
			src:   "package m\n\nfunc f() {\n\tif true {\n\t\tlines()\n\t}\n}\n",
			after: "package m\n\nfunc f() {\n\tif true {\n\t\tcount(0)\n\t\tcount(0)\n\t}\n}\n",
			fixed: 1,
		},
		{
			name:  "unformatted stays untouched",
			src:   "package m\nvar    a=1\nfunc f() {\n  if true {\n\t\tlines()\n}}\n",
			after: "package m\nvar    a=1\nfunc f() {\n  if true {\n\t\tcount(0)\n\tcount(0)\n}}\n",
			fixed: 1,
		},
		{
			name:  "CRLF",
			src:   "package m\r\n\r\nfunc f() {\r\n\tlines() // x\r\n}\r\n",
			after: "package m\r\n\r\nfunc f() {\r\n\tcount(0)\r\n\tcount(0) // x\r\n}\r\n",
			fixed: 1,
		},
		{
			name:    "generated",
			src:     "// Code generated by x. DO NOT EDIT.\n\npackage m\n\nvar x = rename()\n",
			dropped: []string{"a.go:5:9: the fix for standin.call is left out: the file is generated"},
			remain:  1,
		},
		{
			name:    "cgo",
			src:     "package m\n\nimport \"C\"\n\nvar x = rename()\n",
			dropped: []string{"a.go:5:9: the fix for standin.call is left out: the file uses cgo, so that the change could not be checked"},
			remain:  1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, decls+"-- a.go --\n"+test.src+test.more)
			res := fixed(t, dir)
			got := changes(dir, res)
			want(t, "a.go", got["a.go"], test.after)
			delete(got, "a.go")
			if len(got)+len(test.others) > 0 {
				want(t, "other files", got, test.others)
			}
			want(t, "dropped", dropped(dir, res), test.dropped)
			if res.Fixed != test.fixed || len(res.Remaining) != test.remain {
				t.Errorf("fixed %d, remaining %d, want %d and %d", res.Fixed, len(res.Remaining), test.fixed, test.remain)
			}
			if len(res.Loaded.Errors) > 0 {
				t.Errorf("the result does not compile: %v", res.Loaded.Errors)
			}
			if src, _ := os.ReadFile(filepath.Join(dir, "a.go")); string(src) != test.src {
				t.Error("Run has written a file")
			}
		})
	}
}

// A fix that is sound for its own package, and whose importer is hurt.
func TestRunImporter(t *testing.T) {
	dir := write(t, decls+`
-- lib/lib.go --
package lib

type T struct{}

func (T) api() {}

func count(int) int { return 0 }

var _ = count(1)

func Take(interface{ api() }) {}
-- use/use.go --
package use

import "example.com/m/lib"

var _ = func() { lib.Take(lib.T{}) }
`)
	res := fixed(t, dir)
	want(t, "changes", changes(dir, res), map[string]string{
		"lib/lib.go": "package lib\n\ntype T struct{}\n\nfunc (T) api() {}\n\nfunc count(int) int { return 0 }\n\nvar _ = count(0)\n\nfunc Take(interface{ api() }) {}\n",
	})
	if got := dropped(dir, res); len(got) != 1 || !strings.HasPrefix(got[0], "lib/lib.go:5:10: the fix for standin.call is left out, the program would not compile with it: cannot use lib.T{}") {
		t.Errorf("dropped: %q", got)
	}
}

// Code of other modules is not ours to change, even if it is checked.
func TestRunOtherModule(t *testing.T) {
	dir := write(t, `
-- m/go.mod --
module example.com/m
go 1.26.0
require example.com/dep v0.0.0
replace example.com/dep => ../dep
-- m/m.go --
package m
import _ "example.com/dep"
-- dep/go.mod --
module example.com/dep
go 1.26.0
-- dep/dep.go --
package dep
func rename() {}
func renamed() {}
func f() { rename() }
`)
	r, err := load.Load(load.Config{Dir: filepath.Join(dir, "m"), Patterns: []string{"example.com/dep"}})
	if err != nil {
		t.Fatal(err)
	}
	res := Run(r, standIn, nil)
	want(t, "changes", changes(dir, res), map[string]string{})
	want(t, "dropped", dropped(dir, res), []string{"dep/dep.go:4:12: the fix for standin.call is left out: the file belongs to the module example.com/dep, which is not the one worked on"})
}

func TestConflict(t *testing.T) {
	for _, test := range []struct {
		a, b edit
		want bool
	}{
		{edit{1, 3, "x"}, edit{1, 3, "x"}, false}, // one edit
		{edit{1, 3, "x"}, edit{1, 3, "y"}, true},
		{edit{1, 3, "x"}, edit{3, 5, "y"}, false},
		{edit{1, 4, "x"}, edit{3, 5, "y"}, true},
		{edit{1, 5, ""}, edit{3, 3, "y"}, true}, // text put into what is removed
		{edit{3, 5, ""}, edit{3, 3, "y"}, false},
		{edit{1, 3, ""}, edit{3, 3, "y"}, false},
		{edit{3, 3, "x"}, edit{3, 3, "y"}, true}, // which goes first?
		{edit{3, 3, "x"}, edit{3, 3, "x"}, false},
	} {
		if got := test.a.conflict(test.b); got != test.want {
			t.Errorf("conflict(%v, %v) = %t", test.a, test.b, got)
		}
		if got := test.b.conflict(test.a); got != test.want {
			t.Errorf("conflict(%v, %v) = %t", test.b, test.a, got)
		}
	}
}

func TestWrite(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs modes and links")
	}
	dir := write(t, decls+"-- a.go --\npackage m\n\nvar x = rename()\n-- real/b.go.txt --\npackage m\n\nvar y = rename()\n")
	a, b := filepath.Join(dir, "a.go"), filepath.Join(dir, "b.go")
	if err := os.Chmod(a, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("real", "b.go.txt"), b); err != nil {
		t.Fatal(err)
	}
	res := fixed(t, dir)
	if err := Write(res.Changes); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{a: "package m\n\nvar x = renamed()\n", filepath.Join(dir, "real", "b.go.txt"): "package m\n\nvar y = renamed()\n"} {
		if src, err := os.ReadFile(name); err != nil || string(src) != want {
			t.Errorf("%s: %q, %v", name, src, err)
		}
	}
	if info, err := os.Stat(a); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode of a.go: %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(b); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("b.go is no longer a link: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", ".*"))
	more, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if left = slices.Concat(left, more); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// If one file cannot be written, none is.
func TestWriteNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(name string) error
		want  string
	}{
		{"changed in the meantime", func(name string) error { return os.WriteFile(name, []byte("package m\n"), 0o666) }, "DIR/b.go has changed in the meantime: nothing is written, run again"},
		{"read-only", func(name string) error { return os.Chmod(name, 0o444) }, "DIR/b.go is read-only: nothing is written"},
		{"gone", os.Remove, "lstat DIR/b.go: no such file or directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, decls+"-- a.go --\npackage m\n\nvar x = rename()\n-- b.go --\npackage m\n\nvar y = rename()\n")
			res := fixed(t, dir)
			if err := test.spoil(filepath.Join(dir, "b.go")); err != nil {
				t.Fatal(err)
			}
			err := Write(res.Changes)
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if src, _ := os.ReadFile(filepath.Join(dir, "a.go")); string(src) != "package m\n\nvar x = rename()\n" {
				t.Errorf("a.go was written: %q", src)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// A link that leads out of the module is not followed.
func TestRunLinkOutside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs links")
	}
	outside := write(t, "-- x.go --\npackage m\n\nvar x = rename()\n")
	dir := write(t, decls)
	if err := os.Symlink(filepath.Join(outside, "x.go"), filepath.Join(dir, "x.go")); err != nil {
		t.Fatal(err)
	}
	res := fixed(t, dir)
	want(t, "changes", changes(dir, res), map[string]string{})
	want(t, "dropped", dropped(dir, res), []string{"x.go:3:9: the fix for standin.call is left out: the file is a link to " + filepath.Join(outside, "x.go") + ", outside the module"})
}

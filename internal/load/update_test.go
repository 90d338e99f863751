package load_test

import (
	"path/filepath"
	"testing"

	"github.com/spanlint/spanlint/internal/load"
)

const chain = `
-- go.mod --
module example.com/m
go 1.26.0
-- a/a.go --
package a
type T struct{ X int }
func A() T { return T{} }
-- a/a_test.go --
package a
var _ = A().X
-- a/x_test.go --
package a_test
import ("example.com/m/a"; "example.com/m/mid")
var _ = mid.Take(a.A())
-- mid/mid.go --
package mid
import "example.com/m/a"
func Take(t a.T) int { return t.X }
-- top/top.go --
package top
import ("example.com/m/a"; "example.com/m/mid")
var X = mid.Take(a.A())
-- other/other.go --
package other
import "sync"
var Mu sync.Mutex
`

func TestUpdate(t *testing.T) {
	for _, mode := range load.Modes {
		t.Run(string(mode), func(t *testing.T) { testUpdate(t, mode) })
	}
}

func testUpdate(t *testing.T, mode load.Mode) {
	dir := write(t, chain)
	r := mustLoad(t, load.Config{Dir: dir, Tests: true, Mode: mode})
	name := filepath.Join(dir, "a", "a.go")
	src := "package a\nimport \"sync\"\ntype T struct{ X int; Mu *sync.Mutex }\nfunc A() T { return T{} }\n"
	u, errs := r.Update(map[string][]byte{name: []byte(src)})
	wantLines(t, "errors", errorLines(dir, u.Errors), nil)
	wantLines(t, "new errors", errorLines(dir, errs), nil)
	wantLines(t, "roots", roots(u), roots(r))

	// The new package, and all who import it, are new; the rest is the same.
	for _, id := range []string{"example.com/m/a", "example.com/m/a [example.com/m/a.test]", "example.com/m/a_test [example.com/m/a.test]", "example.com/m/mid", "example.com/m/top"} {
		if root(t, r, id).Types == root(t, u, id).Types {
			t.Errorf("%s is not checked again", id)
		}
	}
	if root(t, r, "example.com/m/other") != root(t, u, "example.com/m/other") {
		t.Error("other is checked again")
	}
	if root(t, u, "example.com/m/mid").Imports["example.com/m/a"] != root(t, u, "example.com/m/a") {
		t.Error("mid imports the old package")
	}
	for r, want := range map[*load.Result]string{r: "struct{X int}", u: "struct{X int; Mu *sync.Mutex}"} {
		got := root(t, r, "example.com/m/a").Types.Scope().Lookup("T").Type().Underlying().String()
		if got != want {
			t.Errorf("T is %s, want %s", got, want)
		}
	}
	if string(u.Files()[name]) != src || len(r.Files()) != 0 {
		t.Errorf("files: %v and before %v", u.Files(), r.Files())
	}

	// The next update builds on this one.
	u, _ = u.Update(map[string][]byte{filepath.Join(dir, "top", "top.go"): []byte("package top\nimport \"example.com/m/a\"\nvar X = a.A().Mu\n")})
	wantLines(t, "errors", errorLines(dir, u.Errors), nil)

	// An importer that no longer compiles is an error too.
	u, errs = u.Update(map[string][]byte{name: []byte("package a\ntype T struct{ X int }\nfunc A() T { return T{} }\n")})
	wantLines(t, "errors", errorLines(dir, u.Errors), []string{
		"top/top.go:3:15: a.A().Mu undefined (type a.T has no field or method Mu)",
	})
	wantLines(t, "new errors", errorLines(dir, errs), errorLines(dir, u.Errors))
}

// Who imports a package is checked with it, even if no pattern matches the
// importer, it is a test, or it has errors of its own, which are not new.
func TestUpdateImporters(t *testing.T) {
	dir := write(t, chain+`
-- top/top_test.go --
package top
import "example.com/m/a"
var _ = a.T{1}
-- broken/broken.go --
package broken
import "example.com/m/a"
var Old = undefined
var New = a.T{1}
-- syntax/syntax.go --
package syntax
func {
`)
	cfg := load.Config{Dir: dir, Patterns: []string{"./a"}, Importers: true}
	r := mustLoad(t, cfg)
	wantLines(t, "roots", roots(r), []string{"example.com/m/a *"})
	wantLines(t, "errors", errorLines(dir, r.Errors), nil)

	files := map[string][]byte{filepath.Join(dir, "a", "a.go"): []byte("package a\ntype T struct{ X, Y int }\nfunc A() T { return T{} }\n")}
	u, errs := r.Update(files)
	wantLines(t, "new errors", errorLines(dir, errs), []string{
		"broken/broken.go:4:16: too few values in struct literal of type a.T",
		"top/top_test.go:3:14: too few values in struct literal of type a.T",
	})
	wantLines(t, "roots", roots(u), []string{"example.com/m/a *"})
	wantLines(t, "errors", errorLines(dir, u.Errors), nil)
	if u, errs = u.Update(map[string][]byte{}); len(errs)+len(u.Errors) > 0 {
		t.Errorf("errors of an empty update: %v, %v", errs, u.Errors)
	}

	cfg.Importers = false
	if _, errs := mustLoad(t, cfg).Update(files); len(errs) > 0 {
		t.Errorf("unknown importers have errors: %v", errs)
	}
}

func TestCheck(t *testing.T) {
	dir := write(t, chain)
	r := mustLoad(t, load.Config{Dir: dir, Tests: true})
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		// a_test imports a, and mid, which imports a: all three have to agree on T.
		{"sound", map[string]string{"a/a.go": "package a\ntype T struct{ X int }\nfunc A() (t T) { return }\n"}, nil},
		{"sound at both ends", map[string]string{
			"a/a.go":     "package a\ntype T struct{ X int }\nfunc A() (t T) { return }\n",
			"top/top.go": "package top\nimport (\"example.com/m/a\"; \"example.com/m/mid\")\nvar X = mid.Take(a.A()) + 1\n",
		}, nil},
		{"import of a loaded package", map[string]string{"a/a.go": "package a\nimport \"sync\"\ntype T struct{ X int; mu sync.Mutex }\nfunc A() (t T) { return }\n"}, nil},
		{"import of an unknown package", map[string]string{"other/other.go": "package other\nimport \"example.com/nowhere\"\nvar _ = nowhere.X\n"}, []string{
			"other/other.go:2:8: could not import example.com/nowhere (it is not among the packages loaded)",
		}},
		{"import cycle", map[string]string{"a/a.go": "package a\nimport \"example.com/m/mid\"\ntype T struct{ X int }\nfunc A() (t T) { return }\nvar _ = mid.Take\n"}, []string{
			"a/a.go:2:8: could not import example.com/m/mid (it is not among the packages loaded)",
		}},
		{"syntax", map[string]string{"other/other.go": "package other\nfunc {\n"}, []string{
			"other/other.go:2:6: expected 'IDENT', found '{'",
		}},
		{"test alone", map[string]string{"a/a_test.go": "package a\nvar _ string = A().X\n"}, []string{
			"a/a_test.go:2:16: cannot use A().X (value of type int) as string value in variable declaration",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := make(map[string][]byte)
			for name, src := range test.files {
				files[filepath.Join(dir, name)] = []byte(src)
			}
			wantLines(t, "errors", errorLines(dir, r.Check(files)), test.want)
		})
	}
	wantLines(t, "errors of the load", errorLines(dir, r.Errors), nil)
}

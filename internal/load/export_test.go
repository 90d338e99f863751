package load_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/internal/load"
)

// In each of these others' code has something that its types could lose on the
// way through a file.
var modules = map[string]string{
	"vendor": `
-- go.mod --
module example.com/m
go 1.26.0
require example.com/dep v1.0.0
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.26
example.com/dep
example.com/dep/inner
example.com/dep/fortest
-- vendor/example.com/dep/inner/inner.go --
package inner
import ("context"; "iter")
type Key = string
type Map[V any] = map[Key]V
type Tree[K comparable, V any] struct { kids map[K]*Tree[K, V]; Value V }
func (t *Tree[K, V]) All() iter.Seq2[K, V] { return nil }
func (t *Tree[K, V]) Grow(k K, vs ...V) *Tree[K, V] { return t }
type Number interface { ~int | ~float64; String() string }
type Stopper interface { Stop(ctx context.Context) error; hidden() }
-- vendor/example.com/dep/fortest/fortest.go --
package fortest
import "testing"
func Run(t *testing.T, f func(*testing.T)) { t.Run("", f) }
-- vendor/example.com/dep/dep.go --
package dep
import ("context"; "errors"; "fmt"; "strings"; "sync"; "time"; "example.com/dep/inner")
type Tree = inner.Tree[string, []int]
type unexported struct { sync.Mutex; Field inner.Map[error] }
func (*unexported) Do(ctx context.Context) (err error) { return errors.Join(fmt.Errorf("x")) }
func (*unexported) private() {}
func New() (*unexported, *Tree) { return nil, nil }
func Sum[N inner.Number](ns ...N) (sum N) { return }
type Embeds struct { *unexported; inner.Stopper; B strings.Builder }
const Wait, Big, Text = 3 * time.Second, 1 << 100, "text"
var Hook func(ctx context.Context, opts ...func(*Embeds)) (stop func())
-- a/a.go --
package a
import ("context"; "example.com/dep"; "example.com/dep/inner"; str "strings"; "time"; "unsafe")
func PanicA(ctx context.Context) {
	u, tree := dep.New()
	u.Lock()
	_ = u.Do(ctx)
	for k, v := range tree.Grow("x", nil).All() { _, _ = str.ToUpper(k), v[0] }
	_ = u.Field["x"].Error()
	e := dep.Embeds{}
	_ = e.Stop(ctx)
	_ = e.Do
	_ = e.B.Len() + len(dep.Text) + int(dep.Wait/time.Second) + dep.Big>>98 + int(unsafe.Sizeof(e))
	defer dep.Hook(ctx, func(e *dep.Embeds) { e.Unlock() })()
}
type N int
func (N) String() string { return "" }
var _ = dep.Sum(N(1), 2)
type Own[V any] struct { *inner.Tree[N, V] }
-- a/a_test.go --
package a
import ("testing"; "example.com/dep/fortest"; "example.com/dep/inner")
func TestA(t *testing.T) { fortest.Run(t, func(t *testing.T) { _ = inner.Tree[N, Own[int]]{} }) }
-- a/x_test.go --
package a_test
import ("testing"; "context"; "example.com/m/a"; "example.com/m/b"; "example.com/dep/fortest")
func TestX(t *testing.T) { fortest.Run(t, func(*testing.T) { b.B[int](nil) }); a.PanicA(context.TODO()); _ = a.Own[string]{}.Grow }
-- b/b.go --
package b
import ("example.com/m/a"; "example.com/dep")
func B[V any](t interface{ Context() V }) { _, tree := dep.New(); var o a.Own[dep.Tree]; o.Grow(1, *tree); a.PanicA(nil) }
`,
	// Others' code that imports ours, and its test variant, never come from files.
	"back": `
-- go.mod --
module example.com/m
go 1.26.0
-- own/own.go --
package own
import "sync"
type T struct{ sync.Mutex; X int }
func (*T) PanicOwn() {}
-- own/own_test.go --
package own
func ForTest() T { return T{} }
-- own/x_test.go --
package own_test
import ("example.com/m/own"; "example.com/m/external/middle"; "strings")
var t, _ = own.ForTest(), strings.NewReader("")
func init() { middle.Get().PanicOwn(); t = *middle.Get() }
-- external/middle/middle.go --
package middle
import ("example.com/m/own"; "example.com/m/external/leaf")
type Leaf = leaf.Leaf[*own.T]
func Get() *own.T { return Leaf{}.Value }
-- external/leaf/leaf.go --
package leaf
import "sync"
type Leaf[V any] struct { Value V; Once *sync.Once }
-- user/user.go --
package user
import ("example.com/m/own"; "example.com/m/external/middle"; "example.com/m/external/leaf")
var l middle.Leaf = leaf.Leaf[*own.T]{Value: middle.Get()}
func F() { l.Value.Lock(); l.Once.Do(l.Value.PanicOwn) }
`,
	"workspace": `
-- go.work --
go 1.26.0
use ./one
use ./m
-- one/go.mod --
module example.com/one
go 1.26.0
-- one/external/lib/lib.go --
package lib
import "bytes"
func Lib() *bytes.Buffer { return nil }
-- m/go.mod --
module example.com/m
go 1.26.0
-- m/m.go --
package m
import "example.com/one/external/lib"
var X = lib.Lib().Len()
`,
	"tags": `
-- go.mod --
module example.com/m
go 1.26.0
-- external/lib/tagged.go --
//go:build special
package lib
type T struct{ Tagged int }
-- external/lib/other.go --
//go:build !special
package lib
type T struct{}
-- m.go --
package m
import "example.com/m/external/lib"
var X = lib.T{}.Tagged
`,
	// A package that no compiler accepts, between some that it does.
	"broken": `
-- go.mod --
module example.com/m
go 1.26.0
-- external/leaf/leaf.go --
package leaf
type T struct{ X int }
-- external/broken/broken.go --
package broken
import "example.com/m/external/leaf"
func F() leaf.T { return undefined }
-- external/above/above.go --
package above
import "example.com/m/external/broken"
var X = broken.F()
-- m.go --
package m
import ("example.com/m/external/above"; "example.com/m/external/leaf")
var X leaf.T = above.X
`,
	"cgo": `
-- go.mod --
module example.com/m
go 1.26.0
-- external/lib/lib.go --
package lib
// static int f(void) { return 1; }
import "C"
func F() int { return int(C.f()) }
-- m.go --
package m
// static int f(void) { return 1; }
import "C"
import "example.com/m/external/lib"
var X = lib.F()
func F() int { return int(C.f()) + lib.F() }
`,
}

// Wherever others' types come from, those of our own expressions are the same,
// and so are the errors.
func TestModesAgree(t *testing.T) {
	for name, archive := range modules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := load.Config{Dir: write(t, archive), Tests: true, Env: append(os.Environ(), "GOWORK=", "GOFLAGS=")}
			std := func(path string) bool { return !strings.Contains(path, ".") }
			switch name {
			case "cgo":
				if _, err := exec.LookPath("gcc"); err != nil {
					t.Skip(err)
				}
				cfg.Env = append(cfg.Env, "CGO_ENABLED=1")
			case "tags":
				cfg.Tags = "special"
			case "workspace":
				cfg.Dir = filepath.Join(cfg.Dir, "m")
			}
			all := func(mode load.Mode) (lines, exported []string) {
				cfg.Mode = mode
				r := mustLoad(t, cfg)
				wantLines(t, "errors", errorLines(cfg.Dir, r.Errors), nil)
				return findings(t, r.Roots, r.Matched), slices.DeleteFunc(r.Exported(), std)
			}
			want, exported := all(load.Source)
			if len(want) < 2 || len(exported) > 0 {
				t.Fatalf("from source: %v, exported: %v", want, exported)
			}
			for _, test := range []struct {
				mode load.Mode
				what string
				// what others' packages come from export data
				exported map[string][]string
			}{
				{load.Auto, "with an empty cache", nil},
				{load.Export, "compiled", compiled},
				{load.Auto, "with a full cache", compiled},
			} {
				got, exported := all(test.mode)
				wantLines(t, test.what+": types", got, want)
				wantLines(t, test.what+": exported", exported, test.exported[name])
			}
		})
	}
}

var compiled = map[string][]string{
	"vendor":    {"example.com/dep", "example.com/dep/fortest", "example.com/dep/inner"},
	"back":      {"example.com/m/external/leaf"},
	"workspace": {"example.com/one/external/lib"},
	"tags":      {"example.com/m/external/lib"},
	"broken":    {"example.com/m/external/leaf"},
	"cgo":       {"example.com/m/external/lib"},
}

// Auto compiles nothing, not even the standard library.
func TestAutoCompilesNothing(t *testing.T) {
	cache := t.TempDir()
	r := mustLoad(t, load.Config{Dir: write(t, modules["vendor"]), Tests: true, Env: append(os.Environ(), "GOCACHE="+cache)})
	wantLines(t, "errors", errorLines("", r.Errors), nil)
	wantLines(t, "exported", r.Exported(), nil)
	filepath.WalkDir(cache, func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		if data, _ := os.ReadFile(name); strings.HasPrefix(string(data), "!<arch>") {
			t.Errorf("%s has been compiled", name)
		}
		return nil
	})
}

// Export data that cannot be read, because it has gone or is of a newer kind,
// costs time and nothing else.
func TestUnreadable(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	realGo, err := filepath.EvalSymlinks(filepath.Join(runtime.GOROOT(), "bin", "go"))
	if err != nil {
		t.Skip(err)
	}
	dir := write(t, modules["vendor"])
	want := findings(t, mustLoad(t, load.Config{Dir: dir, Mode: load.Source}).Roots, every)
	if r := mustLoad(t, load.Config{Dir: dir, Mode: load.Export}); len(r.Exported()) < 5 {
		t.Fatalf("exported without being disturbed: %v", r.Exported())
	}
	junk := filepath.Join(dir, "junk")
	for what, content := range map[string]string{
		"gone":  "",
		"newer": "!<arch>\n__.PKGDEF       0           0     0     644     40        `\ngo object linux amd64 go1.99\n\n$$B\nu\xff\xff\xff\xff\n$$\n",
		"other": "something else",
	} {
		os.Remove(junk)
		if content != "" {
			if err := os.WriteFile(junk, []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{"context", "example.com/dep", "example.com/dep/inner"} {
			t.Run(fmt.Sprint(what, " ", filepath.Base(path)), func(t *testing.T) {
				bin := write(t, "-- go --\n#!/bin/sh\n"+realGo+` "$@" | sed '/"ImportPath": "`+strings.ReplaceAll(path, "/", `\/`)+`"/,/}/s|"Export": ".*"|"Export": "`+junk+`"|'`+"\n")
				if err := os.Chmod(filepath.Join(bin, "go"), 0o777); err != nil {
					t.Fatal(err)
				}
				t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
				r := mustLoad(t, load.Config{Dir: dir, Mode: load.Export})
				wantLines(t, "errors", errorLines(dir, r.Errors), nil)
				wantLines(t, "exported", r.Exported(), nil)
				wantLines(t, "types", findings(t, r.Roots, every), want)
			})
		}
	}
}

func every(*packages.Package) bool { return true }

func TestWrongMode(t *testing.T) {
	_, err := load.Load(load.Config{Dir: write(t, "-- go.mod --\nmodule m\n"), Mode: "exports"})
	if want := `load mode "exports": it is auto, export or source`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

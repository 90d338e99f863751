package scope

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
)

func TestOwnFile(t *testing.T) {
	for name, want := range map[string]bool{
		"/home/me/shop/main.go":                                      true,
		"/home/me/shop/internal/log/log.go":                          true,
		"/home/me/go/src/shop/main.go":                               true,
		"main.go":                                                    true,
		"cmd/shop/main.go":                                           true,
		"/home/me/vendored/main.go":                                  true,
		"/home/me/shop@v2/main.go":                                   true,
		"/var/jenkins/workspace/shop@2/main.go":                      true,
		"/home/me/shop/vendor.go":                                    true,
		"/home/me/shop/vendor/example.com/a/a.go":                    false,
		"vendor/example.com/a/a.go":                                  false,
		"external/com_example_a/a.go":                                false,
		"/cache/execroot/_main/external/gazelle++deps+a/a.go":        false,
		"/root/go/pkg/mod/example.com/a@v1.2.3/a.go":                 false,
		"/cache/mod/example.com/!a/v2@v2.0.0-20241129-0a1b2c/x/a.go": false,
		"/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.0.linux-amd64/src/net/http/server.go": false,
	} {
		if got := OwnFile(name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// The standard library that this test is built with.
func TestGoroot(t *testing.T) {
	name := func() string { // of a file in it
		for _, root := range goroots() {
			if _, err := os.Stat(filepath.Join(root, "src", "fmt", "print.go")); err == nil {
				return filepath.Join(root, "src", "fmt", "print.go")
			}
		}
		return ""
	}()
	if name == "" {
		t.Fatalf("no standard library in %q", goroots())
	}
	if OwnFile(name) {
		t.Errorf("%s is the user's own", name)
	}
	beside := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(name))), "misc", "main.go")
	if !OwnFile(beside) {
		t.Errorf("%s is not the user's own", beside)
	}
}

func TestRootOf(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"go/src/runtime", "go/bin", "home/bin", "home/src", "usr/bin"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go/bin/go", "home/bin/go"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "go/bin/go"), filepath.Join(dir, "usr/bin/go")); err != nil {
		t.Skip(err)
	}
	for name, want := range map[string]string{
		"go/bin/go":   filepath.Join(dir, "go"),
		"usr/bin/go":  filepath.Join(dir, "go"), // as Debian installs it
		"home/bin/go": "",                       // beside a home's own src
		"nowhere/go":  "",
	} {
		if got := rootOf(filepath.Join(dir, name)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// Another installation than the one we know of is told by where it has its
// packages.
func TestInStd(t *testing.T) {
	for _, test := range []struct {
		path, name string
		want       bool
	}{
		{"fmt", "/opt/go1.27/src/fmt/print.go", true},
		{"net/http", "/home/me/sdk/go1.27.0/src/net/http/server.go", true},
		{"net/http_test", "/opt/go/src/net/http/server_test.go", true},
		{"internal/poll", "/opt/go/src/internal/poll/fd.go", true},
		{"shop", "/home/me/go/src/shop/main.go", false}, // in a GOPATH
		{"example.com/shop/log", "/home/me/shop/src/log/log.go", false},
		{"log", "/home/me/shop/log/log.go", false},
		{"net/http", "/home/me/src/http/http.go", false},
		{"fmt", "print.go", false},
	} {
		if got := inStd(test.path, test.name); got != test.want {
			t.Errorf("%s in %s: got %v", test.path, test.name, got)
		}
	}
}

func TestStdDirs(t *testing.T) {
	var src string
	for _, root := range goroots() {
		src = filepath.Join(root, "src")
	}
	entries, err := os.ReadDir(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" && e.Name() != "vendor" && !slices.Contains(stdDirs, e.Name()) {
			t.Errorf("there are packages in %s", e.Name())
		}
	}
}

func TestFirstParty(t *testing.T) {
	cfg := config.New(nil)
	cfg.FirstParty = []string{"example.com/ours"}
	for _, test := range []struct {
		path, file string
		want       bool
	}{
		{"example.com/shop", "/home/me/shop/main.go", true},
		{"example.com/theirs", "/root/go/pkg/mod/example.com/theirs@v1.0.0/a.go", false},
		{"example.com/ours/a", "/root/go/pkg/mod/example.com/ours@v1.0.0/a/a.go", true},
		{"fmt", "/opt/go1.27/src/fmt/print.go", false},
		{"example.com/empty", "", false},
	} {
		pass := &analysis.Pass{Fset: token.NewFileSet(), Pkg: types.NewPackage(test.path, "p")}
		if test.file != "" {
			syntax, err := parser.ParseFile(pass.Fset, test.file, "package p", 0)
			if err != nil {
				t.Fatal(err)
			}
			pass.Files = []*ast.File{syntax}
		}
		if got := FirstParty(pass, cfg); got != test.want {
			t.Errorf("%s: got %v", test.path, got)
		}
	}
}

// Files as they are, and as cgo makes them: in a cache, under other names.
func TestSourceName(t *testing.T) {
	const (
		cgo   = "// Code generated by cmd/cgo; DO NOT EDIT.\n\n//line /home/me/shop/c.go:1:1\npackage p"
		types = "// Code generated by cmd/cgo; DO NOT EDIT.\n\n//line _cgo_gotypes.go:1:1\npackage p"
	)
	type file struct{ name, src string }
	for _, test := range []struct {
		files []file
		want  string
	}{
		{nil, ""},
		{[]file{{"/home/me/shop/a.go", "package p"}, {"/home/me/shop/b.go", "package p"}}, "/home/me/shop/a.go"},
		{[]file{{"/cache/0b/0b1c-d", cgo}}, "/home/me/shop/c.go"},
		{[]file{{"/tmp/go-build/b001/_cgo_gotypes.go", types}, {"/tmp/go-build/b001/c.cgo1.go", cgo}}, "/home/me/shop/c.go"},
		{[]file{{"/cache/0a/0a1b-d", types}, {"/home/me/shop/b.go", "package p"}}, "/home/me/shop/b.go"},
		// Other generators name what lies beside, or say it further down.
		{[]file{{"/home/me/shop/x.go", "//line expr.y:1\npackage p"}}, "/home/me/shop/expr.y"},
		{[]file{{"/home/me/shop/y.go", "package p\n\n//line /usr/share/yaccpar:1\nvar x int"}}, "/home/me/shop/y.go"},
	} {
		fset := token.NewFileSet()
		var files []*ast.File
		for _, f := range test.files {
			syntax, err := parser.ParseFile(fset, f.name, f.src, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, syntax)
		}
		if got := sourceName(fset, files); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

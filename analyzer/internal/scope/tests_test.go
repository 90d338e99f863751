package scope_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// frameworks are packages as far as the cases below use them.
var frameworks = map[string]string{
	"testing":                          "package testing; type (T struct{}; B struct{}; F struct{}; M struct{}; common interface{ Helper() }; TB interface{ common }); func Testing() bool",
	"github.com/stretchr/testify/mock": "package mock; type Mock struct{}",
	"github.com/testcontainers/testcontainers-go":     "package testcontainers",
	"github.com/testcontainers/testcontainers-gopher": "package gopher",
	"gotest.tools/v3/assert":                          "package assert",
}

// packageOf runs the analyzer on one package, whose files are named below root.
func packageOf(t *testing.T, path string, module *analysis.Module, root string, files map[string]string) *scope.Package {
	t.Helper()
	fset := token.NewFileSet()
	parse := func(name, src string) *ast.File {
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	known := importer{}
	for path, src := range frameworks {
		pkg, err := (&types.Config{}).Check(path, fset, []*ast.File{parse("any.go", src)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		known[path] = pkg
	}
	var syntax []*ast.File
	for _, name := range []string{"a.go", "b.go", "a_test.go"} {
		if src, ok := files[name]; ok {
			syntax = append(syntax, parse(filepath.Join(root, name), src))
		}
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object)}
	pkg, err := (&types.Config{Importer: known}).Check(path, fset, syntax, info)
	if err != nil {
		t.Fatal(err)
	}
	a := scope.New(config.New(nil), nil)
	result, err := a.Run(&analysis.Pass{
		Analyzer: a, Fset: fset, Files: syntax, Pkg: pkg, TypesInfo: info, Module: module,
		ResultOf: map[*analysis.Analyzer]any{inspect.Analyzer: inspector.New(syntax)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return result.(*scope.Package)
}

func TestCodeForTestsByDirectory(t *testing.T) {
	m := &analysis.Module{Path: "example.com/tests/m"}
	for _, test := range []struct {
		path   string
		module *analysis.Module
		root   string
		want   bool
	}{
		{"example.com/tests/m", m, "/src/tests/m", false},
		{"example.com/tests/m/p", m, "/src/tests/m/p", false},
		{"example.com/tests/m/test", m, "/src/tests/m/test", true},
		{"example.com/tests/m/tests/apps/p", m, "/src/p", true},
		{"example.com/tests/m/internal/testing", m, "/src/p", true},
		{"example.com/tests/m/test-utils/p", m, "/src/p", true},
		{"example.com/tests/m/test_helpers", m, "/src/p", true},
		{"example.com/tests/m/testUtil", m, "/src/p", true},
		{"example.com/tests/m/integration-tests", m, "/src/p", true},
		{"example.com/tests/m/e2e/p", m, "/src/p", true},
		{"example.com/tests/m/mocks", m, "/src/p", true},
		{"example.com/tests/m/p/fake [example.com/tests/m/p/fake.test]", m, "/src/p", true},
		{"example.com/tests/m/p [example.com/tests/m/mocks.test]", m, "/src/p", false},
		{"example.com/tests/m/latest", m, "/src/p", false},
		{"example.com/tests/m/testimonials", m, "/src/p", false},
		{"example.com/tests/m/integration", m, "/src/p", false},
		{"example.com/tests/m/mockingbird/fakeout", m, "/src/p", false},
		// A module beside it, and one that has only the first letters of its path.
		{"example.com/other/test", m, "/src/test", false},
		{"example.com/tests/mtest/test", m, "/src/test", false},
		// Without modules only names below the working directory say anything.
		{"example.com/m/test", nil, "test/apps", true},
		{"example.com/m/test", &analysis.Module{}, "p/mocks", true},
		{"example.com/m/test", nil, "p", false},
		{"example.com/m/test", nil, "", false},
		{"example.com/m/test", nil, "/go/src/example.com/m/test", false},
		{"example.com/m/test", &analysis.Module{}, "/go/src/example.com/m/test", false},
	} {
		p := packageOf(t, test.path, test.module, test.root, map[string]string{"a.go": "package p; func f() {}"})
		f := p.Funcs[0].Node
		if got := p.IsTest(f); got != test.want {
			t.Errorf("%s of %v in %s: got %v", test.path, test.module, test.root, got)
		}
		if p.InTestFile(f) {
			t.Errorf("%s: the file is like all others of its package", test.path)
		}
	}
}

func TestCodeForTestsByFile(t *testing.T) {
	for _, test := range []struct {
		src  string
		want bool
	}{
		{`import "testing"; func f(t *testing.T) {}`, true},
		{`import "testing"; func f(n int, b *testing.B) {}`, true},
		{`import "testing"; func f(*testing.F) {}`, true},
		{`import "testing"; func f(testing.TB) {}`, true},
		{`import "testing"; type tb = testing.TB; func f(t tb) {}`, true},
		{`import "testing"; type s struct{}; func (s) f(t *testing.T) {}`, true},
		{`import "testing"; func f[X any](t *testing.T, x X) {}`, true},
		{`import go_testing "testing"; func f() {}; func g(t *go_testing.T) {}`, true},
		{`import "github.com/stretchr/testify/mock"; type m struct{ mock.Mock }; func f() {}`, true},
		{`import _ "github.com/testcontainers/testcontainers-go"; func f() {}`, true},
		{`import _ "gotest.tools/v3/assert"; func f() {}`, true},
		{`import "testing"; func f() { testing.Testing() }`, false},
		{`import _ "testing"; func f() {}`, false},
		{`import "testing"; func f(run func(*testing.T)) {}`, false},
		{`import "testing"; func f() (t *testing.T) { return nil }`, false},
		{`import "testing"; func f(m *testing.M) {}`, false},
		{`type T struct{}; func f(t *T) {}`, false},
		{`import _ "github.com/testcontainers/testcontainers-gopher"; func f() {}`, false},
	} {
		p := packageOf(t, "m/p", &analysis.Module{Path: "m"}, "/m/p", map[string]string{
			"a.go": "package p; " + test.src, "b.go": "package p; func beside() {}", "a_test.go": "package p; func inTest() {}",
		})
		f := funcNamed(t, p, "f").Node
		if got := p.IsTest(f); got != test.want || got != p.InTestFile(f) {
			t.Errorf("%s: got %v", test.src, got)
		}
		if p.IsTest(funcNamed(t, p, "beside").Node) {
			t.Errorf("%s: makes the file beside it one for tests", test.src)
		}
		if inTest := funcNamed(t, p, "inTest").Node; !p.IsTest(inTest) || !p.InTestFile(inTest) {
			t.Errorf("%s: test files are told by their names", test.src)
		}
	}
}

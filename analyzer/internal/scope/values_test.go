package scope_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// Every function x is a question: what can the function be that it calls?
func TestTargets(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"function", "func x() { a() }", "a"},
		{"literal", "func x() { func() {}() }", "literal"},
		{"local", "func x() { f := a; f() }", "a"},
		{"local, two", "func x(c bool) { f := a; if c { f = func() {} }; f() }", "a literal"},
		{"declared without a value", "func x() { var f func(); f = a; f() }", "a"},
		{"nil is none", "func x() { var f func() = nil; f = a; f() }", "a"},
		{"several results", "func two() (func(), int); func x() { f, n := two(); _ = n; f() }", "?"},
		{"address taken", "func x() { f := a; set(&f); f() }; func set(*func())", "a ?"},
		{"range", "func x(fs []func()) { for _, f := range fs { f() } }", "?"},
		{"parameter", "func x(f func()) { f() }; func y() { x(a); x(b) }", "a b"},
		{"parameter of an exported function", "func X(f func()) { y(f) }; func y(f func()) { x(f) }; func x(f func()) { f() }", "?"},
		{"parameter of a function used as value", "func x(f func()) { f() }; var v = x; func y() { x(a) }", "?"},
		{"variadic parameter", "func x(f ...func()) { f[0]() }; func y() { x(a) }", "?"},
		{"field", "type s struct{ f func() }; var v = s{f: a}; func x() { v.f() }", "a"},
		{"field without key", "type s struct{ n int; f func() }; var v = &s{1, a}; func x() { v.f() }", "a"},
		{"field, assigned", "type s struct{ f func() }; func (v *s) x() { v.f() }; func set(v *s) { v.f = b }", "b"},
		{"exported field", "type s struct{ F func() }; var v = s{F: a}; func x() { v.F() }", "a ?"},
		{"generic field", "type s[T any] struct{ f func() }; var v = s[int]{f: a}; func (v *s[T]) x() { v.f() }", "a"},
		{"never assigned", "type s struct{ f func() }; func (v *s) x() { v.f() }", "?"},
		{"package variable", "var v = a; func x() { v() }", "a"},
		{"exported package variable", "var V = a; func x() { V() }", "a ?"},
		{"constructor", "type s struct{ f func() }; func n(f func()) *s { return &s{f: f} }; var v = n(a); func x() { v.f() }", "a"},
		{"exported constructor", "type s struct{ f func() }; func N(f func()) *s { return &s{f: f} }; func x() { N(a).f() }", "?"},
		{"made by a function", "func mk() func() { return func() {} }; var v = mk(); func x() { v() }", "literal"},
		{"made by a call", "func mk() func() { return a }; func x() { mk()() }", "a"},
		{"method value", "type s struct{}; func (s) m() {}; var v = s{}.m; func x() { v() }", "m"},
		{"method of an interface", "type i interface{ m() }; func x(v i) { f := v.m; f() }", "?"},
		{"method expression", "type s struct{}; func (s) m() {}; var v = s.m; func x() { v(s{}) }", "?"},
		{"conversion", "type fn func(); func x() { f := fn(a); f() }", "a"},
		{"instance", "func g[T any]() {}; func x() { f := g[int]; f() }", "g"},
		{"itself", "func x() { f := a; f = f; f() }", "a"},
		{"each other", "var v, w func(); func y() { v = w; w = v; v = a }; func x() { v() }", "a ?"},
		{"another package", "func x() { f := strings.ToUpper; f(``) }", "ToUpper"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fset := token.NewFileSet()
			src := "package p\nimport \"strings\"\nvar _ = strings.ToUpper\nfunc a() {}; func b() {};" + test.src
			file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			info := &types.Info{
				Types: make(map[ast.Expr]types.TypeAndValue), Instances: make(map[*ast.Ident]types.Instance),
				Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
				Selections: make(map[*ast.SelectorExpr]*types.Selection),
			}
			pkg, err := (&types.Config{Importer: stringsImporter{}}).Check("p", fset, []*ast.File{file}, info)
			if err != nil {
				t.Fatal(err)
			}
			p := scope.Index(fset, []*ast.File{file}, pkg, info, inspector.New([]*ast.File{file}))
			f := funcNamed(t, p, "x")
			var last *ast.CallExpr
			for _, stmt := range f.Body.List {
				for n := range ast.Preorder(stmt) {
					if call, ok := n.(*ast.CallExpr); ok && (last == nil || last.End() < call.Pos()) {
						last = call
					}
				}
			}
			targets, complete := p.Targets(last.Fun)
			var got []string
			for _, target := range targets {
				name := "literal"
				if target.Obj != nil {
					name = target.Obj.Name()
				}
				got = append(got, name)
				if target.Func != nil && last.Fun != target.Func.Node && target.Obj == nil && len(p.Holders(target.Func)) == 0 {
					t.Errorf("nobody holds %s", name)
				}
			}
			if !complete {
				got = append(got, "?")
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), test.want)
			}
		})
	}
}

type stringsImporter struct{}

func (stringsImporter) Import(string) (*types.Package, error) {
	pkg := types.NewPackage("strings", "strings")
	param := types.NewTuple(types.NewParam(0, pkg, "s", types.Typ[types.String]))
	pkg.Scope().Insert(types.NewFunc(0, pkg, "ToUpper", types.NewSignatureType(nil, nil, nil, param, param, false)))
	pkg.MarkComplete()
	return pkg, nil
}

package load

import (
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestBlankBodies(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"func F() { g() }", "func F() {     }"},
		{"func F() {\n\tg(`\n`)\n} // }", "func F() {\n    \n  \n} // }"},
		{"func F() { _, _, _ = '}', '\\'', \"}\\\"}\" /* } */ }\nvar x int", "func F() {" + strings.Repeat(" ", 37) + "}\nvar x int"},
		{"func F() { // }\n}\nfunc G() { /*/ } */ }", "func F() {     \n}\nfunc G() {" + strings.Repeat(" ", 10) + "}"},
		{"func (r *T[K]) F(\n\tx struct{ a int },\n) (y interface{ M() }) { { { } } }", "func (r *T[K]) F(\n\tx struct{ a int },\n) (y interface{ M() }) {         }"},
		{"func F() struct{ a int } { g() }", "func F() struct{ a int } {     }"},
		{"func F() map[string]interface /* { */ { M() } { g() }", "func F() map[string]interface /* { */ { M() } {     }"},
		{"func F() func() { g() }", "func F() func() {     }"},
		{"func F()\nvar x = T{1}", "func F()\nvar x = T{1}"},
		{"type F func()\nvar x = [...]int{1, 2}", "type F func()\nvar x = [...]int{1, 2}"},
		{"var fs = [...]func(){f, g}", "var fs = [...]func(){f, g}"},
		{"var f = func() int { return 1 }", "var f = func() int { return 1 }"},
		{"var function = T{1}\nvar (\n\tx = T{1}\n)", "var function = T{1}\nvar (\n\tx = T{1}\n)"},
		{"package p; func F() { g() }", "package p; func F() { g() }"},
		{"func F() { g(", "func F() { g("},
		{"func F() { '", "func F() { '"},
		{"func F() { /*", "func F() { /*"},
		{"func F() { // }", "func F() { // }"},
		{"func F() { \"\n}", "func F() {  \n}"},
		{"//", "//"},
		{"/", "/"},
	} {
		src := []byte(test.src)
		if blankBodies(src); string(src) != test.want {
			t.Errorf("%q\n got %q\nwant %q", test.src, src, test.want)
		}
	}
}

// Nothing but bodies is lost of code as it is written.
func TestBlankBodiesOfLibrary(t *testing.T) {
	dirs := []string{"net/http", "go/types", "reflect", "runtime", "text/template", "internal/abi", "slices", "crypto/tls", "unicode"}
	if testing.Short() {
		dirs = dirs[:1]
	}
	total, left := 0, 0
	for _, dir := range dirs {
		names, _ := filepath.Glob(filepath.Join(runtime.GOROOT(), "src", dir, "*.go"))
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, n := declarations(t, name, src)
			total += n
			blankBodies(src)
			got, n := declarations(t, name, src)
			left += n
			if got != want {
				t.Errorf("%s has changed", name)
			}
		}
	}
	if total == 0 {
		t.Skip("no sources of the standard library")
	}
	if left*50 > total {
		t.Errorf("%d of %d statements are left", left, total)
	}
}

// declarations returns the declarations, with their positions, as text, and
// the number of statements in their bodies.
func declarations(t *testing.T, name string, src []byte) (text string, statements int) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if _, ok := n.(ast.Stmt); ok && n != f.Body {
					statements++
				}
				return true
			})
			f.Body.List = nil
		}
		b.WriteString(fset.Position(decl.Pos()).String() + " " + fset.Position(decl.End()).String() + " ")
		if err := printer.Fprint(&b, fset, decl); err != nil {
			t.Fatal(err)
		}
	}
	return b.String(), statements
}

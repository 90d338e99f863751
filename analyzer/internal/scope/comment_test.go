package scope_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// What stands before x() in the blocks around it is said before it.
func TestRemarks(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", `package p

func x() {}

// Doc is not in the body.
func f(a, b bool) {
	// first
	n := 1 // behind
	_ = n
	if a {
		// in another block
		n++
	}
	// second,
	// of two lines
	defer func() {
		// in another function
		n++
	}()

	if b {
		// inside
		n++
		x()
		// afterwards
	}
	// at the end
}
`, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	files := []*ast.File{file}
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object)}
	pkg, err := new(types.Config).Check("p", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	p := scope.Index(fset, files, pkg, info, inspector.New(files))
	for _, f := range p.Funcs {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "x" {
				return true
			}
			if got, want := p.Remarks(call, f.Node.Pos()), []string{"first", "second, of two lines", "inside"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if got, want := p.Remarks(call, call.Pos()-10), []string(nil); !slices.Equal(got, want) {
				t.Errorf("after all of them: got %q, want %q", got, want)
			}
			return true
		})
	}
}

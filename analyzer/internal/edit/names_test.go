package edit_test

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
)

// Packages to import, without the go command.
var world = func() map[string]*types.Package {
	world := make(map[string]*types.Package)
	for path, name := range map[string]string{
		"context":                          "context",
		"fmt":                              "fmt",
		"net/http":                         "http",
		"example.com/otel":                 "otel",
		"example.com/otel/trace":           "trace",
		"example.com/go-yaml.v3":           "yaml",
		"example.com/odd":                  "even",
		"example.com/otel/semconv/v1.40.0": "semconv",
		"other.org/tool/v2":                "tool",
		"mine.net/app/internal/store":      "store",
	} {
		pkg := types.NewPackage(path, name)
		pkg.Scope().Insert(types.NewVar(0, pkg, "Member", types.Typ[types.Int]))
		pkg.MarkComplete()
		world[path] = pkg
	}
	return world
}()

type importWorld struct{}

func (importWorld) Import(path string) (*types.Package, error) {
	if pkg := world[path]; pkg != nil {
		return pkg, nil
	}
	if path == "C" {
		return nil, errors.New("cgo")
	}
	return importer.Default().Import(path)
}

func check(t *testing.T, src string) (*edit.File, *types.Package) {
	t.Helper()
	f := open(t, src)
	fset := fsets[f]
	conf := types.Config{Importer: importWorld{}, Error: func(error) {}, FakeImportC: true}
	pkg, _ := conf.Check("mine.net/app", fset, []*ast.File{f.Syntax}, nil)
	return f, pkg
}

func TestNames(t *testing.T) {
	src := `package p

import "fmt"

var global fmt.Stringer

func f(param int) {
	before := 1
	{
		inner := before
		_ = inner
		go func() { // here
			deep := 1
			func(arg int) { deep++ }(2)
		}()
	}
	after := 1
	_ = after
}

func other() {
	elsewhere := 1
	_ = elsewhere
}
`
	f, pkg := check(t, src)
	here := expr(t, f, "func() { // here")
	for name, want := range map[string]string{
		"free":      "free",
		"elsewhere": "elsewhere",
		"fmt":       "fmt2",
		"global":    "global2",
		"len":       "len2",
		"f":         "f2",
		"param":     "param2",
		"before":    "before2",
		"inner":     "inner2",
		"deep":      "deep2",
		"arg":       "arg2",
		"after":     "after2", // declared later, but in a block around
	} {
		if got := edit.FreshName(pkg, here, name); got != want {
			t.Errorf("FreshName(%q) = %q, want %q", name, got, want)
		}
	}
	if got := edit.FreshName(pkg, here, "free", "free", "free2"); got != "free3" {
		t.Errorf("FreshName with taken names = %q", got)
	}
}

func TestSameAt(t *testing.T) {
	src := `package p

func f(ctx int) {
	a(ctx)
	go func() {
		b(ctx)
		ctx := 2
		c(ctx)
	}()
	ctx = 3
	if ctx := 4; ctx > 0 {
		d(ctx)
	}
}

func a(int)
func b(int)
func c(int)
func d(int)
`
	f, pkg := check(t, src)
	ctx := pkg.Scope().Lookup("f").(*types.Func).Signature().Params().At(0)
	for call, want := range map[string]bool{"a(ctx)": true, "b(ctx)": true, "c(ctx)": false, "d(ctx)": false, "f(ctx int)": false} {
		var pos ast.Node
		if call == "f(ctx int)" {
			pos = f.Syntax.Name // outside of the function
		} else {
			pos = expr(t, f, call)
		}
		if got := edit.SameAt(pkg, ctx, pos.Pos()); got != want {
			t.Errorf("SameAt %s: %t", call, got)
		}
	}
	if edit.SameIn(pkg, ctx, expr(t, f, "func() {")) {
		t.Error("a literal that shadows ctx is said to see only the parameter")
	}
	if !edit.SameIn(pkg, ctx, expr(t, f, "a(ctx)")) {
		t.Error("SameIn is false for an argument")
	}
}

func TestImports(t *testing.T) {
	const body = "\n\nfunc f() {\n\tuse()\n}\n"
	for _, test := range []struct {
		why    string
		src    string // without the function
		need   string // paths
		prefix string // of the last
		want   string // imports afterwards; "" for no change, "no" for no place
	}{
		{"there already", `import "example.com/otel/trace"`, "example.com/otel/trace", "trace.", ""},
		{"there with another name", `import tr "example.com/otel/trace"`, "example.com/otel/trace", "tr.", ""},
		{"there with a dot", `import . "example.com/otel/trace"`, "example.com/otel/trace", "", ""},
		{"blank is not enough", `import _ "example.com/otel/trace"`, "example.com/otel/trace", "trace.",
			"import (\n\t\"example.com/otel/trace\"\n\t_ \"example.com/otel/trace\"\n)"},
		{"there twice, first blank", "import (\n\t_ \"example.com/otel/trace\"\n\ttr \"example.com/otel/trace\"\n)", "example.com/otel/trace", "tr.", ""},
		{"itself", "", "mine.net/app", "no", "no"}, // f has no Member
		{"no imports", "", "context", "context.", "import \"context\""},
		{"no imports, two wanted", "", "example.com/otel context", "context.", "import (\n\t\"context\"\n\n\t\"example.com/otel\"\n)"},
		{"one import, std above", "import \"example.com/otel\" // why", "context", "context.",
			"import (\n\t\"context\"\n\n\t\"example.com/otel\" // why\n)"},
		{"one import, same group", "// doc\nimport \"fmt\"", "context", "context.",
			"// doc\nimport (\n\t\"context\"\n\t\"fmt\"\n)"},
		{"one import, both sides", `import "fmt"`, "net/http context example.com/otel", "otel.",
			"import (\n\t\"context\"\n\t\"fmt\"\n\t\"net/http\"\n\n\t\"example.com/otel\"\n)"},
		{"two single imports", "import \"fmt\"\nimport \"net/http\"", "context", "context.",
			"import \"fmt\"\nimport \"net/http\"\nimport \"context\""},
		{"only cgo", "// #include <x.h>\nimport \"C\"", "context", "context.", "// #include <x.h>\nimport \"C\"\n\nimport \"context\""},
		{"cgo and a block", "// #include <x.h>\nimport \"C\"\nimport (\n\t\"fmt\"\n)", "context", "context.",
			"// #include <x.h>\nimport \"C\"\nimport (\n\t\"context\"\n\t\"fmt\"\n)"},
		{"std group", "import (\n\t\"fmt\" // why\n\n\t\"example.com/otel\"\n)", "context net/http", "http.",
			"import (\n\t\"context\"\n\t\"fmt\" // why\n\t\"net/http\"\n\n\t\"example.com/otel\"\n)"},
		{"comments are aligned anew", "import (\n\t\"fmt\" // why\n)", "net/http", "http.",
			"import (\n\t\"fmt\" // why\n\t\"net/http\"\n)"},
		{"no std group", "import (\n\t// doc\n\t\"example.com/otel\"\n)", "net/http context", "context.",
			"import (\n\t\"context\"\n\t\"net/http\"\n\n\t// doc\n\t\"example.com/otel\"\n)"},
		{"no third-party group", "import (\n\t\"fmt\"\n)", "example.com/otel example.com/otel/trace", "trace.",
			"import (\n\t\"fmt\"\n\n\t\"example.com/otel\"\n\t\"example.com/otel/trace\"\n)"},
		{"nearest group", "import (\n\t\"fmt\"\n\n\t\"mine.net/app/internal/store\"\n\n\t\"example.com/odd\"\n)", "example.com/otel", "otel.",
			"import (\n\t\"fmt\"\n\n\t\"mine.net/app/internal/store\"\n\n\t\"example.com/odd\"\n\t\"example.com/otel\"\n)"},
		{"one group for all", "import (\n\t\"context\"\n\t\"example.com/odd\"\n\t\"net/http\"\n)", "example.com/otel fmt", "fmt.",
			"import (\n\t\"context\"\n\t\"example.com/odd\"\n\t\"example.com/otel\"\n\t\"fmt\"\n\t\"net/http\"\n)"},
		{"empty block", "import ()", "context", "context.", "import (\n\t\"context\"\n)"},
		{"block in one line", "import (\"fmt\"; \"net/http\")", "context", "context.", "import (\"fmt\"; \"net/http\")\nimport \"context\""},
		{"name differs from path", "", "example.com/odd", "even.", "import even \"example.com/odd\""},
		{"version in the path", "", "other.org/tool/v2", "tool.", "import \"other.org/tool/v2\""},
		{"version and go in the path", "", "example.com/go-yaml.v3", "yaml.", "import \"example.com/go-yaml.v3\""},
		{"name taken by an import", "import trace \"fmt\"", "example.com/otel/trace", "oteltrace.",
			"import (\n\ttrace \"fmt\"\n\n\toteltrace \"example.com/otel/trace\"\n)"},
		{"name taken in the package", "var trace int", "example.com/otel/trace", "oteltrace.",
			"import oteltrace \"example.com/otel/trace\"\n\nvar trace int"},
	} {
		t.Run(test.why, func(t *testing.T) {
			f, pkg := check(t, strings.Replace("package p\n\n"+test.src+body, "\n\n\n", "\n", 1))
			imports := f.Imports(pkg)
			var prefix string
			ok := true
			for path := range strings.SplitSeq(test.need, " ") {
				name := "p"
				if pkg := world[path]; pkg != nil {
					name = pkg.Name()
				}
				prefix, ok = imports.Prefix(path, name, stmt(t, f, "use()"), "Member")
			}
			if !ok {
				prefix = "no"
			}
			if prefix != test.prefix {
				t.Errorf("prefix %q, want %q", prefix, test.prefix)
			}
			edits := imports.Edits()
			if test.want == "" || test.want == "no" {
				if edits != nil {
					t.Errorf("edits: %v", edits)
				}
				return
			}
			got := string(apply(t, f, edits))
			if want := "package p\n\n" + test.want + body; got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// A name that something else has where it is needed is no use.
func TestImportsWhenShadowed(t *testing.T) {
	f, pkg := check(t, `package p

import (
	"fmt"

	. "example.com/otel"
	"example.com/otel/trace"
)

var _, _ = fmt.Member, trace.Member

func f(trace, oteltrace int) {
	use()
	fmt := 1
	second()
	Member := fmt
}
`)
	imports := f.Imports(pkg)
	for _, test := range []struct{ path, name, stmt, want string }{
		{"example.com/otel/trace", "trace", "use()", "trace2."},
		{"fmt", "fmt", "use()", "fmt."},
		{"example.com/otel", "otel", "use()", ""},
		{"example.com/otel", "otel", "second()", ""},
		{"fmt", "fmt", "second()", "fmt2."},
	} {
		prefix, ok := imports.Prefix(test.path, test.name, stmt(t, f, test.stmt), "Member")
		if !ok || prefix != test.want {
			t.Errorf("%s at %s: %q, %t, want %q", test.path, test.stmt, prefix, ok, test.want)
		}
	}
	// In the whole function the dot import's member is not usable.
	if prefix, ok := imports.Prefix("example.com/otel", "otel", block(t, f, "func f"), "Member"); !ok || prefix != "otel." {
		t.Errorf("%q, %t", prefix, ok)
	}
	out := string(apply(t, f, imports.Edits()))
	for _, want := range []string{"\ttrace2 \"example.com/otel/trace\"\n", "\tfmt2 \"fmt\"\n", "\t\"example.com/otel\"\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

// Two fixes that need the same import make the same edit.
func TestImportsAreEqual(t *testing.T) {
	f, pkg := check(t, "package p\n\nimport (\n\t\"fmt\"\n)\n\nfunc f() {\n\ta()\n\tb()\n}\n")
	var all [2][]analysis.TextEdit
	for i, at := range []string{"a()", "b()"} {
		imports := f.Imports(pkg)
		if _, ok := imports.Prefix("context", "context", stmt(t, f, at)); !ok {
			t.Fatal("no place")
		}
		all[i] = imports.Edits()
	}
	if len(all[0]) != 1 || len(all[1]) != 1 || all[0][0].Pos != all[1][0].Pos || string(all[0][0].NewText) != string(all[1][0].NewText) {
		t.Errorf("%v and %v", all[0], all[1])
	}
}

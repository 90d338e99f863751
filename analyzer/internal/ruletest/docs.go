package ruletest

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
	"github.com/spanlint/spanlint/internal/load"
)

// doc tests the examples in the source of a doc.go.
//
// An example is declarations, or statements, which are put into a function
// with a context ctx, or, if they use r, with a request. It stands in place
// of example.go in the package RULE/docs of the testdata, or, if there is
// none, in the package docs that all rules share. What else these packages
// declare is at its disposal, and whatever they import.
func (s *suite) doc(t tester, src string) {
	t.Helper()
	d, err := ruledoc.Parse(src)
	if err != nil {
		t.Errorf("doc.go: %v", err)
		return
	}
	if d.Rule != s.rule.Name {
		t.Errorf("doc.go documents %s, not %s", d.Rule, s.rule.Name)
	}
	for _, c := range s.rule.Categories {
		if !strings.Contains(d.String(), c.Name) {
			t.Errorf("doc.go does not speak of category %s", c.Name)
		}
	}
	pkg := s.docsPackage()
	if pkg == nil {
		t.Errorf("no package for examples: neither %s nor docs has an example.go", filepath.Join(s.rule.Name, "docs"))
		return
	}
	for _, code := range d.Examples {
		if n, err := s.try(pkg, code); err != nil {
			t.Errorf("example: %v\n%s", err, code)
		} else if n != 1 {
			t.Errorf("example is reported %d times:\n%s", n, code)
		}
	}
	for _, code := range d.Instead {
		if n, err := s.try(pkg, code); err != nil {
			t.Errorf("what to use instead: %v\n%s", err, code)
		} else if n != 0 {
			t.Errorf("what to use instead is reported %d times:\n%s", n, code)
		}
	}
}

func (s *suite) docsPackage() *packages.Package {
	for _, dir := range []string{filepath.Join(s.dir, s.rule.Name, "docs"), filepath.Join(s.dir, "docs")} {
		for _, pkg := range s.loaded.Roots {
			if pkg.Dir == dir && slices.Contains(pkg.GoFiles, filepath.Join(dir, "example.go")) {
				return pkg
			}
		}
	}
	return nil
}

// try returns how many findings the rule has in a piece of code.
func (s *suite) try(pkg *packages.Package, code string) (int, error) {
	name := filepath.Join(pkg.Dir, "example.go")
	src, err := exampleFile(pkg, code)
	if err != nil {
		return 0, err
	}
	if src, err = useAll(s.loaded, name, src); err != nil {
		return 0, err
	}
	updated, errs := s.loaded.Update(map[string][]byte{name: src})
	if len(errs) > 0 {
		return 0, errs[0]
	}
	findings, err := s.analyze(updated, same(updated, []*packages.Package{pkg}), "")
	n := 0
	for _, f := range findings {
		if f.pos.Filename == name {
			n++
		}
	}
	return n, err
}

// exampleFile makes a file of a piece of code.
func exampleFile(pkg *packages.Package, code string) ([]byte, error) {
	header := "package " + pkg.Name + "\n\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", header+code, 0)
	if err != nil {
		file, err = parser.ParseFile(token.NewFileSet(), "", header+"func _() {\n"+code+"\n}\n", 0)
		if err != nil {
			return nil, err
		}
		code = signature(file) + " {\n" + code + "\nreturn\n}\n"
		if file, err = parser.ParseFile(token.NewFileSet(), "", header+code, 0); err != nil {
			return nil, err
		}
	}
	var imports strings.Builder
	var seen []string
	for _, id := range file.Unresolved {
		if pkg.Types.Scope().Lookup(id.Name) != nil || slices.Contains(seen, id.Name) {
			continue
		}
		seen = append(seen, id.Name)
		for _, imp := range pkg.Types.Imports() {
			if imp.Name() == id.Name {
				fmt.Fprintf(&imports, "import %s\n", strconv.Quote(imp.Path()))
			}
		}
	}
	return format.Source([]byte(header + imports.String() + "\n" + code))
}

// signature returns the head of a function for statements: its parameters are
// a context or a request, and it has as many results as they return.
func signature(file *ast.File) string {
	params := "ctx context.Context"
	for _, id := range file.Unresolved {
		if id.Name == "r" || id.Name == "w" {
			params = "w http.ResponseWriter, r *http.Request"
		}
	}
	results := 0
	ast.Inspect(file.Decls[0].(*ast.FuncDecl).Body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			results = max(results, len(ret.Results))
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
	switch results {
	case 0:
		return "func example(" + params + ")"
	case 1:
		return "func example(" + params + ") (_ error)"
	default:
		return "func example(" + params + ") (" + strings.Repeat("_ any, ", results-1) + "_ error)"
	}
}

// useAll uses the variables that an example declares and does not use: it
// shows the beginning of something.
func useAll(r *load.Result, name string, src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f, err := edit.NewFile(fset.File(syntax.FileStart), syntax, src)
	if err != nil {
		return nil, err
	}
	unused := make(map[ast.Stmt][]string)
	for _, e := range r.Check(map[string][]byte{name: src}) {
		variable, ok := strings.CutPrefix(e.Msg, "declared and not used: ")
		if !ok {
			return nil, e
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			if assign, ok := n.(*ast.AssignStmt); ok {
				for _, left := range assign.Lhs {
					if at := fset.Position(left.Pos()); at.Line == e.Pos.Line && at.Column == e.Pos.Column {
						unused[assign] = append(unused[assign], variable)
					}
				}
			}
			return true
		})
	}
	var edits []analysis.TextEdit
	for stmt, names := range unused {
		blanks := strings.TrimSuffix(strings.Repeat("_, ", len(names)), ", ")
		edits = append(edits, f.After(stmt, blanks+" = "+strings.Join(names, ", "))...)
	}
	if len(edits) == 0 {
		return src, nil
	}
	edit.Sort(edits)
	return edit.Apply(f.Tok, src, edits)
}

package run

import (
	"errors"
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/internal/load"
)

func loadArchive(t *testing.T, archive string) (*load.Result, string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r, err := load.Load(load.Config{Dir: dir, Patterns: []string{"./..."}, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	return r, dir
}

const module = `
-- go.mod --
module example.com/m
go 1.26.0
-- a/a.go --
package a
func Bad() {}
func Fine() {}
-- a/a_test.go --
package a
func BadTest() {}
-- b/b.go --
package b
import "example.com/m/a"
func Bad() { a.Bad() }
`

type isBad struct{}

func (*isBad) AFact() {}

// standIn reports functions whose name begins with Bad, and calls of those of
// other packages. It needs a result and facts of another analyzer.
func standIn() *analysis.Analyzer {
	bad := &analysis.Analyzer{
		Name: "bad", Doc: "find bad functions",
		Requires:   []*analysis.Analyzer{inspect.Analyzer},
		FactTypes:  []analysis.Fact{new(isBad)},
		ResultType: reflect.TypeFor[[]ast.Node](),
	}
	bad.Run = func(pass *analysis.Pass) (any, error) {
		var found []ast.Node
		pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Nodes([]ast.Node{(*ast.FuncDecl)(nil), (*ast.Ident)(nil)}, func(n ast.Node, push bool) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if push && strings.HasPrefix(n.Name.Name, "Bad") {
					found = append(found, n.Name)
					pass.ExportObjectFact(pass.TypesInfo.Defs[n.Name], new(isBad))
				}
			case *ast.Ident:
				if obj := pass.TypesInfo.Uses[n]; push && obj != nil && obj.Pkg() != pass.Pkg && pass.ImportObjectFact(obj, new(isBad)) {
					found = append(found, n)
				}
			}
			return true
		})
		return found, nil
	}
	rule := &analysis.Analyzer{
		Name: "standin", Doc: "report bad functions",
		Requires: []*analysis.Analyzer{bad},
	}
	rule.Run = func(pass *analysis.Pass) (any, error) {
		if pass.Analyzer != rule {
			return nil, errors.New("run as another analyzer")
		}
		for _, n := range pass.ResultOf[bad].([]ast.Node) {
			name := pass.Fset.File(n.Pos()).Name()
			src, err := pass.ReadFile(name)
			if err != nil {
				return nil, err
			}
			offset := pass.Fset.Position(n.Pos()).Offset
			text := string(src[offset : offset+3])
			pass.Report(analysis.Diagnostic{Pos: n.Pos(), End: n.End(), Category: "cat", Message: text + " at " + pass.Analyzer.Name})
		}
		return nil, nil
	}
	return rule
}

func lines(dir string, findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		rel, _ := filepath.Rel(dir, f.Pos.Filename)
		f.Pos.Filename = filepath.ToSlash(rel)
		b.WriteString(f.Pos.String() + " " + f.Code() + " " + f.Message + "\n")
	}
	return b.String()
}

const found = `a/a.go:2:6 standin.cat Bad at standin
a/a_test.go:2:6 standin.cat Bad at standin
b/b.go:3:6 standin.cat Bad at standin
b/b.go:3:16 standin.cat Bad at standin
`

func TestAnalyze(t *testing.T) {
	r, dir := loadArchive(t, module)
	findings, errs := Analyze(r, []*analysis.Analyzer{standIn()})
	if len(errs) > 0 {
		t.Error(errs)
	}
	if got := lines(dir, findings); got != found {
		t.Errorf("got:\n%swant:\n%s", got, found)
	}
}

// Analyzers see the changed contents, also where they read files themselves.
func TestAnalyzeUpdated(t *testing.T) {
	r, dir := loadArchive(t, module)
	r, _ = r.Update(map[string][]byte{filepath.Join(dir, "a", "a.go"): []byte("package a\n\n// moved\nfunc Bad() {}\n")})
	findings, errs := Analyze(r, []*analysis.Analyzer{standIn()})
	if len(errs) > 0 {
		t.Error(errs)
	}
	want := strings.Replace(found, "a/a.go:2", "a/a.go:4", 1)
	if got := lines(dir, findings); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// A rule that panics on one package is an error with its place, said once;
// the findings of other packages and rules stay.
func TestAnalyzePanic(t *testing.T) {
	r, dir := loadArchive(t, module)
	model := &analysis.Analyzer{
		Name: "model", Doc: "panic on b",
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Name() == "b" {
				var m map[string]int
				m["x"] = 1
			}
			return nil, nil
		},
	}
	rule := standIn()
	rule.Requires = append(rule.Requires, model)
	invalid := &analysis.Analyzer{
		Name: "invalid", Doc: "report an invalid fix",
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Name() == "b" {
				file := pass.Files[0]
				pass.Report(analysis.Diagnostic{Pos: file.Pos(), Message: "x", SuggestedFixes: []analysis.SuggestedFix{{Message: "fix", TextEdits: []analysis.TextEdit{{Pos: 5, End: 3}}}}})
			}
			return nil, nil
		},
	}
	findings, errs := Analyze(r, []*analysis.Analyzer{rule, invalid})
	if got, want := lines(dir, findings), strings.SplitAfterN(found, "\n", 3); got != want[0]+want[1] {
		t.Errorf("got:\n%s", got)
	}
	if len(errs) != 2 {
		t.Fatalf("errors: %v", errs)
	}
	if got := errs[0].Error(); !strings.HasPrefix(got, "example.com/m/b: invalid: internal error, please report it: analyzer \"invalid\" suggests invalid fix") {
		t.Errorf("error of the fix: %s", got)
	}
	if got := errs[1].Error(); !strings.HasPrefix(got, "example.com/m/b: model: internal error, please report it: assignment to entry in nil map (") || !strings.Contains(got, "run_test.go:") {
		t.Errorf("error of the model: %s", got)
	}
	if strings.Contains(errs[0].Error()+errs[1].Error(), "\n") {
		t.Error("an error has several lines")
	}
}

// Nothing to run, and nothing to run on, are no errors.
func TestAnalyzeNothing(t *testing.T) {
	r, _ := loadArchive(t, module)
	if findings, errs := Analyze(r, nil); len(findings)+len(errs) > 0 {
		t.Error(findings, errs)
	}
	r, _ = loadArchive(t, "-- go.mod --\nmodule example.com/m\ngo 1.26.0\n-- m.go --\npackage m\nvar _ = x\n")
	if findings, errs := Analyze(r, []*analysis.Analyzer{standIn()}); len(findings)+len(errs) > 0 {
		t.Error(findings, errs)
	}
}

package format

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
	"github.com/spanlint/spanlint/internal/load"
)

// A call of bad is reported, with a fix and the function's declaration.
var standIn = &analysis.Analyzer{
	Name: "standin", Doc: "report calls of bad",
	Run: func(pass *analysis.Pass) (any, error) {
		for _, file := range pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				id, ok := call.Fun.(*ast.Ident)
				if !ok || id.Name != "bad" {
					return true
				}
				d := analysis.Diagnostic{Pos: call.Pos(), End: call.End(), Category: "call", Message: "bad is called"}
				d.Related = []analysis.RelatedInformation{{Pos: pass.TypesInfo.Uses[id].Pos(), Message: "declared here"}}
				if len(call.Args) == 0 {
					d.SuggestedFixes = []analysis.SuggestedFix{{Message: "Call good", TextEdits: []analysis.TextEdit{{Pos: id.Pos(), End: id.End(), NewText: []byte("good")}}}}
				}
				pass.Report(d)
				return true
			})
		}
		return nil, nil
	},
}

const module = `
-- go.mod --
module example.com/m
go 1.26.0
-- m.go --
package m
func bad(x ...any) int { return 0 }
func good() int { return 0 }
func f() {
	if	s := "ü" ; 0 < bad( ) {
		_ = s
	}
	bad("several",
		"lines")
}
-- m_test.go --
package m
var _ = bad()
-- x_test.go --
package m_test
`

func loaded(t *testing.T) (*load.Result, []Finding, string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(module)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r, err := load.Load(load.Config{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	findings, errs := run.Analyze(r, []*analysis.Analyzer{standIn})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return r, Of(findings, new(Sources)), dir
}

func TestText(t *testing.T) {
	_, findings, dir := loaded(t)
	print := func(color bool) string {
		var b bytes.Buffer
		text := &Text{W: &b, Dir: dir, Color: color, Sources: new(Sources)}
		text.Findings(findings)
		text.Summary(findings, 1, 0)
		return b.String()
	}
	want := `m.go:5:21: bad is called (standin.call)
    if	s := "ü" ; 0 < bad( ) {
      	               ^~~~~~
    m.go:2:6: declared here
m.go:8:2: bad is called (standin.call)
    bad("several",
    ^~~~~~~~~~~~~~
    m.go:2:6: declared here
m_test.go:2:9: bad is called (standin.call)
    var _ = bad()
            ^~~~~
    m.go:2:6: declared here
3 findings (2 fixable with -fix) in 1 package
`
	if got := print(false); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	colored := print(true)
	if colored == want || regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored, "") != want {
		t.Errorf("with colour the text is another:\n%s", colored)
	}

	// What CI and editors read with one expression.
	matcher := regexp.MustCompile(`(?m)^(.+\.go):(\d+):(\d+): (.*) \(([a-z]+)\.([a-z]+)\)$`)
	if n := len(matcher.FindAllString(want, -1)); n != 3 {
		t.Errorf("the problem matcher finds %d lines", n)
	}
}

func TestSummary(t *testing.T) {
	for _, test := range []struct {
		packages, broken int
		want             string
	}{
		{0, 2, "0 findings in 0 packages; 2 packages could not be checked\n"},
		{1, 0, "0 findings in 1 package\n"},
	} {
		var b bytes.Buffer
		(&Text{W: &b}).Summary(nil, test.packages, test.broken)
		if b.String() != test.want {
			t.Errorf("got %q, want %q", b.String(), test.want)
		}
	}
}

// A file that is gone or shorter costs the excerpt, nothing else.
func TestTextWithoutSource(t *testing.T) {
	_, findings, dir := loaded(t)
	var b bytes.Buffer
	text := &Text{W: &b, Dir: dir, Sources: &Sources{Read: func(string) ([]byte, error) { return []byte("x"), nil }}}
	text.Findings(findings[:1])
	if got, want := b.String(), "m.go:5:21: bad is called (standin.call)\n    m.go:2:6: declared here\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The tree is the one that x/tools prints, but that the variant of a package
// with its tests stands for the package, as it does for go vet.
func TestVetJSON(t *testing.T) {
	r, findings, _ := loaded(t)
	var got, want bytes.Buffer
	if err := VetJSON(&got, findings); err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{standIn}, r.Roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.PrintJSON(&want); err != nil {
		t.Fatal(err)
	}
	var gotTree, wantTree map[string]any
	if err := json.Unmarshal(got.Bytes(), &gotTree); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want.Bytes(), &wantTree); err != nil {
		t.Fatal(err)
	}
	wantTree["example.com/m"] = wantTree["example.com/m [example.com/m.test]"]
	delete(wantTree, "example.com/m [example.com/m.test]")
	if !reflect.DeepEqual(gotTree, wantTree) || len(gotTree) == 0 {
		t.Errorf("got:\n%swant:\n%s", &got, &want)
	}
	got.Reset()
	if err := VetJSON(&got, nil); err != nil || got.String() != "{}\n" {
		t.Errorf("without findings: %q, %v", got.String(), err)
	}
}

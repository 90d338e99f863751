package ruletest

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/report"
)

var standinRule = config.Rule{Name: "standin", Categories: []config.Category{
	{Name: "call"}, {Name: "opt", OptIn: true},
}}

// newStandin returns a rule that reports calls of functions by name, some of
// them in a way that a rule must not.
func newStandin(m *model.Set) *analysis.Analyzer {
	m.Config.Add(standinRule)
	return &analysis.Analyzer{
		Name: "standin",
		Doc:  "report calls",
		Run: func(pass *analysis.Pass) (any, error) {
			var verdicts []plan.Verdict
			for _, file := range pass.Files {
				var last ast.Stmt
				ast.Inspect(file, func(n ast.Node) bool {
					if stmt, ok := n.(*ast.ExprStmt); ok {
						last = stmt
					}
					if call, ok := n.(*ast.CallExpr); ok {
						if id, ok := call.Fun.(*ast.Ident); ok {
							if v, ok := judge(pass, m.Config, id, last); ok {
								v.Rule, v.Pos, v.End = "standin", call.Pos(), call.End()
								verdicts = append(verdicts, v)
							}
						}
					}
					return true
				})
			}
			if len(verdicts) > 0 && verdicts[0].Category == "unreported" {
				pass.Report(analysis.Diagnostic{Pos: verdicts[0].Pos, Message: "not through report"})
			}
			report.Verdicts(pass, m.Config, verdicts)
			return nil, nil
		},
	}
}

var runs int

func judge(pass *analysis.Pass, cfg *config.Config, id *ast.Ident, stmt ast.Stmt) (plan.Verdict, bool) {
	rename := func(message, name string) *analysis.SuggestedFix {
		return &analysis.SuggestedFix{Message: message, TextEdits: []analysis.TextEdit{
			{Pos: id.Pos(), End: id.End(), NewText: []byte(name)},
		}}
	}
	v := plan.Verdict{Category: "call", Message: id.Name + " is called"}
	switch id.Name {
	case "worse":
	case "bad":
		v.Fix = rename("Call good", "good")
	case "awful":
		v.Fix = rename("Call fine", "fine")
	case "opt":
		v.Category = "opt"
	case "variant":
		v.Message += " with " + string(cfg.Detach)
	case "again": // needs a second application
		v.Fix = rename("Call bad", "bad")
	case "broken": // does not compile
		v.Fix = rename("Call undefined", "undefined")
	case "newer": // makes a finding
		v.Fix = rename("Call worse", "worse")
	case "loses": // a comment
		v.Fix = &analysis.SuggestedFix{Message: "Delete a comment", TextEdits: []analysis.TextEdit{
			{Pos: pass.Files[0].Comments[0].Pos(), End: pass.Files[0].Comments[0].End()},
		}}
	case "touches":
		v.Fix = &analysis.SuggestedFix{Message: "Insert", TextEdits: []analysis.TextEdit{
			{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte("good(); ")},
		}}
	case "shouts":
		v.Message = "Call of shouts: see line 12 and https://example.com."
		v.Fix = rename("call good.", "good")
	case "Exported":
		v.Message = "Exported is called"
	case "random":
		runs++
		v.Message = fmt.Sprint("random is called ", runs)
	case "raw":
		v.Category = "unreported"
	default:
		return v, false
	}
	return v, true
}

type recorder struct{ errs []string }

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errs = append(r.errs, fmt.Sprintf(format, args...))
}

// extract writes the files of an archive and returns the directory.
func extract(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range ar.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		// Inside an archive the sections of an archive have other marks.
		data := strings.ReplaceAll(string(f.Data), "== ", "-- ")
		data = strings.ReplaceAll(data, " ==\n", " --\n")
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module src\n\ngo 1.26\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestStandin runs the stand-in on the archives in testdata. The lines above
// the first section say what ruletest must complain about, and nothing else.
func TestStandin(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s, err := open(extract(t, ar), newStandin)
			if err != nil {
				t.Fatal(err)
			}
			var r recorder
			s.cases(&r)
			if src, err := os.ReadFile(filepath.Join(s.dir, "doc.go.txt")); err == nil {
				s.doc(&r, string(src))
			}
			var want []string
			for line := range strings.Lines(string(ar.Comment)) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
					want = append(want, line)
				}
			}
			for _, want := range want {
				i := slices.IndexFunc(r.errs, func(got string) bool { return strings.Contains(got, want) })
				if i < 0 {
					t.Errorf("no complaint: %s", want)
					continue
				}
				r.errs = slices.Delete(r.errs, i, i+1)
			}
			for _, got := range r.errs {
				t.Errorf("complaint: %s", got)
			}
		})
	}
}

// What ruletest accepts analysistest accepts: both read the same formats.
func TestAgreesWithAnalysistest(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/sound.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.New(nil)
	rule := newStandin(model.New(cfg))
	cfg.Naming = config.NameRule
	analysistest.RunWithSuggestedFixes(t, extract(t, ar), rule, "./standin", "./standin/sections")
}

// With -update the golden files are those that the test then wants.
func TestUpdate(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/sound.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := extract(t, ar)
	goldens := map[string]string{
		"standin/standin.go.golden":           "",
		"standin/sections/sections.go.golden": "-- Call good --\n-- No such fix --\n",
	}
	want := make(map[string]string)
	for name, content := range goldens {
		file := filepath.Join(dir, name)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want[file] = string(data)
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := open(dir, newStandin)
	if err != nil {
		t.Fatal(err)
	}
	s.update = true
	s.cases(t)
	for file, want := range want {
		if got, _ := os.ReadFile(file); string(got) != want {
			t.Errorf("%s:\n%s", file, got)
		}
	}
	s.update = false
	s.cases(t)
}

func TestNoTestdata(t *testing.T) {
	if _, err := open(t.TempDir(), newStandin); err == nil || !strings.Contains(err.Error(), "no testdata") {
		t.Errorf("got %v", err)
	}
}

func TestFlags(t *testing.T) {
	for flags, want := range map[string]string{
		"-standin.call=false -strict": "false true link",
		"-detach=child":               "true false child",
		"-enable=standin.opt":         "true true link",
		"-unknown":                    "unknown flag -unknown",
		"-standin.none":               `rule standin has no category "none"`,
	} {
		cfg := config.New([]config.Rule{standinRule})
		got := ""
		if err := configure(cfg, "standin", flags); err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprintf("%t %t %s", cfg.On("standin", "call"), cfg.On("standin", "opt"), cfg.Detach)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", flags, got, want)
		}
	}
}

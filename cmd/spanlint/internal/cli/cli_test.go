package cli

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer"
)

// standIn reports calls of bad, which can be repaired, and of worse, which
// cannot; and those of hushed are silenced.
func standIn() []*analysis.Analyzer {
	run := func(pass *analysis.Pass) (any, error) {
		var ignored []analyzer.Ignored
		for _, file := range pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch name, _ := call.Fun.(*ast.Ident); {
				case name == nil:
				case name.Name == "bad":
					pass.Report(analysis.Diagnostic{Pos: name.Pos(), End: name.End(), Category: "bad", Message: "bad is called", SuggestedFixes: []analysis.SuggestedFix{{
						Message: "Call good", TextEdits: []analysis.TextEdit{{Pos: name.Pos(), End: name.End(), NewText: []byte("good")}},
					}}})
				case name.Name == "worse":
					pass.Report(analysis.Diagnostic{Pos: name.Pos(), End: name.End(), Category: "worse", Message: "worse is called"})
				case name.Name == "hushed":
					ignored = append(ignored, analyzer.Ignored{
						Diagnostic: analysis.Diagnostic{Pos: name.Pos(), End: name.End(), Category: "hushed", Message: "hushed is called"},
						Reason:     "it is fine",
					})
				case name.Name == "panics":
					panic("oh")
				}
				return true
			})
		}
		return ignored, nil
	}
	return []*analysis.Analyzer{{Name: "standin", Doc: "report calls", Run: run, ResultType: reflect.TypeFor[[]analyzer.Ignored]()}}
}

const module = `
-- go.mod --
module example.com/m
go 1.26.0
-- fine/fine.go --
package fine
-- fine/fine_test.go --
package fine
func good() {}
func bad() {}
func f() { bad() }
-- bad/bad.go --
package bad

func good()  {}
func bad()   {}
func worse() {}

func f() {
	bad()
	worse()
}
-- bad/tagged.go --
//go:build tagged

package bad

func g() { bad() }
-- onlybad/x.go --
package onlybad

func good() {}
func bad()  {}

func f() { bad() }
-- hushed/hushed.go --
package hushed
func hushed() {}
func f() { hushed() }
-- broken/broken.go --
package broken
func f() { undefined() }
-- syntax/syntax.go --
package syntax
func f( {
-- panics/panics.go --
package panics
func panics() {}
func f() { panics() }
`

func write(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// spanlint runs the command line with the stand-in for the rules.
func spanlint(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = (&command{stdout: &out, stderr: &err, analyzers: standIn}).run(args)
	return code, out.String(), err.String()
}

const badText = `bad/bad.go:8:2: bad is called (standin.bad)
    bad()
    ^~~
bad/bad.go:9:2: worse is called (standin.worse)
    worse()
    ^~~~~
`

const badDiff = `--- a/bad/bad.go
+++ b/bad/bad.go
@@ -5,6 +5,6 @@
 func worse() {}
 
 func f() {
-	bad()
+	good()
 	worse()
 }
`

func TestCommandLine(t *testing.T) {
	dir := write(t, module)
	empty := write(t, "-- x.go --\npackage x\n")
	for _, test := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{"clean", []string{"-C", dir, "-tests=false", "./fine"}, 0, "0 findings in 1 package\n", ""},
		{"tests", []string{"-C", dir, "./fine"}, 1, "fine/fine_test.go:4:12: bad is called (standin.bad)\n    func f() { bad() }\n               ^~~\n1 finding (1 fixable with -fix) in 1 package\n", ""},
		{"findings", []string{"-C", dir, "./bad"}, 1, badText + "2 findings (1 fixable with -fix) in 1 package\n", ""},
		{"flags after packages", []string{"./bad", "-C", dir, "./fine", "-tests=false"}, 1, badText + "2 findings (1 fixable with -fix) in 2 packages\n", ""},
		{"tags", []string{"-C", dir, "-tags=tagged", "./bad"}, 1, badText + "bad/tagged.go:5:12: bad is called (standin.bad)\n    func g() { bad() }\n               ^~~\n3 findings (2 fixable with -fix) in 1 package\n", ""},
		{"broken beside findings", []string{"-C", dir, "./bad", "./broken", "./syntax"}, 2, badText + "2 findings (1 fixable with -fix) in 1 package; 2 packages could not be checked\n", "broken/broken.go:2:12: undefined: undefined\nsyntax/syntax.go:2:9: expected ')', found '{'\n"},
		{"broken beside nothing", []string{"-C", dir, "-tests=false", "./fine", "./broken"}, 2, "0 findings in 1 package; 1 package could not be checked\n", "broken/broken.go:2:12: undefined: undefined\n"},
		{"rule panics", []string{"-C", dir, "./onlybad", "./panics"}, 2, "onlybad/x.go:6:12: bad is called (standin.bad)\n    func f() { bad() }\n               ^~~\n1 finding (1 fixable with -fix) in 2 packages\n", "spanlint: example.com/m/panics: standin: internal error, please report it: oh (*)\n"},
		{"diff", []string{"-C", dir, "-diff", "./bad"}, 1, badDiff, "spanlint: 1 finding without a fix, not shown here\n"},
		{"diff and fix", []string{"-C", dir, "-fix", "-diff", "./bad"}, 1, badDiff, "spanlint: 1 finding without a fix, not shown here\n"},
		{"empty diff", []string{"-C", dir, "-diff", "-tests=false", "./fine"}, 0, "", ""},
		{"diff beside broken", []string{"-C", dir, "-diff", "./bad", "./broken"}, 2, badDiff, "broken/broken.go:2:12: undefined: undefined\nspanlint: 1 finding without a fix, not shown here\n"},
		{"ignored", []string{"-C", dir, "./hushed"}, 0, "0 findings in 1 package\n", ""},
		{"ignored shown", []string{"-C", dir, "-show-ignored", "./hushed"}, 0, "hushed/hushed.go:3:12: hushed is called (standin.hushed)\n    ignored: it is fine\n0 findings in 1 package\n", ""},
		{"no module", []string{"-C", empty, "./..."}, 2, "", "spanlint: no go.mod found in " + empty + " or above it: run 'go mod init' there, or use -C to name the module's directory\n"},
		{"no packages", []string{"-C", dir, "./nowhere/..."}, 2, "", "*"},
		{"no directory", []string{"-C", dir + "/nowhere"}, 2, "", "spanlint: " + dir + "/nowhere is not a directory\n"},
		{"not your own code", []string{"-C", dir, "fmt"}, 2, "", "spanlint: fmt is not your own code, by where its files lie (GOROOT, the module cache, or a directory vendor or external): name its module with -first-party to check it even so\n"},
		{"unknown flag", []string{"-nosuch", "./..."}, 2, "", "spanlint: flag provided but not defined: -nosuch: 'spanlint -help' lists the flags\n"},
		{"unknown rule", []string{"-enable=nosuch", "./..."}, 2, "", "spanlint: unknown rule \"nosuch\"; the rules are *\n"},
		{"bad value", []string{"-detach=thread"}, 2, "", "spanlint: -detach=thread: it is either link or child\n"},
		{"bad load mode", []string{"-load=exports", "./..."}, 2, "", "spanlint: -load=exports: it is auto, export or source\n"},
		{"load mode", []string{"-C", dir, "-load=export", "-tests=false", "./fine"}, 0, "0 findings in 1 package\n", ""},
		{"json with fix", []string{"-json", "-fix"}, 2, "", "spanlint: -json goes with neither -diff nor -fix: it prints the fixes beside the findings\n"},
		{"version", []string{"version"}, 0, "spanlint *\n", ""},
		{"help", []string{"-help"}, 0, "spanlint finds *", ""},
		{"help command", []string{"help"}, 0, "spanlint finds *", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := spanlint(t, test.args...)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !matches(stdout, test.stdout) {
				t.Errorf("stdout:\n%swant:\n%s", stdout, test.stdout)
			}
			if !matches(stderr, test.stderr) {
				t.Errorf("stderr:\n%swant:\n%s", stderr, test.stderr)
			}
			if code == exitFailed && stderr == "" || strings.Contains(stderr, "goroutine ") {
				t.Errorf("not one clear line: %q", stderr)
			}
		})
	}
	if src, _ := os.ReadFile(filepath.Join(dir, "bad", "bad.go")); !strings.Contains(string(src), "\tbad()") {
		t.Error("something was written")
	}
}

// matches reports whether got is want, in which one * stands for anything.
func matches(got, want string) bool {
	before, after, star := strings.Cut(want, "*")
	if !star {
		return got == want
	}
	return len(got) >= len(before)+len(after) && strings.HasPrefix(got, before) && strings.HasSuffix(got, after)
}

func TestFix(t *testing.T) {
	dir := write(t, module)
	code, stdout, stderr := spanlint(t, "-C", dir, "-fix", "-tests=false", "./bad", "./fine")
	want := `bad/bad.go:9:2: worse is called (standin.worse)
    worse()
    ^~~~~
fixed 1 finding in 1 file
1 finding in 2 packages
`
	if code != 1 || stdout != want || stderr != "" {
		t.Errorf("exit code %d, stderr %q, stdout:\n%swant:\n%s", code, stderr, stdout, want)
	}
	if src, _ := os.ReadFile(filepath.Join(dir, "bad", "bad.go")); !strings.Contains(string(src), "\tgood()\n\tworse()") {
		t.Errorf("the file is not repaired:\n%s", src)
	}

	// All is repaired: nothing is found, now and the next time.
	want = "fixed 1 finding in 1 file\n0 findings in 1 package\n"
	if code, stdout, _ := spanlint(t, "-C", dir, "-fix", "./onlybad"); code != 0 || stdout != want {
		t.Errorf("exit code %d, stdout:\n%swant:\n%s", code, stdout, want)
	}
	want = "0 findings in 1 package\n"
	if code, stdout, _ := spanlint(t, "-C", dir, "-fix", "./onlybad"); code != 0 || stdout != want {
		t.Errorf("second time: exit code %d, stdout:\n%swant:\n%s", code, stdout, want)
	}
}

// Who cannot be analyzed in full is not changed at all.
func TestFixInternalError(t *testing.T) {
	dir := write(t, module)
	code, _, stderr := spanlint(t, "-C", dir, "-fix", "./onlybad", "./panics")
	if code != 2 || !strings.Contains(stderr, "internal error") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if src, _ := os.ReadFile(filepath.Join(dir, "onlybad", "x.go")); !strings.Contains(string(src), "{ bad() }") {
		t.Error("a file was written")
	}
}

func TestJSON(t *testing.T) {
	dir := write(t, module)
	code, stdout, stderr := spanlint(t, "-C", dir, "-json", "./bad")
	if code != 1 || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	var tree map[string]map[string][]struct{ Posn, Category, Message string }
	if err := json.Unmarshal([]byte(stdout), &tree); err != nil {
		t.Fatal(err)
	}
	got := tree["example.com/m/bad"]["standin"]
	if len(got) != 2 || got[0].Posn != filepath.Join(dir, "bad", "bad.go")+":8:2" || got[0].Category != "bad" || got[0].Message != "bad is called" {
		t.Errorf("tree: %s", stdout)
	}
	if code, stdout, _ := spanlint(t, "-C", dir, "-json", "-tests=false", "./fine"); code != 0 || stdout != "{}\n" {
		t.Errorf("clean: exit code %d, %q", code, stdout)
	}
}

// The same bytes twice, and the same from another directory.
func TestSameTwice(t *testing.T) {
	dir := write(t, module)
	_, first, _ := spanlint(t, "-C", dir, "./...")
	for range 3 {
		if _, again, _ := spanlint(t, "-C", dir, "./..."); again != first {
			t.Fatalf("another output:\n%sthan before:\n%s", again, first)
		}
	}
	t.Chdir(dir)
	if _, here, _ := spanlint(t, "./..."); here != first {
		t.Fatalf("in the directory:\n%swith -C:\n%s", here, first)
	}
}

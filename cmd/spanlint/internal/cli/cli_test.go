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
	"time"

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
	code = (&command{stdin: strings.NewReader(""), stdout: &out, stderr: &err, analyzers: standIn}).run(args)
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
		{"diff", []string{"-C", dir, "-diff", "./bad"}, 1, badDiff, "spanlint: 1 finding without a fix, which a run without -diff shows\n"},
		{"diff and fix", []string{"-C", dir, "-fix", "-diff", "./bad"}, 1, badDiff, "spanlint: 1 finding without a fix, which a run without -diff shows\n"},
		{"empty diff", []string{"-C", dir, "-diff", "-tests=false", "./fine"}, 0, "", ""},
		{"diff beside broken", []string{"-C", dir, "-diff", "./bad", "./broken"}, 2, badDiff, "broken/broken.go:2:12: undefined: undefined\nspanlint: 1 finding without a fix, which a run without -diff shows\n"},
		{"ignored", []string{"-C", dir, "./hushed"}, 0, "0 findings in 1 package\n", ""},
		{"ignored shown", []string{"-C", dir, "-show-ignored", "./hushed"}, 0, "hushed/hushed.go:3:12: hushed is called (standin.hushed)\n    ignored: it is fine\n0 findings in 1 package\n", ""},
		{"no module", []string{"-C", empty, "./..."}, 2, "", "spanlint: no go.mod found in " + empty + " or above it: run 'go mod init' there, or use -C to name the module's directory\n"},
		{"no packages", []string{"-C", dir, "./nowhere/..."}, 2, "", "*"},
		{"no directory", []string{"-C", dir + "/nowhere"}, 2, "", "spanlint: " + dir + "/nowhere is not a directory\n"},
		{"not your own code", []string{"-C", dir, "fmt"}, 2, "", "spanlint: fmt is not your own code, by where its files lie (GOROOT, the module cache, or a directory vendor or external): name its module with -first-party to check it even so\n"},
		{"unknown flag", []string{"-nosuch", "./..."}, 2, "", "spanlint: flag provided but not defined: -nosuch: 'spanlint -help' lists the flags\n"},
		{"misspelt flag", []string{"./...", "-fomat=json"}, 2, "", "spanlint: flag provided but not defined: -fomat; did you mean -format?: 'spanlint -help' lists the flags\n"},
		{"half a flag", []string{"-new-from", "HEAD", "./..."}, 2, "", "spanlint: flag provided but not defined: -new-from; did you mean -new-from-merge-base?: *"},
		{"misspelt command", []string{"explian", "spanend"}, 2, "", "spanlint: there is no command \"explian\"; did you mean \"explain\"? Packages are named as in ./...\n"},
		{"no command", []string{"-C", dir, "lint", "./bad"}, 2, badText + "2 findings (1 fixable with -fix) in 1 package\n", "spanlint: package lint is not in std *; packages are named as in ./..., and the commands are completion, explain, init, report, rules, schema, version\n"},
		{"bad pattern", []string{"-first-party=[", "./..."}, 2, "", "spanlint: -first-party=[: not a pattern of package path (syntax error in pattern)\n"},
		{"unknown rule", []string{"-enable=nosuch", "./..."}, 2, "", "spanlint: unknown rule \"nosuch\"; the rules are *\n"},
		{"bad value", []string{"-detach=thread"}, 2, "", "spanlint: -detach=thread: it is either link or child\n"},
		{"bad load mode", []string{"-load=exports", "./..."}, 2, "", "spanlint: -load=exports: it is auto, export or source\n"},
		{"load mode", []string{"-C", dir, "-load=export", "-tests=false", "./fine"}, 0, "0 findings in 1 package\n", ""},
		{"unknown format", []string{"-format=xml", "./..."}, 2, "", "spanlint: -format=xml: there is no format \"xml\"; the formats are text, json, sarif, github, gitlab, rdjson, checkstyle, html\n"},
		{"misspelt format", []string{"-format=sarfi", "./..."}, 2, "", "spanlint: -format=sarfi: there is no format \"sarfi\"; did you mean \"sarif\"? The formats are *\n"},
		{"two formats to stdout", []string{"-format=text,json", "./..."}, 2, "", "spanlint: -format=text,json: only one format can go to stdout: give the others a file, as in sarif:out.sarif,text\n"},
		{"two formats to one file", []string{"-format=text,json", "-o=x", "./..."}, 2, "", "spanlint: -format=text,json: two formats would be written to x: give each its file, as in sarif:out.sarif,text\n"},
		{"no name", []string{"-format=sarif:", "./..."}, 2, "", "spanlint: -format=sarif:: the name of a file is missing after sarif:\n"},
		{"no use for a file", []string{"-format=sarif:a", "-o=b", "./..."}, 2, "", "spanlint: -o=b: all formats of -format=sarif:a have a file already\n"},
		{"no directory to write to", []string{"-C", dir, "-o=" + dir + "/nowhere/out", "./..."}, 2, "", "spanlint: cannot write " + dir + "/nowhere/out: no such file or directory\n"},
		{"a directory to write to", []string{"-C", dir, "-o=" + dir, "./..."}, 2, "", "spanlint: cannot write " + dir + ": it is a directory\n"},
		{"no repository", []string{"-C", dir, "-new-from-rev=HEAD", "./..."}, 2, "", "spanlint: -new-from-rev=HEAD: " + dir + " is not in a git repository: hand the changes over with -diff-file, or use -baseline\n"},
		{"two selections", []string{"-C", dir, "-new-from-rev=HEAD", "-diff-file=x", "./..."}, 2, "", "spanlint: -new-from-rev, -new-from-merge-base and -diff-file exclude each other: give one of them\n"},
		{"no diff", []string{"-C", dir, "-diff-file=" + dir + "/nosuch", "./..."}, 2, "", "spanlint: -diff-file: open *nosuch: no such file or directory\n"},
		{"no baseline", []string{"-C", dir, "-baseline=nosuch", "./..."}, 2, "", "spanlint: -baseline: there is no file nosuch: write it with -write-baseline=nosuch\n"},
		{"corrupt baseline", []string{"-C", dir, "-baseline=" + dir + "/go.mod", "./..."}, 2, "", "spanlint: " + dir + "/go.mod is not a baseline of spanlint (*"},
		{"corrupt baseline to write", []string{"-C", dir, "-write-baseline=" + dir + "/go.mod", "./..."}, 2, "", "spanlint: " + dir + "/go.mod is not a baseline of spanlint (*"},
		{"baseline beside broken", []string{"-C", dir, "-write-baseline=" + dir + "/new.json", "./broken"}, 2, "", "broken/broken.go:2:12: undefined: undefined\nspanlint: " + dir + "/new.json is not written, as not everything could be checked\n"},
		{"baseline and format", []string{"-C", dir, "-write-baseline=x", "-format=json", "./bad"}, 2, "", "spanlint: -write-baseline writes its file and prints no findings: leave out -diff, -fix, -json, -format and -o\n"},
		{"diff and format", []string{"-C", dir, "-diff", "-format=json", "./bad"}, 2, "", "spanlint: -diff prints a diff: leave out -format and -o\n"},
		{"json and format", []string{"-C", dir, "-json", "-format=json", "./bad"}, 2, "", "spanlint: -json is a format of its own, that of go vet -json: leave out -format and -o\n"},
		{"explain nothing", []string{"explain"}, 2, "", "spanlint: explain: name a rule; the rules are *\n"},
		{"explain unknown", []string{"explain", "nosuch"}, 2, "", "spanlint: there is no rule \"nosuch\"; the rules are *\n"},
		{"explain misspelt", []string{"explain", "spanedn"}, 2, "", "spanlint: there is no rule \"spanedn\"; did you mean \"spanend\"? The rules are *\n"},
		{"explain unknown category", []string{"explain", "spanend.nosuch"}, 2, "", "spanlint: rule spanend has no category \"nosuch\"; it has lost, *\n"},
		{"explain", []string{"explain", "spanend"}, 0, "spanend reports *README.md\n", ""},
		{"explain a category", []string{"explain", "spanend.phase"}, 0, "spanend reports *README.md\n", ""},
		{"rules", []string{"rules"}, 0, "orphanspan *\n", ""},
		{"rules with arguments", []string{"rules", "spanend"}, 2, "", "spanlint: rules takes no arguments: 'spanlint explain spanend' says more about one\n"},
		{"completion", []string{"completion", "fish"}, 0, "# To use it: *\n", ""},
		{"completion of nothing", []string{"completion"}, 2, "", "spanlint: completion: name a shell: bash, zsh or fish\n"},
		{"completion unknown", []string{"completion", "csh"}, 2, "", "spanlint: completion: there is no script for \"csh\": name bash, zsh or fish\n"},
		{"report of packages", []string{"report", "./..."}, 2, "", "spanlint: report takes no packages: it reads what 'go vet -json ./...' prints from stdin\n"},
		{"report unknown flag", []string{"report", "-fix"}, 2, "", "spanlint: report: flag provided but not defined: -fix: 'spanlint report -help' lists the flags\n"},
		{"report of nothing", []string{"report"}, 2, "", "spanlint: stdin is empty: *\n"},
		{"json with fix", []string{"-json", "-fix"}, 2, "", "spanlint: -json goes with neither -diff nor -fix: it prints the fixes beside the findings\n"},
		{"version", []string{"version"}, 0, "spanlint *\n", ""},
		{"version as a flag", []string{"--version"}, 0, "spanlint *\n", ""},
		{"help with a rule", []string{"help", "spanend"}, 0, "spanend reports *README.md\n", ""},
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

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Several formats in one run, each complete or not there at all.
func TestFormats(t *testing.T) {
	dir := write(t, module)
	a, b := filepath.Join(dir, "a.sarif"), filepath.Join(dir, "b.txt")
	code, stdout, stderr := spanlint(t, "-C", dir, "-format", "sarif:"+a+",json,text:"+b, "./bad")
	if code != 1 || stderr != "" || !strings.Contains(stdout, `"schemaVersion": 1`) || !strings.Contains(read(t, a), `"version": "2.1.0"`) {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	if got, want := read(t, b), badText+"2 findings (1 fixable with -fix) in 1 package\n"; got != want {
		t.Errorf("text:\n%s", got)
	}
	if info, err := os.Stat(a); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	// Relative names are relative to -C.
	if code, _, _ := spanlint(t, "-C", dir, "-o", "c.txt", "./bad"); code != 1 || read(t, filepath.Join(dir, "c.txt")) != read(t, b) {
		t.Errorf("exit code %d", code)
	}

	// A file keeps its mode, and a failure leaves it as it was.
	if err := os.Chmod(b, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := spanlint(t, "-C", dir, "-o", b, "-tests=false", "./fine"); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if info, _ := os.Stat(b); read(t, b) != "0 findings in 1 package\n" || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: %s", info.Mode(), read(t, b))
	}
	if code, _, _ := spanlint(t, "-C", dir, "-o", b, "./nowhere/..."); code != 2 || read(t, b) != "0 findings in 1 package\n" {
		t.Errorf("exit code %d, %s", code, read(t, b))
	}
	if code, stdout, _ := spanlint(t, "-C", dir, "-format", "json", "-o", os.DevNull, "./bad"); code != 1 || stdout != "" {
		t.Errorf("to a device: exit code %d, %s", code, stdout)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBaseline(t *testing.T) {
	dir := write(t, module)
	base := filepath.Join(dir, "baseline.json")
	expect := func(code int, stdout, stderr string, args ...string) {
		t.Helper()
		gotCode, gotOut, gotErr := spanlint(t, append([]string{"-C", dir, "-tests=false"}, args...)...)
		if gotCode != code || gotOut != stdout || gotErr != stderr {
			t.Errorf("%v: exit code %d, stderr %q, stdout\n%s", args, gotCode, gotErr, gotOut)
		}
	}
	expect(0, "wrote 3 entries to "+base+" (3 new, 0 as before, 0 removed)\n", "", "-write-baseline", base, "./bad", "./onlybad")
	expect(0, "0 findings in 2 packages\n", "", "-baseline", base, "./bad", "./onlybad")
	expect(0, "", "", "-baseline", base, "-diff", "./bad", "./onlybad")

	// Lines that move are known still, another is new, and one is gone.
	name := filepath.Join(dir, "bad", "bad.go")
	src := read(t, name)
	moved := strings.Replace(strings.Replace(src, "\tworse()\n", "\tbad()\n", 1), "package bad\n", "package bad\n\n// More.\n", 1)
	if err := os.WriteFile(name, []byte(moved), 0o666); err != nil {
		t.Fatal(err)
	}
	stale := "spanlint: stale in " + base + ": standin.worse in example.com/m/bad/bad.go: worse()\nspanlint: 1 entry is stale: -write-baseline=" + base + " removes what is found no longer\n"
	expect(1, "bad/bad.go:11:2: bad is called (standin.bad)\n    bad()\n    ^~~\n1 finding (1 fixable with -fix) in 1 package\n", stale, "-baseline", base, "./bad")
	expect(1, "--- a/bad/bad.go\n+++ b/bad/bad.go\n@@ -8,5 +8,5 @@\n \n func f() {\n \tbad()\n-\tbad()\n+\tgood()\n }\n", "", "-baseline", base, "-diff", "./bad")

	// A file that is renamed is the same.
	if err := os.Rename(name, filepath.Join(dir, "bad", "renamed.go")); err != nil {
		t.Fatal(err)
	}
	expect(1, "bad/renamed.go:11:2: bad is called (standin.bad)\n    bad()\n    ^~~\n1 finding (1 fixable with -fix) in 1 package\n", strings.Replace(stale, "/renamed.go", "/bad.go", 1), "-baseline", base, "./bad")

	// Packages that are not looked at keep their entries.
	expect(0, "wrote 3 entries to "+base+" (1 new, 2 as before, 1 removed)\n", "", "-write-baseline", base, "./bad")
	expect(0, "0 findings in 2 packages\n", "", "-baseline", base, "./bad", "./onlybad")
}

// The stream of go vet -json, in another format; and what is wrong with it.
func TestReport(t *testing.T) {
	dir := write(t, module)
	_, tree, _ := spanlint(t, "-C", dir, "-json", "./bad")
	report := func(in string, args ...string) (int, string, string) {
		var out, err bytes.Buffer
		code := (&command{stdin: strings.NewReader(in), stdout: &out, stderr: &err}).run(append([]string{"report", "-C", dir}, args...))
		return code, out.String(), err.String()
	}
	want := badText + "2 findings (1 fixable with -fix) in 1 package\n"
	if code, stdout, stderr := report(tree); code != 1 || stdout != want || stderr != "" {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	if code, stdout, stderr := report("{}\n"); code != 0 || stdout != "0 findings in 0 packages\n" || stderr != "" {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	out := filepath.Join(dir, "out.json")
	if code, stdout, stderr := report("{", "-o", out); code != 2 || stdout != "" || !strings.HasPrefix(stderr, "spanlint: stdin is not what 'go vet -json' prints") {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
	if code, stdout, stderr := report(`{"p": {"standin": {"error": "it failed"}}}`); code != 2 || stdout != "0 findings in 1 package\n" || stderr != "spanlint: p: standin: it failed\n" {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
}

func TestStats(t *testing.T) {
	dir := write(t, module)
	code, stdout, stderr := spanlint(t, "-C", dir, "-stats", "./bad")
	if code != 1 || !strings.HasPrefix(stdout, badText) || !strings.Contains(stderr, "     1  standin.worse\n     2  in all; 0 silenced by directives, 0 known before\n") || !strings.Contains(stderr, "s  standin\n") {
		t.Errorf("exit code %d, stderr\n%s", code, stderr)
	}
}

// On a terminal that waits long enough something is shown, and removed.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := startProgress(&b, true)
	p.now("loading packages")
	p.end()
	p.end()
	if b.Len() > 0 {
		t.Errorf("shown at once: %q", b.String())
	}
	if testing.Short() {
		t.Skip("waits for two seconds")
	}
	p = startProgress(&b, true)
	p.now("loading packages")
	time.Sleep(patience + 200*time.Millisecond)
	p.end()
	if got := b.String(); !strings.Contains(got, "spanlint: loading packages (2 s)") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("shown %q", got)
	}
	b.Reset()
	startProgress(&b, false).end()
	if b.Len() > 0 {
		t.Error("shown where nobody sees it")
	}
}

// Every flag and rule is in the scripts, which their shells accept.
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

// A package without errors of its own may lack types all the same: no error is
// reported that follows from one in a package that it imports.
func TestBrokenImport(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- api/api.go --
package api

type Context struct {
	Runner missing.Runner
}

func (c *Context) Result() missing.Result { return missing.Result{} }
-- calls/calls.go --
package calls

import (
	"net/http"

	"example.com/m/api"
)

type server struct{ api.Context }

func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go s.Runner.Send(ctx, r)
	go func() {
		s.Runner.Send(ctx, r)
		s.Runner.New().Send(ctx)
		send := s.Runner.Send
		send(ctx)
		for _, option := range s.Runner.Options {
			option(ctx)
		}
	}()
	promises := append(s.Runner.Promises, s.Runner.Promise(ctx))
	for _, p := range promises {
		<-p.Done(ctx)
	}
	s.Runner.Tasks <- func() { s.Runner.Send(ctx) }
	(<-s.Runner.Tasks)()
	resp, err := s.Runner.Do(r.WithContext(ctx))
	resp.Body = s.Runner.Buffer(resp.Body)
	s.Runner.Finish(resp, err)
}
-- results/results.go --
package results

import "example.com/m/api"

func work(v any) {}

func keep(c *api.Context, v any) { work(v) }

func f(jobs chan any, c *api.Context) {
	go func() {
		work(c.Result())
		keep(c, c.Result().Field)
		work(c.Runner.Method(1))
		work(*c.Result().Pointer)
	}()
	jobs <- c.Result().Field
	jobs <- c.Runner.Method
}
-- use/use.go --
package use

import (
	"context"
	"fmt"
	"net/http"

	"example.com/m/api"
)

func handle(w http.ResponseWriter, r *http.Request, c api.Context) {
	done := make(chan bool, 1)
	ctx, cancel := c.Runner.Deadline(r.Context())
	defer cancel()
	for v := range c.Runner.Items(ctx).List() {
		fmt.Fprintln(w, v.Name(ctx))
	}
	run := c.Runner.Start
	go run(ctx, done)
	go c.Runner.Start(context.Background(), c.Runner.Name())
	go func() {
		c.Runner.Do(r.Context()).Wait(ctx, func() { c.Runner.Name() })
		done <- true
	}()
	c.Runner.Group().Go(func() error { return c.Runner.Call(ctx, r) })
	a, b := c.Runner.Pair(ctx)
	defer c.Runner.Stop(a, []any{b, c.Runner.Opts()}...)
	for range c.Runner.Events {
		select {
		case <-c.Runner.Done():
		case c.Runner.Sink() <- ctx:
		case x := <-c.Runner.Next(ctx):
			go x.Serve(ctx)
		}
	}
	close(c.Runner.Chan())
	_ = []any{c.Runner.Index[0], c.Runner.Conv().(context.Context)}
}
`)
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"-C", dir, "-strict", "./..."}, &stdout, &stderr); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(stderr.String(), "internal error") || !strings.Contains(stderr.String(), "missing") {
		t.Error(stderr.String())
	}
	// Else it would say nothing: an error of its own keeps a package from being checked.
	if !strings.Contains(stdout.String(), "in 3 packages; 1 package could not be checked") {
		t.Error(stdout.String())
	}
}

package corpus

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/cli"
)

var update = flag.Bool("update", false, "replace the recorded findings by those of this run; verdicts stay with their findings")

const data = "../../../../testdata/corpus"

// reserved are the repositories by which others judge a release. Whoever works
// on the rules has not seen them, so that they say how well the rules do on code
// they were not made for. (dagger/dagger is not in the manifest either: it has a
// copy of one of them.)
var reserved = []string{
	"FerretDB/FerretDB", "SigNoz/signoz", "authzed/spicedb", "dgraph-io/dgraph", "e2b-dev/infra", "hatchet-dev/hatchet",
	"inngest/inngest", "letsencrypt/boulder", "moby/buildkit", "moby/moby", "unkeyed/unkey", "uptrace/uptrace",
}

// asSpanlint makes the test binary behave as spanlint does: a run needs the very
// code that is tested, in a process of its own.
const asSpanlint = "SPANLINT_CORPUS_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asSpanlint) != "" {
		os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func spanlint(args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), asSpanlint+"=1")
	return cmd
}

func rules() []string {
	var names []string
	for _, r := range analyzer.Rules() {
		names = append(names, r.Name)
	}
	return names
}

// analyzers returns the names of the rules and of all models.
func analyzers() []string {
	var names []string
	var add func(as []*analysis.Analyzer)
	add = func(as []*analysis.Analyzer) {
		for _, a := range as {
			if !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
				add(a.Requires)
			}
		}
	}
	add(analyzer.New(analyzer.NewConfig()))
	return names
}

func read(t *testing.T) *Data {
	t.Helper()
	d, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestData(t *testing.T) {
	d := read(t)
	for _, err := range d.Check(rules()) {
		t.Error(err)
	}
	if n := len(d.Repositories); n < 40 {
		t.Errorf("%d repositories, 40 are promised", n)
	}
	for _, r := range d.Repositories {
		if slices.ContainsFunc(reserved, func(name string) bool { return strings.EqualFold(name, r.Name) }) {
			t.Errorf("%s is reserved: nobody who works on the rules may look at it", r.Name)
		}
	}
}

// TestCorpus runs spanlint over the checkouts in $SPANLINT_CORPUS, with the
// switches that are on by default.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("SPANLINT_CORPUS")
	if dir == "" {
		t.Skip("SPANLINT_CORPUS names no folder of checkouts; see testdata/corpus/README.md")
	}
	d := read(t)
	var (
		report        bytes.Buffer
		found, former []Finding
		ran           []string
		others        []Finding // of repositories that did not run
	)
	own := analyzers()
	fmt.Printf("%-52s %8s %10s %10s %s\n", "repository", "findings", "wall", "peak RSS", "not checked")
	for _, r := range d.Repositories {
		recorded := slices.DeleteFunc(slices.Clone(d.Findings), func(f Finding) bool { return f.Repository != r.Name })
		checkout := filepath.Join(dir, r.Folder())
		err := r.At(checkout)
		if err == nil && late(t) {
			err = fmt.Errorf("%w: the time of the test is up; -timeout=0 gives it all it needs", errAbsent)
		}
		if err != nil {
			fmt.Printf("%-52s %v\n", r.Name, err)
			others = append(others, recorded...)
			continue
		}
		res, err := r.Run(checkout, spanlint)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			others = append(others, recorded...)
			continue
		}
		note := ""
		if n := len(res.Errors); n > 0 {
			note = fmt.Sprintf("%d lines, the first: %.100s", n, res.Errors[0])
		}
		fmt.Printf("%-52s %8d %9.1fs %7d MB %s\n", r.Name, len(res.Findings), res.Wall.Seconds(), res.Peak>>20, note)
		for _, fault := range res.Faults(own) {
			t.Errorf("%s: %s", r.Name, fault)
		}
		ran = append(ran, r.Name)
		found = append(found, res.Findings...)
		former = append(former, recorded...)
	}
	found, changes := Compare(former, found)

	section := func(title string) { fmt.Fprintf(&report, "\n%s\n\n", title) }
	section("Findings per rule, and what readers thought of them")
	PrintPrecision(&report, found)
	section("Judged lines")
	PrintRecall(&report, d.Lines, found, ran, rules())
	section("Readings")
	PrintReadings(&report, found)
	section("Changes to the recorded findings")
	PrintChanges(&report, changes)
	fmt.Println(report.String())

	if *update {
		if err := WriteFindings(data, append(found, others...)); err != nil {
			t.Fatal(err)
		}
	} else if len(changes) > 0 {
		t.Errorf("%d changes to the recorded findings: read them, and record them with -update", len(changes))
	}
}

// late reports whether the test has to end before one more repository is done.
func late(t *testing.T) bool {
	deadline, ok := t.Deadline()
	return ok && time.Until(deadline) < 3*time.Minute
}

func TestCompare(t *testing.T) {
	at := func(line int, function string, verdict Verdict) Finding {
		f := Finding{Repository: "o/r", Path: "a.go", Line: line, Function: function, Code: "rule.kind", Verdict: verdict}
		if verdict != "" {
			f.Sentence = "because"
		}
		return f
	}
	tests := []struct {
		name            string
		recorded, found []Finding
		want            []Verdict
		changes         string
	}{
		{"same", []Finding{at(1, "f", True)}, []Finding{at(1, "f", "")}, []Verdict{True}, "nothing"},
		{"moved", []Finding{at(1, "f", True)}, []Finding{at(9, "f", "")}, []Verdict{True}, "~ a.go:9"},
		{"both moved", []Finding{at(1, "f", True), at(2, "f", False)}, []Finding{at(5, "f", ""), at(6, "f", "")}, []Verdict{True, False}, "~ a.go:5|~ a.go:6"},
		{"one stays and one moves", []Finding{at(1, "f", True), at(2, "f", False)}, []Finding{at(1, "f", ""), at(6, "f", "")}, []Verdict{True, False}, "~ a.go:6"},
		{"one of two gone, and the other moved", []Finding{at(1, "f", True), at(2, "f", False)}, []Finding{at(6, "f", "")}, []Verdict{""}, "- a.go:1|- a.go:2|+ a.go:6"},
		{"another function at the line", []Finding{at(1, "f", True)}, []Finding{at(1, "g", "")}, []Verdict{""}, "- a.go:1|+ a.go:1"},
		{"gone", []Finding{at(1, "f", False)}, nil, nil, "- a.go:1"},
		{"two on one line", []Finding{at(1, "f", True), at(1, "f", False)}, []Finding{at(1, "f", ""), at(1, "f", "")}, []Verdict{True, False}, "nothing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, changes := Compare(test.recorded, test.found)
			var verdicts []Verdict
			for _, f := range found {
				verdicts = append(verdicts, f.Verdict)
				if (f.Verdict == "") != (f.Sentence == "") {
					t.Errorf("line %d has verdict %q with sentence %q", f.Line, f.Verdict, f.Sentence)
				}
			}
			if !slices.Equal(verdicts, test.want) {
				t.Errorf("verdicts are %q, want %q", verdicts, test.want)
			}
			var b bytes.Buffer
			PrintChanges(&b, changes)
			for _, want := range strings.Split(test.changes, "|") {
				if !strings.Contains(b.String(), want) {
					t.Errorf("the changes lack %q:\n%s", want, b.String())
				}
			}
			if n := strings.Count(test.changes, ":"); len(changes) != n {
				t.Errorf("%d changes, want %d:\n%s", len(changes), n, b.String())
			}
		})
	}
}

func TestCheck(t *testing.T) {
	good := func() *Data {
		return &Data{
			Repositories: []Repository{{"a/a", strings.Repeat("0", 40), []string{"."}}, {"b/b", strings.Repeat("1", 40), []string{"x", "y"}}},
			Findings: []Finding{
				{Repository: "a/a", Path: "a.go", Line: 1, Code: "rule.kind", Verdict: True, Sentence: "because"},
				{Repository: "a/a", Path: "a.go", Line: 2, Code: "rule.kind"},
			},
			Lines: []Line{{"a/a", "a.go", 1, "rule", Report, "because"}},
		}
	}
	if errs := good().Check([]string{"rule"}); len(errs) > 0 {
		t.Errorf("sound data: %v", errs)
	}
	for name, spoil := range map[string]func(*Data){
		"not sorted":       func(d *Data) { slices.Reverse(d.Repositories) },
		"of 40 digits":     func(d *Data) { d.Repositories[0].Commit = "0000000" },
		"module directory": func(d *Data) { d.Repositories[0].Modules = []string{"../x"} },
		"is not in":        func(d *Data) { d.Findings[1].Repository = "c/c" },
		"no place":         func(d *Data) { d.Findings[1].Line = 0 },
		"rule.category":    func(d *Data) { d.Findings[1].Code = "other.kind" },
		"it is true":       func(d *Data) { d.Findings[0].Verdict = "good" },
		"needs a sentence": func(d *Data) { d.Findings[0].Sentence = "" },
		"without a first":  func(d *Data) { d.Findings[1].Second = True },
		"it is report":     func(d *Data) { d.Lines[0].Expect = "true" },
		"no sentence":      func(d *Data) { d.Lines[0].Sentence = "" },
	} {
		d := good()
		spoil(d)
		errs := d.Check([]string{"rule"})
		if !strings.Contains(errors.Join(errs...).Error(), name) {
			t.Errorf("%s: the errors are %v", name, errs)
		}
	}
}

// What is written is what is read, so that -update changes what has changed.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	d, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFindings(dir, d.Findings); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{findingsFile} {
		was, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		if is, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(was, is) {
			t.Errorf("%s is not what WriteFindings writes (%v)", name, err)
		}
	}
}

func TestPrint(t *testing.T) {
	findings := []Finding{
		{Repository: "a/a", Path: "a.go", Line: 10, Code: "one.x", Verdict: True, Sentence: "s", Second: True},
		{Repository: "a/a", Path: "a.go", Line: 20, Code: "one.x", Verdict: Arguable, Sentence: "s"},
		{Repository: "a/a", Path: "a.go", Line: 30, Code: "one.y", Verdict: False, Sentence: "s", Second: True},
		{Repository: "a/a", Path: "a.go", Line: 40, Code: "two.z"},
	}
	var b bytes.Buffer
	PrintPrecision(&b, findings)
	PrintReadings(&b, findings)
	PrintRecall(&b, []Line{
		{"a/a", "a.go", 11, "one", Report, "within one line"},
		{"a/a", "a.go", 22, "one", Report, "two lines away"},
		{"a/a", "a.go", 30, "one", Silent, "is reported"},
		{"a/a", "a.go", 30, "two", Silent, "another rule"},
		{"b/b", "a.go", 30, "one", Report, "has not run"},
		{"a/a", "a.go", 50, "planned", Report, "no such rule yet"},
	}, findings, []string{"a/a"}, []string{"one", "two"})
	for _, want := range []string{
		"one                           3        3      1         1      1          66.7 %   33.3 %\n",
		"  .y                          1        1      0         0      1           0.0 %    0.0 %\n",
		"two                           1        0      0         0      0               -        -\n",
		"all                           4        3      1         1      1          66.7 %   33.3 %\n",
		"a/a a.go:30 one.y: false, then true (s)\n2 read twice, 1 with different verdicts\n",
		"two lines away", "is reported",
		"report: 1 of 2 (50.0 %)\n", "silent: 1 of 2 (50.0 %)\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("this is not printed: %q", want)
		}
	}
	if t.Failed() {
		t.Log(b.String())
	}
}

// A checkout is run as the program would run in it, and only at its commit.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("one/go.mod", "module example.com/one\n\ngo 1.26\n")
	write("one/h/h.go", `package h

import (
	"net/http"
	"os"
)

type server[T any] struct{}

func (s *server[T]) handle(w http.ResponseWriter, r *http.Request) {
	go func() {
		r, err := http.DefaultClient.Do(r)
		if err == nil {
			r.Write(os.Stdout)
		}
	}()
}
`)
	write("two/go.mod", "module example.com/two\n\ngo 1.26\n")
	write("two/two.go", "package two\n\nvar x int = \"\"\n")

	r := Repository{"o/r", strings.Repeat("0", 40), []string{"one", "two"}}
	if err := r.At(dir); !errors.Is(err, errAbsent) {
		t.Errorf("a folder that is no checkout at the commit: %v", err)
	}
	if err := r.At(filepath.Join(dir, "none")); !errors.Is(err, errAbsent) {
		t.Errorf("no folder: %v", err)
	}
	res, err := r.Run(dir, spanlint)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Findings) == 0 {
		t.Error("no finding in a handler that launches work with its request")
	}
	for _, f := range res.Findings {
		if f.Repository != "o/r" || f.Path != "one/h/h.go" || f.Function != "server.handle" || f.Line < 11 || f.Message == "" {
			t.Errorf("finding %+v", f)
		}
	}
	if len(res.Errors) == 0 || !strings.Contains(res.Errors[0], "two.go:3") {
		t.Errorf("a type error is reported as %q", res.Errors)
	}
	if faults := res.Faults(analyzers()); len(faults) > 0 {
		t.Errorf("a type error is no fault of spanlint: %q", faults)
	}
	if res.Wall == 0 || res.Peak < 1<<20 {
		t.Errorf("wall time %v, peak %d", res.Wall, res.Peak)
	}
}

func TestFaults(t *testing.T) {
	res := &Result{Errors: []string{
		"a/b.go:3:1: undefined: spans",
		"spanlint: example.com/a: spans: internal error, please report it: index out of range (spans.go:3)",
		"spanlint: example.com/a: spans: no such block",
		"could not import x (module spans: 403)",
		"goroutine 1 [running]:",
		"panic: nil",
	}}
	if got := res.Faults([]string{"spans"}); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

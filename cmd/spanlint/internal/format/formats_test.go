package format

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// aReport has findings with all that a finding can have: letters outside ASCII
// and outside of what two bytes hold before it, several lines, a fix, a related
// place, characters that formats escape, a name that URLs escape.
func aReport(t *testing.T) (*Report, string) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "a dir", "x&y.go")
	src := "package p\n\nfunc f() {\n\t_ = \"ü𝄞\"; bad()\n\tbad(1,\n\t\t2)\n}\n"
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	at := strings.Index(src, "bad()")
	sources := new(Sources)
	findings := []Finding{
		{
			Rule: "orphanspan", Category: "canceled", Message: "a <b> & \"c\", 100%: d | e", URL: "https://example.com/#canceled",
			Package: "example.com/m/p", File: name, Start: sources.Pos(name, at), End: sources.Pos(name, at+5),
			Related: []Related{{name, Pos{3, 6}, Pos{3, 7}, "declared here"}},
			Fix: &Fix{"Call good", []Edit{
				{name, strings.Index(src, "func"), strings.Index(src, "func"), "// ü\n"},
				{name, at, at + 3, "good"},
				{name, strings.LastIndex(src, "\n}"), strings.LastIndex(src, "\n}"), "\n\tgood()"},
			}},
		},
		{
			Rule: "spanend", Category: "phase", Message: "opt-in",
			Package: "example.com/m/p", File: name, Start: Pos{5, 2}, End: Pos{6, 5},
		},
		{
			Rule: "theirs", Message: "of another tool", Package: "example.com/m/p", File: name, Start: Pos{5, 2}, End: Pos{5, 5},
		},
	}
	ignored := []Finding{{
		Rule: "spanend", Category: "lost", Message: "silenced", Ignored: "it is fine",
		Package: "example.com/m/p", File: name, Start: Pos{5, 2}, End: Pos{5, 5},
	}}
	Identify(findings, sources)
	Identify(ignored, sources)
	return &Report{Findings: findings, Ignored: ignored, Sources: sources, Dir: dir, Root: dir, Version: "v1", Packages: 2, Errors: []string{"a package is broken"}}, src
}

func render(t *testing.T, format string, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Formats[format](&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func validate(t *testing.T, schema, doc string) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", schema))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%v in\n%s", err, doc)
	}
}

func TestNames(t *testing.T) {
	if got := slices.Sorted(maps.Keys(Formats)); !slices.Equal(got, slices.Sorted(slices.Values(Names))) {
		t.Errorf("formats %q, names %q", got, Names)
	}
}

// Every format takes a report without findings, and writes the same twice; and
// each says that the writer fails.
func TestEvery(t *testing.T) {
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	r, _ := aReport(t)
	for _, name := range Names {
		if a, b := render(t, name, r), render(t, name, r); a != b {
			t.Errorf("%s differs:\n%s\n%s", name, a, b)
		}
		empty := &Report{Sources: new(Sources), Dir: r.Dir, Root: r.Root}
		if out := render(t, name, empty); strings.Contains(out, "null") && name != "html" {
			t.Errorf("%s of nothing: %s", name, out)
		}
		if err := Formats[name](failingWriter{}, r); err == nil {
			t.Errorf("%s does not say that nothing was written", name)
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestSARIF(t *testing.T) {
	r, src := aReport(t)
	out := render(t, "sarif", r)
	validate(t, "sarif-schema-2.1.0.json", out)
	validate(t, "sarif-schema-2.1.0.json", render(t, "sarif", &Report{Sources: new(Sources)}))
	var log sarifLog
	if err := json.Unmarshal([]byte(out), &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	if len(results) != 4 || len(results[3].Suppressions) != 1 || results[3].Suppressions[0].Justification != "it is fine" {
		t.Fatalf("results:\n%s", out)
	}
	region := results[0].Locations[0].PhysicalLocation.Region
	// A tab, _ = ", one unit for ü, two for the clef, "; and a blank.
	if want := (sarifRegion{4, 13, 4, 18}); region != want {
		t.Errorf("region %+v, want %+v", region, want)
	}
	for i, res := range results {
		if rule := log.Runs[0].Tool.Driver.Rules[res.RuleIndex]; rule.ID != res.RuleID {
			t.Errorf("result %d is of %s, its index of %s", i, res.RuleID, rule.ID)
		}
	}
	if results[0].Level != "error" || results[1].Level != "warning" {
		t.Errorf("levels %s, %s", results[0].Level, results[1].Level)
	}

	// The fix, applied as the specification has it.
	want := strings.Replace(strings.Replace(strings.Replace(src, "bad()", "good()", 1), "func", "// ü\nfunc", 1), "\n}", "\n\tgood()\n}", 1)
	if got := applySARIF(t, r.Root, results[0].Fixes[0]); got != want {
		t.Errorf("fixed:\n%s", got)
	}
}

// applySARIF applies a fix to files by their lines and UTF-16 columns, and
// returns the last.
func applySARIF(t *testing.T, root string, fix sarifFix) string {
	t.Helper()
	var out string
	for _, change := range fix.ArtifactChanges {
		name, err := url.PathUnescape(change.ArtifactLocation.URI)
		if err != nil || change.ArtifactLocation.URIBaseID != "%SRCROOT%" {
			t.Fatalf("%+v: %v", change.ArtifactLocation, err)
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		var units [][]uint16 // by line
		for line := range strings.Lines(string(data)) {
			units = append(units, utf16.Encode([]rune(line)))
		}
		units = append(units, nil)
		offset := func(line, column int) int {
			n := column - 1
			for _, l := range units[:line-1] {
				n += len(l)
			}
			return n
		}
		all := slices.Concat(units...)
		for _, rep := range slices.Backward(change.Replacements) {
			var text []uint16
			if rep.InsertedContent != nil {
				text = utf16.Encode([]rune(rep.InsertedContent.Text))
			}
			d := rep.DeletedRegion
			all = slices.Replace(all, offset(d.StartLine, d.StartColumn), offset(d.EndLine, d.EndColumn), text...)
		}
		out = string(utf16.Decode(all))
	}
	return out
}

func TestGitLab(t *testing.T) {
	r, _ := aReport(t)
	out := render(t, "gitlab", r)
	validate(t, "gitlab-codequality.schema.json", out)
	var issues []struct {
		Fingerprint string
		Location    struct{ Path string }
	}
	if err := json.Unmarshal([]byte(out), &issues); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, i := range issues {
		if seen[i.Fingerprint] || i.Location.Path != "a dir/x&y.go" {
			t.Errorf("%+v", i)
		}
		seen[i.Fingerprint] = true
	}
	if got := render(t, "gitlab", &Report{Sources: new(Sources)}); got != "[]\n" {
		t.Errorf("without findings %q", got)
	}
}

// A command is one line: ::name property=value,...::data
var workflowCommand = regexp.MustCompile(`^::([a-z]+) ([^:]*)::(.*)$`)

func TestGitHub(t *testing.T) {
	name := filepath.Join(t.TempDir(), "summary.md")
	if err := os.WriteFile(name, []byte("before\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHUB_STEP_SUMMARY", name)
	r, _ := aReport(t)
	r.Findings[0].Message += "\nsecond line, with a comma"
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace
	var got []string
	for line := range strings.Lines(render(t, "github", r)) {
		m := workflowCommand.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Fatalf("not a command: %q", line)
		}
		command := m[1]
		for prop := range strings.SplitSeq(m[2], ",") {
			key, value, ok := strings.Cut(prop, "=")
			if !ok {
				t.Errorf("not a property: %q in %q", prop, line)
			}
			command += " " + key + "=" + unescape(value)
		}
		got = append(got, command+" "+unescape(m[3]))
	}
	want := []string{
		"error file=a dir/x&y.go line=4 endLine=4 col=12 endColumn=17 title=spanlint orphanspan.canceled " +
			"a dir/x&y.go:4:16: a <b> & \"c\", 100%: d | e\nsecond line, with a comma (orphanspan.canceled)",
		"warning file=a dir/x&y.go line=5 endLine=6 title=spanlint spanend.phase a dir/x&y.go:5:2: opt-in (spanend.phase)",
		"error file=a dir/x&y.go line=5 endLine=5 col=2 endColumn=5 title=spanlint theirs a dir/x&y.go:5:2: of another tool (theirs)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	summary, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(summary); !strings.HasPrefix(s, "before\n### spanlint: 3 findings in 2 packages\n") || strings.Count(s, "\n| `") != 3 || !strings.Contains(s, `d \| e second`) {
		t.Errorf("summary:\n%s", s)
	}
	t.Setenv("GITHUB_STEP_SUMMARY", t.TempDir())
	if err := writeGitHub(io.Discard, r); err == nil || !strings.Contains(err.Error(), "step summary") {
		t.Errorf("a summary that cannot be written: %v", err)
	}
}

func TestCheckstyle(t *testing.T) {
	r, _ := aReport(t)
	out := render(t, "checkstyle", r)
	// The elements and attributes that Checkstyle itself writes, and no others.
	type failure struct {
		Line     int        `xml:"line,attr"`
		Column   int        `xml:"column,attr"`
		Severity string     `xml:"severity,attr"`
		Message  string     `xml:"message,attr"`
		Source   string     `xml:"source,attr"`
		Other    []xml.Attr `xml:",any,attr"`
		Inside   string     `xml:",innerxml"`
	}
	var got struct {
		XMLName xml.Name `xml:"checkstyle"`
		Version string   `xml:"version,attr"`
		Files   []struct {
			Name   string    `xml:"name,attr"`
			Errors []failure `xml:"error"`
		} `xml:"file"`
	}
	dec := xml.NewDecoder(strings.NewReader(out))
	dec.Strict = true
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Version == "" || len(got.Files) != 1 || got.Files[0].Name != "a dir/x&y.go" || len(got.Files[0].Errors) != 3 {
		t.Fatalf("%+v", got)
	}
	first := got.Files[0].Errors[0]
	if first.Column != 12 || first.Message != r.Findings[0].Message || first.Source != "spanlint.orphanspan.canceled" {
		t.Errorf("%+v", first)
	}
	for _, f := range got.Files[0].Errors {
		if !slices.Contains([]string{"ignore", "info", "warning", "error"}, f.Severity) || len(f.Other) > 0 || f.Inside != "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestFindingsJSON(t *testing.T) {
	r, _ := aReport(t)
	var got report
	dec := json.NewDecoder(strings.NewReader(render(t, "json", r)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.SchemaVersion != 1 || len(got.Findings) != 3 || got.Summary != (reportSummary{3, 1, 2, 0}) || len(got.Ignored) != 1 || got.Ignored[0].Reason != "it is fine" || len(got.Errors) != 1 {
		t.Errorf("%+v", got)
	}
	f := got.Findings[0]
	if f.Start != (reportPos{4, 16}) || f.File != "a dir/x&y.go" || f.Function != "f" || f.Fix.Edits[1].Start != (reportPos{4, 16}) {
		t.Errorf("%+v", f)
	}
}

func TestHTML(t *testing.T) {
	r, _ := aReport(t)
	out := render(t, "html", r)
	for _, want := range []string{"<mark>bad()</mark>", "orphanspan.canceled", "a &lt;b&gt; &amp;", "_ = &#34;ü𝄞&#34;; good()"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The columns of rdjson count bytes. One suggestion has the whole repair.
func TestRDJSON(t *testing.T) {
	r, src := aReport(t)
	out := render(t, "rdjson", r)
	type place struct{ Line, Column int }
	type span struct{ Start, End place }
	type location struct {
		Path  string
		Range span
	}
	type diagnostics struct {
		Diagnostics []struct {
			Message, Severity string
			Code              struct{ Value, URL string }
			Location          location
			Suggestions       []struct {
				Range span
				Text  string
			}
			Related []struct {
				Message  string
				Location location
			} `json:"related_locations"`
		}
	}
	parse := func(text string) (d diagnostics) {
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		return d
	}
	got := parse(out)
	offset := func(p place) int {
		n := p.Column - 1
		for _, l := range strings.SplitAfter(src, "\n")[:p.Line-1] {
			n += len(l)
		}
		return n
	}
	d := got.Diagnostics[0]
	if at := src[offset(d.Location.Range.Start):offset(d.Location.Range.End)]; at != "bad()" {
		t.Errorf("marks %q", at)
	}
	want := strings.Replace(strings.Replace(strings.Replace(src, "bad()", "good()", 1), "func", "// ü\nfunc", 1), "\n}", "\n\tgood()\n}", 1)
	if s := d.Suggestions; len(s) != 1 || src[:offset(s[0].Range.Start)]+s[0].Text+src[offset(s[0].Range.End):] != want {
		t.Errorf("suggests %+v", s)
	}
	// What is far apart stays apart.
	far := Finding{File: d.Location.Path, Fix: &Fix{Edits: []Edit{{d.Location.Path, 0, 0, "a"}, {d.Location.Path, 99, 99, "b"}}}}
	lines := &Report{Sources: &Sources{Read: func(string) ([]byte, error) { return bytes.Repeat([]byte("\n"), 100), nil }}}
	if edits := lines.joined(far); len(edits) != 2 {
		t.Errorf("joined to %+v", edits)
	}

	if testing.Short() || os.Getenv("CI") == "" {
		t.Skip("builds reviewdog; set CI=true to wait for it")
	}
	// Newer ones need modules that not every proxy has.
	bin := t.TempDir()
	install := exec.Command("go", "install", "github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0")
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if msg, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "--allow-empty", "-m", "x"}} {
		git := exec.Command("git", args...)
		git.Dir = r.Dir
		if msg, err := git.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, msg)
		}
	}
	dog := exec.Command(filepath.Join(bin, "reviewdog"), "-f=rdjson", "-reporter=rdjson", "-filter-mode=nofilter", "-diff=git diff")
	dog.Dir = r.Dir
	dog.Stdin = strings.NewReader(out)
	text, err := dog.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if read := parse(string(text)); !reflect.DeepEqual(read, got) {
		t.Errorf("reviewdog reads\n%+v\nwritten was\n%+v", read, got)
	}
}

// A line that moves, and a line that is indented anew, keep their fingerprints;
// those of lines that are alike differ.
func TestFingerprints(t *testing.T) {
	of := func(src string) []string {
		sources := &Sources{Read: func(string) ([]byte, error) { return []byte(src), nil }}
		var findings []Finding
		for at := 0; ; {
			i := strings.Index(src[at:], "bad()")
			if i < 0 {
				break
			}
			at += i
			findings = append(findings, Finding{Rule: "r", Category: "c", Package: "p", File: "/x/p.go", Start: sources.Pos("/x/p.go", at), End: sources.Pos("/x/p.go", at)})
			at++
		}
		Identify(findings, sources)
		var out []string
		for _, f := range findings {
			out = append(out, f.Func+" "+f.Fingerprint)
		}
		return out
	}
	before := of("package p\nfunc f() {\n\tbad()\n\tbad()\n}\nfunc (t *T[X]) g() { bad() }\nfunc (T) h() { bad() }\nvar x = bad()\n")
	moved := of("package p\n\n// more\n\nfunc f() {\n  if true {\n   bad()\n}\n\n\n bad()\n}\nfunc (t *T[X]) g() {   bad() }\nfunc (T) h() { bad() }\n\nvar x = bad()\n")
	if !slices.Equal(before, moved) {
		t.Errorf("before %q\nmoved %q", before, moved)
	}
	if slices.Sort(before); len(slices.Compact(before)) != 5 {
		t.Errorf("alike: %q", before)
	}
	other := of("package p\nfunc f() {\n\tx = bad()\n}\n")
	if slices.Contains(moved, other[0]) {
		t.Error("another line has the same fingerprint")
	}
}

func TestReadVetJSON(t *testing.T) {
	r, findings, dir := loaded(t)
	var stream bytes.Buffer
	if err := VetJSON(&stream, findings); err != nil {
		t.Fatal(err)
	}
	// go vet -json prints a tree for each package, with its names for tests.
	text := "# example.com/m\n" + stream.String() + strings.ReplaceAll(stream.String(), `"example.com/m"`, `"example.com/m_test [example.com/m.test]"`)
	got, packages, errs, err := ReadVetJSON(strings.NewReader(text), dir, new(Sources))
	if err != nil || len(errs) > 0 || packages != 1 {
		t.Fatalf("%d packages, %v, %v", packages, errs, err)
	}
	if a, b := render(t, "sarif", &Report{Findings: findings, Sources: new(Sources), Dir: dir, Root: dir}), render(t, "sarif", &Report{Findings: got, Sources: new(Sources), Dir: dir, Root: dir}); a != b {
		t.Errorf("read as\n%s\nwant\n%s", b, a)
	}
	for _, test := range []struct{ in, want string }{
		{"", "stdin is empty"},
		{"\n", "stdin is empty"},
		{"no json", "stdin is not what 'go vet -json' prints"},
		{`[1]`, "stdin is not what"},
		{`{"p": {"r": [{"posn": "x"}]}}`, `"x" is not a position`},
		{`{"p": {"r": 1}}`, "r of p"},
		{`{"p": {"r": []}`, "unexpected EOF"},
	} {
		if _, _, _, err := ReadVetJSON(strings.NewReader(test.in), dir, new(Sources)); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", test.in, err)
		}
	}
	_, _, errs, err = ReadVetJSON(strings.NewReader(`{"p": {"r": {"error": "it failed"}}}`), dir, new(Sources))
	if err != nil || len(errs) != 1 || errs[0] != "p: r: it failed" {
		t.Errorf("an analyzer's error: %v, %v", errs, err)
	}
	_ = r
}

package only

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/format"
)

// A repo is a git repository that a test works in.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t, dir}
	r.git("init", "-q", "-b", "main")
	r.git("config", "user.name", "tester")
	r.git("config", "user.email", "tester@example.com")
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name string, lines ...string) {
	r.t.Helper()
	name = filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", message)
	return r.git("rev-parse", "HEAD")
}

// changed returns which of the first lines of a file are changed.
func (r *repo) changed(c *Changes, err error, name string) string {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	var list []string
	for n := 1; n <= 12; n++ {
		p := format.Pos{Line: n, Column: 1}
		if c.Has(format.Finding{File: filepath.Join(r.dir, name), Start: p, End: p}) {
			list = append(list, fmt.Sprint(n))
		}
	}
	return strings.Join(list, " ")
}

func (r *repo) want(c *Changes, err error, name, want string) {
	r.t.Helper()
	if got := r.changed(c, err, name); got != want {
		r.t.Errorf("%s: changed are %q, want %q", name, got, want)
	}
}

func numbered(n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("line %d of this file", i+1))
	}
	return lines
}

func TestSinceRevision(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(10)...)
	r.write("sub/b.go", numbered(10)...)
	r.write("ü \"x\".go", numbered(10)...)
	r.write("old.go", numbered(10)...)
	r.write(".gitignore", "ignored.go")
	first := r.commit("first")
	r.write("a.go", slices.Replace(numbered(10), 2, 4, "changed", "changed", "more")...)
	r.commit("second")
	// Not committed, staged, removed, renamed with a change, untracked, ignored.
	r.write("sub/b.go", slices.Delete(numbered(10), 4, 6)...)
	r.write("ü \"x\".go", slices.Insert(numbered(10), 7, "new")...)
	r.git("mv", "old.go", "renamed.go")
	r.write("renamed.go", slices.Replace(numbered(10), 8, 9, "changed")...)
	r.git("add", "renamed.go")
	r.write("sub/new.go", numbered(2)...)
	r.write("ignored.go", numbered(2)...)
	for _, dir := range []string{r.dir, filepath.Join(r.dir, "sub")} {
		c, err := SinceRevision(dir, first)
		r.want(c, err, "a.go", "3 4 5")
		r.want(c, err, "sub/b.go", "")
		r.want(c, err, "ü \"x\".go", "8")
		r.want(c, err, "renamed.go", "9")
		r.want(c, err, "sub/new.go", "1 2 3 4 5 6 7 8 9 10 11 12")
		r.want(c, err, "ignored.go", "")
		r.want(c, err, "nowhere.go", "")
	}
	c, err := SinceRevision(r.dir, "HEAD")
	r.want(c, err, "a.go", "")
	r.want(c, err, "renamed.go", "9")

	// A user's configuration changes nothing.
	r.git("config", "diff.noprefix", "true")
	r.git("config", "diff.external", "false")
	r.git("config", "color.ui", "always")
	r.git("config", "core.pager", "false")
	c, err = SinceRevision(r.dir, first)
	r.want(c, err, "a.go", "3 4 5")

	// A related place counts, and several lines.
	if !c.Has(format.Finding{File: filepath.Join(r.dir, "a.go"), Start: format.Pos{Line: 1}, End: format.Pos{Line: 3}}) {
		t.Error("several lines")
	}
	rel := format.Related{File: filepath.Join(r.dir, "a.go"), Start: format.Pos{Line: 4}, End: format.Pos{Line: 4}}
	if !c.Has(format.Finding{File: filepath.Join(r.dir, "a.go"), Start: format.Pos{Line: 9}, End: format.Pos{Line: 9}, Related: []format.Related{rel}}) {
		t.Error("a related place")
	}
}

// What others have put into the main branch is not ours, before and after a
// rebase.
func TestSinceMergeBase(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(10)...)
	r.commit("first")
	r.git("checkout", "-q", "-b", "topic")
	r.write("a.go", slices.Replace(numbered(10), 0, 1, "topic")...)
	r.commit("topic")
	r.git("checkout", "-q", "main")
	r.write("a.go", slices.Replace(numbered(10), 8, 9, "main")...)
	r.commit("main")
	r.git("checkout", "-q", "topic")
	c, err := SinceMergeBase(r.dir, "main")
	r.want(c, err, "a.go", "1")
	r.git("rebase", "-q", "main")
	c, err = SinceMergeBase(r.dir, "main")
	r.want(c, err, "a.go", "1")
	if _, err := SinceMergeBase(r.dir, "nosuch"); err == nil {
		t.Error("no error")
	}
}

// Each error is one line that names the flag, and says what to do.
func TestErrors(t *testing.T) {
	r := newRepo(t)
	fails := func(err error, wants ...string) {
		t.Helper()
		if err == nil {
			t.Error("no error")
			return
		}
		for _, want := range wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v; want %s", err, want)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("several lines: %v", err)
		}
	}
	_, err := SinceRevision(r.dir, "HEAD")
	fails(err, "-new-from-rev=HEAD: there is no such revision")
	r.write("a.go", numbered(3)...)
	r.commit("first")
	r.write("a.go", numbered(4)...)
	r.commit("second")
	_, err = SinceRevision(r.dir, "nosuch")
	fails(err, "-new-from-rev=nosuch: there is no such revision; name a commit")
	_, err = SinceRevision(r.dir, "--output=x")
	fails(err, "there is no such revision")
	_, err = SinceMergeBase(r.dir, "nosuch")
	fails(err, "-new-from-merge-base=nosuch: there is no such revision")

	// No history in common.
	r.git("checkout", "-q", "--orphan", "other")
	r.commit("other")
	_, err = SinceMergeBase(r.dir, "main")
	fails(err, "there is no merge base of it and HEAD; they have no history in common")
	r.git("checkout", "-q", "-f", "main")

	// Shallow, as continuous integration clones by default.
	r.git("checkout", "-q", "-b", "topic", "main~1")
	r.write("b.go", numbered(3)...)
	r.commit("topic")
	shallow := &repo{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--depth=1", "--no-single-branch", "file://"+r.dir, shallow.dir)
	_, err = SinceRevision(shallow.dir, "HEAD~1")
	fails(err, "there is no such revision; this clone is shallow")
	_, err = SinceMergeBase(shallow.dir, "origin/main")
	fails(err, "there is no merge base", "this clone is shallow", "fetch-depth: 0")
	_, err = SinceMergeBase(shallow.dir, "main")
	fails(err, "-new-from-merge-base=main: there is no such revision; did you mean origin/main?")
	shallow.git("fetch", "-q", "--unshallow")
	if _, err = SinceMergeBase(shallow.dir, "origin/main"); err != nil {
		t.Error(err)
	}

	plain := t.TempDir()
	_, err = SinceRevision(plain, "HEAD")
	fails(err, "-new-from-rev=HEAD", "not in a git repository", "-diff-file")
	_, err = SinceMergeBase(plain, "main")
	fails(err, "-new-from-merge-base=main", "not in a git repository")
	t.Setenv("PATH", plain)
	_, err = SinceRevision(r.dir, "HEAD")
	fails(err, "git is not installed")
	_, err = SinceMergeBase(r.dir, "main")
	fails(err, "git is not installed")
}

func TestInDiff(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(10)...)
	r.write("sub/b c.go", numbered(10)...)
	r.commit("first")
	r.write("a.go", slices.Replace(numbered(10), 2, 4, "++ changed", "-- changed", "more")...)
	r.write("sub/b c.go", slices.Insert(numbered(10), 5, "new")...)
	sub := filepath.Join(r.dir, "sub")
	for name, diff := range map[string]string{
		"context":     r.git("diff"),
		"no context":  r.git("diff", "-U0"),
		"no prefix":   r.git("diff", "--no-prefix"),
		"crlf":        strings.ReplaceAll(r.git("diff"), "\n", "\r\n"),
		"with a mail": "From: x\nSubject: y\n\n---\n a.go | 2 ++\n\n" + r.git("diff") + "\n-- \n2.39\n",
		"plain":       strings.ReplaceAll(r.git("diff"), "diff --git", "Index:"),
	} {
		c, err := InDiff(sub, "-", strings.NewReader(diff))
		t.Log(name)
		r.want(c, err, "a.go", "3 4 5")
		r.want(c, err, "sub/b c.go", "6")
	}
	relative := exec.Command("git", "diff", "--relative")
	relative.Dir = sub
	out, err := relative.Output()
	if err != nil {
		t.Fatal(err)
	}
	c, err := InDiff(sub, "-", strings.NewReader(string(out)))
	r.want(c, err, "sub/b c.go", "6")
	c, err = InDiff(sub, "-", strings.NewReader(""))
	r.want(c, err, "a.go", "")

	for _, test := range []struct{ diff, want string }{
		{"this is no diff\n", "it is not a unified diff"},
		{"--- a/a.go\n+++ b/a.go\n@@ -1,2 +1,3 @@\n x\n", "line 5: the diff ends in the middle of a hunk"},
		{"--- a/a.go\n+++ b/a.go\n@@ -1,2 +1,3 @@\n", "ends in the middle"},
		{"--- a/a.go\n+++ b/a.go\n@@ what @@\n", `line 3: "@@ what @@" is not the head of a hunk`},
		{"--- a/a.go\n+++ b/a.go\n@@ -1,2 +1,3 @@\nx\n", `line 4: "x" is not a line of a hunk`},
	} {
		if _, err := InDiff(r.dir, "-", strings.NewReader(test.diff)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.diff, err, test.want)
		}
	}
	if _, err := InDiff(r.dir, filepath.Join(r.dir, "nosuch"), nil); err == nil || !strings.Contains(err.Error(), "-diff-file: open ") {
		t.Error(err)
	}
}

func TestBaseline(t *testing.T) {
	src := &format.Sources{Read: func(name string) ([]byte, error) { return []byte("package p\nfunc f() {\nbad()\nbad()\n}\n"), nil }}
	at := func(file string, line int) format.Finding {
		return format.Finding{Rule: "r", Category: "c", Message: "m", Package: "example.com/m/p", File: file, Start: format.Pos{Line: line, Column: 1}, End: format.Pos{Line: line, Column: 4}}
	}
	identify := func(findings ...format.Finding) []format.Finding {
		format.Identify(findings, src)
		return findings
	}
	data, err := Encode(identify(at("/x/a.go", 3), at("/x/b.go", 3)), nil, src)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "baseline.json")
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	b, err := ReadBaseline(name, name)
	if err != nil || len(b.Entries) != 2 || b.Entries[0].Path != "example.com/m/p/a.go" || b.Entries[0].Func != "f" || b.Entries[0].Line != "bad()" {
		t.Fatalf("%+v, %v", b, err)
	}
	if again, err := Encode(nil, b.Entries, src); err != nil || string(again) != string(data) {
		t.Errorf("written again:\n%s", again)
	}
	for _, test := range []struct {
		name               string
		findings           []format.Finding
		gone               string
		fresh, known, left int
	}{
		{"the same", identify(at("/y/a.go", 3), at("/y/b.go", 3)), "", 0, 2, 0},
		{"one more", identify(at("/x/a.go", 3), at("/x/a.go", 4), at("/x/b.go", 3)), "", 1, 2, 0},
		{"one less", identify(at("/x/a.go", 3)), "", 0, 1, 1},
		{"renamed", identify(at("/x/a.go", 3), at("/x/c.go", 3)), "example.com/m/p/b.go", 0, 2, 0},
		{"copied", identify(at("/x/a.go", 3), at("/x/b.go", 3), at("/x/c.go", 3)), "", 1, 2, 0},
		{"removed", identify(at("/x/a.go", 3)), "example.com/m/p/b.go", 0, 1, 1},
	} {
		fresh, known, left := b.Split(test.findings, src, func(path string) bool { return path == test.gone })
		if len(fresh) != test.fresh || len(known) != test.known || len(left) != test.left {
			t.Errorf("%s: %d new, %d known, %d left over", test.name, len(fresh), len(known), len(left))
		}
	}

	for _, test := range []struct{ text, want string }{
		{"", "is not a baseline of spanlint"},
		{"{", "is not a baseline of spanlint"},
		{`{"version": 1, "findings": [{}]}`, "entry 1 lacks its fingerprint"},
		{`{"version": 2, "findings": []}`, "a baseline of version 2"},
		{`{"runs": []}`, "is not a baseline of spanlint"},
		{`[]`, "is not a baseline of spanlint"},
	} {
		if err := os.WriteFile(name, []byte(test.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadBaseline(name, name); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
	if _, err := ReadBaseline(name+"x", name+"x"); err == nil || !strings.Contains(err.Error(), "write it with -write-baseline=") {
		t.Error(err)
	}
}

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The module is as small as it can be: go vet compiles what it imports.
const module = `
-- a/a.go --
package a

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

func Lost(ctx context.Context, tracer trace.Tracer) error {
	_, span := tracer.Start(ctx, "lost")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	span.End()
	return nil
}

func Work(ctx context.Context, tracer trace.Tracer) {
	query(ctx, tracer)
}

func query(ctx context.Context, tracer trace.Tracer) {
	_, span := tracer.Start(ctx, "query")
	defer span.End()
}
-- a/a_test.go --
package a

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/trace/noop"
)

func TestLost(t *testing.T) {
	_, span := noop.NewTracerProvider().Tracer("").Start(context.Background(), "lost")
	if t.Failed() {
		return
	}
	span.End()
}
-- a/x_test.go --
package a_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/trace/noop"
)

func TestLost(t *testing.T) {
	_, span := noop.NewTracerProvider().Tracer("").Start(context.Background(), "lost")
	if t.Failed() {
		return
	}
	span.End()
}
-- b/b.go --
package b

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"example.com/m/a"
)

func Handle(ctx context.Context, tracer trace.Tracer) {
	ctx, span := tracer.Start(ctx, "handle")
	defer span.End()
	go a.Work(ctx, tracer)
	go func() {
		_, span := tracer.Start(ctx, "inner")
		defer span.End()
	}()
}
`

// spanlint is the path of the program, built once.
var spanlint string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "spanlint")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	spanlint = filepath.Join(dir, "spanlint.exe")
	if out, err := exec.Command("go", "build", "-o", spanlint, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s%v\n", out, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// write unpacks the module, which requires what testdata/src does.
func write(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse([]byte(module))
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "src", name))
		if err != nil {
			t.Fatal(err)
		}
		data = regexp.MustCompile(`(?m)^module .*$`).ReplaceAll(data, []byte("module example.com/m"))
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
	}
	for _, f := range archive.Files {
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

// A caller runs programs in one directory with one build cache.
type caller struct {
	t   *testing.T
	dir string
	env []string
}

func (c caller) run(name string, args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		c.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// parse reads one JSON tree or, as go vet prints them, a stream of them.
func parse(t *testing.T, stream string) []string {
	t.Helper()
	var lines []string
	for dec := json.NewDecoder(strings.NewReader(stream)); ; {
		var tree map[string]map[string][]struct {
			Category, Posn, End, Message string
			SuggestedFixes               any `json:"suggested_fixes"`
			Related                      any
		}
		if err := dec.Decode(&tree); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, stream)
		}
		for pkg, rules := range tree {
			for rule, diagnostics := range rules {
				for _, d := range diagnostics {
					// Under go vet the message has the name of the rule.
					message := strings.TrimSuffix(d.Message, fmt.Sprintf(" (%s.%s)", rule, d.Category))
					lines = append(lines, fmt.Sprint(pkg, rule, d.Category, d.Posn, d.End, message, d.SuggestedFixes, d.Related))
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// The two ways to run give the same findings, for every set of switches: with
// go vet, all packages in processes of their own, and types and facts from
// files; here, all in one, and from source.
func TestVetLikeCommandLine(t *testing.T) {
	if testing.Short() {
		t.Skip("go vet compiles what the module imports")
	}
	c := caller{t, write(t), append(os.Environ(), "GOCACHE="+t.TempDir(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")}
	both := func(flags ...string) []string {
		t.Helper()
		code, stdout, stderr := c.run(spanlint, slices.Concat([]string{"-json"}, flags, []string{"./..."})...)
		if code > 1 {
			t.Fatalf("spanlint: exit code %d, %s", code, stderr)
		}
		own := parse(t, stdout)
		code, stdout, stderr = c.run("go", slices.Concat([]string{"vet", "-vettool=" + spanlint, "-json"}, flags, []string{"./..."})...)
		if code != 0 {
			t.Fatalf("go vet: exit code %d, %s", code, stderr)
		}
		if vet := parse(t, stdout); !slices.Equal(own, vet) {
			t.Errorf("with %v\nspanlint finds\n\t%s\ngo vet finds\n\t%s", flags, strings.Join(own, "\n\t"), strings.Join(vet, "\n\t"))
		}
		return own
	}
	all := both()
	if len(all) < 3 {
		t.Fatalf("only %d findings:\n%s", len(all), strings.Join(all, "\n"))
	}

	// What go vet prints, in another format.
	_, stdout, _ := c.run("go", "vet", "-vettool="+spanlint, "-json", "./...")
	stream := filepath.Join(c.dir, "vet.json")
	if err := os.WriteFile(stream, []byte(stdout), 0o666); err != nil {
		t.Fatal(err)
	}
	code, reported, stderr := c.run("sh", "-c", "'"+spanlint+"' report -format gitlab <vet.json")
	_, direct, _ := c.run(spanlint, "-format", "gitlab", "./...")
	if code != 1 || reported != direct || stderr != "" {
		t.Errorf("report: exit code %d, stderr %s, stdout\n%s\nwant\n%s", code, stderr, reported, direct)
	}

	// As text, in which every finding shows its rule once.
	named := regexp.MustCompile(`(?m)^([ab]/\w+\.go:\d+:\d+: .*) \(([a-z]+)\.([a-z]+)\)$`)
	code, _, stderr = c.run("go", "vet", "-vettool="+spanlint, "./...")
	vet := named.FindAllStringSubmatch(stderr, -1)
	if code != 1 || len(vet) != len(all) {
		t.Errorf("go vet: exit code %d, %d findings named in\n%s", code, len(vet), stderr)
	}
	code, stdout, _ = c.run(spanlint, "./...")
	own := named.FindAllStringSubmatch(stdout, -1)
	if code != 1 || len(own) != len(all) {
		t.Fatalf("spanlint: exit code %d, %d findings named in\n%s", code, len(own), stdout)
	}

	// One rule left out, and one category of what remains.
	out := own[0][2]
	var category string
	for _, m := range own {
		if m[2] != out {
			category = m[2] + "." + m[3]
		}
	}
	if category == "" {
		t.Fatalf("only %s has findings", out)
	}
	fewer := both("-"+out+"=false", "-"+category+"=false")
	if len(fewer) >= len(all) {
		t.Errorf("%d findings with switches, %d without", len(fewer), len(all))
	}

	// Repairs, shown and not made; then made.
	before := c.files()
	code, stdout, stderr = c.run("go", "vet", "-vettool="+spanlint, "-fix", "-diff", "./...")
	if code != 1 || !strings.Contains(stdout, "+\tdefer span.End()") {
		t.Errorf("go vet -fix -diff: exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	if c.files() != before {
		t.Error("go vet -fix -diff has written files")
	}
	if code, _, stderr = c.run("go", "vet", "-vettool="+spanlint, "-fix", "./..."); code != 0 {
		t.Errorf("go vet -fix: exit code %d, %s", code, stderr)
	}
	if left := both(); len(left) >= len(all) {
		t.Errorf("go vet -fix leaves %d of %d findings", len(left), len(all))
	}
}

// files returns the contents of all files.
func (c caller) files() string {
	c.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(c.dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&b, "%s\n%s\n", name, data)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return b.String()
}

// Wrong flags reach the user as one line, whoever has read them.
func TestVetWrongFlag(t *testing.T) {
	c := caller{t, write(t), os.Environ()}
	code, _, stderr := c.run("go", "vet", "-vettool="+spanlint, "-nosuch", "./...")
	if code != 2 || !strings.HasPrefix(stderr, "flag provided but not defined: -nosuch\n") {
		t.Errorf("exit code %d, stderr %s", code, stderr)
	}
}

// What -diff shows is what -fix writes, and then there is nothing left to do.
func TestFix(t *testing.T) {
	c := caller{t, write(t), append(os.Environ(), "GOFLAGS=", "GOWORK=off")}
	before := c.files()
	code, diff, stderr := c.run(spanlint, "-diff", "./...")
	// A launch without a group to count it has a finding that no fix repairs.
	if code != 1 || diff == "" || stderr != "" && !strings.HasSuffix(stderr, "without a fix, which a run without -diff shows\n") {
		t.Fatalf("-diff: exit code %d, stderr %s, stdout\n%s", code, stderr, diff)
	}
	if c.files() != before {
		t.Error("-diff has written files")
	}
	code, stdout, stderr := c.run(spanlint, "-fix", "./...")
	if code > 1 || stderr != "" || !strings.Contains(stdout, "fixed ") {
		t.Errorf("-fix: exit code %d, stderr %s, stdout\n%s", code, stderr, stdout)
	}
	if code, _, stderr := c.run(spanlint, "./..."); code == 2 || stderr != "" {
		t.Errorf("the repaired program does not compile:\n%s", stderr)
	}
	after := c.files()
	for line := range strings.Lines(diff) {
		if added, ok := strings.CutPrefix(line, "+\t"); ok && !strings.Contains(after, added) {
			t.Errorf("-diff shows a line that -fix has not written: %s", line)
		}
	}
	if code, again, _ := c.run(spanlint, "-diff", "./..."); code != 0 || again != "" {
		t.Errorf("-diff after -fix: exit code %d\n%s", code, again)
	}
	c.run(spanlint, "-fix", "./...")
	if c.files() != after {
		t.Error("-fix changes what it has repaired")
	}
}

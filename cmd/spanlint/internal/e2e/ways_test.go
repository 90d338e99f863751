package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/spanlint/spanlint/analyzer"
)

// A checkout is a git repository with a module that has one finding.
type checkout struct {
	t   *testing.T
	dir string
}

const lost = `package a

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

func %s(ctx context.Context, tracer trace.Tracer) error {
	_, span := tracer.Start(ctx, "lost")%s
	if err := ctx.Err(); err != nil {
		return err
	}
	span.End()
	return nil
}
`

func newCheckout(t *testing.T) checkout {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := checkout{t, dir}
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(srcDir(t), name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), strings.Replace(string(data), "module src\n", "module example.com/m\n", 1))
	}
	write(t, filepath.Join(dir, "old.go"), fmt.Sprintf(lost, "Old", ""))
	c.git("init", "-q", "-b", "main")
	c.git("config", "user.name", "tester")
	c.git("config", "user.email", "tester@example.com")
	c.commit("first")
	return c
}

func (c checkout) git(args ...string) {
	c.t.Helper()
	run(c.t, c.dir, "git", args...)
}

func (c checkout) commit(message string) {
	c.t.Helper()
	c.git("add", "-A")
	c.git("commit", "-q", "-m", message)
}

// The action in a pull request: red for what is new, green when it is mended,
// and silent about what was there before, in the clone of one commit that
// actions/checkout makes.
func TestAction(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("builds spanlint")
	}
	origin := newCheckout(t)
	origin.git("checkout", "-q", "-b", "topic")
	write(t, filepath.Join(origin.dir, "new.go"), fmt.Sprintf(lost, "New", ""))
	origin.commit("topic")

	action := func(env ...string) (code int, out, sarif, summary string) {
		t.Helper()
		temp := t.TempDir()
		clone := filepath.Join(temp, "clone")
		run(t, temp, "git", "clone", "-q", "--depth=1", "--branch=topic", "file://"+origin.dir, clone)
		cmd := exec.Command("bash", filepath.Join(rootDir(t), ".ci", "action"))
		cmd.Dir = clone
		cmd.Env = append(os.Environ(), append([]string{
			"RUNNER_TEMP=" + temp, "GITHUB_STEP_SUMMARY=" + filepath.Join(temp, "summary.md"), "GITHUB_OUTPUT=" + filepath.Join(temp, "output"),
		}, env...)...)
		text, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		read := func(name string) string {
			data, err := os.ReadFile(filepath.Join(temp, name))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			return string(data)
		}
		if got, want := read("output"), "sarif-file="+filepath.Join(temp, "spanlint.sarif")+"\n"; got != want {
			t.Errorf("outputs %q, want %q", got, want)
		}
		return cmd.ProcessState.ExitCode(), string(text), read("spanlint.sarif"), read("summary.md")
	}
	code, out, sarif, summary := action("GITHUB_BASE_REF=main")
	if code != 1 || !strings.Contains(out, "::error file=new.go,line=10,") || strings.Contains(out, "old.go") {
		t.Errorf("red: exit code %d\n%s", code, out)
	}
	if !strings.Contains(sarif, `"uri": "new.go"`) || !strings.Contains(summary, "1 finding in") {
		t.Errorf("SARIF:\n%s\nsummary:\n%s", sarif, summary)
	}
	if code, out, _, _ := action("GITHUB_BASE_REF=main", "SPANLINT_ONLY_NEW=false"); code != 1 || !strings.Contains(out, "old.go") {
		t.Errorf("all: exit code %d\n%s", code, out)
	}
	if code, out, _, _ := action("SPANLINT_ARGS=-spanend=false -untracked=false", "SPANLINT_PACKAGES=./..."); code != 0 || out != "" {
		t.Errorf("with arguments: exit code %d\n%s", code, out)
	}
	write(t, filepath.Join(origin.dir, "new.go"), strings.Replace(fmt.Sprintf(lost, "New", "\n\tdefer span.End()"), "\tspan.End()\n\treturn nil", "\treturn nil", 1))
	origin.commit("mended")
	if code, out, _, _ := action("GITHUB_BASE_REF=main"); code != 0 || out != "" {
		t.Errorf("green: exit code %d\n%s", code, out)
	}
}

// The hooks of pre-commit: what is about to be committed, and nothing else.
func TestPreCommit(t *testing.T) {
	bin := lookForTool(t)
	data, err := os.ReadFile(filepath.Join(rootDir(t), ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	entries := regexp.MustCompile(`(?m)^  entry: spanlint (.*)$`).FindAllStringSubmatch(string(data), -1)
	if len(entries) != 2 {
		t.Fatalf("hooks: %q", entries)
	}
	c := newCheckout(t)
	hook := func(i int) (int, string) {
		code, stdout, stderr := call(t, c.dir, bin.path, strings.Fields(entries[i][1])...)
		return code, stdout + stderr
	}
	if code, out := hook(0); code != 0 {
		t.Errorf("nothing new: exit code %d\n%s", code, out)
	}
	write(t, filepath.Join(c.dir, "new.go"), fmt.Sprintf(lost, "New", ""))
	c.git("add", "-A")
	if code, out := hook(0); code != 1 || !strings.Contains(out, "new.go:10:") || strings.Contains(out, "old.go") {
		t.Errorf("new: exit code %d\n%s", code, out)
	}
	if code, out := hook(1); code != 0 || !strings.Contains(out, "fixed 1 finding in 1 file") {
		t.Errorf("repair: exit code %d\n%s", code, out)
	}
	c.git("diff", "--quiet", "--", "old.go")
	if code, out := hook(0); code != 0 {
		t.Errorf("repaired: exit code %d\n%s", code, out)
	}
}

// A version of spanlint in a module proxy: as a tool of a module, installed,
// and by way of make.
func TestGoTool(t *testing.T) {
	if testing.Short() || os.Getenv("CI") == "" {
		t.Skip("builds spanlint twice; set CI=true to wait for it")
	}
	// Each run has a version of its own: what an aborted one has left in the
	// module cache is other code.
	version := fmt.Sprintf("v0.0.1-test%d", time.Now().UnixNano())
	proxy := t.TempDir()
	dir := filepath.Join(proxy, "github.com", "spanlint", "spanlint", "@v")
	gomod, err := os.ReadFile(filepath.Join(rootDir(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(gomod), "\nreplace") {
		t.Error("go install takes no module whose go.mod replaces others")
	}
	write(t, filepath.Join(dir, "list"), version+"\n")
	write(t, filepath.Join(dir, version+".info"), `{"Version": "`+version+`"}`)
	write(t, filepath.Join(dir, version+".mod"), string(gomod))
	archive, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := zip.CreateFromDir(archive, module.Version{Path: "github.com/spanlint/spanlint", Version: version}, rootDir(t)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}

	c := newCheckout(t)
	_, others, _ := call(t, c.dir, "go", "env", "GOPROXY")
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy)+","+strings.TrimSpace(others))
	t.Setenv("GONOSUMDB", "github.com/spanlint/spanlint")
	t.Setenv("GOFLAGS", "-modcacherw")
	// The version must not stay in the module cache of others.
	_, modcache, _ := call(t, c.dir, "go", "env", "GOMODCACHE")
	t.Cleanup(func() {
		os.RemoveAll(filepath.Join(strings.TrimSpace(modcache), "github.com", "spanlint", "spanlint@"+version))
		os.RemoveAll(filepath.Join(strings.TrimSpace(modcache), "cache", "download", "github.com", "spanlint", "spanlint"))
	})

	run(t, c.dir, "go", "get", "-tool", "github.com/spanlint/spanlint/cmd/spanlint@"+version)
	code, stdout, stderr := call(t, c.dir, "go", "tool", "spanlint", "./...")
	if code != 1 || !strings.Contains(stdout, "old.go:10:13: span is not ended on every path") {
		t.Errorf("go tool spanlint: exit code %d, stderr %s, stdout\n%s", code, stderr, stdout)
	}
	if code, stdout, _ := call(t, c.dir, "go", "tool", "spanlint", "version"); code != 0 || !strings.HasPrefix(stdout, "spanlint "+version+" ") {
		t.Errorf("version: exit code %d, %s", code, stdout)
	}
	_, path, _ := call(t, c.dir, "go", "tool", "-n", "spanlint")
	if code, _, stderr := call(t, c.dir, "go", "vet", "-vettool="+strings.TrimSpace(path), "./..."); code != 1 || !strings.Contains(stderr, "(spanend.lost)") {
		t.Errorf("go vet: exit code %d\n%s", code, stderr)
	}
	if _, err := exec.LookPath("make"); err == nil {
		write(t, filepath.Join(c.dir, "Makefile"), snippet(t, "make"))
		if code, stdout, _ := call(t, c.dir, "make", "spanlint"); code != 2 || !strings.Contains(stdout, "old.go:10:13") {
			t.Errorf("make: exit code %d\n%s", code, stdout)
		}
	}
	gobin := t.TempDir()
	t.Setenv("GOBIN", gobin)
	run(t, t.TempDir(), "go", "install", "github.com/spanlint/spanlint/cmd/spanlint@"+version)
	if installed, _ := filepath.Glob(filepath.Join(gobin, "spanlint*")); len(installed) != 1 {
		t.Errorf("installed: %v", installed)
	}
}

// snippet returns the code in a language from the page about ways to run.
func snippet(t *testing.T, language string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(rootDir(t), "cmd", "spanlint", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "\n```"+language+"\n")
	text, _, end := strings.Cut(rest, "```\n")
	if !ok || !end {
		t.Fatalf("no %s in the page", language)
	}
	return text
}

// The list for nogo has all rules, and no others.
func TestNogoSnippet(t *testing.T) {
	var got, want []string
	for _, m := range regexp.MustCompile(`"@com_github_spanlint_spanlint//analyzer/([a-z]+)"`).FindAllStringSubmatch(snippet(t, "python"), -1) {
		got = append(got, m[1])
	}
	for _, r := range analyzer.Rules() {
		want = append(want, r.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the page lists %q, the registry %q", got, want)
	}
}

// What is released is built for systems that the tests do not run on.
func TestRelease(t *testing.T) {
	if testing.Short() || os.Getenv("CI") == "" {
		t.Skip("compiles for other systems; set CI=true to wait for it")
	}
	data, err := os.ReadFile(filepath.Join(rootDir(t), ".ci", "goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list := func(key string) []string {
		m := regexp.MustCompile(`(?m)^    ` + key + `: \[(.*)\]$`).FindStringSubmatch(string(data))
		if m == nil {
			t.Fatalf("no %s", key)
		}
		return strings.Split(m[1], ", ")
	}
	t.Setenv("CGO_ENABLED", "0")
	for i, goos := range list("goos") {
		if goos == runtime.GOOS {
			continue
		}
		archs := list("goarch")
		t.Setenv("GOOS", goos)
		t.Setenv("GOARCH", archs[i%len(archs)])
		run(t, rootDir(t), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(t.TempDir(), "spanlint"), "./cmd/spanlint")
	}
}

// The image is built where there is a Docker to do it.
func TestImage(t *testing.T) {
	if testing.Short() || os.Getenv("CI") == "" {
		t.Skip("builds an image; set CI=true to wait for it")
	}
	if err := exec.Command("docker", "info").Run(); err != nil {
		t.Skip("no Docker")
	}
	run(t, rootDir(t), "docker", "build", "-q", "-f", ".ci/Dockerfile", "-t", "spanlint-test", ".")
	c := newCheckout(t)
	code, stdout, stderr := call(t, c.dir, "docker", "run", "--rm", "-v", c.dir+":/src", "spanlint-test", "./...")
	if code != 1 || !strings.Contains(stdout, "old.go:10:13") {
		t.Errorf("exit code %d, stderr %s, stdout\n%s", code, stderr, stdout)
	}
}

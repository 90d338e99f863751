package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/settings"
	"github.com/spanlint/spanlint/internal/load"
)

const configured = `
-- go.mod --
module example.com/m
go 1.26.0
-- a.go --
package m

import (
	"context"
	"net/http"
)

type store interface{ Save(context.Context) error }

var db store

type runner interface{ Run(f func()) }

var pool runner

func handle(w http.ResponseWriter, r *http.Request) {
	pool.Run(func() { _ = db.Save(r.Context()) })
}
-- legacy/a.go --
package legacy

import (
	"context"
	"net/http"
)

type store interface{ Save(context.Context) error }

var db store

func handle(w http.ResponseWriter, r *http.Request) {
	go func() { _ = db.Save(r.Context()) }()
}
`

// check runs the real rules.
func check(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err strings.Builder
	code = (&command{stdout: &out, stderr: &err}).run(args)
	return code, out.String(), err.String()
}

// The file in the root of the module holds for all of it, -config names
// another one, and flags count more.
func TestSettings(t *testing.T) {
	dir := write(t, configured)
	file := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run := func(want int, text string, args ...string) {
		t.Helper()
		code, out, errs := check(t, append([]string{"-C", dir}, args...)...)
		if code != want || !strings.Contains(out+errs, text) {
			t.Errorf("%q: exit code %d\n%s%s\nwant %d and %s", args, code, out, errs, want, text)
		}
	}
	run(1, "legacy/a.go:13:2: ", "./...")
	run(0, "0 findings", ".")
	file(".spanlint.yaml", "strict: true\n")
	run(2, "spanlint: .spanlint.yaml is not read: its name is .spanlint.yml", ".")
	if err := os.Remove(filepath.Join(dir, ".spanlint.yaml")); err != nil {
		t.Fatal(err)
	}
	file(".spanlint.yml", "launchers:\n  - (example.com/m.runner).Run\npaths:\n  - path: legacy\n    disable: [orphanspan, untracked]\n")
	run(1, "a.go:17:2: ", ".")
	run(0, "0 findings", "./legacy")
	run(0, "0 findings", "-orphanspan=false", "-untracked=false", "./...")
	file("other.yml", "rules:\n  untracked: false\n")
	run(1, "legacy/a.go:13:2: ", "-config", "other.yml", "./legacy")
	run(2, "nosuch.yml", "-config=nosuch.yml", ".")
	file(".spanlint.yml", "strict: true\n\nlauncher: []\n")
	run(2, `spanlint: .spanlint.yml:3: unknown key "launcher"; did you mean "launchers"?`, ".")
}

// What is declared under queues is known as producer and consumer, by the file
// as by flags.
func TestSettingsQueues(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "testdata", "src", "queuectx", "declared"))
	if err != nil {
		t.Fatal(err)
	}
	if code, out, errs := check(t, "-C", dir, "-queuectx", "."); code != 0 {
		t.Errorf("without declarations: exit code %d\n%s%s", code, out, errs)
	}
	file := filepath.Join(t.TempDir(), "spanlint.yml")
	text := "queues:\n  - (*src/queuectx/declared/mq.Client).Send:msg:send\n  - (*src/queuectx/declared/mq.Client).Receive:receive\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	flag := "-queues=(*src/queuectx/declared/mq.Client).Send:send,(*src/queuectx/declared/mq.Client).Receive"
	for _, with := range []string{"-config=" + file, flag} {
		code, out, errs := check(t, "-C", dir, "-queuectx", with, ".")
		for _, want := range []string{"c.Send sends a message without span span", "span span starts without what msg carries"} {
			if code != 1 || !strings.Contains(out, want) {
				t.Errorf("%s: exit code %d, not %q\n%s%s", with, code, want, out, errs)
			}
		}
	}
}

func TestInit(t *testing.T) {
	dir := write(t, configured)
	code, out, errs := check(t, "init", "-C", dir)
	if code != 0 || !strings.Contains(out, "wrote .spanlint.yml: 0 helpers") {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := check(t, "init", "-C", filepath.Join(dir, "legacy")); code != 2 || !strings.Contains(errs, "is there already") {
		t.Errorf("a file is overwritten: %d %s", code, errs)
	}
	if code, out, errs := check(t, "-C", dir, "./..."); code != 1 || errs != "" {
		t.Errorf("the new file changes something: %d %s%s", code, out, errs)
	}
	if code, out, _ := check(t, "schema"); code != 0 || !strings.Contains(out, `"launchers"`) {
		t.Errorf("schema: %d %s", code, out)
	}
}

// What is declared and not there is told, where that can be known.
func TestUnmatched(t *testing.T) {
	dir := write(t, configured+`
-- pool/pool.go --
package pool

import "net/http"

type inner struct{}

func (*inner) Submit(task func()) {}

type Pool struct{ inner }

func (p *Pool) Run(name string, task func()) {}

type List[T any] struct{}

func (l *List[T]) Each(f func(T)) {}

func Go(f func()) {}

func Each[T any](list []T, f func(T)) {}

func Serve(w http.ResponseWriter, r *http.Request) {}
-- use/use.go --
package use

import _ "example.com/m/pool"
`)
	loaded, err := load.Load(load.Config{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ flag, want string }{
		{"-launchers=(example.com/m.runner).Run", ""},
		{"-launchers=example.com/m/pool.Go", ""},
		{"-launchers=example.com/m/pool.Go:f:tracked", ""},
		{"-launchers=example.com/m/pool.Each:1", ""},
		{"-launchers=(*example.com/m/pool.List).Each", ""},
		{"-launchers=(*example.com/m/pool.Pool).Run:task", ""},
		{"-enders=(*example.com/m/pool.Pool).Run:recv", ""},
		{"-handlers=net/http.HandleFunc", ""},    // is imported
		{"-handlers=(*net/http.conn).serve", ""}, // may not be in the build cache
		{"-launchers=example.com/other.Go", ""},  // nobody imports it
		{"-launchers=example.com/m/legacy.Go", "package example.com/m/legacy has no such function"},
		{"-launchers=example.com/m/pools.Go", "launchers: example.com/m/pools.Go: there is no package example.com/m/pools in this module"},
		{"-handlers=example.com/m/pool.Srve", "handlers: example.com/m/pool.Srve: there is no such function; did you mean example.com/m/pool.Serve?"},
		{"-launchers=(example.com/m/pool.Pool).Run", "did you mean (*example.com/m/pool.Pool).Run?"},
		{"-launchers=(*example.com/m/pool.Pool).Submit", "did you mean (*example.com/m/pool.inner).Submit?"},
		{"-launchers=(*example.com/m/pool.Pol).Run", "did you mean (*example.com/m/pool.Pool).Run?"},
		{"-launchers=example.com/m/pool.Run", "did you mean (*example.com/m/pool.Pool).Run?"},
		{"-launchers=example.com/m/pool.Unheard", "package example.com/m/pool has no such function"},
		{"-launchers=example.com/m/pool.Go:1", "it has no argument 1: they are numbered from 0, and there are 1"},
		{"-launchers=(*example.com/m/pool.Pool).Run:work", "it has no parameter work; there are name, task"},
		{"-enders=example.com/m/pool.Go:recv", "it has no receiver"},
		{"-handlers=net/http.HandleFunk", "did you mean net/http.HandleFunc?"},
	} {
		kind, text, _ := strings.Cut(test.flag[1:], "=")
		cfg := analyzer.NewConfig()
		if err := cfg.Declare(kind, text); err != nil {
			t.Fatal(err)
		}
		got := settings.Unmatched(cfg, loaded)
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
			t.Errorf("%s: %q, want %q", test.flag, got, test.want)
		}
	}
	code, _, stderr := check(t, "-C", dir, "-launchers=example.com/m/pool.Gone", "-logctx", "./...")
	if want := "spanlint: warning: launchers: example.com/m/pool.Gone: package example.com/m/pool has no such function\n"; code != 0 || stderr != want {
		t.Errorf("exit code %d, %q, want %q", code, stderr, want)
	}
}

// -stats says what was inferred.
func TestStatsOfHelpers(t *testing.T) {
	dir := write(t, `
-- go.mod --
module example.com/m
go 1.26.0
-- a.go --
package m

import "context"

func Later(ctx context.Context, f func(context.Context)) { go f(ctx) }
`)
	_, _, stderr := check(t, "-C", dir, "-stats", ".")
	if want := "     1  launchers known by what they do, such as example.com/m.Later:1\n"; !strings.Contains(stderr, want) {
		t.Errorf("%s\nwant %s", stderr, want)
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

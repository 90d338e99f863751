package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A proven program of testdata/proof is run as it is, repaired, and run again:
// what it exports is compared with what it should.
type proven struct {
	dir   string
	flags []string
	// before and after have a line for each span: its name, its parent if it
	// has one, "late" if it begins when that has ended, its status if set, and
	// its attributes.
	before, after string
}

var provenNames = []proven{
	{"lostignored", []string{"-lostctx"}, `
		root
		handle < root
		query < root
		phase.load < root
		query < root
		query < root
		middleware < root
		query < root`, `
		root
		handle < root
		query < handle
		phase.load < root
		query < phase.load
		query < root
		middleware < root
		query < middleware`},
	{"lostended", []string{"-lostctx"}, `
		root
		load < root
		load.read < load
		store < load late
		store.write < store
		notify < store late
		first < root
		first.step < first
		second < first late
		second.step < second`, `
		root
		load < root
		load.read < load
		store < root
		store.write < store
		notify < root
		first < root
		first.step < first
		second < root
		second.step < second`},
	{"namevariable", []string{"-spanname", "-unsafe-fixes"}, `
		order /7
		item 0: x
		item 1: y`, `
		order url.path=/7
		item i=0 id=x
		item i=1 id=y`},
	{"namecopied", []string{"-spanname", "-unsafe-fixes"}, `
		store.Get
		store.Get`, `
		store.Get
		store.Delete`},
	{"errorreturn", []string{"-spanerror"}, `
		plain
		by hand`, `
		plain Error
		by hand Error`},
	{"errordeferred", []string{"-spanerror"}, `
		work
		work`, `
		work Error
		work`},
	{"logpackage", []string{"-logctx"}, `
		save`, `
		save saving=true`},
	{"loglogger", []string{"-logctx"}, `
		save`, `
		save saved=true saving=true`},
}

func TestProofNames(t *testing.T) {
	bin := lookForTool(t)
	module, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "testdata", "proof"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range provenNames {
		t.Run(p.dir, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "proof")
			if err := os.CopyFS(dir, os.DirFS(module)); err != nil {
				t.Fatal(err)
			}
			pkg := "./names/" + p.dir
			if got, want := exported(t, dir, pkg), fields(p.before); !slices.Equal(got, want) {
				t.Errorf("as it is it exports\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			bin.fixIn(t, filepath.Join(dir, pkg), p.flags...)
			if got, want := exported(t, dir, pkg), fields(p.after); !slices.Equal(got, want) {
				t.Errorf("repaired it exports\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if code, out, stderr := call(t, filepath.Join(dir, pkg), bin.path, append(slices.Clone(p.flags), ".")...); code != 0 {
				t.Errorf("repaired it still has findings:\n%s%s", out, stderr)
			}
		})
	}
}

// fixIn repairs the package in dir.
func (bin *tool) fixIn(t *testing.T, dir string, flags ...string) {
	t.Helper()
	if code, out, stderr := call(t, dir, bin.path, append(slices.Clone(flags), "-fix", ".")...); code > 1 {
		t.Fatalf("spanlint -fix exits %d:\n%s%s", code, out, stderr)
	}
}

// fields returns the lines of a table without their margins.
func fields(table string) []string {
	var list []string
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// exported runs a program and returns the lines of its spans.
func exported(t *testing.T, dir, pkg string) []string {
	t.Helper()
	var spans []struct {
		Name, Parent, Status string
		Late                 bool
		Attributes           map[string]string
	}
	if err := json.Unmarshal(run(t, dir, "go", "run", pkg), &spans); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range spans {
		line := s.Name
		if s.Parent != "" {
			line += " < " + s.Parent
		}
		if s.Late {
			line += " late"
		}
		if s.Status != "Unset" {
			line += " " + s.Status
		}
		var attributes []string
		for key, value := range s.Attributes {
			attributes = append(attributes, fmt.Sprintf("%s=%s", key, value))
		}
		slices.Sort(attributes)
		list = append(list, strings.Join(append([]string{line}, attributes...), " "))
	}
	return list
}

package e2e

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer"
)

// A proof is a program of testdata/proof. It is run as it is, repaired, and run
// again: what it exports is compared with what it should.
type proof struct {
	dir   string
	flags string
	// before, after and child have a line for each thing that it exports, in
	// any order: as it is, repaired, and repaired with -detach=child.
	before, after, child string
}

// Every rule that repairs programs proves it with two of them at least.
func TestProofsOfRules(t *testing.T) {
	proofs := slices.Concat(spanProofs, setupProofs)
	for _, rule := range analyzer.Rules() {
		repairs := false
		err := filepath.WalkDir(filepath.Join(rootDir(t), "testdata", "src", rule.Name), func(path string, _ os.DirEntry, err error) error {
			repairs = repairs || strings.HasSuffix(path, ".golden")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !repairs || rule.Name == "badignore" {
			continue // repairs nothing, or nothing but comments
		}
		n := 0
		for _, p := range proofs {
			if slices.Contains(strings.Fields(p.flags), "-"+rule.Name) && p.before != p.after {
				n++
			}
		}
		if n < 2 {
			t.Errorf("%d programs prove what %s repairs, want two", n, rule.Name)
		}
	}
}

// A bench is where proofs are made.
type bench struct {
	// module is the directory of their module below testdata/proof, below that
	// of the programs, and race says that they run under the race detector.
	module, below string
	race          bool
	// exports runs a program from the directory of all, and returns its lines.
	exports func(t *testing.T, programs, name string) []string
}

// prove makes the proofs of a module: one build of all of it before the
// repair, and one after.
func (b bench) prove(t *testing.T, proofs []proof) {
	bin := lookForTool(t)
	dir := filepath.Join(t.TempDir(), "proof")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(rootDir(t), "testdata", "proof", b.module))); err != nil {
		t.Fatal(err)
	}
	programs := b.programs(t, dir)
	for _, p := range proofs {
		t.Run("broken/"+p.dir, func(t *testing.T) { compareLines(t, b.exports(t, programs, p.dir), p.before) })
	}
	var children []proof
	for _, p := range proofs {
		if p.child != "" {
			children = append(children, proof{dir: p.dir, flags: p.flags + " -detach=child", child: p.child})
		}
	}
	t.Run("repaired", func(t *testing.T) { b.repair(t, bin, dir, proofs) })
	if len(children) > 0 {
		t.Run("child", func(t *testing.T) { b.repair(t, bin, dir, children) })
	}
}

func (b bench) programs(t *testing.T, dir string) string {
	t.Helper()
	programs := t.TempDir()
	run(t, dir, "go", "build", fmt.Sprintf("-race=%t", b.race), "-o", programs+string(filepath.Separator), b.path("..."))
	return programs
}

// path is the pattern of one of the programs.
func (b bench) path(name string) string { return "./" + path.Join(b.below, name) }

// repair repairs the programs in a copy of dir, and runs them there.
func (b bench) repair(t *testing.T, bin *tool, original string, proofs []proof) {
	dir := filepath.Join(t.TempDir(), "proof")
	if err := os.CopyFS(dir, os.DirFS(original)); err != nil {
		t.Fatal(err)
	}
	packages := make(map[string][]string)
	for _, p := range proofs {
		packages[p.flags] = append(packages[p.flags], b.path(p.dir))
	}
	for flags, list := range packages {
		command := slices.Concat(strings.Fields(flags), []string{"-fix"}, list)
		if code, out, stderr := call(t, dir, bin.path, command...); code != 0 {
			t.Errorf("spanlint %s leaves findings:\n%s%s", strings.Join(command, " "), out, stderr)
		}
	}
	programs := b.programs(t, dir)
	for _, p := range proofs {
		t.Run(p.dir, func(t *testing.T) {
			got, want := b.exports(t, programs, p.dir), p.after
			if want == "" {
				want = p.child
				for i, line := range got {
					// A child begins before the request has ended, or after: both are sound.
					got[i] = strings.Replace(line, " late", "", 1)
				}
			}
			compareLines(t, got, want)
		})
	}
}

func compareLines(t *testing.T, got []string, table string) {
	t.Helper()
	var want []string
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); line != "" {
			want = append(want, line)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("it exports\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

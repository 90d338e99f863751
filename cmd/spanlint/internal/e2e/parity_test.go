package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// finding is a line of text that begins a finding, by either way to run:
// position, message, and the rule in parentheses.
var finding = regexp.MustCompile(`(?m)^(\S+\.go:\d+:\d+): (.*) (\([a-z]+\.[a-z]+\))$`)

// text returns the findings in the output of a command that is run in dir,
// sorted, and whatever else it has printed at the beginning of a line.
func text(t *testing.T, dir string, env []string, name string, args ...string) (findings, rest []string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%s %s: %v, with findings the exit code is 1", filepath.Base(name), strings.Join(args, " "), err)
	}
	for line := range strings.Lines(out.String()) {
		line = strings.TrimRight(line, "\n")
		if m := finding.FindStringSubmatch(line); m != nil {
			findings = append(findings, filepath.ToSlash(filepath.Clean(m[1]))+": "+m[2]+" "+m[3])
		} else {
			rest = append(rest, line)
		}
	}
	slices.Sort(findings)
	return findings, rest
}

// missing returns the lines that are in a and not in b.
func missing(a, b []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) }), "\n\t")
}

// Both ways to run say the same about all testdata and about the shop: one from
// source, in one process; the other a process per package, with types and facts
// from files. The text of go vet shows the rule, which it does not do by itself.
func TestParity(t *testing.T) {
	if testing.Short() || os.Getenv("CI") == "" {
		t.Skip("go vet compiles all that the testdata imports; set CI=true to wait for it")
	}
	bin := lookForTool(t)
	// A vet cache that has seen other patterns keeps findings to itself.
	env := []string{"GOCACHE=" + t.TempDir(), "GOFLAGS=", "GOWORK=off"}
	for _, test := range []struct {
		dir   string
		flags []string
	}{
		{"shop", nil},
		{"src", []string{"-strict", "-unsafe-fixes"}},
	} {
		t.Run(test.dir, func(t *testing.T) {
			dir := filepath.Join(filepath.Dir(shopDir(t)), test.dir)
			own, _ := text(t, dir, env, bin.path, append(test.flags, "./...")...)
			vet, rest := text(t, dir, env, "go", slices.Concat([]string{"vet", "-vettool=" + bin.path}, test.flags, []string{"./..."})...)
			if len(own) < 20 {
				t.Errorf("only %d findings", len(own))
			}
			if !slices.Equal(own, vet) {
				t.Errorf("only spanlint finds\n\t%s\nonly go vet finds\n\t%s", missing(own, vet), missing(vet, own))
			}
			for _, line := range rest {
				// Packages, and places that a finding points to.
				if !strings.HasPrefix(line, "#") && !strings.Contains(line, ": \t") {
					t.Errorf("go vet also prints %q", line)
				}
			}
		})
	}
}

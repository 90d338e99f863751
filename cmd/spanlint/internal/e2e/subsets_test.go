package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer"
)

// TestSubsets repairs the shop with every subset of the rules that repair
// something in it: whatever is switched off, one launch gets one edit, the
// result compiles, and nothing is left that a second run would repair.
func TestSubsets(t *testing.T) {
	if testing.Short() {
		t.Skip("repairs the shop many times")
	}
	bin := lookForTool(t)
	var rules []string
	for _, r := range analyzer.Rules() {
		if _, diff, _ := call(t, shopDir(t), bin.path, "-"+r.Name, "-diff", "./..."); diff != "" {
			rules = append(rules, r.Name)
		}
	}
	if len(rules) == 0 {
		t.Fatal("no rule repairs anything")
	}
	for set := 1; set < 1<<len(rules); set++ {
		var flags []string
		var names []string
		for i, r := range rules {
			if set&(1<<i) != 0 {
				flags = append(flags, "-"+r)
				names = append(names, r)
			}
		}
		t.Run(strings.Join(names, "+"), func(t *testing.T) {
			dir := copyShop(t)
			before := sources(t, dir)
			bin.fix(t, dir, flags...)
			if after := sources(t, dir); !repaired(before, after) {
				t.Error("nothing was repaired")
			}
			run(t, dir, "go", "build", "./...")
			if code, diff, stderr := call(t, dir, bin.path, slices.Concat(flags, []string{"-diff", "./..."})...); code != 0 || diff != "" {
				t.Errorf("a second run exits %d with\n%s%s", code, diff, stderr)
			}
			// go vet applies nothing for a package in which two fixes touch. It
			// needs a build for every set of flags, so few of them are tried.
			if os.Getenv("CI") != "" && (len(names) == 1 || len(names) == len(rules)) {
				code, diff, stderr := call(t, copyShop(t), "go", slices.Concat([]string{"vet", "-vettool=" + bin.path, "-fix", "-diff"}, flags, []string{"./..."})...)
				if code != 1 || !strings.Contains(diff, "+++") || strings.Contains(stderr, "conflict") {
					t.Errorf("go vet -fix -diff exits %d and says %s", code, stderr)
				}
			}
		})
	}
}

func repaired(before, after map[string]string) bool {
	for name, text := range after {
		if before[name] != text {
			return true
		}
	}
	return false
}

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// What a finding needs to know of other packages is known in every way to run,
// and whether or not these packages are asked about as well.
func TestFacts(t *testing.T) {
	if testing.Short() {
		t.Skip("go vet compiles what the testdata imports")
	}
	bin := lookForTool(t)
	dir := filepath.Join(srcDir(t), "orphanspan", "facts")
	want := bin.run(t, dir, options{})
	across := 0
	for _, f := range want {
		if strings.HasPrefix(f.File, "web/") {
			across++
		}
	}
	if across < 10 {
		t.Errorf("only %d findings in package web", across)
	}
	t.Run("source", func(t *testing.T) { same(t, want, bin.run(t, dir, options{flags: []string{"-load=source"}})) })
	t.Run("export", func(t *testing.T) { same(t, want, bin.run(t, dir, options{flags: []string{"-load=export"}})) })
	t.Run("go vet", func(t *testing.T) { same(t, want, vettool(t)(t, dir, options{})) })
	for _, pkg := range []string{"web", "service", "hooks"} {
		t.Run(pkg+" alone", func(t *testing.T) {
			var below []mistake
			for _, f := range want {
				if name, ok := strings.CutPrefix(f.File, pkg+"/"); ok {
					f.File = name
					f.Fix = strings.ReplaceAll(f.Fix, pkg+"/", "")
					below = append(below, f)
				}
			}
			got := bin.run(t, filepath.Join(dir, pkg), options{patterns: []string{"."}})
			same(t, withoutFixes(below), withoutFixes(got))
			for _, f := range got {
				if f.Fix == "" && strings.Contains(f.Message, "goroutine outlives") {
					t.Errorf("has no fix: %v", f)
				}
			}
		})
	}
}

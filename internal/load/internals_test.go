package load

import (
	"slices"
	"testing"
)

// Exported lists the packages whose types come from export data.
func (r *Result) Exported() []string {
	var paths []string
	for _, u := range r.graph.units {
		if u.wanted && u.compilable && u.files == nil && u.pkg.Types != nil && u.pkg.Types == r.graph.export.packages[u.pkg.PkgPath] {
			paths = append(paths, u.pkg.PkgPath)
		}
	}
	slices.Sort(paths)
	return paths
}

func TestComplaint(t *testing.T) {
	got := complaint("go: downloading go1.27.0 (linux/amd64)\ngo: downloading example.com/dep v1.0.0\ngo: errors parsing go.mod:\n\tgo.mod:1: what\n")
	if want := "errors parsing go.mod: go.mod:1: what"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

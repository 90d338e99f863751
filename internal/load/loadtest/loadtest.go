// Package loadtest loads packages that tests have written.
package loadtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spanlint/spanlint/internal/load"
)

// Source loads a package p of one file. Its module requires what the one in
// the directory does, so that it can be checked against real modules, or
// nothing if that is "". The test fails if there is an error in the source.
func Source(t testing.TB, module, src string) *load.Result {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("p.go", []byte(src))
	if module == "" {
		write("go.mod", []byte("module p\n\ngo 1.26\n"))
	} else {
		for _, name := range []string{"go.mod", "go.sum"} {
			data, err := os.ReadFile(filepath.Join(module, name))
			if err != nil {
				t.Fatal(err)
			}
			write(name, data)
		}
	}
	loaded, err := load.Load(load.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range loaded.Errors {
		t.Fatal(err)
	}
	return loaded
}

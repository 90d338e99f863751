package vet

import (
	"bytes"
	"encoding/json"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/go/gcexportdata"

	"github.com/spanlint/spanlint/analyzer"
)

// Packages that are only imported, and others' own, leave their types behind.
// All else is unitchecker's: packages that are asked for, the user's own, and
// what does not compile.
func TestForeign(t *testing.T) {
	tmp := t.TempDir()
	unit := func(dir, path, src string, imports map[string]string) *unitchecker.Config {
		dir = filepath.Join(tmp, filepath.FromSlash(dir))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "p.go")
		if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
			t.Fatal(err)
		}
		u := &unitchecker.Config{
			ImportPath: path, Dir: dir, GoFiles: []string{file}, ImportMap: make(map[string]string),
			PackageVetx: imports, VetxOnly: true, VetxOutput: filepath.Join(dir, "vet.out"), Stdout: filepath.Join(dir, "stdout"),
		}
		for path := range imports {
			u.ImportMap[path] = path
		}
		return u
	}
	answer := func(u *unitchecker.Config) bool {
		t.Helper()
		data, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(u.Dir, "vet.cfg")
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		done, err := foreign(name, analyzer.NewConfig())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(u.VetxOutput); done != (err == nil) {
			t.Errorf("%s: done is %v, and there is a file: %v", u.Dir, done, err == nil)
		}
		return done
	}

	// What is wrong in a body does not matter, nor an import that only bodies use.
	inner := unit("vendor/inner", "inner", "package inner\ntype T struct{ F int }\nfunc (T) M() { undefined() }", nil)
	if !answer(inner) {
		t.Fatal("inner is not answered")
	}
	outer := unit("vendor/outer", "outer", "package outer\nimport (\"inner\"; \"unsafe\")\nfunc New() inner.T { return unsafe.Pointer(nil) }", map[string]string{"inner": inner.VetxOutput})
	outer.ImportMap["unsafe"] = "unsafe"
	if !answer(outer) {
		t.Fatal("outer is not answered")
	}
	data, err := readVetx(outer.VetxOutput)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := gcexportdata.Read(bytes.NewReader(data), token.NewFileSet(), make(map[string]*types.Package), "outer")
	if err != nil {
		t.Fatal(err)
	}
	if got := pkg.Scope().Lookup("New").Type().String(); got != "func() inner.T" {
		t.Errorf("New is a %s", got)
	}

	asked := unit("vendor/asked", "asked", "package asked", nil)
	asked.VetxOnly = false
	own := unit("own", "own", "package own", nil)
	broken := unit("vendor/broken", "broken", "package broken\nvar x undefined", nil)
	lacking := unit("vendor/lacking", "lacking", "package lacking\nimport _ \"nowhere\"", nil)
	for _, u := range []*unitchecker.Config{asked, own, broken, lacking} {
		if answer(u) {
			t.Errorf("%s is answered", u.ImportPath)
		}
	}
}

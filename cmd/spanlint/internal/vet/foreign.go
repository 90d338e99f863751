package vet

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"

	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/go/gcexportdata"

	"github.com/spanlint/spanlint/analyzer"
)

// foreign answers a call for a package that is only imported and not the
// user's own. It has no findings and no facts; but unitchecker reads the types
// of imports from the files that earlier calls wrote, so each of the hundreds
// of packages that a program imports has to be type-checked. Here that is done
// without function bodies, which is most of the work.
//
// It leaves to unitchecker what it is not sure of: done is false.
func foreign(name string, cfg *analyzer.Config) (done bool, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	unit := new(unitchecker.Config)
	if err := json.Unmarshal(data, unit); err != nil {
		return false, nil // unitchecker says it better
	}
	if !unit.VetxOnly || unit.VetxOutput == "" || unit.Dir == "" || analyzer.FirstParty(cfg, unit.ImportPath, unit.Dir) {
		return false, nil
	}
	fset := token.NewFileSet()
	pkg, err := declarations(fset, unit)
	if err != nil {
		return false, nil
	}
	if unit.Stdout != "" {
		// The go command replays what is in this file.
		if err := os.WriteFile(unit.Stdout, nil, 0o666); err != nil {
			return false, err
		}
	}
	return true, writeVetx(unit.VetxOutput, fset, pkg)
}

// declarations type-checks a package without the bodies of its functions.
func declarations(fset *token.FileSet, unit *unitchecker.Config) (*types.Package, error) {
	var files []*ast.File
	for _, name := range unit.GoFiles {
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	imports := make(map[string]*types.Package)
	conf := types.Config{
		Importer: importer(func(path string) (*types.Package, error) {
			path, ok := unit.ImportMap[path]
			if !ok {
				return nil, fmt.Errorf("no import %s", path)
			}
			if path == "unsafe" {
				return types.Unsafe, nil
			}
			if pkg, ok := imports[path]; ok && pkg.Complete() {
				return pkg, nil
			}
			data, err := readVetx(unit.PackageVetx[path])
			if err != nil {
				return nil, err
			}
			return gcexportdata.Read(bytes.NewReader(data), fset, imports, path)
		}),
		Sizes:            types.SizesFor("gc", build.Default.GOARCH),
		GoVersion:        unit.GoVersion,
		IgnoreFuncBodies: true,
	}
	return conf.Check(unit.ImportPath, fset, files, nil)
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// The files by which unitchecker hands on types and facts begin with a word,
// and the length of each. Package gcexportdata writes the same types with a
// letter before them.
const (
	vetxMagic  = "vetx"
	vetxHeader = len(vetxMagic) + 8
	typesMagic = "i"
)

func writeVetx(name string, fset *token.FileSet, pkg *types.Package) error {
	var buf bytes.Buffer
	buf.WriteString(vetxMagic)
	buf.Write(make([]byte, 8))
	var exported bytes.Buffer
	if err := gcexportdata.Write(&exported, fset, pkg); err != nil {
		return err
	}
	exported.Next(len(typesMagic))
	buf.Write(exported.Bytes())
	data := buf.Bytes()
	binary.LittleEndian.PutUint32(data[len(vetxMagic):], uint32(len(data)-vetxHeader))
	return os.WriteFile(name, data, 0o666)
}

// readVetx returns the types in a file, as gcexportdata writes them.
func readVetx(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if len(data) < vetxHeader || string(data[:len(vetxMagic)]) != vetxMagic {
		return nil, fmt.Errorf("%s is no file of types and facts", name)
	}
	n := uint64(binary.LittleEndian.Uint32(data[len(vetxMagic):]))
	if uint64(vetxHeader)+n > uint64(len(data)) {
		return nil, fmt.Errorf("%s is cut off", name)
	}
	// The header ends where the letter has to stand.
	data = data[vetxHeader-len(typesMagic) : uint64(vetxHeader)+n]
	copy(data, typesMagic)
	return data, nil
}

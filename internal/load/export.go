package load

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// A Mode says where the types of packages come from that are not first-party.
// It changes what a load costs, and nothing else.
type Mode string

const (
	// Auto takes export data where the go command has it in its cache, and the
	// source where it has not. Nothing is compiled.
	Auto Mode = "auto"
	// Export lets the go command compile what is missing in its cache.
	Export Mode = "export"
	// Source does not ask for export data.
	Source Mode = "source"
)

// Modes are all of them.
var Modes = []Mode{Auto, Export, Source}

func (m Mode) valid() error {
	if m == "" || slices.Contains(Modes, m) {
		return nil
	}
	return fmt.Errorf("load mode %q: it is auto, export or source", string(m))
}

// exportData reads packages from files that the compiler has written. All
// units of a load, and of those that follow from it by updates, share one, so
// that a type is the same whichever file mentions it.
type exportData struct {
	// files returns the file of each package that has one, by import path. It
	// waits for the go command.
	files func() map[string]string

	mu       sync.Mutex
	packages map[string]*types.Package
	failed   bool // a file could not be read
}

// newExportData starts to ask the go command for the files.
func (g *graph) newExportData(cfg Config) *exportData {
	e := &exportData{
		files:    func() map[string]string { return nil },
		packages: make(map[string]*types.Package),
	}
	paths := g.frontier()
	if cfg.Mode == Source || len(paths) == 0 {
		return e
	}
	answer := make(chan map[string]string, 1)
	go func() { answer <- exportFiles(cfg, paths, g.samples()) }()
	e.files = sync.OnceValue(func() map[string]string { return <-answer })
	return e
}

// frontier returns the paths of the packages that may come from export data
// and are imported by some that may not.
func (g *graph) frontier() []string {
	paths := make(map[string]bool)
	for _, u := range g.units {
		if u.compilable {
			continue
		}
		for _, imp := range u.imports {
			if imp.compilable && imp.pkg.PkgPath != "unsafe" {
				paths[imp.pkg.PkgPath] = true
			}
		}
	}
	return sortedKeys(paths)
}

// markCompilable marks the units that may come from export data: those that
// are not first-party, and import nothing, at any distance, that is. The types
// of a package that imports first-party code have to be those of the source.
func (g *graph) markCompilable() {
	for _, u := range g.units { // imports first
		u.compilable = !u.firstParty && u.meta.Error == nil && len(u.cyclic) == 0 &&
			u.meta.ImportPath == u.pkg.PkgPath // no variant for somebody's test
		for _, imp := range u.imports {
			u.compilable = u.compilable && imp.compilable
		}
	}
}

// samples returns the paths of a few packages that tell whether the go command
// has ever compiled what the user's own code needs. The standard library does
// not tell, and tests may be compiled more seldom; small packages are shared by
// many projects, and large ones cost as much as the whole question.
func (g *graph) samples() []string {
	const few, large = 3, 200
	type sample struct {
		*unit
		size int // how many packages would have to be compiled
	}
	var samples []sample
	seen := make(map[*unit]bool)
	for _, u := range g.units {
		if u.compilable || !u.inView || u.pkg.ForTest != "" {
			continue
		}
		for _, imp := range u.imports {
			if imp.compilable && !imp.meta.Standard && !seen[imp] {
				seen[imp] = true
				samples = append(samples, sample{imp, len(importsOf(map[*unit]bool{imp: true}))})
			}
		}
	}
	slices.SortFunc(samples, func(a, b sample) int {
		return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.pkg.PkgPath, b.pkg.PkgPath))
	})
	// The largest that are not too large, and some between.
	n := max(1, sort.Search(len(samples), func(i int) bool { return samples[i].size > large }))
	var paths []string
	for i, s := range samples[:min(n, len(samples))] {
		if (n-1-i)%((n+few-1)/few) == 0 {
			paths = append(paths, s.pkg.PkgPath)
		}
	}
	return paths
}

// exportFiles asks the go command for the export data of the packages and of
// all that they import.
//
// In the mode Auto the question is what a build would do, -n. The answer
// has the files of all packages that need not be compiled, and costs what an
// up-to-date build costs: the hashes of all sources. (Stale costs as much, does
// not name the files, and without -export calls stale what embeds files, such
// as protobuf, and all that imports it.) Where all is there, the question costs
// about half of what it saves. Where nothing is there it costs twice as much,
// for all that would be done is printed, and saves nothing; so a few samples
// are asked for first, at a tenth.
//
// Whatever fails here is no error. A package without a file is loaded from
// source, and that says better what is wrong.
func exportFiles(cfg Config, paths, samples []string) map[string]string {
	files := make(map[string]string)
	if cfg.Mode != Export {
		askForExport(cfg, files, samples, "-n")
		if len(samples) > 0 && len(files) == 0 {
			return nil
		}
		askForExport(cfg, files, paths, "-n", "-deps")
	} else {
		askForExport(cfg, files, paths, "-deps")
	}
	return files
}

// maxArgs bounds the length of a command line. Windows takes 32767 characters,
// and the other systems more.
const maxArgs = 24 << 10

// askForExport adds to files what the go command answers.
func askForExport(cfg Config, files map[string]string, paths []string, flags ...string) {
	args := append([]string{"list", "-e", "-export", "-pgo=off", "-json=ImportPath,Export"}, flags...)
	if cfg.Tags != "" {
		args = append(args, "-tags="+cfg.Tags)
	}
	args = append(args, "--")
	for len(paths) > 0 {
		n, length := 0, 0
		for n < len(paths) && (n == 0 || length+len(paths[n]) < maxArgs) {
			length += len(paths[n]) + 1
			n++
		}
		cmd := goCmd(cfg, append(args[:len(args):len(args)], paths[:n]...)...)
		paths = paths[n:]
		out, _ := cmd.Output() // it fails if one of many packages does
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ ImportPath, Export string }
			if dec.Decode(&p) != nil {
				break
			}
			// What is not absolute is where a build would have put it.
			if filepath.IsAbs(p.Export) {
				files[p.ImportPath] = p.Export
			}
		}
	}
}

// exported reports whether the types of the unit come from export data, which
// it reads if that has not been done yet.
func (g *graph) exported(u *unit) bool {
	if !u.compilable {
		return false
	}
	name := g.export.files()[u.pkg.PkgPath]
	if name == "" {
		return false
	}
	e := g.export
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed {
		return false
	}
	pkg := e.packages[u.pkg.PkgPath]
	if pkg == nil || !pkg.Complete() {
		var err error
		if pkg, err = readExportData(name, g.fset, e.packages, u.pkg.PkgPath); err != nil {
			e.failed = true
			return false
		}
	}
	g.aliases.settle(pkg)
	u.pkg.Types = pkg
	return true
}

func readExportData(name string, fset *token.FileSet, known map[string]*types.Package, path string) (*types.Package, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, fset, known, path)
}

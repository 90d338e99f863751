// Package load turns patterns into type-checked packages without compiling
// anything.
//
// One metadata query tells which packages there are. First-party packages are
// parsed with comments and type-checked in full. Of all others, the standard
// library included, only the types are kept: they come from the go command's
// cache, if they are there, and else from the source, of which only the
// declarations are checked. The result can be handed to
// [golang.org/x/tools/go/analysis/checker.Analyze] unchanged.
//
// The package lies at the root of the module, and not below cmd/spanlint,
// because the test helper of the rules loads its testdata with it as well.
package load

import (
	"cmp"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"
)

// Config says what to load.
type Config struct {
	// Dir is the directory in which the patterns are resolved; the current
	// directory if empty.
	Dir string
	// Patterns are those of the go command; "." if there are none.
	Patterns []string
	// Tags is a comma-separated list of build tags.
	Tags string
	// Tests asks for the packages' tests as well.
	Tests bool
	// Importers makes known all packages of the main modules, and their tests,
	// so that [Result.Update] checks whoever imports what is changed. They are
	// loaded when they are needed.
	Importers bool
	// Mode says where the types of others' packages come from; Auto if empty.
	Mode Mode
	// Env is the environment of the go command; that of the process if nil.
	Env []string
	// FirstParty, if set, may declare further packages first-party, by their
	// path, beside those that are because of where their files lie.
	FirstParty func(path string) bool
}

// A Result holds the first-party packages of one load.
type Result struct {
	Fset *token.FileSet
	// Roots are the first-party packages that can be analyzed: those that the
	// patterns match, their test variants, and all that they import. They are
	// sorted by ID, and import, by their Imports, only one another.
	Roots []*packages.Package
	// Errors says what could not be loaded, in the order of positions. The
	// packages concerned are missing in Roots.
	Errors []Error
	// Broken are the paths of the packages that the patterns match and that
	// cannot be analyzed.
	Broken []string
	// Foreign are the paths of the packages that the patterns match and that
	// are not first-party.
	Foreign []string
	// GoVersion is the version of the go command, such as "go1.26.8".
	GoVersion string

	matched map[*packages.Package]bool
	graph   *graph
}

// Matched reports whether findings in the package are wanted: it is matched
// by a pattern, and no variant of it with more files is. (Like go vet, we look
// at a package that has in-package tests only together with them.)
func (r *Result) Matched(pkg *packages.Package) bool { return r.matched[pkg] }

// Forget drops the syntax of a package and what is known of its expressions,
// which is most of what it takes. Its types stay, for those that import it.
// After that r cannot be analyzed again, or updated.
func (r *Result) Forget(pkg *packages.Package) {
	pkg.Syntax, pkg.TypesInfo = nil, nil
	r.graph.forgetFiles()
}

// Load loads the packages that match the patterns of cfg. The error, one
// line, says that nothing could be loaded at all and what to do about it.
func Load(cfg Config) (*Result, error) {
	if err := cfg.Mode.valid(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	cfg.Dir = dir
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"."}
	}
	if cfg.Env == nil {
		cfg.Env = os.Environ()
	}
	list, err := goList(cfg)
	if err != nil {
		return nil, err
	}
	g := newGraph(cfg, list)
	var units []*unit
	for _, u := range g.units {
		if u.firstParty && u.inView && !g.covered(u) {
			units = append(units, u)
		}
	}
	g.load(units)
	g.loadUncovered()
	return g.result(), nil
}

// covered reports whether u can be left out unless somebody imports it,
// because its variant with the in-package tests is loaded.
func (g *graph) covered(u *unit) bool {
	return u.matched && g.testVariant(u) != nil
}

// loadUncovered loads the packages whose variant with tests is broken: they
// are better than nothing.
func (g *graph) loadUncovered() {
	var units []*unit
	for _, u := range g.units {
		if u.firstParty && u.inView && g.covered(u) && g.testVariant(u).broken() {
			units = append(units, u)
		}
	}
	g.load(units)
}

// result collects what a caller sees of a loaded graph.
func (g *graph) result() *Result {
	r := &Result{
		Fset:      g.fset,
		GoVersion: g.env.GOVERSION,
		Errors:    g.errors(),
		matched:   make(map[*packages.Package]bool),
		graph:     g,
	}
	for _, u := range g.units {
		if u.matched && !u.firstParty && u.meta.Error == nil {
			r.Foreign = append(r.Foreign, u.pkg.PkgPath)
		}
		if u.firstParty && u.matched && len(u.errs) > 0 {
			r.Broken = append(r.Broken, u.pkg.PkgPath)
		}
		if !u.firstParty || !u.inView || u.broken() {
			continue
		}
		// A broken package gives no facts, and would fail all who ask it for
		// them. So nobody imports it here, and its importers do without.
		clear(u.pkg.Imports)
		for path, imp := range u.imports {
			if imp.firstParty && !imp.broken() {
				u.pkg.Imports[path] = imp.pkg
			}
		}
		r.Roots = append(r.Roots, u.pkg)
		r.matched[u.pkg] = u.matched && !(g.covered(u) && !g.testVariant(u).broken())
	}
	slices.Sort(r.Broken)
	r.Broken = slices.Compact(r.Broken) // variants of one package
	slices.Sort(r.Foreign)
	slices.SortFunc(r.Roots, func(a, b *packages.Package) int { return cmp.Compare(a.ID, b.ID) })
	return r
}

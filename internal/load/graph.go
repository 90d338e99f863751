package load

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// A graph is the import graph of one load.
type graph struct {
	env   goEnv
	dir   string
	fset  *token.FileSet
	sizes types.Sizes
	units []*unit // in the order of go list: imports first
	byID  map[string]*unit
	// cyclic says that imports were dropped because they close a cycle.
	cyclic bool

	export  *exportData
	aliases *aliases

	overlay map[string][]byte // contents of files that differ from the disk

	mu     sync.Mutex
	parsed map[string]*parsedFile // of first-party packages; variants share them
}

// A unit is one variant of one package.
type unit struct {
	meta       *listPackage
	pkg        *packages.Package
	firstParty bool
	matched    bool
	inView     bool             // matched, or imported by what is
	compilable bool             // its types may come from export data
	imports    map[string]*unit // by path in the source
	importers  []*unit
	cyclic     []string // imports dropped

	wanted bool // the first phase has seen it
	files  []*ast.File
	uses   map[string]*unit // the imports that its declarations, or all of it if first-party, need
	errs   []Error
}

// broken reports whether the unit cannot be analyzed.
func (u *unit) broken() bool { return len(u.errs) > 0 || u.pkg.Types == nil }

// usesCgo reports whether the types of some expressions are unknown, because
// only a compiler could tell.
func (u *unit) usesCgo() bool { return len(u.meta.CgoFiles) > 0 }

func newGraph(cfg Config, list *listing) *graph {
	g := &graph{
		env:     list.env,
		dir:     cfg.Dir,
		fset:    token.NewFileSet(),
		sizes:   types.SizesFor("gc", list.env.GOARCH),
		byID:    make(map[string]*unit),
		parsed:  make(map[string]*parsedFile),
		aliases: &aliases{seen: make(map[types.Type]bool)},
	}
	for _, p := range list.packages {
		u := &unit{
			meta: p,
			firstParty: p.Dir != "" && !p.Standard &&
				(g.isFirstParty(p.Dir) || cfg.FirstParty != nil && cfg.FirstParty(p.path())),
			matched: !p.DepOnly,
			imports: make(map[string]*unit),
		}
		u.pkg = g.newPackage(p)
		g.units = append(g.units, u)
		g.byID[p.ImportPath] = u
	}
	for _, u := range g.units {
		inSource := make(map[string]string)
		for path, id := range u.meta.ImportMap {
			inSource[id] = path
		}
		for _, id := range u.meta.Imports {
			// Not in the list are only "C" and what go list has complained about.
			if imp := g.byID[id]; imp != nil {
				u.imports[cmp.Or(inSource[id], imp.meta.path())] = imp
			}
		}
	}
	g.cutCycles()
	g.markCompilable()
	matched := make(map[*unit]bool)
	for _, u := range g.units {
		if u.matched {
			matched[u] = true
		}
		for _, imp := range u.imports {
			imp.importers = append(imp.importers, u)
		}
	}
	for u := range importsOf(matched) {
		u.inView = true
	}
	g.export = g.newExportData(cfg)
	return g
}

// newPackage returns what is known before anything is parsed.
func (g *graph) newPackage(p *listPackage) *packages.Package {
	files := absolute(p.Dir, p.GoFiles, p.CgoFiles, p.InvalidGoFiles)
	slices.Sort(files)
	return &packages.Package{
		ID:              p.ImportPath,
		Name:            p.Name,
		PkgPath:         p.path(),
		Dir:             p.Dir,
		Module:          p.Module,
		ForTest:         p.ForTest,
		Fset:            g.fset,
		TypesSizes:      g.sizes,
		GoFiles:         files,
		CompiledGoFiles: files,
		OtherFiles:      absolute(p.Dir, p.CFiles, p.CXXFiles, p.HFiles, p.SFiles, p.SysoFiles),
		IgnoredFiles:    absolute(p.Dir, p.IgnoredGoFiles),
		EmbedFiles:      absolute(p.Dir, p.EmbedFiles),
		Imports:         make(map[string]*packages.Package),
	}
}

// isFirstParty reports whether files in the directory are the user's own.
// Every driver can decide this alike, and nothing else: go vet, for one, tells
// a tool neither which module is the main one nor what is replaced.
func (g *graph) isFirstParty(dir string) bool {
	return !within(dir, g.env.GOROOT) && !within(dir, g.env.GOMODCACHE) &&
		!slices.ContainsFunc(strings.Split(filepath.ToSlash(dir), "/"), func(elem string) bool {
			return elem == "vendor" || elem == "external"
		})
}

func within(dir, root string) bool {
	return root != "" && (dir == root || strings.HasPrefix(dir, root+string(filepath.Separator)))
}

// cutCycles drops the imports that close a cycle. The go command reports
// cycles; what matters here is that the rest does not wait for ever.
func (g *graph) cutCycles() {
	const (
		white = iota
		grey
		black
	)
	color := make(map[*unit]int)
	var visit func(u *unit)
	visit = func(u *unit) {
		color[u] = grey
		for _, path := range sortedKeys(u.imports) {
			switch imp := u.imports[path]; color[imp] {
			case white:
				visit(imp)
			case grey:
				delete(u.imports, path)
				u.cyclic = append(u.cyclic, path)
				g.cyclic = true
			}
		}
		color[u] = black
	}
	for _, u := range g.units {
		if color[u] == white {
			visit(u)
		}
	}
}

// testVariant returns the variant of u that has the package's in-package test
// files in addition, if the patterns match it too.
func (g *graph) testVariant(u *unit) *unit {
	test := g.byID[u.meta.ImportPath+" ["+u.meta.ImportPath+".test]"]
	if test == nil || !test.matched {
		return nil
	}
	return test
}

func absolute(dir string, lists ...[]string) []string {
	var names []string
	for _, name := range slices.Concat(lists...) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		names = append(names, name)
	}
	return names
}

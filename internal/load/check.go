package load

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/types"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// load parses and type-checks the units and what they need, each once.
//
// What code of others needs is less than it imports: most imports serve
// function bodies, which nobody looks at. So parsing goes first, from the
// given units inwards along the imports that declarations mention, and only
// what it has reached is type-checked.
func (g *graph) load(units []*unit) {
	wanted := g.parseWanted(units)
	if g.export.failed {
		// What has been read may refer to what could not be, so the source
		// has to stand in for all of it. (The files have gone since the go command
		// named them, or it is newer than our reader. What earlier loads have read
		// stays; the worst that comes of it is a fix that is left out.)
		var again []*unit
		wanted = slices.DeleteFunc(wanted, func(u *unit) bool {
			if u.pkg.Types == nil {
				return false
			}
			u.wanted, u.pkg.Types = false, nil
			again = append(again, u)
			return true
		})
		wanted = append(wanted, g.parseWanted(again)...)
	}
	g.checkTypes(wanted)
}

// parseWanted parses the units and, transitively, what they use, unless that
// is done already. It returns the units that it parsed.
func (g *graph) parseWanted(units []*unit) []*unit {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		limit  = make(chan struct{}, runtime.GOMAXPROCS(0))
		wanted []*unit
		want   func(u *unit)
	)
	want = func(u *unit) {
		mu.Lock()
		defer mu.Unlock()
		if u.wanted {
			return
		}
		u.wanted = true
		wanted = append(wanted, u)
		wg.Go(func() {
			if g.exported(u) {
				return
			}
			limit <- struct{}{}
			g.parseUnit(u)
			<-limit
			for _, imp := range u.uses {
				want(imp)
			}
		})
	}
	for _, u := range units {
		want(u)
	}
	wg.Wait()
	return wanted
}

// parseUnit fills in u.files and u.uses.
func (g *graph) parseUnit(u *unit) {
	u.files, u.errs = nil, nil
	for _, name := range u.pkg.GoFiles {
		if u.pkg.PkgPath == "unsafe" {
			break
		}
		file, err := g.parseFile(u, name)
		if err != nil {
			g.addError(u, err)
		}
		if file != nil {
			u.files = append(u.files, file)
		}
	}
	u.uses = u.imports
	if !u.firstParty {
		u.uses = make(map[string]*unit)
		for _, file := range u.files {
			u.usesOfDeclarations(file)
		}
	}
}

// usesOfDeclarations drops the function bodies of the file, and adds to u.uses
// the imports which the rest of it mentions.
func (u *unit) usesOfDeclarations(file *ast.File) {
	named := make(map[string]bool)
	for _, decl := range file.Decls {
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Body != nil {
					n.Body = new(ast.BlockStmt) // so that the tree does not stay in memory
				}
			case *ast.FuncLit:
				n.Body = new(ast.BlockStmt)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok {
					named[x.Name] = true
				}
			}
			return true
		})
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		imp := u.imports[path]
		if imp == nil {
			continue
		}
		name := imp.meta.Name
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." || named[name] {
			u.uses[path] = imp
		}
	}
}

type parsedFile struct {
	once sync.Once
	file *ast.File
	err  error
}

// parseFile parses one file of the unit, a first-party file only once for all
// variants of the package.
func (g *graph) parseFile(u *unit, name string) (*ast.File, error) {
	if !u.firstParty {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		blankBodies(src)
		return parser.ParseFile(g.fset, name, src, parser.SkipObjectResolution)
	}
	g.mu.Lock()
	p := g.parsed[name]
	if p == nil {
		p = new(parsedFile)
		g.parsed[name] = p
	}
	g.mu.Unlock()
	p.once.Do(func() {
		p.file, p.err = parser.ParseFile(g.fset, name, g.contents(name), parser.ParseComments|parser.SkipObjectResolution)
	})
	return p.file, p.err
}

// forgetFiles leaves the files to the packages that have them.
func (g *graph) forgetFiles() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.parsed)
}

// contents returns what the parser takes: nil for the file on disk.
func (g *graph) contents(name string) any {
	if src, ok := g.overlay[name]; ok {
		return src
	}
	return nil
}

// checkTypes type-checks the units, each after those that it uses, on all
// processors. Units not in the list are left as they are.
func (g *graph) checkTypes(units []*unit) {
	if len(units) == 0 {
		return
	}
	waits := make(map[*unit]int)
	users := make(map[*unit][]*unit)
	in := make(map[*unit]bool)
	for _, u := range units {
		in[u] = true
	}
	ready := make(chan *unit, len(units))
	for _, u := range units {
		for _, imp := range u.uses {
			if in[imp] {
				waits[u]++
				users[imp] = append(users[imp], u)
			}
		}
		if waits[u] == 0 {
			ready <- u
		}
	}
	var (
		mu   sync.Mutex
		left = len(units)
		wg   sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for u := range ready {
				g.checkUnit(u)
				mu.Lock()
				for _, user := range users[u] {
					if waits[user]--; waits[user] == 0 {
						ready <- user
					}
				}
				if left--; left == 0 {
					close(ready)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// checkUnit type-checks one unit.
func (g *graph) checkUnit(u *unit) {
	switch {
	case u.pkg.Types != nil:
		return // from export data
	case u.pkg.PkgPath == "unsafe":
		u.pkg.Types = types.Unsafe
		return
	}
	if len(u.files) == 0 {
		return // nothing there; go list or the parser has said so
	}
	parsed := len(u.errs) == 0
	conf := &types.Config{
		Importer:    importer{u},
		Sizes:       g.sizes,
		FakeImportC: true,
		GoVersion:   languageVersion(u.meta.Module),
		Error: func(err error) {
			// What follows from a syntax error, or from cgo being faked, tells
			// nobody anything.
			if parsed && !u.usesCgo() {
				g.addError(u, err)
			}
		},
		IgnoreFuncBodies:         !u.firstParty,
		DisableUnusedImportCheck: !u.firstParty,
	}
	var info *types.Info
	if u.firstParty {
		info = &types.Info{
			Types:        make(map[ast.Expr]types.TypeAndValue),
			Defs:         make(map[*ast.Ident]types.Object),
			Uses:         make(map[*ast.Ident]types.Object),
			Implicits:    make(map[ast.Node]types.Object),
			Instances:    make(map[*ast.Ident]types.Instance),
			Scopes:       make(map[ast.Node]*types.Scope),
			Selections:   make(map[*ast.SelectorExpr]*types.Selection),
			FileVersions: make(map[*ast.File]string),
		}
	}
	tpkg := types.NewPackage(u.pkg.PkgPath, u.pkg.Name)
	_ = types.NewChecker(conf, g.fset, tpkg, info).Files(u.files) // each error went to conf.Error
	// Only types of others are kept. The packages that stood in for imports
	// they do not use must not be found by who follows the imports.
	if !u.firstParty {
		tpkg.SetImports(slices.DeleteFunc(tpkg.Imports(), isStandIn))
	}
	tpkg.MarkComplete()
	g.aliases.settle(tpkg)
	u.pkg.Types = tpkg
	if u.firstParty {
		u.pkg.Syntax, u.pkg.TypesInfo = u.files, info
	}
	u.files = nil
}

// An importer resolves the imports of one unit.
type importer struct{ *unit }

func (u importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	imp := u.imports[path]
	switch {
	case slices.Contains(u.cyclic, path):
		return nil, errors.New("import cycle not allowed")
	case imp == nil:
		return nil, errors.New("it is not among the packages loaded")
	case imp.meta.Error != nil && imp.pkg.Types == nil:
		return nil, errors.New(advise(imp.meta.Error.Err))
	case u.uses[path] == nil:
		return types.NewPackage(path, imp.meta.Name), nil // a stand-in, never complete
	case imp.pkg.Types == nil:
		return nil, errors.New("no Go files could be read")
	}
	return imp.pkg.Types, nil
}

func isStandIn(p *types.Package) bool { return !p.Complete() }

// languageVersion returns the Go version of the module, for the type checker.
// One that this program does not know would only add an error to each file.
func languageVersion(m *packages.Module) string {
	if m == nil || m.GoVersion == "" || minor("go"+m.GoVersion) > builtWith() {
		return ""
	}
	return "go" + m.GoVersion
}

// builtWith returns N of the Go version 1.N that this program was built with,
// and whose syntax and types it therefore knows.
func builtWith() int { return len(build.Default.ReleaseTags) }

// minor returns N of "go1.N.P" and "go1.Nrc1", 0 if there is none.
func minor(version string) int {
	rest, _ := strings.CutPrefix(version, "go1.")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	n, _ := strconv.Atoi(rest)
	return n
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package load

import (
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
)

// Update returns what Load would have returned had the files, named with
// absolute paths, these contents, and the errors that this brings to the
// packages with the files and to all known packages that import them, matched
// by a pattern or not. Only these are parsed and checked again; r stays valid.
//
// A changed file may import what any package of the load imports.
func (r *Result) Update(files map[string][]byte) (*Result, []Error) {
	g, errs := r.update(files, (*graph).importersOf)
	g.loadUncovered()
	return g.result(), errs
}

// Check returns those errors of [Result.Update] that the packages with the
// files have themselves. It costs less.
func (r *Result) Check(files map[string][]byte) []Error {
	_, errs := r.update(files, func(g *graph, changed map[*unit]bool) map[*unit]bool {
		// A package between two changed ones must see the new types too.
		stale, below := g.importersOf(changed), importsOf(changed)
		maps.DeleteFunc(stale, func(u *unit, _ bool) bool { return !below[u] })
		return stale
	})
	return errs
}

// update returns a graph in which the units with the files, and those that
// stale adds to them, are loaded with the new contents, and what errors the
// first-party ones among them have that they had not before.
func (r *Result) update(files map[string][]byte, stale func(*graph, map[*unit]bool) map[*unit]bool) (*graph, []Error) {
	// What nobody has needed so far has to be known as it was, too.
	old := r.graph
	old.load(firstParty(stale(old, old.unitsWith(files))))

	g := old.clone(files)
	changed := g.unitsWith(files)
	for u := range changed {
		g.addImports(u, files)
	}
	redo := stale(g, changed)
	for u := range redo {
		if u.wanted {
			u.wanted = false
			u.pkg = g.newPackage(u.meta)
		} else {
			delete(redo, u) // others' code that nobody needs
		}
	}
	g.load(slices.Collect(maps.Keys(redo)))

	var errs []Error
	for u := range redo {
		was := old.byID[u.meta.ImportPath].errs
		for _, e := range u.errs {
			if !slices.Contains(was, e) {
				errs = append(errs, e)
			}
		}
	}
	return g, inOrder(errs)
}

// Files returns the contents that replace files on disk: those given to
// [Result.Update], from the first to the last.
func (r *Result) Files() map[string][]byte { return r.graph.overlay }

// clone returns a graph whose units can be changed without changing g's.
func (g *graph) clone(files map[string][]byte) *graph {
	c := &graph{
		env: g.env, dir: g.dir, fset: g.fset, sizes: g.sizes, cyclic: g.cyclic, export: g.export, aliases: g.aliases,
		byID:    make(map[string]*unit),
		overlay: maps.Clone(g.overlay),
		parsed:  maps.Clone(g.parsed),
	}
	if c.overlay == nil {
		c.overlay = make(map[string][]byte)
	}
	for name, content := range files {
		c.overlay[name] = content
		delete(c.parsed, name)
	}
	of := make(map[*unit]*unit)
	for _, u := range g.units {
		clone := *u
		of[u] = &clone
		c.units = append(c.units, &clone)
		c.byID[u.meta.ImportPath] = &clone
	}
	for _, u := range c.units {
		u.imports = mapped(u.imports, of)
		u.uses = mapped(u.uses, of)
		u.importers = slices.Clone(u.importers)
		for i, importer := range u.importers {
			u.importers[i] = of[importer]
		}
	}
	return c
}

func mapped(units map[string]*unit, of map[*unit]*unit) map[string]*unit {
	m := make(map[string]*unit, len(units))
	for path, u := range units {
		m[path] = of[u]
	}
	return m
}

// unitsWith returns the first-party units that have any of the files.
func (g *graph) unitsWith(files map[string][]byte) map[*unit]bool {
	set := make(map[*unit]bool)
	for _, u := range g.units {
		for _, name := range u.pkg.GoFiles {
			if _, ok := files[name]; ok && u.firstParty {
				set[u] = true
			}
		}
	}
	return set
}

// addImports gives the unit the imports that the new contents add, as far as
// they are known.
func (g *graph) addImports(u *unit, files map[string][]byte) {
	for _, name := range u.pkg.GoFiles {
		src, ok := files[name]
		if !ok {
			continue
		}
		file, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if file == nil {
			continue
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			imp := g.byID[path]
			if variant := g.byID[path+" ["+u.meta.ForTest+".test]"]; variant != nil {
				imp = variant
			}
			// Have: of an unknown package, or one that would close a cycle, the
			// type checker says that it is missing.
			if imp == nil || u.imports[path] != nil || importsOf(map[*unit]bool{imp: true})[u] {
				continue
			}
			u.imports[path] = imp
			imp.importers = append(imp.importers, u)
		}
	}
}

func firstParty(set map[*unit]bool) []*unit {
	var units []*unit
	for u := range set {
		if u.firstParty {
			units = append(units, u)
		}
	}
	return units
}

// importersOf returns the set and whoever imports its members, at any
// distance. Types are identical only if they come from one check, so all of
// them have to be done again.
func (g *graph) importersOf(set map[*unit]bool) map[*unit]bool {
	set = maps.Clone(set)
	work := make([]*unit, 0, len(set))
	for u := range set {
		work = append(work, u)
	}
	for len(work) > 0 {
		u := work[len(work)-1]
		work = work[:len(work)-1]
		for _, importer := range u.importers {
			if !set[importer] {
				set[importer] = true
				work = append(work, importer)
			}
		}
	}
	return set
}

// importsOf returns the set and whatever its members import, at any distance.
func importsOf(set map[*unit]bool) map[*unit]bool {
	all := make(map[*unit]bool)
	var visit func(u *unit)
	visit = func(u *unit) {
		if all[u] {
			return
		}
		all[u] = true
		for _, imp := range u.imports {
			visit(imp)
		}
	}
	for u := range set {
		visit(u)
	}
	return all
}

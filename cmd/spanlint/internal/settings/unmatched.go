package settings

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/internal/load"
)

// Unmatched says which declared functions cannot be what was meant, a line for
// each: the package was loaded, or its place in the module is known, and there
// is no such function or parameter. It says nothing of packages that this run
// has not met, as a file is for all runs, nor if anything could not be loaded.
func Unmatched(cfg *analyzer.Config, loaded *load.Result) []string {
	if len(loaded.Errors) > 0 {
		return nil
	}
	var v *view
	var lines []string
	for _, kind := range analyzer.Kinds() {
		for _, d := range cfg.Declared(kind.Name) {
			if v == nil {
				v = newView(loaded)
			}
			if problem := v.problem(d.Func, d.Arg); problem != "" {
				lines = append(lines, fmt.Sprintf("%s: %s: %s", kind.Name, d.Func, problem))
			}
		}
	}
	return lines
}

// A view is the packages that were loaded, as far as their types are known.
type view struct {
	loaded *load.Result
	// types has more than one for a path: a package and its test variant.
	types map[string][]*types.Package
}

func newView(loaded *load.Result) *view {
	v := &view{loaded, make(map[string][]*types.Package)}
	seen := make(map[*types.Package]bool)
	var add func(p *types.Package)
	add = func(p *types.Package) {
		if p == nil || seen[p] {
			return
		}
		seen[p] = true
		if p.Complete() {
			v.types[p.Path()] = append(v.types[p.Path()], p)
		}
		for _, q := range p.Imports() {
			add(q)
		}
	}
	for _, root := range loaded.Roots {
		add(root.Types)
	}
	return v
}

// split takes a name apart: example.com/p.Func, (example.com/p.Type).Method.
func split(name string) (path, typ, fn string) {
	rest := name
	if in, ok := strings.CutPrefix(name, "("); ok {
		rest, fn, _ = strings.Cut(strings.TrimPrefix(in, "*"), ").")
	}
	dot := strings.LastIndexByte(rest, '.')
	path, typ = rest[:dot], rest[dot+1:]
	if fn == "" {
		return path, "", typ
	}
	return path, typ, fn
}

// problem says what is wrong with the name of a function, or with that of its
// parameter.
func (v *view) problem(name, arg string) string {
	path, typ, fn := split(name)
	pkgs := v.types[path]
	if len(pkgs) == 0 {
		return v.missing(path)
	}
	if typ != "" && !token.IsExported(typ) || !token.IsExported(fn) {
		// What the build cache has of a package lacks much that is not exported.
		if !slices.ContainsFunc(v.loaded.Roots, func(p *packages.Package) bool { return p.PkgPath == path }) {
			return ""
		}
	}
	var found *types.Func
	var known []string
	for _, pkg := range pkgs {
		for f := range functions(pkg) {
			switch full := plain(f); {
			case full == name:
				found = f
			default:
				known = append(known, full)
			}
		}
	}
	if found != nil {
		return wrongArgument(found, arg)
	}
	// Most often a method has the other kind of receiver, or comes from an
	// embedded type, or a letter is wrong.
	slices.Sort(known)
	known = slices.Compact(known)
	if typ != "" {
		for _, pkg := range pkgs {
			if obj, ok := pkg.Scope().Lookup(typ).(*types.TypeName); ok {
				if m, _, _ := types.LookupFieldOrMethod(obj.Type(), true, pkg, fn); m != nil {
					if m, ok := m.(*types.Func); ok {
						return "there is no such function; did you mean " + plain(m) + "?"
					}
				}
			}
		}
	}
	short := func(full string) string {
		_, typ, fn := split(full)
		return strings.TrimPrefix(typ+"."+fn, ".")
	}
	best := ""
	var shorts []string
	for _, full := range known {
		shorts = append(shorts, strings.ToLower(short(full)))
	}
	if near := analyzer.Nearest(short(name), shorts); near != "" {
		best = known[slices.Index(shorts, near)]
	} else { // of another type, or of none
		for _, full := range known {
			if _, _, other := split(full); other == fn {
				best = full
				break
			}
		}
	}
	if best != "" {
		return "there is no such function; did you mean " + best + "?"
	}
	return "package " + path + " has no such function"
}

// missing says of a package of the module that it is not there.
func (v *view) missing(path string) string {
	for _, root := range v.loaded.Roots {
		if root.Module == nil || !root.Module.Main {
			continue
		}
		rel, ok := strings.CutPrefix(path, root.Module.Path)
		if !ok || rel != "" && rel[0] != '/' {
			continue
		}
		dir := filepath.Join(root.Module.Dir, filepath.FromSlash(rel))
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return "there is no package " + path + " in this module"
		}
	}
	return ""
}

// functions calls yield with the functions and methods of a package.
func functions(pkg *types.Package) func(yield func(*types.Func) bool) {
	return func(yield func(*types.Func) bool) {
		scope := pkg.Scope()
		for _, name := range scope.Names() {
			switch obj := scope.Lookup(name).(type) {
			case *types.Func:
				if !yield(obj) {
					return
				}
			case *types.TypeName:
				if iface, ok := obj.Type().Underlying().(*types.Interface); ok && !obj.IsAlias() {
					for m := range iface.ExplicitMethods() {
						if !yield(m) {
							return
						}
					}
				}
				if named, ok := obj.Type().(*types.Named); ok && !obj.IsAlias() {
					for m := range named.Methods() {
						if !yield(m) {
							return
						}
					}
				}
			}
		}
	}
}

// plain returns the name of a function as it is declared: without type
// parameters.
func plain(f *types.Func) string {
	var b strings.Builder
	depth := 0
	for _, r := range f.Origin().FullName() {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// wrongArgument says that a function has no such parameter.
func wrongArgument(f *types.Func, arg string) string {
	sig := f.Signature()
	if arg == "" {
		return ""
	}
	if arg == "recv" {
		if sig.Recv() == nil {
			return "it has no receiver"
		}
		return ""
	}
	if i, err := strconv.Atoi(arg); err == nil {
		if n := sig.Params().Len(); i >= n {
			return fmt.Sprintf("it has no argument %d: they are numbered from 0, and there are %d", i, n)
		}
		return ""
	}
	var names []string
	for p := range sig.Params().Variables() {
		if p.Name() == arg {
			return ""
		}
		if p.Name() != "" && p.Name() != "_" {
			names = append(names, p.Name())
		}
	}
	if len(names) == 0 {
		return "" // a compiled package does not always have them
	}
	return fmt.Sprintf("it has no parameter %s; there are %s", arg, strings.Join(names, ", "))
}

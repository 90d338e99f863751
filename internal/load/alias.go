package load

import (
	"go/types"
	"slices"
	"sync"
)

// An aliases settles the generic aliases of packages that several goroutines
// are about to read.
//
// types.Unalias is a setter the first time it sees an alias. The type checker
// and NewAlias call it for the aliases they make, so that nobody else writes
// later; but an instance of a generic alias that was made without a checker,
// by the reader of export data or by the late expansion of a generic type, is
// left for its first users, who race for it.
type aliases struct {
	mu      sync.Mutex
	generic bool             // one has been seen; before that there is nothing to settle
	waiting []*types.Package // seen before that
	seen    map[types.Type]bool
	depth   int
}

// maxDepth ends the walk of a type whose expansion does not end, which only a
// package that does not compile can have.
const maxDepth = 500

// settle sees to all that the declarations of the package lead to. It has to be
// called before anybody else sees the package, but for packages read from export
// data before any of them is used: one may mention a generic alias of another
// that is read later.
func (a *aliases) settle(pkg *types.Package) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = append(a.waiting, pkg)
	if a.generic = a.generic || hasGenericAlias(pkg.Scope()); !a.generic {
		return
	}
	for _, pkg := range a.waiting {
		for _, name := range pkg.Scope().Names() {
			a.walk(pkg.Scope().Lookup(name).Type())
		}
	}
	a.waiting = nil
}

func hasGenericAlias(scope *types.Scope) bool {
	return slices.ContainsFunc(scope.Names(), func(name string) bool {
		alias, ok := scope.Lookup(name).Type().(*types.Alias)
		return ok && alias.TypeParams().Len() > 0
	})
}

func (a *aliases) walk(t types.Type) {
	if t == nil || a.seen[t] || a.depth > maxDepth {
		return
	}
	a.seen[t] = true
	a.depth++
	defer func() { a.depth-- }()
	switch t := t.(type) {
	case *types.Alias:
		a.walk(types.Unalias(t))
		a.walkList(t.TypeArgs())
	case *types.Named:
		a.walk(t.Underlying())
		a.walkList(t.TypeArgs())
		for m := range t.Methods() {
			a.walk(m.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			a.walk(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			a.walk(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			a.walk(e)
		}
	case *types.Signature:
		for tp := range t.TypeParams().TypeParams() {
			a.walk(tp.Constraint())
		}
		a.walk(t.Params())
		a.walk(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			a.walk(v.Type())
		}
	case *types.Union:
		for term := range t.Terms() {
			a.walk(term.Type())
		}
	case *types.Map:
		a.walk(t.Key())
		a.walk(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays and channels
		a.walk(t.Elem())
	}
}

func (a *aliases) walkList(list *types.TypeList) {
	for t := range list.Types() {
		a.walk(t)
	}
}

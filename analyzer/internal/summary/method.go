package summary

import (
	"go/types"
	"strings"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A Method is a fact about the method of an interface: what may be found, or
// is done, in the package that declares it.
type Method struct {
	// Begins has a bit for each result: some type next to the interface, whose
	// method may be the one that is called, returns contexts that begin anew.
	Begins uint64
	Called Calls
}

// AFact marks Method as a fact.
func (*Method) AFact() {}

// String is what tests of facts print.
func (m *Method) String() string {
	out := "method"
	if m.Begins != 0 {
		out += " begins"
	}
	if m.Called&Serving != 0 {
		out += " serving"
	}
	if m.Called&Lasting != 0 {
		out += " lasting"
	}
	if m.Called&Passing != 0 {
		out += " passing"
	}
	return out
}

// Calls says with which contexts a package calls the method of an interface
// that it declares. Who implements it elsewhere has no other callers in view.
type Calls uint8

const (
	// Serving: with that of a request, in some call.
	Serving Calls = 1 << iota
	// Lasting: only with one that lasts longer than the call, and is none of a
	// request.
	Lasting
	// Passing: with others, such as that of a message, or of its own callers.
	Passing
)

// Interfaces is a fact about a package: the interfaces of which it says how it
// calls their methods. There are few, and nobody has to look for them.
type Interfaces struct{ Names []string }

// AFact marks Interfaces as a fact.
func (*Interfaces) AFact() {}

// String is what tests of facts print.
func (i *Interfaces) String() string { return "interfaces " + strings.Join(i.Names, " ") }

// CalledIn returns the names of the interfaces of which an imported package says
// how it calls their methods.
func (t *Table) CalledIn(imported *types.Package) []string {
	if t.others.interfaces == nil {
		return nil
	}
	return t.others.interfaces(imported)
}

// CalledBy returns how the package that declares an interface calls its method.
// It is zero if that is this package, or nothing is known.
func (t *Table) CalledBy(fn *types.Func) Calls {
	if t.others.methods == nil || fn.Pkg() == t.Pkg.Types {
		return 0
	}
	return t.others.methods(fn.Origin()).Called
}

// MayBegin reports whether result i of an interface's method may be a context
// that begins in it: so it does in a type of the package which declares the
// interface. Of other types nothing is known, and that is no reason to say so.
func (t *Table) MayBegin(fn *types.Func, i int) bool {
	if fn == nil || i < 0 || i >= 64 || fn.Signature().Recv() == nil || !types.IsInterface(fn.Signature().Recv().Type()) {
		return false
	}
	if fn.Pkg() != t.Pkg.Types {
		return t.others.methods != nil && t.others.methods(fn.Origin()).Begins>>i&1 != 0
	}
	return t.beginsIn(fn)>>i&1 != 0
}

// beginsIn looks at the types of this package that have the method.
func (t *Table) beginsIn(fn *types.Func) uint64 {
	iface, ok := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return 0
	}
	var out uint64
	for _, f := range t.withResults()[fn.Name()] {
		recv := f.Obj.Signature().Recv().Type()
		if p, ok := types.Unalias(recv).(*types.Pointer); ok {
			recv = p.Elem()
		}
		if !types.Implements(types.NewPointer(recv), iface) {
			continue
		}
		for i, r := range t.local[f].Results {
			if r.Ctx.Known && r.Ctx.From == FromNone && i < 64 {
				out |= 1 << i
			}
		}
	}
	return out
}

// withResults returns the methods of this package that have a result, by name.
func (t *Table) withResults() map[string][]*scope.Func {
	type key struct{}
	return t.Pkg.Memo(key{}, func() any {
		out := make(map[string][]*scope.Func)
		for _, f := range t.Pkg.Funcs {
			if f.Obj != nil && f.Sig.Recv() != nil && f.Sig.Results().Len() > 0 {
				out[f.Obj.Name()] = append(out[f.Obj.Name()], f)
			}
		}
		return out
	}).(map[string][]*scope.Func)
}

// interfaces returns the interfaces that this package declares for others.
func (t *Table) interfaces() []*types.TypeName {
	var out []*types.TypeName
	members := t.Pkg.Types.Scope()
	for _, name := range members.Names() {
		if tn, ok := members.Lookup(name).(*types.TypeName); ok && !tn.IsAlias() && tn.Exported() && types.IsInterface(tn.Type()) {
			out = append(out, tn)
		}
	}
	return out
}

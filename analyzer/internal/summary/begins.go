package summary

import (
	"go/types"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// Begins is a fact about the method of an interface: some type next to it,
// whose method may be the one that is called, returns contexts that begin
// anew. Bit i stands for result i.
type Begins struct{ Results uint64 }

// AFact marks Begins as a fact.
func (*Begins) AFact() {}

// String is what tests of facts print.
func (b *Begins) String() string { return "begins" }

// MayBegin reports whether result i of an interface's method may be a context
// that begins in it: so it does in a type of the package which declares the
// interface. Of other types nothing is known, and that is no reason to say so.
func (t *Table) MayBegin(fn *types.Func, i int) bool {
	if fn == nil || i < 0 || i >= 64 || fn.Signature().Recv() == nil || !types.IsInterface(fn.Signature().Recv().Type()) {
		return false
	}
	if fn.Pkg() != t.Pkg.Types {
		return t.begins != nil && t.begins(fn.Origin())>>i&1 != 0
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
	for _, f := range t.methods()[fn.Name()] {
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

// methods returns the methods of this package that have a result, by name.
func (t *Table) methods() map[string][]*scope.Func {
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

// interfaces returns the methods of the interfaces that this package declares
// for others.
func (t *Table) interfaces() []*types.Func {
	var out []*types.Func
	members := t.Pkg.Types.Scope()
	for _, name := range members.Names() {
		tn, ok := members.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || !tn.Exported() {
			continue
		}
		iface, ok := tn.Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for m := range iface.ExplicitMethods() {
			if m.Exported() && m.Pkg() == t.Pkg.Types {
				out = append(out, m)
			}
		}
	}
	return out
}

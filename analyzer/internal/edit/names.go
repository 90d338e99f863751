package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// SameAt reports whether the name of obj means obj at pos. It is false for
// fields and methods, which no plain name means.
func SameAt(pkg *types.Package, obj types.Object, pos token.Pos) bool {
	scope := pkg.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	_, found := scope.LookupParent(obj.Name(), pos)
	return found == obj
}

// SameIn is SameAt for every position in a node.
func SameIn(pkg *types.Package, obj types.Object, in ast.Node) bool {
	scope := around(pkg, in)
	_, atStart := scope.LookupParent(obj.Name(), in.Pos())
	_, atEnd := scope.LookupParent(obj.Name(), in.End()-1)
	return atStart == obj && atEnd == obj && !declaredIn(scope, in, obj.Name())
}

// around returns the innermost scope around a node. (The scope of a function
// starts with the keyword, so Innermost at its start is too deep.)
func around(pkg *types.Package, in ast.Node) *types.Scope {
	scope := pkg.Scope().Innermost(in.Pos())
	for scope != nil && in.Pos() <= scope.Pos() && scope.End() <= in.End() {
		scope = scope.Parent()
	}
	if scope == nil {
		return pkg.Scope()
	}
	return scope
}

// FreshName returns base, or base with a number, such that the name means
// nothing anywhere in the node, can be declared there, and is none of taken.
func FreshName(pkg *types.Package, in ast.Node, base string, taken ...string) string {
	isTaken := make(map[string]bool)
	for _, name := range taken {
		isTaken[name] = true
	}
	name := base
	for n := 2; isTaken[name] || !isFresh(pkg, in, name); n++ {
		name = base + strconv.Itoa(n)
	}
	return name
}

// isFresh reports whether a name is declared neither around a node, wherever
// in the blocks around it, nor inside.
func isFresh(pkg *types.Package, in ast.Node, name string) bool {
	scope := around(pkg, in)
	for s := scope; s != nil; s = s.Parent() {
		if s.Lookup(name) != nil {
			return false
		}
	}
	return !declaredIn(scope, in, name)
}

// declaredIn reports whether a block inside scope, and inside the node in
// part at least, declares the name.
func declaredIn(scope *types.Scope, in ast.Node, name string) bool {
	for child := range scope.Children() {
		if child.Pos() < in.End() && in.Pos() < child.End() && (child.Lookup(name) != nil || declaredIn(child, in, name)) {
			return true
		}
	}
	return false
}

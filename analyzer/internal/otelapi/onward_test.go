package otelapi

import (
	"fmt"
	"go/types"
	"strings"
	"testing"
)

// Every type of the table exists and is a function that takes what carries a
// context.
func TestOnwardTypes(t *testing.T) {
	var b strings.Builder
	b.WriteString("package p\n\n")
	var names []string
	for _, name := range keys(onwardTypes) {
		if isUnchecked(packageOf(name)) {
			t.Logf("not looked up: %s", name)
			continue
		}
		names = append(names, name)
		fmt.Fprintf(&b, "import _ %q\n", packageOf(name))
	}
	pkgs := make(map[string]*types.Package)
	for _, pkg := range check(t, b.String()).Imports() {
		pkgs[pkg.Path()] = pkg
	}
	for _, name := range names {
		pkg := pkgs[packageOf(name)]
		if pkg == nil {
			t.Errorf("there is no package for %s", name)
			continue
		}
		obj := pkg.Scope().Lookup(name[strings.LastIndex(name, ".")+1:])
		if obj == nil {
			t.Errorf("there is no %s", name)
			continue
		}
		sig, ok := obj.Type().Underlying().(*types.Signature)
		if !ok {
			t.Errorf("%s is no function", name)
			continue
		}
		takes := false
		for v := range sig.Params().Variables() {
			takes = takes || IsContext(v.Type()) || IsRequest(v.Type())
		}
		if !takes || !HandsOn(nil, obj.Type()) {
			t.Errorf("%s hands nothing on", name)
		}
	}
}

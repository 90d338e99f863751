package otelapi

import (
	"fmt"
	"go/types"
	"strings"
	"testing"
)

// Every log call exists, and so does the one that takes a context.
func TestLogCalls(t *testing.T) {
	pkgs := make(map[string]bool)
	var names []string
	for _, name := range keys(logCalls) {
		if pkg := packageOf(name); isUnchecked(pkg) {
			pkgs[pkg] = true
			continue
		}
		names = append(names, name)
	}
	for pkg := range pkgs {
		t.Logf("not looked up: %s", pkg)
	}
	all := make(map[string]*types.Func)
	var b strings.Builder
	b.WriteString("package p\n\n")
	imported := make(map[string]bool)
	for _, name := range names {
		if pkg := packageOf(name); !imported[pkg] {
			imported[pkg] = true
			fmt.Fprintf(&b, "import _ %q\n", pkg)
		}
	}
	for _, pkg := range check(t, b.String()).Imports() {
		functions(pkg, all)
	}
	for _, name := range names {
		l := logCalls[name]
		with := all[name[:strings.LastIndex(name, ".")+1]+l.Method]
		if all[name] == nil || with == nil || !IsContext(with.Signature().Params().At(0).Type()) {
			t.Errorf("%s: there is no such call, or no %s", name, l.Method)
		}
	}
}

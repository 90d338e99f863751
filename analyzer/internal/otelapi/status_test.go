package otelapi

import (
	"fmt"
	"go/constant"
	"go/types"
	"strings"
	"testing"
)

// Every error that is expected exists, and codes.Error is what it is taken for.
func TestExpected(t *testing.T) {
	var b strings.Builder
	b.WriteString("package p\n\n")
	seen := map[string]bool{CodesPath: true}
	fmt.Fprintf(&b, "import _ %q\n", CodesPath)
	var names []string
	for _, name := range keys(expected) {
		pkg := packageOf(name)
		if !strings.Contains(name, "context.") && strings.Contains(pkg, ".") {
			t.Logf("not looked up: %s", name)
			continue // no module of testdata/src
		}
		names = append(names, name)
		if !seen[pkg] {
			seen[pkg] = true
			fmt.Fprintf(&b, "import _ %q\n", pkg)
		}
	}
	pkgs := make(map[string]*types.Package)
	for _, pkg := range check(t, b.String()).Imports() {
		pkgs[pkg.Path()] = pkg
	}
	for _, name := range names {
		pkg := pkgs[packageOf(name)]
		if pkg == nil {
			t.Errorf("there is no package of %s", name)
			continue
		}
		v, ok := pkg.Scope().Lookup(name[strings.LastIndex(name, ".")+1:]).(*types.Var)
		if !ok || !Expected(v) {
			t.Errorf("there is no variable %s", name)
		}
	}
	code, ok := pkgs[CodesPath].Scope().Lookup("Error").(*types.Const)
	if !ok || !IsErrorStatus(code.Val()) || IsErrorStatus(constant.MakeUint64(errorCode+1)) {
		t.Error("codes.Error is not what it was")
	}
}

// What makes an error in the light of a context is told from what works with it.
func TestTellsError(t *testing.T) {
	pkg := check(t, `package p

import "context"

type key string

type store struct{}

func Wrap(ctx context.Context, err error, msg key, inserts ...any) error { return err }
func Because(ctx context.Context, err error) error                       { return err }
func Save(ctx context.Context, id string) error                          { return nil }
func Exec(ctx context.Context, query string, args ...any) error          { return nil }
func Mark(ctx context.Context, s *store, err error) error                { return err }
func Note(ctx context.Context, err error)                                {}
func First(ctx context.Context, errs ...error) error                     { return nil }
func (s *store) Fail(ctx context.Context, err error) error               { return err }
`)
	for name, want := range map[string]bool{
		"Wrap": true, "Because": true, "Save": false, "Exec": false, "Mark": false, "Note": false, "First": false,
	} {
		if got := TellsError(pkg.Scope().Lookup(name).(*types.Func)); got != want {
			t.Errorf("TellsError(%s) is %t", name, got)
		}
	}
	method, _, _ := types.LookupFieldOrMethod(types.NewPointer(pkg.Scope().Lookup("store").Type()), true, pkg, "Fail")
	if TellsError(method.(*types.Func)) {
		t.Error("a method reaches what it belongs to")
	}
}

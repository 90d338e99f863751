package summary_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
	"github.com/spanlint/spanlint/internal/load"
)

func index(t *testing.T, src string) *scope.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", "package p\n"+src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Instances: make(map[*ast.Ident]types.Instance),
		Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	files := []*ast.File{file}
	pkg, err := new(types.Config).Check("p", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	return scope.Index(fset, files, pkg, info, inspector.New(files))
}

// traces says that a function traces if it calls start or a function that
// traces: the simplest contributor that needs a fixed point.
func traces(t *summary.Table, f *scope.Func, sum *summary.Func) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if fn := t.Pkg.Callee(call); fn != nil {
				callee := t.Callee(fn)
				sum.Traces = sum.Traces || fn.Name() == "start" || callee != nil && callee.Traces
			}
		}
		return true
	})
}

// tracing lists the functions that trace.
func tracing(t *summary.Table) string {
	var list []string
	for _, f := range t.Pkg.Funcs {
		if t.Of(f).Traces {
			name := "literal"
			if f.Obj != nil {
				name = f.Obj.Name()
			}
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

func TestFixedPoint(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"callees first", "func start() {}; func a() { start() }; func b() { a() }; func c() { b() }", "a b c"},
		{"callers first", "func c() { b() }; func b() { a() }; func a() { start() }; func start() {}", "c b a"},
		{"mixed", "func b() { a() }; func d() { c() }; func a() { start() }; func c() { b() }; func start() {}", "b d a c"},
		{"itself", "func start() {}; func a() { a() }; func b() { b(); start() }", "b"},
		{"one another", "func start() {}; func a() { b() }; func b() { c(); a() }; func c() { a(); start() }; func d() { e() }; func e() { d() }", "a b c"},
		{"generic", "func start() {}; func a[T any](T) { start() }; func b() { a(1) }; func c() { a[string](``) }", "a b c"},
		{"method", "func start() {}; type t[T any] struct{}; func (t[T]) m() { start() }; func b() { t[int]{}.m() }", "m b"},
		{"a literal is a function of its own", "func start() {}; func a() { f := func() { start() }; f() }", "literal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := tracing(summary.Build(index(t, test.src), nil, traces)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// However long a chain of helpers is, and in whatever order it is written.
func TestChain(t *testing.T) {
	const n = 30
	var up, down []string
	for i := range n {
		f := fmt.Sprintf("func f%d() { f%d() }", i+1, i)
		up, down = append(up, f), append([]string{f}, down...)
	}
	for _, chain := range [][]string{up, down} {
		table := summary.Build(index(t, "func start() {}; func f0() { start() };"+strings.Join(chain, ";")), nil, traces)
		if got := len(strings.Fields(tracing(table))); got != n+1 {
			t.Errorf("%d of %d functions trace", got, n+1)
		}
	}
}

// Contributors keep what they have found out until the next round, which they
// know by the last function of the package.
func TestRounds(t *testing.T) {
	p := index(t, "func a() { b() }; func b() { c() }; func c() {}; func last() {}")
	var order []string
	summary.Build(p, nil, func(_ *summary.Table, f *scope.Func, sum *summary.Func) {
		order = append(order, f.Obj.Name())
		sum.Slots[0].Group = summary.GroupUse(min((len(order)+3)/4, 3)) // settles in the third round
	})
	if got := strings.Join(order, " "); got != "last c b a last a b c last c b a last a b c" {
		t.Errorf("got %s", got)
	}
}

// A contributor that never settles does not keep the build from ending.
func TestUnsettled(t *testing.T) {
	calls := 0
	table := summary.Build(index(t, "func a() {}"), nil, func(_ *summary.Table, _ *scope.Func, sum *summary.Func) {
		calls++
		sum.Endless = calls%2 == 1
	})
	if calls < 2 || calls > 100 || table == nil {
		t.Errorf("%d calls", calls)
	}
}

func TestCallee(t *testing.T) {
	p := index(t, "type t struct{}; func (t) m(a, b int) (x, y string) { return }; func f(); func g(func()) {}")
	named := func(name string) *types.Func { return p.Types.Scope().Lookup(name).(*types.Func) }
	foreign := types.NewFunc(token.NoPos, types.NewPackage("q", "q"), "F", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	known := &summary.Func{Traces: true}
	var asked []*types.Func
	table := summary.Build(p, func(fn *types.Func) *summary.Func {
		asked = append(asked, fn)
		if fn == foreign {
			return known
		}
		return nil
	}, func(_ *summary.Table, f *scope.Func, sum *summary.Func) { sum.Slots[0].Group = summary.Waits })

	m := types.NewMethodSet(p.Types.Scope().Lookup("t").Type()).At(0).Obj().(*types.Func)
	if sum := table.Callee(m); sum == nil || len(sum.Slots) != 3 || len(sum.Results) != 2 || sum != table.Of(p.Decl(m)) {
		t.Errorf("the method's summary is %+v", sum)
	}
	if len(asked) != 0 {
		t.Error("others are asked about functions of the package")
	}
	if table.Callee(foreign) != known {
		t.Error("the function of another package is not known")
	}
	if table.Callee(named("f")) != nil || table.Callee(nil) != nil {
		t.Error("a function without a body, or none, has a summary")
	}
	if got := summary.Build(p, nil).Callee(foreign); got != nil {
		t.Errorf("without others to ask, got %+v", got)
	}
}

// A call of a function value is a call of all functions that it can be.
func TestCall(t *testing.T) {
	p := index(t, "func start() {}; func a() { start() }; func b() {}; var v, w, u = a, a, a; func set() { w = b; u = other() }; func other() func();"+
		"func one() { v() }; func either() { w() }; func unknown() { u() }; func literal() { func() { start() }() }; func builtin() { print(); _ = int(1) }")
	table := summary.Build(p, nil, traces, func(_ *summary.Table, f *scope.Func, sum *summary.Func) {
		sum.NoReturn = f.Obj != nil && f.Obj.Name() == "a"
		if f.Obj != nil {
			sum.Slots[0] = summary.Slot{Span: summary.Annotates, Func: summary.Launched, By: f.Obj.Name()}
		}
		if sum.NoReturn {
			sum.Slots[0] = summary.Slot{Span: summary.Ends | summary.MayEnd, Func: summary.Launched | summary.Tracked}
		}
	})
	called := func(name string) *summary.Func {
		var sum *summary.Func
		ast.Inspect(p.Decl(p.Types.Scope().Lookup(name).(*types.Func)).Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && sum == nil {
				sum = table.Call(call)
			}
			return true
		})
		return sum
	}
	if sum := called("one"); sum == nil || !sum.Traces || !sum.NoReturn {
		t.Errorf("a variable that holds one function: %+v", sum)
	}
	sum := called("either")
	if sum == nil || !sum.Traces || sum.NoReturn {
		t.Fatalf("one of two may trace, and one returns: %+v", sum)
	}
	want := summary.Slot{Span: summary.MayEnd | summary.Annotates, Func: summary.Launched, By: "b"}
	if got := sum.Slots[0]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if sum := called("unknown"); sum != nil {
		t.Errorf("a variable that may hold anything: %+v", sum)
	}
	if sum := called("literal"); sum == nil || !sum.Traces {
		t.Errorf("a literal: %+v", sum)
	}
	if sum := called("builtin"); sum != nil {
		t.Errorf("a builtin: %+v", sum)
	}
}

func TestOutOfRange(t *testing.T) {
	one := &summary.Func{
		Slots:   []summary.Slot{{Ctx: summary.Reads}, {Ctx: summary.Works}},
		Results: []summary.Result{{End: true}},
	}
	if one.SlotAt(scope.Receiver).Ctx != summary.Reads || one.SlotAt(0).Ctx != summary.Works || !one.ResultAt(0).End {
		t.Error("slots and results are not where they should be")
	}
	for _, f := range []*summary.Func{nil, {}, one} {
		for _, i := range []int{-3, -2, 1, 2} {
			if f.SlotAt(i) != (summary.Slot{}) || f.ResultAt(i) != (summary.Result{}) {
				t.Errorf("something is known about %d", i)
			}
		}
	}
}

// fill sets everything below v to what is not its zero value.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(-2)
	case reflect.String:
		v.SetString("name")
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(1<<v.Type().Bits() - 1)
	default:
		t.Fatalf("a fact must not hold a %s: positions and objects mean nothing elsewhere", v.Type())
	}
}

// Between processes facts travel as gobs, which leave out what is not exported.
func TestFactTravels(t *testing.T) {
	full := new(summary.Fact)
	fill(t, reflect.ValueOf(full).Elem())
	blank := &summary.Fact{}
	for _, fact := range []*summary.Fact{full, blank} {
		var buf bytes.Buffer
		if err := gob.NewEncoder(&buf).Encode(fact); err != nil {
			t.Fatal(err)
		}
		got := new(summary.Fact)
		if err := gob.NewDecoder(&buf).Decode(got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, fact) {
			t.Errorf("got  %+v\nwant %+v", got, fact)
		}
	}
}

// What a package's functions do is known where they are called, and only of
// functions that others can call.
func TestFactsAcrossPackages(t *testing.T) {
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(`
-- go.mod --
module example.com/m
go 1.26
-- a/a.go --
package a

import "example.com/m/a/b"

type T[P any] struct{}

func (T[P]) Trace(P) { trace() }

func Twice() { b.Once() }

func Never() {}

func trace() { Twice() }
-- a/b/b.go --
package b

func start() {}

func Once() { start() }
-- main.go --
package main

import (
	"strings"

	"example.com/m/a"
)

func direct()  { a.Twice() }
func method()  { a.T[int]{}.Trace(1) }
func value()   { f := a.T[string].Trace; _ = f }
func nothing() { a.Never(); strings.Fields("") }
func main()    { direct() }
-- main_test.go --
package main

func inTest() { main() }
-- x_test.go --
package main_test

import "example.com/m/a"

func external() { a.Twice() }
`)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// From main alone: what it imports is analyzed for its facts.
	loaded, err := load.Load(load.Config{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	analyzer := summary.New(scope.New(config.New(nil), nil), func() []summary.Contributor { return []summary.Contributor{traces} }, func(*summary.Table, *types.Func) summary.Calls { return 0 }, func(*scope.Package) summary.SetupUse { return 0 }, func() summary.Overlay { return nil })
	if err := analysis.Validate([]*analysis.Analyzer{analyzer}); err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzer}, loaded.Roots, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Err)
		}
		got[act.Package.ID] = tracing(act.Result.(*summary.Table))
		for _, fact := range act.AllObjectFacts() {
			if fact.Object.Pkg() == act.Package.Types && !fact.Object.Exported() {
				t.Errorf("there is a fact about %v", fact.Object)
			}
		}
	}
	want := map[string]string{
		"example.com/m/a":                         "Trace Twice trace",
		"example.com/m/a/b":                       "Once",
		"example.com/m [example.com/m.test]":      "direct method main inTest",
		"example.com/m_test [example.com/m.test]": "external",
	}
	for id, functions := range want {
		if got[id] != functions {
			t.Errorf("%s: got %q, want %q", id, got[id], functions)
		}
	}
}

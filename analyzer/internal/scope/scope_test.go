package scope_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

const src = `package p

import "os"

var hook = func() { inHook() }

type box[T any] struct{ content T }

func (b *box[T]) get() T { return b.content }

func (b box[T]) set(v T) { b.content = v }

type shelf struct {
	box[int]
	done chan bool
}

func asm(x int) int

func outer(a, b int, rest ...string) (sum int) {
	local := a
	inner := func(c int) {
		local++
		func() { innermost(local, c) }()
	}
	inner(b)
	return local
}

func (s *shelf) use(_ int) {
	s.set(1)
	_ = s.get() + s.content
	generic(s.done)
	generic[string]("")
	_ = (*shelf).use
	println(<-s.done, &s.done, *(&s.content))
}

func (shelf) anonymous() {}

func generic[T any](v T) {
	_ = v
	if !ok(v) {
		os.Exit(1)
	}
	end()
}

func panics() {
	panic(0)
	end()
}

func shadows(panic func(int)) {
	panic(0)
	end()
}

func inHook()            {}
func innermost(x, y int) {}
func ok(any) bool        { return true }
func end()               {}
`

// index returns the index of src, as if it were one file of several.
func index(t *testing.T) *scope.Package {
	t.Helper()
	fset := token.NewFileSet()
	parse := func(name, src string) *ast.File {
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	std := importer{}
	pkg, err := (&types.Config{}).Check("os", fset, []*ast.File{parse("os.go", "package os\nfunc Exit(int) {}")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	std["os"] = pkg
	files := []*ast.File{parse("p.go", src), parse("p_test.go", "package p\nfunc inTest() { outer(1, 2) }")}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Instances: make(map[*ast.Ident]types.Instance),
		Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection), Implicits: make(map[ast.Node]types.Object),
	}
	if pkg, err = (&types.Config{Importer: std}).Check("p", fset, files, info); err != nil {
		t.Fatal(err)
	}
	return scope.Index(fset, files, pkg, info, inspector.New(files))
}

type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) { return i[path], nil }

func funcNamed(t *testing.T, p *scope.Package, name string) *scope.Func {
	t.Helper()
	for _, f := range p.Funcs {
		if f.Obj != nil && f.Obj.Name() == name {
			return f
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

// find returns the first node of the type below root that fits.
func find[N ast.Node](t *testing.T, root ast.Node, fits func(N) bool) N {
	t.Helper()
	for n := range ast.Preorder(root) {
		if n, ok := n.(N); ok && fits(n) {
			return n
		}
	}
	t.Fatal("no such node")
	panic("unreachable")
}

func callOf(t *testing.T, root ast.Node, name string) *ast.CallExpr {
	t.Helper()
	return find(t, root, func(call *ast.CallExpr) bool {
		id, _ := call.Fun.(*ast.Ident)
		return id != nil && id.Name == name
	})
}

func TestFuncs(t *testing.T) {
	p := index(t)
	var got []string
	for _, f := range p.Funcs {
		name := "literal"
		if f.Obj != nil {
			name = f.Obj.Name()
		}
		got = append(got, name)
		if p.FuncOf(f.Node) != f {
			t.Errorf("%s is not found by its node", name)
		}
		if f.Cursor.Node() != f.Node || p.Enclosing(f.Cursor) != f || p.FuncAt(f.Body) != f {
			t.Errorf("%s does not enclose itself", name)
		}
	}
	// asm has no body.
	want := "literal get set outer literal literal use anonymous generic panics shadows inHook innermost ok end inTest"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

func TestEnclosing(t *testing.T) {
	p := index(t)
	outer := funcNamed(t, p, "outer")
	innermost := p.FuncAt(callOf(t, p.Files[0], "innermost"))
	inner := innermost.Outer
	if inner == nil || inner.Outer != outer || outer.Outer != nil {
		t.Fatal("the literals do not stand in outer")
	}
	for _, test := range []struct {
		f, g *scope.Func
		want bool
	}{
		{innermost, innermost, true}, {innermost, inner, true}, {innermost, outer, true},
		{outer, inner, false}, {inner, innermost, false}, {inner, funcNamed(t, p, "use"), false},
	} {
		if got := test.f.Inside(test.g); got != test.want {
			t.Errorf("Inside: got %v", got)
		}
	}
	if innermost.Root() != outer || outer.Root() != outer {
		t.Error("the root is not outer")
	}
	hook := p.FuncAt(callOf(t, p.Files[0], "inHook"))
	if hook == nil || hook.Outer != nil || hook.Root() != hook || hook.Obj != nil {
		t.Error("a literal in a package variable stands in no function")
	}
	if p.FuncAt(p.Files[0].Name) != nil {
		t.Error("the package clause is in a function")
	}
}

func TestCursor(t *testing.T) {
	p := index(t)
	nodes := 0
	for _, file := range p.Files {
		for n := range ast.Preorder(file) {
			nodes++
			cur, ok := p.Cursor(n)
			if !ok || cur.Node() != n {
				t.Errorf("%T is not found", n)
			}
			if again, ok := p.Cursor(n); !ok || again != cur {
				t.Errorf("%T is elsewhere the second time", n)
			}
		}
	}
	if nodes < 200 {
		t.Errorf("only %d nodes", nodes)
	}
	foreign := &ast.Ident{NamePos: p.Files[0].Package, Name: "package"}
	for range 2 {
		if _, ok := p.Cursor(foreign); ok {
			t.Error("a node of no file is found")
		}
	}
}

func TestUses(t *testing.T) {
	p := index(t)
	field := func(name string) types.Object {
		return p.Info.Defs[find(t, p.Files[0], func(id *ast.Ident) bool { return id.Name == name && p.Info.Defs[id] != nil })]
	}
	for name, want := range map[string]int{
		"content": 5, // the field of box, and of box[int] through shelf
		"done":    4,
		"local":   4,
		"generic": 3, // with and without its arguments spelled out
		"get":     2, // a method of an instance
		"set":     2,
		"use":     2,
		"inHook":  2,
		"outer":   2, // the second in another file
	} {
		uses := p.Uses(field(name))
		if len(uses) != want {
			t.Errorf("%s: %d uses, want %d", name, len(uses), want)
		}
		if !slices.IsSortedFunc(uses, func(a, b inspector.Cursor) int { return int(a.Node().Pos() - b.Node().Pos()) }) {
			t.Errorf("%s: not in source order", name)
		}
		for _, cur := range uses {
			if id, ok := cur.Node().(*ast.Ident); !ok || id.Name != name {
				t.Errorf("%s: got %v", name, cur.Node())
			}
		}
	}
	// From an instance one gets at all uses, too.
	sel := find(t, p.Files[0], func(sel *ast.SelectorExpr) bool {
		return sel.Sel.Name == "content" && p.Info.TypeOf(sel).String() == "int"
	})
	if got := p.Uses(p.Info.Uses[sel.Sel]); len(got) != 5 {
		t.Errorf("%d uses of the instance's field, want 5", len(got))
	}
	if got := p.Uses(types.Universe.Lookup("len")); len(got) != 0 {
		t.Errorf("%d uses of what is not used", len(got))
	}
}

func TestDecl(t *testing.T) {
	p := index(t)
	for _, name := range []string{"get", "set", "generic", "outer"} {
		f := funcNamed(t, p, name)
		for _, cur := range p.Uses(f.Obj) {
			fn := p.Info.ObjectOf(cur.Node().(*ast.Ident)).(*types.Func)
			if p.Decl(fn) != f {
				t.Errorf("%s: the declaration of %v is not found", name, fn)
			}
		}
	}
	// Called on an instance, through a field that is embedded.
	call := find(t, funcNamed(t, p, "use").Body, func(call *ast.CallExpr) bool {
		sel, _ := call.Fun.(*ast.SelectorExpr)
		return sel != nil && sel.Sel.Name == "set"
	})
	if fn := p.Callee(call); fn == nil || p.Decl(fn) != funcNamed(t, p, "set") {
		t.Errorf("got %v", p.Callee(call))
	}
	asm := p.Types.Scope().Lookup("asm").(*types.Func)
	if p.Decl(asm) != nil || p.Decl(nil) != nil {
		t.Error("a function without a body has a declaration")
	}
	// A function value has no callee, nor has a conversion or a builtin.
	if fn := p.Callee(callOf(t, p.Files[0], "inner")); fn != nil {
		t.Errorf("got %v", fn)
	}
	if fn := p.Callee(callOf(t, funcNamed(t, p, "panics").Body, "panic")); fn != nil {
		t.Errorf("got %v", fn)
	}
}

func TestVarOf(t *testing.T) {
	p := index(t)
	for src, want := range map[string]string{
		"hook":          "hook",
		"(hook)":        "hook",
		"&hook":         "hook",
		"s.done":        "done",
		"&s.done":       "done",
		"(*s).done":     "done",
		"*(&s.content)": "content",
		"s.box.content": "content",
		"<-s.done":      "",
		"s.get":         "",
		"s.get()":       "",
		"outer":         "",
		"1":             "",
	} {
		e, err := parser.ParseExpr(src)
		if err != nil {
			t.Fatal(err)
		}
		use := funcNamed(t, p, "use")
		if err := types.CheckExpr(p.Fset, p.Types, use.Body.Lbrace+1, e, p.Info); err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		got := ""
		if v := p.VarOf(e); v != nil {
			got = v.Name()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
	if p.VarOf(nil) != nil {
		t.Error("no expression names a variable")
	}
}

func TestSlots(t *testing.T) {
	p := index(t)
	outer, use := funcNamed(t, p, "outer"), funcNamed(t, p, "use")
	names := func(f *scope.Func) string {
		var list []string
		for i := scope.Receiver; i <= f.Sig.Params().Len(); i++ {
			name := "-"
			if v := f.Slot(i); v != nil {
				name = v.Name()
				if got, ok := f.SlotOf(v); !ok || got != i {
					t.Errorf("%s is in slot %d, got %d", name, i, got)
				}
			}
			list = append(list, name)
		}
		return strings.Join(list, " ")
	}
	if got := names(outer); got != "- a b rest -" {
		t.Errorf("got %q", got)
	}
	if got := names(use); got != "s _ -" {
		t.Errorf("got %q", got)
	}
	if use.Recv() == nil || use.Recv().Name() != "s" || outer.Recv() != nil {
		t.Error("the receivers are wrong")
	}
	if _, ok := outer.SlotOf(use.Recv()); ok {
		t.Error("a parameter of another function has a slot")
	}
	if _, ok := outer.SlotOf(nil); ok {
		t.Error("no variable has a slot")
	}
	if outer.Slot(-2) != nil {
		t.Error("there is nothing before the receiver")
	}
}

func TestOwns(t *testing.T) {
	p := index(t)
	outer := funcNamed(t, p, "outer")
	innermost := p.FuncAt(callOf(t, p.Files[0], "innermost"))
	variable := func(name string) *types.Var {
		id := find(t, outer.Node, func(id *ast.Ident) bool { return id.Name == name && p.Info.Defs[id] != nil })
		return p.Info.Defs[id].(*types.Var)
	}
	for name, owner := range map[string]*scope.Func{"a": outer, "sum": outer, "local": outer, "inner": outer, "c": innermost.Outer} {
		for _, f := range []*scope.Func{outer, innermost.Outer, innermost} {
			if got := f.Owns(variable(name)); got != (f == owner) {
				t.Errorf("%s: got %v", name, got)
			}
		}
	}
	hook := p.Types.Scope().Lookup("hook").(*types.Var)
	if outer.Owns(hook) || outer.Owns(nil) {
		t.Error("a package variable, or none, is owned by a function")
	}
}

func TestGraph(t *testing.T) {
	p := index(t)
	for name, want := range map[string]bool{"generic": true, "panics": false, "shadows": true} {
		f := funcNamed(t, p, name)
		_, got := f.Graph().At(callOf(t, f.Body, "end"))
		if got != want {
			t.Errorf("%s: end is reached: %v", name, got)
		}
	}
	generic := funcNamed(t, p, "generic")
	exit := find(t, generic.Body, func(sel *ast.SelectorExpr) bool { return sel.Sel.Name == "Exit" })
	at, ok := generic.Graph().At(exit)
	if !ok || generic.Graph().Returns(at) {
		t.Error("os.Exit returns")
	}
	if _, returns := generic.Graph().Exit(generic.Graph().Entry(), path.Search{}); !returns {
		t.Error("generic does not return")
	}
	if generic.Graph() != generic.Graph() {
		t.Error("the graph is built again")
	}
}

func TestMemo(t *testing.T) {
	p, other := index(t), index(t)
	type key struct{}
	built := 0
	build := func() any { built++; return built }
	if got := []any{p.Memo(key{}, build), p.Memo(key{}, build), p.Memo("key", build), other.Memo(key{}, build)}; !slices.Equal(got, []any{1, 1, 2, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestIsTest(t *testing.T) {
	p := index(t)
	if p.IsTest(funcNamed(t, p, "outer").Node) || !p.IsTest(funcNamed(t, p, "inTest").Node) {
		t.Error("test files are told by their names")
	}
}

// Package scope is the index of one package that the models share: its
// functions, where an object is used, whether the package is one that
// spanlint judges at all, and what in it is code for tests.
//
// Code for tests is no server: nothing calls it in production, its process
// ends with the tests, and whoever wrote it wants to see what is traced. It is
//   - every _test.go file;
//   - a file with a function that takes a *testing.T, B or F or a testing.TB,
//     or that imports a framework for tests (the table frameworks);
//   - a package below a directory for tests (the table directories), counted
//     from the path of its module, so that a module which is itself called tests
//     is judged like any other.
//
// A file that only imports testing is not: programs ask testing.Testing.
package scope

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/path"
)

// A Package is the index of one first-party package.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info
	// Funcs has every function with a body, declared or literal, in source order.
	Funcs []*Func
	// Tracers is what is known of spans.
	Tracers *otelapi.Tracers

	byNode   map[ast.Node]*Func
	byObj    map[*types.Func]*Func
	uses     map[types.Object][]inspector.Cursor
	root     inspector.Cursor
	decls    []inspector.Cursor // function declarations by position
	cursors  map[ast.Node]inspector.Cursor
	noReturn func(*ast.CallExpr) bool
	memo     map[any]any
	// support is set where the whole package is for tests, and supports has the
	// files that are in one that is not.
	support  bool
	supports map[*token.File]bool
}

// A Func is a function declaration or literal with a body.
type Func struct {
	Pkg *Package
	// Node is the *ast.FuncDecl or *ast.FuncLit.
	Node   ast.Node
	Cursor inspector.Cursor
	Type   *ast.FuncType
	Body   *ast.BlockStmt
	Sig    *types.Signature
	// Obj is nil for literals.
	Obj *types.Func
	// Outer is the function a literal stands in; nil for declarations and for
	// literals in package variables.
	Outer *Func

	graph *path.Graph
}

// New returns the analyzer whose result is the *Package of a pass, nil for
// packages that are not first-party.
//
// tracers returns what is known of spans when the configuration is complete;
// it may be nil.
func New(cfg *config.Config, tracers func() *otelapi.Tracers) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "spanlintscope",
		Doc:        "index of a first-party package",
		Requires:   []*analysis.Analyzer{inspect.Analyzer},
		ResultType: reflect.TypeFor[*Package](),
		Run: func(pass *analysis.Pass) (any, error) {
			if !FirstParty(pass, cfg) {
				return (*Package)(nil), nil
			}
			in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
			p := Index(pass.Fset, pass.Files, pass.Pkg, typed(pass.TypesInfo, in), in)
			if tracers != nil {
				p.Tracers = tracers()
			}
			p.support = forTests(pass)
			return p, nil
		},
	}
}

// Index builds the index of a package from its syntax and types.
func Index(fset *token.FileSet, files []*ast.File, pkg *types.Package, info *types.Info, in *inspector.Inspector) *Package {
	p := &Package{
		Tracers: otelapi.KnownTracers(),
		cursors: make(map[ast.Node]inspector.Cursor),
		Fset:    fset, Files: files, Types: pkg, Info: info,
		byNode: make(map[ast.Node]*Func),
		byObj:  make(map[*types.Func]*Func),
		uses:   make(map[types.Object][]inspector.Cursor),
		memo:   make(map[any]any),
		root:   in.Root(),

		supports: make(map[*token.File]bool),
	}
	p.noReturn = func(call *ast.CallExpr) bool {
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "panic" {
			_, builtin := info.ObjectOf(id).(*types.Builtin)
			return builtin
		}
		return otelapi.NoReturn(p.Callee(call))
	}
	kinds := []ast.Node{(*ast.FuncDecl)(nil), (*ast.FuncLit)(nil), (*ast.Ident)(nil)}
	for cur := range in.Root().Preorder(kinds...) {
		switch n := cur.Node().(type) {
		case *ast.FuncDecl:
			obj, _ := info.Defs[n.Name].(*types.Func)
			if obj == nil || n.Body == nil {
				continue
			}
			f := &Func{Pkg: p, Node: n, Cursor: cur, Type: n.Type, Body: n.Body, Sig: obj.Signature(), Obj: obj}
			p.add(f)
			p.byObj[obj] = f
			p.decls = append(p.decls, cur)
		case *ast.FuncLit:
			sig, _ := info.TypeOf(n).(*types.Signature)
			if sig == nil {
				continue
			}
			f := &Func{Pkg: p, Node: n, Cursor: cur, Type: n.Type, Body: n.Body, Sig: sig}
			f.Outer = p.Enclosing(cur.Parent())
			p.add(f)
		case *ast.Ident:
			if obj := info.ObjectOf(n); obj != nil {
				obj = origin(obj)
				p.uses[obj] = append(p.uses[obj], cur)
			}
		}
	}
	for _, f := range files {
		if helpsTests(f, info) {
			p.supports[fset.File(f.FileStart)] = true
		}
	}
	slices.SortFunc(p.decls, func(a, b inspector.Cursor) int { return cmp.Compare(a.Node().Pos(), b.Node().Pos()) })
	return p
}

func (p *Package) add(f *Func) {
	p.Funcs = append(p.Funcs, f)
	p.byNode[f.Node] = f
}

// FuncOf returns the function of a declaration or literal, nil if it has no body.
func (p *Package) FuncOf(n ast.Node) *Func { return p.byNode[n] }

// Decl returns the function that declares obj in this package, nil if it is
// declared elsewhere. An instance of a generic function has its origin's.
func (p *Package) Decl(obj *types.Func) *Func {
	if obj == nil {
		return nil
	}
	return p.byObj[obj.Origin()]
}

// Enclosing returns the innermost function around cur, cur itself included.
func (p *Package) Enclosing(cur inspector.Cursor) *Func {
	for c := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if f := p.byNode[c.Node()]; f != nil {
			return f
		}
	}
	return nil
}

// Cursor returns the place of n in the syntax.
func (p *Package) Cursor(n ast.Node) (inspector.Cursor, bool) {
	if cur, ok := p.cursors[n]; ok {
		return cur, cur.Valid()
	}
	// FindNode reads everything below where it starts, so it starts at the
	// declaration around the node.
	from := p.root
	if i := sort.Search(len(p.decls), func(i int) bool { return p.decls[i].Node().Pos() > n.Pos() }); i > 0 && n.End() <= p.decls[i-1].Node().End() {
		from = p.decls[i-1]
	}
	cur, _ := from.FindNode(n)
	p.cursors[n] = cur
	return cur, cur.Valid()
}

// FuncAt returns the innermost function around n.
func (p *Package) FuncAt(n ast.Node) *Func {
	cur, ok := p.Cursor(n)
	if !ok {
		return nil
	}
	return p.Enclosing(cur)
}

// Uses returns every identifier that denotes obj, its declaration included,
// in source order. A field or method of an instance of a generic type is that
// of the generic type.
func (p *Package) Uses(obj types.Object) []inspector.Cursor { return p.uses[origin(obj)] }

func origin(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Var:
		return obj.Origin()
	case *types.Func:
		return obj.Origin()
	}
	return obj
}

// Memo returns what build returned when it was first called for key: the
// place for what a model computes once per package.
func (p *Package) Memo(key any, build func() any) any {
	if v, ok := p.memo[key]; ok {
		return v
	}
	v := build()
	p.memo[key] = v
	return v
}

// Release forgets what has been computed about the package. A driver keeps the
// results of all analyzers until it has analyzed all packages, and what the
// models know of one is many times its syntax.
func (p *Package) Release() {
	for _, f := range p.Funcs {
		f.graph = nil
	}
	p.memo = make(map[any]any)
	p.cursors = make(map[ast.Node]inspector.Cursor)
	p.uses, p.byNode, p.byObj, p.decls, p.Funcs = nil, nil, nil, nil, nil
}

// Callee returns the function a call names statically: a function, a method,
// or a method of an interface. It is nil for function values.
func (p *Package) Callee(call *ast.CallExpr) *types.Func {
	fn, _ := typeutil.Callee(p.Info, call).(*types.Func)
	return fn
}

// VarOf returns the variable an expression names: a local variable, a
// parameter, a package variable, or (through a selector) a field.
func (p *Package) VarOf(e ast.Expr) *types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, _ := p.Info.ObjectOf(e).(*types.Var)
		return v
	case *ast.SelectorExpr:
		v, _ := p.Info.ObjectOf(e.Sel).(*types.Var)
		return v
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return p.VarOf(e.X)
		}
	case *ast.StarExpr:
		return p.VarOf(e.X)
	}
	return nil
}

// Graph returns the function's control flow, built on first use.
func (f *Func) Graph() *path.Graph {
	if f.graph == nil {
		f.graph = path.New(f.Body, func(call *ast.CallExpr) bool {
			return !f.Pkg.noReturn(call)
		})
	}
	return f.graph
}

// Inside reports whether f is g or a literal somewhere inside g.
func (f *Func) Inside(g *Func) bool {
	for ; f != nil; f = f.Outer {
		if f == g {
			return true
		}
	}
	return false
}

// Root returns the declaration around f, or the outermost literal.
func (f *Func) Root() *Func {
	for f.Outer != nil {
		f = f.Outer
	}
	return f
}

// Recv returns the receiver variable, nil if there is none or it has no name.
func (f *Func) Recv() *types.Var { return f.Sig.Recv() }

// Slot returns the parameter of the slot: the receiver for Receiver, else the
// parameter with that index.
func (f *Func) Slot(i int) *types.Var {
	if i == Receiver {
		return f.Sig.Recv()
	}
	if i < 0 || i >= f.Sig.Params().Len() {
		return nil
	}
	return f.Sig.Params().At(i)
}

// Receiver is the slot of a method's receiver.
const Receiver = -1

// SlotOf returns the slot of a parameter of f.
func (f *Func) SlotOf(v *types.Var) (slot int, ok bool) {
	if v == nil {
		return 0, false
	}
	if v == f.Sig.Recv() {
		return Receiver, true
	}
	for i := range f.Sig.Params().Len() {
		if f.Sig.Params().At(i) == v {
			return i, true
		}
	}
	return 0, false
}

// Owns reports whether v is declared in f itself: a parameter, result or
// local variable, not one of an enclosing or inner function.
func (f *Func) Owns(v *types.Var) bool {
	if v == nil || v.Pos() < f.Node.Pos() || v.Pos() >= f.Node.End() {
		return false
	}
	cur, ok := f.Pkg.root.FindByPos(v.Pos(), v.Pos())
	return ok && f.Pkg.Enclosing(cur) == f
}

// Underlying returns the underlying type of an expression; the invalid type
// where it is not known. A package that imports one with errors may have none
// of its own, for go/types reports no error that follows from another, but
// neither does it record the types of such expressions.
func Underlying(info *types.Info, e ast.Expr) types.Type {
	if t := info.TypeOf(e); t != nil {
		return t.Underlying()
	}
	return types.Typ[types.Invalid]
}

// Lasts reports whether what is assigned to the variable outlives the call of a
// function that assigns it: it is a field, or a variable of the package.
func Lasts(v *types.Var) bool {
	return v.IsField() || v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// AnyCall reports whether a call in a node, outside of the literals in it, is
// one that is looked for.
func AnyCall(n ast.Node, is func(*ast.CallExpr) bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || is(n)
		}
		return !found
	})
	return found
}

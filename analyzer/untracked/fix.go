package untracked

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A group is a wait group in reach of a launch.
type group struct {
	text string // how it is written there
	by   *scope.Func
}

// tracker returns the wait group in reach that somebody waits for: a field of
// the receiver, a package variable, a parameter.
func tracker(m *model.Models, l *launch.Launch) (group, bool) {
	pkg := m.Pass.Pkg
	if recv, st := receiver(l); st != nil && edit.SameIn(pkg, recv, l.Func.Body) {
		for i := range st.NumFields() {
			v := st.Field(i)
			if w := m.Launch.Awaited(v); isWaitGroup(v.Type()) && !v.Embedded() && w.Await == launch.Somewhere && !l.WaitsFor(v) {
				return group{recv.Name() + "." + v.Name(), w.By}, true
			}
		}
	}
	for f := l.Func; f != nil; f = f.Outer {
		for i := range f.Sig.Params().Len() {
			if p := f.Sig.Params().At(i); isWaitGroup(p.Type()) && isPointer(p.Type()) && edit.SameIn(pkg, p, l.Func.Body) {
				return group{p.Name(), nil}, true
			}
		}
	}
	for _, name := range pkg.Scope().Names() {
		v, ok := pkg.Scope().Lookup(name).(*types.Var)
		if !ok || !isWaitGroup(v.Type()) || m.Package.IsTest(&ast.Ident{NamePos: v.Pos()}) || !edit.SameIn(pkg, v, l.Func.Body) {
			continue
		}
		if w := m.Launch.Awaited(v); w.Await == launch.Somewhere && !l.WaitsFor(v) {
			return group{name, w.By}, true
		}
	}
	return group{}, false
}

// receiver returns the receiver around a launch, where it is a pointer to a
// struct and has a name.
func receiver(l *launch.Launch) (*types.Var, *types.Struct) {
	recv := l.Func.Root().Recv()
	if recv == nil || recv.Name() == "" || recv.Name() == "_" || !isPointer(recv.Type()) {
		return nil, nil
	}
	st, _ := types.Unalias(recv.Type()).(*types.Pointer).Elem().Underlying().(*types.Struct)
	return recv, st
}

// A stopping is the type whose method launches, and its method that ends it.
type stopping struct {
	of     *types.TypeName
	fields *types.Struct
	method *types.Func
	decl   *scope.Func
}

// stopper returns the Close, Stop or Shutdown of the receiver's type that can
// wait: it takes nothing, or a context.
func stopper(m *model.Models, l *launch.Launch) (stopping, bool) {
	recv, st := receiver(l)
	if st == nil {
		return stopping{}, false
	}
	named, ok := types.Unalias(types.Unalias(recv.Type()).(*types.Pointer).Elem()).(*types.Named)
	if !ok {
		return stopping{}, false
	}
	for i := range named.NumMethods() {
		method := named.Method(i)
		decl := m.Package.Decl(method)
		if decl == nil || decl == l.Func.Root() || !launch.Stops(method) || method.Signature().Params().Len() > 1 {
			continue
		}
		if r := decl.Recv(); r == nil || r.Name() == "" || r.Name() == "_" || !isPointer(r.Type()) {
			continue
		}
		if waits(m, l, st) {
			return stopping{}, false // it has a group, and this work waits for that
		}
		return stopping{named.Obj(), st, method, decl}, true
	}
	return stopping{}, false
}

// waits reports whether the work waits for a group among the fields.
func waits(m *model.Models, l *launch.Launch, st *types.Struct) bool {
	for i := range st.NumFields() {
		if v := st.Field(i); isWaitGroup(v.Type()) && l.WaitsFor(v) {
			return true
		}
	}
	return false
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

func isWaitGroup(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" && named.Obj().Name() == "WaitGroup"
}

// A fixer builds the repair of one launch.
type fixer struct {
	m     *model.Models
	l     *launch.Launch
	file  *edit.File
	newer bool // the file may use WaitGroup.Go
}

func newFixer(m *model.Models, l *launch.Launch) *fixer { return &fixer{m: m, l: l} }

// open reads the file. Only go statements that are statements of a list are
// repaired: what others launch is theirs to count.
func (f *fixer) open() bool {
	if _, ok := f.l.Node.(*ast.GoStmt); !ok || !f.listed() {
		return false
	}
	return f.read()
}

func (f *fixer) read() bool {
	f.file = f.m.File(f.l.Node)
	if f.file == nil {
		return false
	}
	f.newer = version.Compare(version.Lang(f.m.Pass.TypesInfo.FileVersions[f.file.Syntax]), "go1.25") >= 0
	return true
}

func (f *fixer) listed() bool {
	cur, ok := f.m.Package.Cursor(f.l.Node)
	if !ok {
		return false
	}
	switch cur.ParentEdgeKind() {
	case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
		return true
	}
	return false
}

// count returns the edit that lets a group count the work: the one in reach,
// or, if the user takes such edits, a new one that the type's stop waits for.
//
// The argument: the work ends by itself, or it would not have been reported,
// so whoever waits for the group waits a little longer and not for ever. Add
// comes before the go statement, and Done is deferred before all else in the
// work, so that it runs last, after recovers.
func (f *fixer) count() *analysis.SuggestedFix {
	if !f.open() {
		return nil
	}
	if t, ok := tracker(f.m, f.l); ok {
		return f.file.Fix(fmt.Sprintf("Let %s count the work", t.text), f.counted(t.text))
	}
	if !f.m.Config.UnsafeFixes {
		return nil
	}
	s, ok := stopper(f.m, f.l)
	recv, _ := receiver(f.l)
	if !ok || !edit.SameIn(f.m.Pass.Pkg, recv, f.l.Func.Body) {
		return nil
	}
	field, edits := f.field(s)
	if edits == nil {
		return nil
	}
	counted := f.counted(recv.Name() + "." + field)
	waits := f.waitIn(s, field)
	if counted == nil || waits == nil {
		return nil
	}
	edits = append(append(edits, waits...), counted...)
	return f.file.Fix(fmt.Sprintf("Count the work in a new group that %s waits for", s.method.Name()), edits)
}

// wait returns the edit that waits for a group in the stop of its type. Work
// that the stop has to end first is not waited for before it.
func (f *fixer) wait(group *types.Var) *analysis.SuggestedFix {
	if !f.m.Config.UnsafeFixes || !isWaitGroup(group.Type()) || group.Embedded() || !f.read() {
		return nil
	}
	s, ok := stopper(f.m, f.l)
	if !ok || !isFieldOf(group, f.l.Func.Root().Recv().Type()) {
		return nil
	}
	for _, l := range f.m.Launch.Launches() {
		groups, _ := l.CountedBy()
		for _, g := range groups {
			if g == group && (l.Endless() || l.Func.Root() == s.decl) {
				return nil
			}
		}
	}
	return f.file.Fix(fmt.Sprintf("Wait for %s in %s", group.Name(), s.method.Name()), f.waitIn(s, group.Name()))
}

// waitIn waits first of all in the stop, before what the work uses is closed
// and before locks are taken.
func (f *fixer) waitIn(s stopping, field string) []analysis.TextEdit {
	if !f.owns(s.decl.Node) {
		return nil
	}
	return f.file.AtStart(s.decl.Body, s.decl.Recv().Name()+"."+field+".Wait()")
}

func (f *fixer) owns(n ast.Node) bool { return f.m.Pass.Fset.File(n.Pos()) == f.file.Tok }

// field adds a wait group to a struct that is declared in the file.
//
//	type server struct {
//		store *store
//
//		background sync.WaitGroup
//	}
func (f *fixer) field(s stopping) (string, []analysis.TextEdit) {
	var st *ast.StructType
	for _, file := range f.m.Pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && f.m.Pass.TypesInfo.Defs[spec.Name] == s.of {
				st, _ = spec.Type.(*ast.StructType)
			}
			return st == nil
		})
	}
	if st == nil || !f.owns(st) || len(st.Fields.List) == 0 {
		return "", nil
	}
	tok := f.file.Tok
	last := st.Fields.List[len(st.Fields.List)-1]
	if tok.Line(last.End()) >= tok.Line(st.Fields.Closing) {
		return "", nil // in one line
	}
	name := "background"
	for obj, _, _ := types.LookupFieldOrMethod(s.of.Type(), true, f.m.Pass.Pkg, name); obj != nil; {
		name += "s"
		obj, _, _ = types.LookupFieldOrMethod(s.of.Type(), true, f.m.Pass.Pkg, name)
	}
	imports := f.file.Imports(f.m.Pass.Pkg)
	prefix, ok := imports.Prefix("sync", "sync", st, "WaitGroup")
	if !ok {
		return "", nil
	}
	at := tok.LineStart(tok.Line(st.Fields.Closing))
	text := "\n\t" + name + " " + prefix + "WaitGroup\n"
	return name, append(imports.Edits(), analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)})
}

// counted lets the group count the work.
//
//	// go          func() { ... }()
//	// ---                       --
//	// s.group.Go( func() { ... })
func (f *fixer) counted(group string) []analysis.TextEdit {
	g := f.l.Node.(*ast.GoStmt)
	lit, ok := ast.Unparen(g.Call.Fun).(*ast.FuncLit)
	if !ok {
		return f.wrapped(g, group)
	}
	if plain := len(g.Call.Args) == 0 && lit.Type.Results == nil; f.newer && plain && !recovers(f.m.Pass.TypesInfo, lit) && f.bare(g, lit) {
		return []analysis.TextEdit{
			{Pos: g.Pos(), End: lit.Pos(), NewText: []byte(group + ".Go(")},
			{Pos: lit.End(), End: g.End(), NewText: []byte(")")},
		}
	}
	edits := f.file.Before(g, group+".Add(1)")
	done := f.file.AtStart(lit.Body, "defer "+group+".Done()")
	if edits == nil || done == nil {
		return nil
	}
	return append(edits, done...)
}

// bare reports whether nothing but the syntax of a go statement stands around
// the literal, no comment above all.
func (f *fixer) bare(g *ast.GoStmt, lit *ast.FuncLit) bool {
	tok := f.file.Tok
	head := string(f.file.Src[tok.Offset(g.Pos()):tok.Offset(lit.Pos())])
	tail := string(f.file.Src[tok.Offset(lit.End()):tok.Offset(g.End())])
	return strings.TrimSpace(head) == "go" && tail == "()"
}

// recovers reports whether a literal calls recover: WaitGroup.Go asks that
// its function does not panic, and this one expects to.
func recovers(info *types.Info, lit *ast.FuncLit) bool {
	found := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "recover" {
			_, builtin := info.ObjectOf(id).(*types.Builtin)
			found = found || builtin
		}
		return !found
	})
	return found
}

// wrapped makes a literal of a call that is launched. Function value, receiver
// and arguments are evaluated where they were: what could mean something else
// by the time the work runs is bound first.
func (f *fixer) wrapped(g *ast.GoStmt, group string) []analysis.TextEdit {
	call, info := g.Call, f.m.Pass.TypesInfo
	if call.Ellipsis.IsValid() {
		return nil
	}
	var before strings.Builder
	var taken []string
	bind := func(e ast.Expr, base string) string {
		if f.stable(e) {
			return f.file.Text(e)
		}
		name := edit.FreshName(f.m.Pass.Pkg, f.l.Func.Body, base, taken...)
		taken = append(taken, name)
		before.WriteString(name + " := " + f.file.Text(e) + "\n")
		return name
	}
	fun := f.file.Text(call.Fun)
	switch fn := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if _, ok := info.ObjectOf(fn).(*types.Func); !ok {
			return nil // a variable: which function it held is not ours to copy
		}
	case *ast.SelectorExpr:
		if s := info.Selections[fn]; s != nil {
			switch t := info.TypeOf(fn.X); {
			case s.Kind() != types.MethodVal:
				return nil // a field, as above
			case f.stable(fn.X):
			case types.IsInterface(t) || isPointer(t):
				fun = bind(fn.X, base(fn.X, "recv")) + "." + fn.Sel.Name
			default:
				return nil // binding would copy the receiver
			}
		}
	default:
		return nil
	}
	var args []string
	for i, arg := range call.Args {
		if tv := info.Types[arg]; tv.Type == nil {
			return nil
		} else if _, ok := tv.Type.(*types.Tuple); ok {
			return nil
		}
		name := "arg"
		if fn := f.m.Package.Callee(call); fn != nil && i < fn.Signature().Params().Len() {
			if p := fn.Signature().Params().At(i); p.Name() != "" && p.Name() != "_" {
				name = p.Name()
			}
		}
		if untyped(info, arg) && !f.stable(arg) {
			return nil
		}
		args = append(args, bind(arg, name))
	}
	work := fun + "(" + strings.Join(args, ", ") + ")"
	if f.newer {
		return f.file.Replace(g, before.String()+group+".Go(func() { "+work+" })")
	}
	return f.file.Replace(g, before.String()+group+".Add(1)\ngo func() {\n\tdefer "+group+".Done()\n\t"+work+"\n}()")
}

func untyped(info *types.Info, e ast.Expr) bool {
	b, ok := info.TypeOf(e).(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

func base(e ast.Expr, otherwise string) string {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		return sel.Sel.Name
	}
	return otherwise
}

// stable reports whether an expression means the same inside the goroutine,
// whenever it runs: a constant, a function, a variable nobody assigns again.
func (f *fixer) stable(e ast.Expr) bool {
	info := f.m.Pass.TypesInfo
	if tv := info.Types[e]; tv.Value != nil || tv.IsNil() {
		return true
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	switch obj := info.ObjectOf(id).(type) {
	case *types.Func, *types.PkgName, *types.Nil:
		return true
	case *types.Var:
		if obj.Parent() == f.m.Pass.Pkg.Scope() || f.m.Launch.Flow.Reassigned(obj) {
			return false
		}
		for _, cur := range f.m.Package.Uses(obj) {
			if cur.ParentEdgeKind() == edge.UnaryExpr_X && cur.Parent().Node().(*ast.UnaryExpr).Op == token.AND {
				return false
			}
		}
		return true
	}
	return false
}

package detach

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
)

// start returns the statements that start the detached span below ctx. The
// names in it mean what they should everywhere in the node.
func (d *detacher) start(ctx string, in ast.Node) (string, bool) {
	timeout, ok := d.timeout(in)
	if !ok {
		return "", false
	}
	tracer, ok := d.tracer(in)
	if !ok {
		return "", false
	}
	contextPkg, ok := d.imports.Prefix("context", "context", in, "WithoutCancel", "WithTimeout")
	if !ok {
		return "", false
	}
	options, ok := d.options(ctx, in)
	if !ok {
		return "", false
	}
	span := unused("span", in, d.taken...)
	text := fmt.Sprintf("%s, %s := %s.Start(%s, %s%s)\ndefer %s.End()",
		ctx, span, tracer, d.detached(contextPkg, ctx), strconv.Quote(d.spanName()), options, span)
	if timeout != "" {
		cancel := unused("cancel", in, d.taken...)
		text += fmt.Sprintf("\n%s, %s := %sWithTimeout(%s, %s)\ndefer %s()", ctx, cancel, contextPkg, ctx, timeout, cancel)
	}
	return text, true
}

// deadlines returns the derivations, by the launching function and what it
// calls, whose deadlines the detachment cuts.
func (d *detacher) deadlines() []ctxflow.Step {
	if !d.Cut {
		return nil
	}
	var steps []ctxflow.Step
	for _, s := range d.Value.Cancels() {
		if s.Deadline && !s.Func.Inside(d.l.Body) {
			steps = append(steps, s)
		}
	}
	return steps
}

// timeout returns the duration after which the launching function lets the
// work end, "" if it does not. It reports false where that cannot be repeated
// in the node: there are several, or it is not a constant that means the same.
func (d *detacher) timeout(in ast.Node) (string, bool) {
	steps := d.deadlines()
	if len(steps) == 0 {
		return "", true
	}
	call := steps[0].Call
	fn := d.Package.Callee(call)
	if len(steps) > 1 || fn == nil || fn.FullName() != "context.WithTimeout" || len(call.Args) != 2 || !within(d.file.Syntax, call.Args) {
		return "", false
	}
	duration := call.Args[1]
	if tv := d.Pass.TypesInfo.Types[duration]; tv.Value == nil {
		return "", false
	}
	same := true
	ast.Inspect(duration, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			same = same && d.sameName(n.X, in)
			return false
		case *ast.Ident:
			same = same && d.sameName(n, in)
		}
		return same
	})
	return d.file.Text(duration), same
}

func (d *detacher) sameName(e ast.Expr, in ast.Node) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	obj := d.Pass.TypesInfo.ObjectOf(id)
	return obj != nil && (obj.Parent() == types.Universe || edit.SameIn(d.Pass.Pkg, obj, in))
}

// options returns the options that make a new root which links to the span
// in ctx, none for the variant child.
func (d *detacher) options(ctx string, in ast.Node) (string, bool) {
	if d.Config.Detach == config.DetachChild {
		return "", true
	}
	if !d.importable(otelapi.TracePath) {
		return "", false
	}
	trace, ok := d.imports.Prefix(otelapi.TracePath, "trace", in, "WithNewRoot", "WithLinks", "LinkFromContext")
	if !ok {
		return "", false
	}
	return fmt.Sprintf(", %sWithNewRoot(), %sWithLinks(%sLinkFromContext(%s))", trace, trace, trace, ctx), true
}

// detached returns the context that the new span starts from: ctx itself
// where its cancellation is cut already, or there is none.
func (d *detacher) detached(contextPkg, ctx string) string {
	if !d.Cut && !d.again {
		return ctx
	}
	return contextPkg + "WithoutCancel(" + ctx + ")"
}

// unused returns base, or base with a number, such that no identifier in the
// node has the name and it is not taken: declared there, it hides nothing
// that is used.
func unused(base string, in ast.Node, taken ...string) string {
	used := make(map[string]bool)
	ast.Inspect(in, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	name := base
	for n := 2; used[name] || slices.Contains(taken, name); n++ {
		name = base + strconv.Itoa(n)
	}
	return name
}

// spanName makes a constant out of the work's name.
func (d *detacher) spanName() string {
	if g, ok := d.l.Node.(*ast.GoStmt); ok {
		if fn := d.Package.Callee(g.Call); fn != nil {
			return fn.Name()
		}
		switch fun := ast.Unparen(g.Call.Fun).(type) {
		case *ast.Ident:
			return fun.Name
		case *ast.SelectorExpr:
			return fun.Sel.Name
		}
	}
	if d.Use.Callee != nil {
		return d.Use.Callee.Name()
	}
	if root := d.l.Func.Root(); root.Obj != nil {
		return root.Obj.Name() + ".background"
	}
	return "background"
}

// tracer returns an expression for the nearest tracer: a variable or
// parameter of the function, a field of its receiver, a package variable,
// else one made by the global provider.
func (d *detacher) tracer(in ast.Node) (string, bool) {
	pass := d.Pass
	for s := pass.Pkg.Scope().Innermost(d.l.Node.Pos()); s != nil && s != pass.Pkg.Scope(); s = s.Parent() {
		for _, name := range s.Names() {
			v, ok := s.Lookup(name).(*types.Var)
			if ok && otelapi.IsTracer(v.Type()) && v.Pos() < d.l.Node.Pos() && edit.SameIn(pass.Pkg, v, in) {
				return name, true
			}
		}
	}
	if recv := d.l.Func.Root().Recv(); recv != nil && recv.Name() != "" && edit.SameIn(pass.Pkg, recv, in) {
		if name, ok := fieldOf(recv.Type(), otelapi.IsTracer); ok {
			return recv.Name() + "." + name, true
		}
	}
	for _, name := range pass.Pkg.Scope().Names() {
		v, ok := pass.Pkg.Scope().Lookup(name).(*types.Var)
		if ok && otelapi.IsTracer(v.Type()) && edit.SameIn(pass.Pkg, v, in) && !d.Package.IsTest(identAt(v)) {
			return name, true
		}
	}
	if !d.importable(otelapi.OtelPath) {
		return "", false
	}
	prefix, ok := d.imports.Prefix(otelapi.OtelPath, "otel", in, "Tracer")
	if !ok {
		return "", false
	}
	return prefix + "Tracer(" + strconv.Quote(strings.TrimSuffix(pass.Pkg.Path(), "_test")) + ")", true
}

func fieldOf(t types.Type, match func(types.Type) bool) (string, bool) {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return "", false
	}
	for f := range st.Fields() {
		if match(f.Type()) {
			return f.Name(), true
		}
	}
	return "", false
}

// identAt stands for the place of an object where a node is asked for.
func identAt(obj types.Object) ast.Node { return &ast.Ident{NamePos: obj.Pos(), Name: obj.Name()} }

// importable reports whether the package may be imported here: the module's
// own source, as far as this package sees it, imports it already; or it
// imports otel, which cannot be built without the module of trace.
func (d *detacher) importable(path string) bool {
	seen := make(map[*types.Package]bool)
	var has func(*types.Package) bool
	has = func(p *types.Package) bool {
		if seen[p] {
			return false
		}
		seen[p] = true
		for _, imp := range p.Imports() {
			if imp.Path() == path || path == otelapi.TracePath && imp.Path() == otelapi.OtelPath {
				return true
			}
			if sameModule(d.Pass, imp) && has(imp) {
				return true
			}
		}
		return false
	}
	return has(d.Pass.Pkg)
}

func sameModule(pass *analysis.Pass, p *types.Package) bool {
	if pass.Module != nil && pass.Module.Path != "" {
		return p.Path() == pass.Module.Path || strings.HasPrefix(p.Path(), pass.Module.Path+"/")
	}
	return false
}

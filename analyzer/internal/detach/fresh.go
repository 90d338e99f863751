package detach

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// An Origin is the context that launched work should have begun from.
type Origin struct {
	// Text denotes the context where the work is launched.
	Text string
	// Var is the variable that Text names; nil if Text is more than a name.
	Var *types.Var
}

// Begin returns the edit that makes launched work, which begins from contexts
// of its own, begin from one at hand instead: with a detached span, nil where
// that would not be sound. Sources are the expressions that make the work's
// own contexts, all of them for this launch.
//
// The argument is that of [Fix]. Besides: Background is never cancelled, and
// neither is what takes its place, so the work runs as it did; it only gets
// the values of its origin, and a span.
func Begin(site Site, from Origin, sources []ast.Expr) *analysis.SuggestedFix {
	d := &detacher{Site: site, l: site.Launch}
	if !d.possible() || !d.open() || len(sources) == 0 {
		return nil
	}
	var edits []analysis.TextEdit
	lit, isLit := d.l.Literal()
	g, isGo := d.l.Node.(*ast.GoStmt)
	switch {
	case isLit && within(lit.Body, sources):
		edits = d.beginInside(lit, from, sources)
	case len(sources) > 1:
	case isLit:
		edits = d.beginOutside(lit, from, sources[0])
	case isGo && d.isArgument(g, sources[0]):
		edits = d.beginCall(g, from, sources[0])
	case isGo:
		if cut := d.cutAt(sources[0], from); cut != nil {
			if into := d.intoLiteral(g); into != nil {
				edits = append(cut, into...)
			}
		}
	}
	if edits == nil {
		return nil
	}
	message := "Start a detached span that links to its origin"
	if d.Config.Detach == config.DetachChild {
		message = "Start a detached child span"
	}
	return d.finish(edits, message)
}

// Link returns the edit that links the span which the call starts to its
// origin, nil where that cannot be done.
//
// It only adds: the link is taken from a variable that still means the origin
// where the span is started, or else before the work is launched.
func Link(site Site, from Origin, call *ast.CallExpr) *analysis.SuggestedFix {
	d := &detacher{Site: site, l: site.Launch}
	if !d.open() || !within(d.file.Syntax, []ast.Expr{call}) || !d.importable(otelapi.TracePath) {
		return nil
	}
	if sig, ok := scope.Underlying(d.Pass.TypesInfo, call.Fun).(*types.Signature); !ok || !otelapi.TakesStartOptions(sig) {
		return nil // a helper that hands no options on
	}
	trace, ok := d.imports.Prefix(otelapi.TracePath, "trace", call, "WithLinks", "LinkFromContext")
	if !ok {
		return nil
	}
	var edits []analysis.TextEdit
	link := ""
	if from.Var != nil && edit.SameAt(d.Pass.Pkg, from.Var, call.Lparen) && d.unchanged(from.Var, call) {
		link = trace + "LinkFromContext(" + from.Text + ")"
	} else if lit, ok := d.l.Literal(); !ok || !within(lit.Body, []ast.Expr{call}) {
		if d.l.Body != nil && within(d.l.Body.Body, []ast.Expr{call}) || from.Var != nil {
			return nil // in the callee, where nothing means the origin
		}
		link = trace + "LinkFromContext(" + from.Text + ")"
	} else {
		stmt := d.statement()
		if stmt == nil {
			return nil
		}
		link = edit.FreshName(d.Pass.Pkg, d.l.Func.Body, "link")
		outside, ok := d.imports.Prefix(otelapi.TracePath, "trace", stmt, "LinkFromContext")
		if !ok {
			return nil
		}
		edits = d.file.Before(stmt, link+" := "+outside+"LinkFromContext("+from.Text+")")
	}
	added := d.file.AddArg(call, trace+"WithLinks("+link+")")
	if added == nil {
		return nil
	}
	return d.finish(append(edits, added...), "Link the span to its origin")
}

// Attach returns the edit that makes the span which the call starts, below a
// context of its own, a child of its origin's span; nil where that cannot be
// done. src is the expression that makes the context.
//
// The argument is that of [Begin]: what takes the place of Background is
// never cancelled either, and brings the parent.
func Attach(site Site, from Origin, call *ast.CallExpr, src ast.Expr) *analysis.SuggestedFix {
	d := &detacher{Site: site, l: site.Launch}
	lit, ok := d.l.Literal()
	if !ok || !d.open() || !within(lit.Body, []ast.Expr{call, src}) || d.Flow.HasOption(call, "WithNewRoot") {
		return nil
	}
	contextPkg, ok := d.imports.Prefix("context", "context", call, "WithoutCancel")
	if !ok {
		return nil
	}
	var edits []analysis.TextEdit
	ctx := from.Text
	if from.Var == nil || !edit.SameAt(d.Pass.Pkg, from.Var, call.Lparen) || !d.unchanged(from.Var, call) {
		stmt := d.statement()
		if stmt == nil {
			return nil
		}
		ctx = edit.FreshName(d.Pass.Pkg, d.l.Func.Body, "origin")
		edits = d.file.Before(stmt, ctx+" := "+from.Text)
	}
	attached := d.file.Replace(src, contextPkg+"WithoutCancel("+ctx+")")
	if attached == nil {
		return nil
	}
	return d.finish(append(edits, attached...), "Start the span as a child of its origin")
}

// unchanged reports whether the variable is assigned nowhere in the launched
// literal, so that it means the origin all over it.
func (d *detacher) unchanged(v *types.Var, in ast.Node) bool {
	if lit, ok := d.l.Literal(); ok {
		in = lit
	}
	for _, cur := range d.Package.Uses(v) {
		if d.Pass.TypesInfo.Defs[cur.Node().(*ast.Ident)] == nil && in.Pos() <= cur.Node().Pos() && cur.Node().Pos() < in.End() && assigns(cur.Parent().Node(), cur.Node()) {
			return false
		}
	}
	return true
}

func assigns(parent, id ast.Node) bool {
	assign, ok := parent.(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, lhs := range assign.Lhs {
		if lhs == id {
			return true
		}
	}
	return false
}

// finish puts edits together into a fix.
func (d *detacher) finish(edits []analysis.TextEdit, message string) *analysis.SuggestedFix {
	return d.file.Fix(message, append(edits, d.imports.Edits()...))
}

func within(in ast.Node, list []ast.Expr) bool {
	for _, e := range list {
		if e.Pos() < in.Pos() || in.End() < e.End() {
			return false
		}
	}
	return true
}

// beginInside starts the span in the literal in which the contexts are made.
func (d *detacher) beginInside(lit *ast.FuncLit, from Origin, sources []ast.Expr) []analysis.TextEdit {
	body := d.l.Body
	if d.borrows(body) || d.blocks(body) {
		return nil
	}
	if from.Var != nil && !d.sameThroughout(from.Var, lit) {
		return nil
	}
	origin := from.Text
	var edits []analysis.TextEdit
	if from.Var == nil {
		// Read before the launch: the request is the server's again by then.
		stmt := d.statement()
		if stmt == nil {
			return nil
		}
		origin = edit.FreshName(d.Pass.Pkg, d.l.Func.Body, "ctx")
		edits = d.file.Before(stmt, origin+" := "+from.Text)
	}
	if stmt, v := d.madeBy(lit.Body, sources); stmt != nil {
		// ctx := context.Background()
		//        --------------------
		// ctx := context.WithoutCancel(ctx)
		cut := d.cut(sources[0], origin, from.Var)
		start, ok := d.startUncut(v.Name(), lit)
		if cut == nil || !ok {
			return nil
		}
		return append(append(edits, cut...), d.file.After(stmt, start)...)
	}
	name := origin
	if from.Var != nil && (d.assigned(from.Var, lit) || d.redeclared(name, lit.Body)) {
		name = edit.FreshName(d.Pass.Pkg, d.l.Func.Body, "ctx")
	}
	if from.Var == nil && d.redeclared(name, lit.Body) {
		return nil
	}
	for _, src := range sources {
		if from.Var != nil && name == origin && !edit.SameAt(d.Pass.Pkg, from.Var, src.Pos()) {
			return nil // another variable of that name stands in between
		}
		in := Use(d.file, d.Pass.TypesInfo, src, name)
		if in == nil {
			return nil
		}
		edits = append(edits, in...)
	}
	start, ok := d.begin(name, origin, lit)
	if !ok {
		return nil
	}
	return d.place(lit, edits, start)
}

// borrows reports whether the launched function uses a span from outside, so
// that it would annotate one and work below another, or a framework's object,
// which serves the next request by then.
func (d *detacher) borrows(body *scope.Func) bool { return d.usesSpan(body) || d.usesPooled(body) }

// madeBy returns the statement of the block that does nothing but make the
// one context, and the variable that gets it.
func (d *detacher) madeBy(block *ast.BlockStmt, sources []ast.Expr) (ast.Stmt, *types.Var) {
	if len(sources) != 1 {
		return nil, nil
	}
	for _, stmt := range block.List {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 || ast.Unparen(assign.Rhs[0]) != sources[0] {
			continue
		}
		id, _ := assign.Lhs[0].(*ast.Ident)
		if v, ok := d.Pass.TypesInfo.Defs[id].(*types.Var); ok && otelapi.IsContext(v.Type()) {
			return stmt, v
		}
	}
	return nil, nil
}

// beginOutside starts the span in a literal that gets its context from
// outside: through a variable it captures, or as an argument.
func (d *detacher) beginOutside(lit *ast.FuncLit, from Origin, src ast.Expr) []analysis.TextEdit {
	id, ok := ast.Unparen(d.Use.Expr).(*ast.Ident)
	if !ok || d.borrows(d.l.Body) || d.blocks(d.l.Body) {
		return nil
	}
	v, ok := d.Pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || !otelapi.IsContext(v.Type()) || d.assigned(v, lit) || d.redeclared(v.Name(), lit.Body) || !d.sameThroughout(v, lit) {
		return nil
	}
	cut := d.cutAt(src, from)
	start, ok := d.startUncut(v.Name(), lit)
	if cut == nil || !ok {
		return nil
	}
	return d.place(lit, cut, start)
}

// isArgument reports whether the launched call gets the source itself.
func (d *detacher) isArgument(g *ast.GoStmt, src ast.Expr) bool {
	for _, arg := range g.Call.Args {
		if ast.Unparen(arg) == src {
			return true
		}
	}
	return false
}

// beginCall is intoLiteral for a call that makes its context where it is
// launched: the literal has the origin instead.
//
//	go f(context.Background(), x)
//
//	go func() {
//		ctx, span := ...
//		defer span.End()
//		f(ctx, x)
//	}()
func (d *detacher) beginCall(g *ast.GoStmt, from Origin, src ast.Expr) []analysis.TextEdit {
	call := g.Call
	if d.statement() == nil {
		return nil
	}
	k := &kept{d: d}
	fun, ok := k.function(call.Fun)
	if !ok {
		return nil
	}
	origin := from.Text
	if from.Var == nil || d.changes(from.Var) {
		origin = k.bind(from.Text, "ctx")
	}
	args := make([]string, len(call.Args))
	for i, arg := range call.Args {
		if ast.Unparen(arg) == src {
			args[i] = origin
			continue
		}
		if t := d.Pass.TypesInfo.TypeOf(arg); otelapi.Pooled(t) || d.Package.Tracers.IsSpan(t) {
			return nil
		}
		args[i] = k.value(arg, d.paramName(i, arg))
	}
	if call.Ellipsis.IsValid() {
		args[len(args)-1] += "..."
	}
	start, ok := d.begin(origin, origin, g)
	if !ok {
		return nil
	}
	if group, ok := d.tracker(d.l.Body); ok {
		k.before.WriteString(group + ".Add(1)\n")
		start = "defer " + group + ".Done()\n" + start
	}
	return d.file.Replace(g, k.before.String()+"go func() {\n\t"+strings.ReplaceAll(start, "\n", "\n\t")+
		"\n\t"+fun+"("+strings.Join(args, ", ")+")\n}()")
}

// cutAt is cut where the source stands in the launching function.
func (d *detacher) cutAt(src ast.Expr, from Origin) []analysis.TextEdit {
	if !within(d.file.Syntax, []ast.Expr{src}) {
		return nil
	}
	return d.cut(src, from.Text, from.Var)
}

// cut puts the detached origin in the place of a source.
func (d *detacher) cut(src ast.Expr, origin string, v *types.Var) []analysis.TextEdit {
	if v != nil && !edit.SameAt(d.Pass.Pkg, v, src.Pos()) {
		return nil
	}
	contextPkg, ok := d.imports.Prefix("context", "context", src, "WithoutCancel")
	if !ok {
		return nil
	}
	return Use(d.file, d.Pass.TypesInfo, src, contextPkg+"WithoutCancel("+origin+")")
}

// Use puts ctx in the place of an expression that makes a context, or gives
// it to the call that makes a request; nil where that is not possible.
//
//	http.NewRequest(                method, url, body)
//	     ----------
//	http.NewRequestWithContext(ctx, method, url, body)
func Use(file *edit.File, info *types.Info, src ast.Expr, ctx string) []analysis.TextEdit {
	call, ok := src.(*ast.CallExpr)
	if !ok || !otelapi.IsRequest(info.TypeOf(src)) && !tupleOfRequest(info.TypeOf(src)) {
		return file.Replace(src, ctx)
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	return append(file.Replace(sel.Sel, sel.Sel.Name+"WithContext"), file.Replace(call.Args[0], ctx+", "+file.Text(call.Args[0]))...)
}

func tupleOfRequest(t types.Type) bool {
	tuple, ok := t.(*types.Tuple)
	return ok && tuple.Len() > 0 && otelapi.IsRequest(tuple.At(0).Type())
}

// startUncut is start below a context whose cancellation is cut already.
func (d *detacher) startUncut(ctx string, in ast.Node) (string, bool) {
	cut, again := d.Cut, d.again
	d.Cut, d.again = false, false
	text, ok := d.start(ctx, in)
	d.Cut, d.again = cut, again
	return text, ok
}

// begin returns the statements that start the detached span below origin and
// call its context name.
func (d *detacher) begin(name, origin string, in ast.Node) (string, bool) {
	tracer, ok := d.tracer(in)
	if !ok {
		return "", false
	}
	contextPkg, ok := d.imports.Prefix("context", "context", in, "WithoutCancel")
	if !ok {
		return "", false
	}
	options, ok := d.options(origin, in)
	if !ok {
		return "", false
	}
	span := unused("span", in)
	return fmt.Sprintf("%s, %s := %s.Start(%sWithoutCancel(%s), %s%s)\ndefer %s.End()",
		name, span, tracer, contextPkg, origin, strconv.Quote(d.spanName()), options, span), true
}

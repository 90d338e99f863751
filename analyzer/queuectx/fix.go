package queuectx

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/queue"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

// A fixer builds one repair in one file.
type fixer struct {
	m       *model.Models
	file    *edit.File
	imports *edit.Imports
	in      *scope.Func
	// taken are names that other repairs of the function give.
	taken names
}

// names are those that repairs give, by function: two of them may stand in one
// list of statements.
type names map[*scope.Func][]string

// newFixer refuses a module in which this package does not see otel: nothing
// is imported that may have to be downloaded.
func newFixer(m *model.Models, n ast.Node, in *scope.Func, taken names) *fixer {
	seen := false
	for _, imp := range m.Pass.Pkg.Imports() {
		seen = seen || imp.Path() == otelapi.OtelPath
	}
	file := m.File(n)
	if !seen || file == nil {
		return nil
	}
	return &fixer{m, file, file.Imports(m.Pass.Pkg), in, taken}
}

// prefix returns what stands before the members of a package.
func (f *fixer) prefix(path, name string, members ...string) (string, bool) {
	return f.imports.Prefix(path, name, f.in.Node, members...)
}

func (f *fixer) settled(message string, edits []analysis.TextEdit) *analysis.SuggestedFix {
	return f.file.Fix(message, append(edits, f.imports.Edits()...))
}

// statement returns the statement of a list in which a call is evaluated first
// of all, or only after what cannot notice: the edit comes before it.
func (f *fixer) statement(n ast.Node) (ast.Stmt, bool) {
	cur, ok := f.m.Package.Cursor(n)
	if !ok {
		return nil, false
	}
	for {
		switch cur.ParentEdgeKind() {
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
			stmt, ok := cur.Node().(ast.Stmt)
			return stmt, ok
		case edge.ParenExpr_X, edge.ExprStmt_X, edge.IfStmt_Init:
		case edge.CommClause_Comm:
			cur = cur.Parent().Parent() // and on to the select
		case edge.AssignStmt_Rhs:
			if len(cur.Parent().Node().(*ast.AssignStmt).Rhs) != 1 {
				return nil, false
			}
		case edge.ReturnStmt_Results:
			if len(cur.Parent().Node().(*ast.ReturnStmt).Results) != 1 {
				return nil, false
			}
		case edge.SelectorExpr_X:
			// ProduceSync(ctx, record).FirstErr()
			if cur.Parent().ParentEdgeKind() != edge.CallExpr_Fun {
				return nil, false
			}
		case edge.CallExpr_Fun:
			if len(cur.Parent().Node().(*ast.CallExpr).Args) > 0 {
				return nil, false
			}
		default:
			return nil, false
		}
		cur = cur.Parent()
	}
}

// inject puts the context of the span into the message.
//
//	                     return w.WriteMessages(ctx, kafka.Message{Value: body})
//	carrier := ...; msg := kafka.Message{Value: body}
//	for ... { msg.Headers = ... }
//	                     return w.WriteMessages(ctx, msg                       )
//
// The message is made where it was, before the call and after nothing but names
// and constants. Of a list each message is given the headers.
func inject(m *model.Models, p queue.Publish, taken names) *analysis.SuggestedFix {
	f := newFixer(m, p.Node, p.Func, taken)
	if f == nil || p.Bare || p.Of.Put+p.Of.Own == "" || p.Span.Ctx == nil || p.Span.Func != p.Func || !f.sameFile(p.Literal) {
		return nil
	}
	stmt, ok := f.statement(p.Node)
	if !ok || !edit.SameAt(m.Pass.Pkg, p.Span.Ctx, stmt.Pos()) {
		return nil
	}
	if got := m.Launch.Flow.EvalVar(p.Span.Ctx, p.Node, p.Func); len(got) != 1 {
		return nil
	} else if span, ok := got[0].Span(); !ok || span.Call != p.Span.Call {
		return nil // another one by then
	}
	var edits []analysis.TextEdit
	var before strings.Builder
	msg := ""
	if v := m.Package.VarOf(p.Message); v != nil && !v.IsField() {
		if msg = v.Name(); !edit.SameAt(m.Pass.Pkg, v, stmt.Pos()) {
			return nil
		}
	} else {
		if p.Many || !f.hoists(p) {
			return nil
		}
		msg = f.fresh("msg")
		before.WriteString(msg + " := " + f.file.Text(p.Message) + "\n")
		replaced := f.file.Replace(p.Message, msg)
		if replaced == nil {
			return nil // a comment stands in it
		}
		edits = append(edits, replaced...)
	}
	w := f.words(p.Of, p.Package, map[string]string{"$ctx": p.Span.Ctx.Name(), "$m": msg})
	text := ""
	if p.Of.Own != "" {
		text = p.Of.Init + "\n$otelGetTextMapPropagator().Inject($ctx, " + p.Of.Own + ")"
	} else {
		text = "for $key, $value := range $carrier {\n\t" + p.Of.Put + "\n}"
		if p.Of.Init != "" {
			text = p.Of.Init + "\n" + text
		}
	}
	if p.Many {
		text = strings.ReplaceAll(text, "$m", "$m[$i]")
		text = "for $i := range $m {\n\t" + strings.ReplaceAll(text, "\n", "\n\t") + "\n}"
	}
	if p.Of.Own == "" {
		text = "$carrier := $propagationMapCarrier{}\n$otelGetTextMapPropagator().Inject($ctx, $carrier)\n" + text
	}
	text, ok = w.replace(text)
	if !ok {
		return nil
	}
	before.WriteString(text)
	added := f.file.Before(stmt, before.String())
	if added == nil {
		return nil
	}
	if p.Kindless {
		edits = append(edits, f.kind(p.Span, "Producer")...)
	}
	return f.settled("Inject the context into the message", append(edits, added...))
}

// hoists reports whether a message that is made in the arguments of a call, or
// on the right of a send, can be made before it.
func (f *fixer) hoists(p queue.Publish) bool {
	switch n := p.Node.(type) {
	case *ast.CallExpr:
		for _, arg := range n.Args {
			if arg == p.Message {
				return receiverIsSimple(n)
			}
			if !simple(arg) {
				return false
			}
		}
	case *ast.SendStmt:
		c, ok := ast.Unparen(n.Chan).(*ast.CallExpr)
		if cur, found := f.m.Package.Cursor(n); !found || cur.ParentEdgeKind() == edge.CommClause_Comm {
			return false // it would be made before other cases are evaluated
		}
		return !ok && simple(n.Chan) || ok && len(c.Args) == 0 && receiverIsSimple(c)
	}
	return false
}

// words are the names that the texts of a message stand for.
type words struct {
	f      *fixer
	of     otelapi.Message
	pkg    *types.Package
	given  map[string]string
	failed bool
}

func (f *fixer) words(of otelapi.Message, pkg *types.Package, given map[string]string) *words {
	return &words{f: f, of: of, pkg: pkg, given: given}
}

// mark finds what is to be replaced. A prefix ends where the name of a member
// begins, which has a capital.
var mark = regexp.MustCompile(`\$[a-z]+`)

// replace writes a text with the names that are free in the function, and
// notes the imports that it needs.
func (w *words) replace(text string) (string, bool) {
	text = mark.ReplaceAllStringFunc(text, func(name string) string {
		if word, ok := w.given[name]; ok {
			return word
		}
		word, ok := "", true
		switch name {
		case "$otel":
			word, ok = w.f.prefix(otelapi.OtelPath, "otel", "GetTextMapPropagator")
		case "$propagation":
			word, ok = w.f.prefix(otelapi.OtelPath+"/propagation", "propagation", "MapCarrier", "HeaderCarrier")
		case "$p":
			word, ok = w.f.prefix(w.pkg.Path(), w.pkg.Name(), "Header", "RecordHeader", "Table")
		default:
			i := slices.IndexFunc(w.of.Needs, func(n otelapi.Need) bool { return n.Mark == name })
			if i >= 0 {
				word, ok = w.f.prefix(w.of.Needs[i].Path, w.of.Needs[i].Name)
			} else {
				word = w.f.fresh(name[1:])
			}
		}
		w.failed = w.failed || !ok
		w.given[name] = word
		return word
	})
	return text, !w.failed
}

// fresh is a name that is free in the function.
func (f *fixer) fresh(base string) string {
	name := edit.FreshName(f.m.Pass.Pkg, f.in.Node, base, f.taken[f.in]...)
	f.taken[f.in] = append(f.taken[f.in], name)
	return name
}

func (f *fixer) sameFile(n ast.Node) bool {
	return n != nil && f.m.Pass.Fset.File(n.Pos()) == f.file.Tok
}

// simple reports whether evaluating e later changes nothing.
func simple(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return simple(e.X)
	case *ast.CallExpr:
		return false
	}
	return false
}

func receiverIsSimple(c *ast.CallExpr) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	return ok && simple(sel.X)
}

// extract starts the span on what the message carries.
//
//	ctx, span := tracer.Start(                                          ctx          , "process")
//	                          otel.GetTextMapPropagator().Extract(          , carrier)
//
// The context itself is left as it is: it may be that of a loop, and must not
// keep what one message carried for the next.
func extract(m *model.Models, c queue.Consume, taken names) *analysis.SuggestedFix {
	f := newFixer(m, c.Span.Call, c.Func, taken)
	if f == nil || c.Of.Get == "" || len(c.Span.Call.Args) == 0 {
		return nil
	}
	stmt, ok := f.statement(c.Span.Call)
	if !ok || !edit.SameAt(m.Pass.Pkg, c.Message, stmt.Pos()) {
		return nil
	}
	w := f.words(c.Of, nil, map[string]string{"$m": c.Message.Name()})
	text, ok1 := w.replace("$carrier := $propagationMapCarrier{}\n" + c.Of.Get)
	call, ok2 := w.replace("$otelGetTextMapPropagator().Extract(")
	rest, ok3 := w.replace(", $carrier)")
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	added := f.file.Before(stmt, text)
	arg := c.Span.Call.Args[0]
	if added == nil {
		return nil
	}
	if c.Kindless {
		added = append(added, f.kind(c.Span, "Consumer")...)
	}
	return f.settled("Start from what the message carries", append(added,
		analysis.TextEdit{Pos: arg.Pos(), End: arg.Pos(), NewText: []byte(call)},
		analysis.TextEdit{Pos: arg.End(), End: arg.End(), NewText: []byte(rest)}))
}

// withKind adds the option to the call that starts the span.
func withKind(m *model.Models, s *spans.Start, kind string) *analysis.SuggestedFix {
	f := newFixer(m, s.Call, s.Func, nil)
	if f == nil {
		return nil
	}
	added := f.kind(s, kind)
	if added == nil {
		return nil
	}
	return f.settled("Say that the span is a "+strings.ToLower(kind)+"'s", added)
}

// kind is the edit that adds the option to a start.
func (f *fixer) kind(s *spans.Start, kind string) []analysis.TextEdit {
	trace, ok := f.prefix(otelapi.TracePath, "trace", "WithSpanKind", "SpanKindProducer", "SpanKindConsumer")
	if !ok {
		return nil
	}
	return f.file.AddArg(s.Call, trace+"WithSpanKind("+trace+"SpanKind"+kind+")")
}

// keep names the context that Extract returns as the one it was derived from.
//
//	ctx = otel.GetTextMapPropagator().Extract(ctx, carrier)
//	------
//
// In a block within that of the variable it is another one of the name, so that
// the next round of a loop does not start from what this one has extracted.
// Something after it must use the name, and no closure from before.
func keep(m *model.Models, w queue.Waste) *analysis.SuggestedFix {
	f := newFixer(m, w.Call, w.Func, nil)
	cur, ok := m.Package.Cursor(w.Call)
	if f == nil || !ok {
		return nil
	}
	ctx := m.Package.VarOf(w.Call.Args[0])
	if ctx == nil || ctx.IsField() || !w.Func.Owns(ctx) || !otelapi.IsContext(ctx.Type()) || !edit.SameAt(m.Pass.Pkg, ctx, w.Call.Pos()) {
		return nil
	}
	for _, v := range m.Launch.Flow.EvalVar(ctx, w.Call, w.Func) {
		if _, has := v.Span(); has {
			return nil // a parent that is there already would be lost
		}
	}
	var stmt ast.Node
	pos, end := w.Call.Pos(), w.Call.Pos()
	switch cur.ParentEdgeKind() {
	case edge.ExprStmt_X:
		stmt = cur.Parent().Node()
	case edge.AssignStmt_Rhs:
		stmt = cur.Parent().Node()
		pos = stmt.Pos()
	}
	block := m.Pass.Pkg.Scope().Innermost(w.Call.Pos())
	if stmt == nil || block == nil {
		return nil
	}
	list, ok := m.Package.Cursor(stmt)
	if !ok || list.ParentEdgeKind() != edge.BlockStmt_List {
		return nil
	}
	assign := " := "
	if block == ctx.Parent() {
		assign = " = "
	}
	used := false
	for _, use := range m.Package.Uses(ctx) {
		in := m.Package.FuncAt(use.Node())
		switch {
		case use.Node().Pos() > stmt.End():
			used = used || list.Parent().Node().End() >= use.Node().End()
		case in != w.Func:
			return nil
		}
	}
	if !used {
		return nil
	}
	return f.settled("Go on with what is extracted", []analysis.TextEdit{{Pos: pos, End: end, NewText: []byte(ctx.Name() + assign)}})
}

// leave goes on with the context of the request, which has the parent.
//
//	ctx := otel.GetTextMapPropagator().Extract(r.Context(), propagation.HeaderCarrier(r.Header))
//	       ------------------------------------           -------------------------------------
//
// What else the package names is used for keeps its imports in use.
func leave(m *model.Models, in *scope.Func, c *ast.CallExpr, all []*ast.CallExpr) *analysis.SuggestedFix {
	f := newFixer(m, c, in, nil)
	if f == nil || len(c.Args) != 2 || !converts(m, c.Args[1]) || f.file.Text(c) == "" {
		return nil
	}
	inside := func(n ast.Node) bool {
		return slices.ContainsFunc(all, func(c *ast.CallExpr) bool { return c.Pos() <= n.Pos() && n.End() <= c.End() })
	}
	still := make(map[types.Object]bool)
	ast.Inspect(f.file.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !inside(id) {
			still[m.Pass.TypesInfo.Uses[id]] = true
		}
		return true
	})
	needed := true
	ast.Inspect(c, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && n.Pos() < c.Args[0].Pos() || ok && n.Pos() > c.Args[0].End() {
			if name, ok := m.Pass.TypesInfo.Uses[id].(*types.PkgName); ok {
				needed = needed && still[name]
			}
		}
		return true
	})
	if !needed {
		return nil
	}
	return f.settled("Keep the parent that the server has set", []analysis.TextEdit{
		{Pos: c.Pos(), End: c.Args[0].Pos()}, {Pos: c.Args[0].End(), End: c.End()},
	})
}

// converts reports whether a carrier is made without any effect.
func converts(m *model.Models, e ast.Expr) bool {
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && m.Pass.TypesInfo.Types[c.Fun].IsType() && len(c.Args) == 1 {
		return simple(c.Args[0])
	}
	return simple(e)
}

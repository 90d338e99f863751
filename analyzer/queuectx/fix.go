package queuectx

import (
	"go/ast"
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
}

// newFixer refuses a module in which this package does not see otel: nothing
// is imported that may have to be downloaded.
func newFixer(m *model.Models, n ast.Node, in *scope.Func) *fixer {
	seen := false
	for _, imp := range m.Pass.Pkg.Imports() {
		seen = seen || imp.Path() == otelapi.OtelPath
	}
	file := m.File(n)
	if !seen || file == nil {
		return nil
	}
	return &fixer{m, file, file.Imports(m.Pass.Pkg), in}
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
func (f *fixer) statement(c *ast.CallExpr) (ast.Stmt, bool) {
	cur, ok := f.m.Package.Cursor(c)
	if !ok {
		return nil, false
	}
	for {
		switch cur.ParentEdgeKind() {
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
			stmt, ok := cur.Node().(ast.Stmt)
			return stmt, ok
		case edge.ParenExpr_X, edge.ExprStmt_X, edge.IfStmt_Init:
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
// and constants.
func inject(m *model.Models, p queue.Publish) *analysis.SuggestedFix {
	f := newFixer(m, p.Call, p.Func)
	if f == nil || p.Bare || p.Of.Put == "" || p.Span.Ctx == nil || p.Span.Func != p.Func || p.Literal == nil || !f.sameFile(p.Literal) {
		return nil
	}
	stmt, ok := f.statement(p.Call)
	if !ok || !edit.SameAt(m.Pass.Pkg, p.Span.Ctx, stmt.Pos()) {
		return nil
	}
	if got := m.Launch.Flow.EvalVar(p.Span.Ctx, p.Call, p.Func); len(got) != 1 {
		return nil
	} else if span, ok := got[0].Span(); !ok || span.Call != p.Span.Call {
		return nil // another one by then
	}
	otel, ok1 := f.prefix(otelapi.OtelPath, "otel", "GetTextMapPropagator")
	propagation, ok2 := f.prefix(otelapi.OtelPath+"/propagation", "propagation", "MapCarrier")
	pkg, ok3 := "", true
	if strings.Contains(p.Of.Init+p.Of.Put, "PHeader") || strings.Contains(p.Of.Init+p.Of.Put, "PRecordHeader") || strings.Contains(p.Of.Init, "PTable") {
		pkg, ok3 = f.prefix(p.Package.Path(), p.Package.Name(), "Header", "RecordHeader", "Table")
	}
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	var edits []analysis.TextEdit
	var before strings.Builder
	carrier := edit.FreshName(m.Pass.Pkg, p.Func.Node, "carrier")
	key := edit.FreshName(m.Pass.Pkg, p.Func.Node, "key")
	value := edit.FreshName(m.Pass.Pkg, p.Func.Node, "value")
	msg := ""
	if v := m.Package.VarOf(p.Message); v != nil {
		if msg = v.Name(); !edit.SameAt(m.Pass.Pkg, v, stmt.Pos()) {
			return nil
		}
	} else {
		for _, arg := range p.Call.Args {
			if arg == p.Message {
				break
			}
			if !simple(arg) {
				return nil
			}
		}
		if !receiverIsSimple(p.Call) {
			return nil
		}
		msg = edit.FreshName(m.Pass.Pkg, p.Func.Node, "msg")
		before.WriteString(msg + " := " + f.file.Text(p.Message) + "\n")
		replaced := f.file.Replace(p.Message, msg)
		if replaced == nil {
			return nil // a comment stands in it
		}
		edits = append(edits, replaced...)
	}
	words := strings.NewReplacer("M.", msg+".", "PHeader", pkg+"Header", "PRecordHeader", pkg+"RecordHeader", "PTable", pkg+"Table", "key", key, "Key:", "Key:", "value", value)
	before.WriteString(carrier + " := " + propagation + "MapCarrier{}\n")
	before.WriteString(otel + "GetTextMapPropagator().Inject(" + p.Span.Ctx.Name() + ", " + carrier + ")\n")
	if p.Of.Init != "" {
		before.WriteString(words.Replace(p.Of.Init) + "\n")
	}
	before.WriteString("for " + key + ", " + value + " := range " + carrier + " {\n\t" + words.Replace(p.Of.Put) + "\n}")
	added := f.file.Before(stmt, before.String())
	if added == nil {
		return nil
	}
	if p.Kindless {
		edits = append(edits, f.kind(p.Span, "Producer")...)
	}
	return f.settled("Inject the context into the message", append(edits, added...))
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
func extract(m *model.Models, c queue.Consume) *analysis.SuggestedFix {
	f := newFixer(m, c.Span.Call, c.Func)
	if f == nil || c.Of.Get == "" || len(c.Span.Call.Args) == 0 {
		return nil
	}
	stmt, ok := f.statement(c.Span.Call)
	if !ok || !edit.SameAt(m.Pass.Pkg, c.Message, stmt.Pos()) {
		return nil
	}
	otel, ok1 := f.prefix(otelapi.OtelPath, "otel", "GetTextMapPropagator")
	propagation, ok2 := f.prefix(otelapi.OtelPath+"/propagation", "propagation", "MapCarrier")
	if !ok1 || !ok2 {
		return nil
	}
	carrier := edit.FreshName(m.Pass.Pkg, c.Func.Node, "carrier")
	for _, name := range []string{"header", "key", "value"} {
		if edit.FreshName(m.Pass.Pkg, c.Func.Node, name) != name {
			return nil // taken: the text would need others
		}
	}
	get := strings.NewReplacer("M.", c.Message.Name()+".", "carrier", carrier).Replace(c.Of.Get)
	added := f.file.Before(stmt, carrier+" := "+propagation+"MapCarrier{}\n"+get)
	arg := c.Span.Call.Args[0]
	if added == nil {
		return nil
	}
	if c.Kindless {
		added = append(added, f.kind(c.Span, "Consumer")...)
	}
	return f.settled("Start from what the message carries", append(added,
		analysis.TextEdit{Pos: arg.Pos(), End: arg.Pos(), NewText: []byte(otel + "GetTextMapPropagator().Extract(")},
		analysis.TextEdit{Pos: arg.End(), End: arg.End(), NewText: []byte(", " + carrier + ")")}))
}

// withKind adds the option to the call that starts the span.
func withKind(m *model.Models, s *spans.Start, kind string) *analysis.SuggestedFix {
	f := newFixer(m, s.Call, s.Func)
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

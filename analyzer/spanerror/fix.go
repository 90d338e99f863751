package spanerror

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

type fixer struct{ m *model.Models }

// status sets the status where the error is known to be one.
//
//	if err != nil {
//		span.SetStatus(codes.Error, err.Error())
//		return err
//	}
//
// The argument: the statement runs where the variable has been found not to
// be nil, directly before the error leaves or where it is recorded, and does
// nothing but set the status; Error has no effect on an error that is sound.
// It comes before an End by hand, after which it would be dropped. An event is
// never recorded: OpenTelemetry gives up those of spans.
func (f *fixer) status(s *spans.Start, failure spans.Failure) *analysis.SuggestedFix {
	if failure.Err == nil || s.Span == nil {
		return nil
	}
	stmt := f.statement(s, failure)
	if stmt == nil || !s.Holds(stmt) {
		return nil // after an End the status is dropped
	}
	if !edit.SameAt(f.m.Pass.Pkg, s.Span, stmt.Pos()) || !edit.SameAt(f.m.Pass.Pkg, failure.Err, stmt.Pos()) {
		return nil
	}
	file := f.m.File(stmt)
	if file == nil {
		return nil
	}
	imports := file.Imports(f.m.Pass.Pkg)
	codes, ok := imports.Prefix(otelapi.CodesPath, "codes", stmt, "Error")
	if !ok {
		return nil
	}
	text := s.Span.Name() + ".SetStatus(" + codes + "Error, " + failure.Err.Name() + ".Error())"
	var edits []analysis.TextEdit
	if failure.Return == nil {
		edits = file.After(stmt, text)
	} else {
		edits = file.Before(stmt, text)
	}
	if edits == nil {
		return nil
	}
	return file.Fix("Set the status", append(edits, imports.Edits()...))
}

// statement returns the statement beside which the status is set.
func (f *fixer) statement(s *spans.Start, failure spans.Failure) ast.Stmt {
	if failure.Return == nil {
		cur, ok := f.m.Package.Cursor(failure.At)
		if !ok || cur.ParentEdgeKind() != edge.ExprStmt_X {
			return nil
		}
		return cur.Parent().Node().(ast.Stmt)
	}
	cur, ok := f.m.Package.Cursor(failure.Return)
	if !ok {
		return nil
	}
	var stmt ast.Stmt = failure.Return
	// What ends the span by hand stands before the return.
	for {
		prev, ok := cur.PrevSibling()
		if !ok {
			return stmt
		}
		expr, ok := prev.Node().(*ast.ExprStmt)
		if !ok {
			return stmt
		}
		call, ok := expr.X.(*ast.CallExpr)
		if !ok {
			return stmt
		}
		if f.ends(s, call) {
			stmt = expr
		}
		cur = prev
	}
}

func (f *fixer) ends(s *spans.Start, call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && f.m.Package.VarOf(sel.X) == s.Span && sel.Sel.Name == s.EndName()
}

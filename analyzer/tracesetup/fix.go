package tracesetup

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
)

// propagate installs what OpenTelemetry propagates by default in every other
// language. The place is that of the provider, so whatever comes before the
// first span of the program still does.
func propagate(m *model.Models, install setup.Install) *analysis.SuggestedFix {
	const path = otelapi.OtelPath + "/propagation"
	if !install.Direct {
		return nil
	}
	cur, ok := m.Package.Cursor(install.Call)
	if !ok || cur.ParentEdgeKind() != edge.ExprStmt_X {
		return nil
	}
	stmt := cur.Parent().Node().(ast.Stmt)
	file := m.File(install.Call)
	// propagation is in the module of otel itself, which is imported.
	if file == nil {
		return nil
	}
	imports := file.Imports(m.Pass.Pkg)
	otel, ok := imports.Prefix(otelapi.OtelPath, "otel", install.Func.Node, "SetTextMapPropagator")
	if !ok {
		return nil
	}
	p, ok := imports.Prefix(path, "propagation", install.Func.Node, "NewCompositeTextMapPropagator", "TraceContext", "Baggage")
	if !ok {
		return nil
	}
	after := file.After(stmt, otel+"SetTextMapPropagator("+p+"NewCompositeTextMapPropagator("+p+"TraceContext{}, "+p+"Baggage{}))")
	if after == nil {
		return nil
	}
	return file.Fix("Install a propagator", append(imports.Edits(), after...))
}

// parentBased lets parents decide.
//
//	                    sdktrace.TraceIDRatioBased(0.1)
//	sdktrace.ParentBased(                             )
func parentBased(m *model.Models, c *ast.CallExpr) *analysis.SuggestedFix {
	file := m.File(c)
	if file == nil {
		return nil
	}
	prefix, ok := file.Imports(m.Pass.Pkg).Prefix(otelapi.SDKPath, "trace", c, "ParentBased")
	if !ok {
		return nil
	}
	return file.Fix("Let parents decide", []analysis.TextEdit{
		{Pos: c.Pos(), End: c.Pos(), NewText: []byte(prefix + "ParentBased(")},
		{Pos: c.End(), End: c.End(), NewText: []byte(")")},
	})
}

// batch puts the batching processor in the simple one's place. It takes the
// same exporter, and options it can do without. What it still holds is lost
// unless the provider is shut down, so that must be in view.
func batch(m *model.Models, x *setup.Index, f *scope.Func, c *ast.CallExpr) *analysis.SuggestedFix {
	var name *ast.Ident
	switch fun := ast.Unparen(c.Fun).(type) {
	case *ast.SelectorExpr:
		name = fun.Sel
	case *ast.Ident:
		name = fun
	}
	file := m.File(c)
	if file == nil || name == nil || !x.CanBatch(f) {
		return nil
	}
	with := strings.NewReplacer("WithSyncer", "WithBatcher", "NewSimpleSpanProcessor", "NewBatchSpanProcessor").Replace(name.Name)
	if with == name.Name {
		return nil
	}
	return file.Fix("Export in batches", file.Replace(name, with))
}

// without leaves an option out of a list.
//
//	sdktrace.WithBatcher(exporter, sdktrace.WithBlocking())
//	                             -------------------------
//
// The package of the option stays in use, by the call or the list itself.
func without(m *model.Models, c *ast.CallExpr) *analysis.SuggestedFix {
	cur, ok := m.Package.Cursor(c)
	file := m.File(c)
	if !ok || file == nil {
		return nil
	}
	var list []ast.Expr
	switch cur.ParentEdgeKind() {
	case edge.CallExpr_Args:
		call := cur.Parent().Node().(*ast.CallExpr)
		if list = call.Args; m.Package.Callee(call) == nil || call.Ellipsis.IsValid() {
			return nil // a builtin: append needs what it appends
		}
	case edge.CompositeLit_Elts:
		list = cur.Parent().Node().(*ast.CompositeLit).Elts
	default:
		return nil
	}
	i := slices.Index(list, ast.Expr(c))
	if i <= 0 {
		return nil // the exporter comes first
	}
	drop := analysis.TextEdit{Pos: list[i-1].End(), End: c.End()}
	for _, group := range file.Syntax.Comments {
		if drop.Pos <= group.End() && group.Pos() <= drop.End {
			return nil
		}
	}
	return file.Fix("Leave the option out", []analysis.TextEdit{drop})
}

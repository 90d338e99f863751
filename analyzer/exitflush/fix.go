package exitflush

import (
	"go/ast"
	"go/types"
	"go/version"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
)

// withoutCancel cuts the cancellation of a context, and nothing else.
//
//	ctx, cancel := context.WithTimeout(                      ctx , d)
//	                                   context.WithoutCancel(   )
//
// The deadline is set on what is cut, for Shutdown must still end. If none is
// set, the exporter's own timeouts bound it, as with Background.
func withoutCancel(m *model.Models, d setup.Dead) *analysis.SuggestedFix {
	file := m.File(d.Call)
	if file == nil || version.Compare(version.Lang(m.Pass.TypesInfo.FileVersions[file.Syntax]), "go1.21") < 0 {
		return nil
	}
	at := d.Ctx
	if d.Cause != setup.Canceled {
		// The fault is in what the deadline is derived from, if that is so.
		if parent, ok := timedFrom(m, d.Ctx, d.Func); ok {
			at = parent
		}
	}
	if t := m.Pass.TypesInfo.TypeOf(at); !otelapi.ImplementsContext(t) || m.Pass.Fset.File(at.Pos()) != file.Tok {
		return nil
	}
	imports := file.Imports(m.Pass.Pkg)
	prefix, ok := imports.Prefix("context", "context", at, "WithoutCancel")
	if !ok {
		return nil
	}
	edits := append(imports.Edits(),
		analysis.TextEdit{Pos: at.Pos(), End: at.Pos(), NewText: []byte(prefix + "WithoutCancel(")},
		analysis.TextEdit{Pos: at.End(), End: at.End(), NewText: []byte(")")})
	return file.Fix("Cut the cancellation of the context", edits)
}

// timedFrom returns the context that a deadline is set on, where that is all
// that happens to it in the function of the stop.
func timedFrom(m *model.Models, e ast.Expr, f *scope.Func) (ast.Expr, bool) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		v := m.Package.VarOf(e)
		if v == nil {
			return nil, false
		}
		rhs, in, ok := m.Launch.Flow.Single(v)
		if !ok || in != f {
			return nil, false
		}
		if call, ok = ast.Unparen(rhs).(*ast.CallExpr); !ok {
			return nil, false
		}
	}
	d, ok := otelapi.DerivationOf(m.Package.Callee(call))
	if !ok || d.Effect != otelapi.Times || len(call.Args) == 0 {
		return nil, false
	}
	return call.Args[0], true
}

// swap exchanges two statements that stand beside each other, with their
// comments left where they are.
func swap(m *model.Models, d setup.Disorder) *analysis.SuggestedFix {
	a, ok := statement(m, d.FirstDefer, d.First)
	if !ok {
		return nil
	}
	b, ok := statement(m, d.SecondDefer, d.Second)
	if !ok {
		return nil
	}
	cur, ok := m.Package.Cursor(a)
	if !ok {
		return nil
	}
	next, hasNext := cur.NextSibling()
	prev, hasPrev := cur.PrevSibling()
	if !(hasNext && next.Node() == ast.Node(b)) && !(hasPrev && prev.Node() == ast.Node(b)) {
		return nil
	}
	file := m.File(a)
	if file == nil || spansComment(file, a) || spansComment(file, b) {
		return nil
	}
	edits := append(file.Replace(a, file.Text(b)), file.Replace(b, file.Text(a))...)
	return file.Fix("Exchange the two statements", edits)
}

// statement returns the statement of a list that a call, or its defer, is.
// One that binds results is not moved.
func statement(m *model.Models, d *ast.DeferStmt, c *ast.CallExpr) (ast.Stmt, bool) {
	var n ast.Node = c
	if d != nil {
		n = d
	}
	cur, ok := m.Package.Cursor(n)
	if !ok {
		return nil, false
	}
	if d == nil {
		if cur.ParentEdgeKind() != edge.ExprStmt_X {
			return nil, false
		}
		cur = cur.Parent()
	}
	switch cur.ParentEdgeKind() {
	case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
		s, ok := cur.Node().(ast.Stmt)
		return s, ok
	}
	return nil, false
}

func spansComment(file *edit.File, n ast.Node) bool {
	for _, group := range file.Syntax.Comments {
		if n.Pos() <= group.Pos() && group.End() <= n.End() {
			return true
		}
	}
	return false
}

// flush calls what is deferred before the exits that skip it, too. A provider
// that is shut down twice does nothing the second time.
//
//	defer       func() { ... }()
//	-----                     --
//	flush :=    func() { ... }
//	                           defer flush()
func flush(m *model.Models, f *scope.Func, d *ast.DeferStmt, skips []setup.Skip) *analysis.SuggestedFix {
	file := m.File(d)
	if file == nil {
		return nil
	}
	var edits []analysis.TextEdit
	call := ""
	switch fun := ast.Unparen(d.Call.Fun).(type) {
	case *ast.FuncLit:
		if len(d.Call.Args) > 0 || fun.Type.Results != nil && len(fun.Type.Results.List) > 0 {
			return nil
		}
		if cur, ok := m.Package.Cursor(d); !ok || cur.ParentEdgeKind() != edge.BlockStmt_List {
			return nil
		}
		name := edit.FreshName(m.Pass.Pkg, f.Node, "flush")
		call = name + "()"
		edits = append(edits,
			analysis.TextEdit{Pos: d.Pos(), End: fun.Pos(), NewText: []byte(name + " := ")},
			analysis.TextEdit{Pos: fun.End(), End: d.End(), NewText: []byte("\ndefer " + name + "()")})
	default:
		for _, v := range varsIn(m, d.Call) {
			if m.Launch.Flow.Reassigned(v) {
				return nil // it was evaluated where it was deferred
			}
		}
		if call = file.Text(d.Call); strings.Contains(call, "\n") {
			return nil
		}
	}
	for _, s := range skips {
		stmt, ok := statement(m, nil, s.Exit.Call)
		if !ok || !visible(m, d, stmt) {
			return nil
		}
		before := file.Before(stmt, call)
		if before == nil || worksIn(m, s.Exit.Call) {
			return nil
		}
		edits = append(edits, before...)
	}
	return file.Fix("Shut the provider down before the exit", edits)
}

// varsIn returns the variables that a call mentions.
func varsIn(m *model.Models, c *ast.CallExpr) []*types.Var {
	var out []*types.Var
	ast.Inspect(c, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := m.Pass.TypesInfo.ObjectOf(id).(*types.Var); ok && !v.IsField() {
				out = append(out, v)
			}
		}
		return true
	})
	return out
}

// worksIn reports whether the arguments of an exit are evaluated by calls: the
// provider must not be shut down before these.
func worksIn(m *model.Models, c *ast.CallExpr) bool {
	found := false
	for _, arg := range c.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			if inner, ok := n.(*ast.CallExpr); ok {
				if tv := m.Pass.TypesInfo.Types[inner.Fun]; !tv.IsType() && !tv.IsBuiltin() && len(inner.Args) > 0 {
					found = true
				}
			}
			return !found
		})
	}
	return found
}

// visible reports whether all that the deferred call names means the same at
// the exit.
func visible(m *model.Models, d *ast.DeferStmt, at ast.Stmt) bool {
	if _, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); ok {
		// The name is new in the function; its block must be around the exit.
		cur, ok := m.Package.Cursor(d)
		if !ok {
			return false
		}
		block := cur.Parent().Node()
		return block.Pos() <= at.Pos() && at.End() <= block.End()
	}
	for _, v := range varsIn(m, d.Call) {
		if !edit.SameAt(m.Pass.Pkg, v, at.Pos()) {
			return false
		}
	}
	return true
}

package lostctx

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A fixer makes the edits of the rule. Each method returns nil where a repair
// would not be sound, or not be Go.
type fixer struct{ m *model.Models }

func newFixer(m *model.Models) *fixer { return &fixer{m} }

// A site is the statement of a start that the repair begins with.
type site struct {
	s    *spans.Start
	file *edit.File
	stmt *ast.AssignStmt
	// block is what the statement stands in: a name declared by it means the
	// same from there to the block's end.
	block ast.Node
	// to is the identifier that gets the context, base the expression that the
	// span's parent comes from.
	to   *ast.Ident
	base ast.Expr
}

func (f *fixer) site(s *spans.Start) (site, bool) {
	stmt, ok := s.Stmt.(*ast.AssignStmt)
	if !ok || len(stmt.Rhs) != 1 || s.CtxResult >= len(stmt.Lhs) || ast.Unparen(stmt.Rhs[0]) != ast.Expr(s.Call) {
		return site{}, false
	}
	to, ok := stmt.Lhs[s.CtxResult].(*ast.Ident)
	if !ok {
		return site{}, false
	}
	cur, ok := f.m.Package.Cursor(stmt)
	if !ok {
		return site{}, false
	}
	at := site{s: s, stmt: stmt, to: to, block: cur.Parent().Node()}
	switch at.block.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
	default:
		return site{}, false // in the head of an if or for
	}
	if at.base, ok = f.base(s); !ok || !isContext(s, f.m) {
		return site{}, false
	}
	file := f.m.File(stmt)
	if file == nil {
		return site{}, false
	}
	at.file = file
	return at, true
}

// isContext reports whether the start returns a plain context, for which
// another one can stand.
func isContext(s *spans.Start, m *model.Models) bool {
	tuple, ok := m.Pass.TypesInfo.TypeOf(s.Call).(*types.Tuple)
	return ok && otelapi.IsContext(tuple.At(s.CtxResult).Type())
}

// base returns the one argument of a start that is a context.
func (f *fixer) base(s *spans.Start) (ast.Expr, bool) {
	var found ast.Expr
	for _, arg := range s.Call.Args {
		t := f.m.Pass.TypesInfo.TypeOf(arg)
		if t == nil || !ctxflow.Carries(t) {
			continue
		}
		if found != nil || !otelapi.IsContext(t) {
			return nil, false
		}
		found = ast.Unparen(arg)
	}
	return found, found != nil
}

// in reports whether n comes after the statement in its block.
func (at site) in(n ast.Node) bool { return at.stmt.End() <= n.Pos() && n.End() <= at.block.End() }

// name names the context that is discarded, and hands it to the calls that
// lie in the span.
//
//	_, span := tracer.Start(ctx, "checkout")
//	-
//	ctx
//
// The argument: the name of the parent's context means the new one from there
// to the end of the block. All that happens there to it happens in the span,
// which no End by hand cuts short, so nothing comes to hang below a span that
// has ended; and no literal from before, and no earlier round of a loop, sees
// the variable change. Elsewhere the calls get a name of their own.
func (f *fixer) name(s *spans.Start, lost []launch.Use) *analysis.SuggestedFix {
	at, ok := f.site(s)
	if !ok || at.to.Name != "_" || at.stmt.Tok != token.DEFINE {
		return nil
	}
	if fix := f.sameName(at, lost); fix != nil {
		return fix
	}
	name := f.freshName(at, false)
	edits := at.file.Replace(at.to, name)
	for _, u := range lost {
		text, ok := f.instead(u, name)
		if !ok || !at.in(u.Call) || !s.Holds(u.Call) || !exactly(u, f.parentOf(at)) {
			return nil
		}
		edits = append(edits, at.file.Replace(u.Expr, text)...)
	}
	return at.file.Fix("Use the context of the span", edits)
}

func (f *fixer) parentOf(at site) []ctxflow.Value {
	return f.m.Launch.Flow.Eval(at.base, at.s.Func, nil)
}

// exactly reports whether a use has the parent's context itself: what has been
// derived from it, a deadline perhaps, would be lost with the name.
func exactly(u launch.Use, old []ctxflow.Value) bool {
	for _, v := range u.Values {
		for _, o := range old {
			if len(v.Steps) != len(o.Steps) {
				return false
			}
		}
	}
	return true
}

// instead returns what a use is given in place of the parent's context.
func (f *fixer) instead(u launch.Use, name string) (string, bool) {
	switch t := f.m.Pass.TypesInfo.TypeOf(u.Expr); {
	case otelapi.IsRequest(t):
		if id, ok := ast.Unparen(u.Expr).(*ast.Ident); ok {
			return id.Name + ".WithContext(" + name + ")", true
		}
	case otelapi.IsContext(t):
		switch e := ast.Unparen(u.Expr).(type) {
		case *ast.Ident:
			return name, true
		case *ast.CallExpr: // r.Context()
			_, read := ast.Unparen(e.Fun).(*ast.SelectorExpr)
			return name, read && len(e.Args) == 0
		}
	}
	return "", false
}

// sameName makes the new context one of the name of the old.
func (f *fixer) sameName(at site, lost []launch.Use) *analysis.SuggestedFix {
	id, ok := at.base.(*ast.Ident)
	if !ok {
		return nil
	}
	v := f.m.Package.VarOf(id)
	if v == nil || v.IsField() || !otelapi.IsContext(v.Type()) || f.m.Launch.Flow.Owner(v) == nil {
		return nil
	}
	assigns := f.sameScope(v, at.stmt) // else it declares one that shadows
	if p, ok := at.s.Func.Graph().At(at.stmt); !ok || assigns && at.s.Func.Graph().Repeats(p) {
		return nil
	}
	if _, isParam := at.s.Func.SlotOf(v); assigns && !isParam && !at.s.Func.Owns(v) {
		return nil
	}
	for _, u := range lost {
		if !at.in(u.Call) || !f.reachedBy(u, v, at) {
			return nil
		}
	}
	for _, cur := range f.m.Package.Uses(v) {
		n := cur.Node()
		if f.m.Package.Info.Defs[n.(*ast.Ident)] != nil {
			continue
		}
		switch in := at.in(n); {
		case !in && assigns && f.m.Package.Enclosing(cur) != at.s.Func:
			return nil // a literal that would see the variable change
		case !in && n.Pos() > at.stmt.End() && assigns:
			return nil // after the block
		case !in:
		case assigned(cur) && !assigns:
			return nil // the outer variable was meant
		case !at.s.Holds(n), f.inDefer(cur, at.s.Func), f.leaves(n, at.s), f.kept(cur):
			return nil
		}
	}
	return at.file.Fix("Use the context of the span", at.file.Replace(at.to, id.Name))
}

// kept reports whether a context goes where it can be used when the span has
// ended: it is returned, stored, sent, or given to a call that keeps it.
func (f *fixer) kept(cur inspector.Cursor) bool {
	switch parent := cur.Parent().Node().(type) {
	case *ast.SelectorExpr, *ast.BinaryExpr:
		return false // a method of it, a comparison
	case *ast.AssignStmt:
		return !assigned(cur)
	case *ast.CallExpr:
		if cur.ParentEdgeKind() != edge.CallExpr_Args {
			return true
		}
		does, _ := f.m.Launch.Does(parent, cur.ParentEdgeIndex())
		if does&(summary.Outlives|summary.Stores) != 0 {
			return true
		}
		if t := f.m.Pass.TypesInfo.TypeOf(parent); t != nil && ctxflow.Carries(t) && f.m.Spans.StartOf(parent) == nil {
			if _, assigned := cur.Parent().Parent().Node().(*ast.AssignStmt); !assigned {
				return f.kept(cur.Parent()) // derived from it, and goes on
			}
		}
		return false
	}
	return true
}

// reachedBy reports whether a use is given v, or what was derived from it
// after the start.
func (f *fixer) reachedBy(u launch.Use, v *types.Var, at site) bool {
	if f.m.Package.VarOf(u.Expr) == v {
		return true
	}
	for _, val := range u.Values {
		if len(val.Steps) == 0 {
			return false
		}
		last := val.Steps[len(val.Steps)-1]
		if last.Call == nil || !at.in(last.Call) || len(last.Call.Args) == 0 || f.m.Package.VarOf(last.Call.Args[0]) != v {
			return false
		}
	}
	return true
}

// sameScope reports whether a definition at stmt of the variable's name would
// assign the variable.
func (f *fixer) sameScope(v *types.Var, stmt ast.Stmt) bool {
	return f.m.Pass.Pkg.Scope().Innermost(stmt.Pos()) == v.Parent()
}

func assigned(cur inspector.Cursor) bool {
	stmt, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, lhs := range stmt.Lhs {
		if lhs == cur.Node() {
			return true
		}
	}
	return false
}

// inDefer reports whether an identifier stands in a deferred literal, which
// reads it when the function returns.
func (f *fixer) inDefer(cur inspector.Cursor, fn *scope.Func) bool {
	for d := range cur.Enclosing((*ast.DeferStmt)(nil)) {
		g := f.m.Package.Enclosing(cur)
		return g != nil && g != fn && g.Inside(fn) && d.Node().Pos() < g.Node.Pos()
	}
	return false
}

// leaves reports whether n stands in work that goes on after the function.
func (f *fixer) leaves(n ast.Node, s *spans.Start) bool {
	for g := f.m.Package.FuncAt(n); g != nil && g != s.Func; g = g.Outer {
		for _, l := range f.m.Launch.LaunchesOf(g) {
			if l.Outlives(s.Func) {
				return true
			}
		}
	}
	cur, ok := f.m.Package.Cursor(n)
	if !ok {
		return true
	}
	for c := range cur.Enclosing((*ast.CallExpr)(nil)) {
		if l := f.m.Launch.LaunchAt(c.Node().(*ast.CallExpr)); l != nil && l.Outlives(s.Func) {
			return true
		}
	}
	return false
}

// fresh gives the context of a phase a name of its own.
//
//	ctx,     s := tracer.Start(ctx, "select")
//	---
//	phaseCtx
//	rows := query(phaseCtx)
//	s.End()
//	next(ctx)
//
// The argument: the calls that lie in the span keep its context under the new
// name. The old name, to which the start no longer assigns, means what it
// meant before, and that is the span's parent. Each use of the variable must
// be on one side of the End for sure, and nothing else may assign it in
// between.
func (f *fixer) fresh(s *spans.Start, late []launch.Use) *analysis.SuggestedFix {
	at, ok := f.site(s)
	if !ok || s.Ctx == nil || at.to.Name == "_" {
		return nil
	}
	base, ok := at.base.(*ast.Ident)
	if !ok || base.Name != at.to.Name {
		return nil // then the old name means nothing before
	}
	v, parent := s.Ctx, f.m.Package.VarOf(base)
	declares := f.m.Package.Info.Defs[at.to] != nil
	if parent == nil || !otelapi.IsContext(parent.Type()) || !declares && parent != v {
		return nil
	}
	inside, ok := f.inside(at, v)
	if !ok || !f.givesAll(late, v) {
		return nil
	}
	name := "_"
	if len(inside) > 0 {
		name = f.freshName(at, true)
	}
	edits := at.file.Replace(at.to, name)
	op, ok := f.operator(at, name, declares)
	if !ok {
		return nil
	}
	if op != at.stmt.Tok {
		edits = append(edits, analysis.TextEdit{Pos: at.stmt.TokPos, End: at.stmt.TokPos + token.Pos(len(at.stmt.Tok.String())), NewText: []byte(op.String())})
	}
	for _, id := range inside {
		edits = append(edits, at.file.Replace(id, name)...)
	}
	return at.file.Fix("Give the context of the span a name of its own", edits)
}

// inside returns the uses of v that the start assigns and that lie in its
// span. It fails where some use is not for sure on one side of the End.
func (f *fixer) inside(at site, v *types.Var) ([]*ast.Ident, bool) {
	var inside []*ast.Ident
	declares := f.m.Package.Info.Defs[at.to] != nil
	for _, cur := range f.m.Package.Uses(v) {
		id := cur.Node().(*ast.Ident)
		if id == at.to || f.m.Package.Info.Defs[id] != nil || at.stmt.Pos() <= id.Pos() && id.End() <= at.stmt.End() {
			continue
		}
		if assigned(cur) {
			if at.s.Holds(id) {
				return nil, false // something else is derived from it there
			}
			if stmt := cur.Parent().Node().(*ast.AssignStmt); declares && (stmt.Tok != token.DEFINE || stmt.Pos() < at.stmt.Pos()) {
				return nil, false // would be assigned to the outer variable
			}
			continue
		}
		switch {
		case at.s.Holds(id):
			if f.inDefer(cur, at.s.Func) || !at.in(id) {
				return nil, false
			}
			inside = append(inside, id)
		case at.s.EndedAt(id) == nil && at.s.OpenAt(id):
			return nil, false
		}
	}
	return inside, true
}

// givesAll reports whether all uses get the variable itself: a context that
// was derived from it would keep the span.
func (f *fixer) givesAll(late []launch.Use, v *types.Var) bool {
	for _, u := range late {
		if f.m.Package.VarOf(u.Expr) != v {
			return false
		}
	}
	return true
}

// operator returns how the results are assigned when the context has the
// name.
func (f *fixer) operator(at site, name string, declared bool) (token.Token, bool) {
	fresh, others := name != "_", true
	for i, lhs := range at.stmt.Lhs {
		id, ok := lhs.(*ast.Ident)
		switch {
		case i == at.s.CtxResult || ok && id.Name == "_":
		case !ok:
			others = false
		case f.m.Package.Info.Defs[id] != nil:
			fresh = true
		default:
			v := f.m.Package.VarOf(id)
			others = others && v != nil && f.sameScope(v, at.stmt)
		}
	}
	switch {
	case !fresh:
		return token.ASSIGN, true
	case at.stmt.Tok == token.DEFINE:
		return token.DEFINE, true
	default:
		return token.DEFINE, others // the others must stay what they are
	}
}

// freshName returns a name for the context of a span: after the span's
// variable if that says more than span, else after the span's own name.
func (f *fixer) freshName(at site, phase bool) string {
	base := "ctx"
	if id, ok := at.base.(*ast.Ident); phase || ok && id.Name == "ctx" {
		base = "spanCtx"
		if at.s.Span != nil {
			if name := strings.TrimSuffix(strings.TrimSuffix(at.s.Span.Name(), "Span"), "span"); len(name) > 1 && token.IsIdentifier(name) {
				base = name + "Ctx"
			} else if word := f.word(at.s.Call); word != "" {
				base = word + "Ctx"
			}
		}
	}
	return edit.FreshName(f.m.Pass.Pkg, at.s.Func.Node, base)
}

// word returns the last word of a constant span name, if it can be a name.
func (f *fixer) word(call *ast.CallExpr) string {
	for _, arg := range call.Args {
		tv := f.m.Pass.TypesInfo.Types[arg]
		if tv.Value == nil || tv.Value.Kind() != constant.String {
			continue
		}
		text := constant.StringVal(tv.Value)
		word := text[strings.LastIndexAny(text, " ./:-_")+1:]
		if word == "" || len(word) > 16 || !token.IsIdentifier(word) || word[0] >= 0x80 {
			return ""
		}
		return strings.ToLower(word[:1]) + word[1:]
	}
	return ""
}

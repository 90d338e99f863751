package spanend

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

// A fixer makes the edits of the rule. Each method returns nil where a repair
// would not be sound, or not be Go.
type fixer struct {
	m     *model.Models
	files map[*token.File]*edit.File
}

func newFixer(m *model.Models) *fixer {
	return &fixer{m: m, files: make(map[*token.File]*edit.File)}
}

func (f *fixer) file(n ast.Node) *edit.File {
	tok := f.m.Package.Fset.File(n.Pos())
	if file, ok := f.files[tok]; ok {
		return file
	}
	f.files[tok] = nil
	for _, syntax := range f.m.Package.Files {
		if f.m.Package.Fset.File(syntax.FileStart) != tok {
			continue
		}
		// An error says that the text is not at hand: then there is no fix.
		if file, err := edit.Open(f.m.Package.Fset, syntax, f.m.Pass.ReadFile); err == nil {
			f.files[tok] = file
		}
	}
	return f.files[tok]
}

// lost defers the End of a span that is not ended on some path.
//
//	ctx, span := tracer.Start(ctx, "load")
//	defer span.End()
//
// The argument: the statement runs directly after the start, once for each
// span, and binds the span, or the end function, that the variable has there;
// so the span is ended on every way out of the function, and whatever is
// assigned to the variable later makes no difference. Ends that were written
// by hand stay in force, since only the first one counts; those that nothing
// but a return follows are what the deferred call does at that point, and go.
// Where a second end counts too, all of them must go.
// The span must not be somebody else's to end on other paths, and nothing may
// need it, or its context, when the function has returned.
func (f *fixer) lost(s *spans.Start, loss spans.Loss) *analysis.SuggestedFix {
	if loss.How == spans.Buried || !f.endsWithFunc(s) {
		return nil
	}
	file := f.file(s.Call)
	if file == nil {
		return nil
	}
	if loss.How == spans.Discarded {
		return f.discarded(file, s)
	}
	end := f.endCall(s)
	after := f.afterGuard(s)
	if end == "" || after == nil {
		return nil
	}
	edits := file.After(after, "defer "+end)
	if edits == nil {
		return nil
	}
	left := len(s.EndPoints())
	if h := s.ByHand(); h != nil && len(f.defersAfter(s)) == 0 {
		for _, e := range h.Ends {
			if stmt := f.plainEnd(s, e); stmt != nil && s.LeadsOnlyToReturn(e) && !f.touches(stmt, after) && !f.alone(stmt) {
				edits = append(edits, file.Delete(stmt)...)
				left--
			}
		}
	}
	if left > 0 && s.EndsOnce() {
		return nil
	}
	return file.Fix(f.deferMessage(s), edits)
}

func (f *fixer) deferMessage(s *spans.Start) string {
	if s.Result < 0 {
		return "Defer the call of the end function"
	}
	return "Defer the call to " + s.EndName()
}

// touches reports whether two statements stand in the same line or in lines
// that follow each other, where their edits could meet.
func (f *fixer) touches(a, b ast.Stmt) bool {
	line := func(p token.Pos) int { return f.m.Package.Fset.Position(p).Line }
	return line(a.Pos()) <= line(b.End()) && line(b.Pos()) <= line(a.End())
}

// alone reports whether a statement is the only one of its block or case.
func (f *fixer) alone(stmt ast.Stmt) bool {
	cur, ok := f.m.Package.Cursor(stmt)
	if !ok {
		return true
	}
	switch p := cur.Parent().Node().(type) {
	case *ast.BlockStmt:
		return len(p.List) == 1
	case *ast.CaseClause:
		return len(p.Body) == 1
	case *ast.CommClause:
		return len(p.Body) == 1
	}
	return true
}

// endsWithFunc reports whether the span's life may be that of the function
// from its start on.
func (f *fixer) endsWithFunc(s *spans.Start) bool {
	switch {
	case s.Func == nil, s.Moves():
		return false // somebody else may end it, and after us
	case s.Leaves():
		return false // something needs it when the function has returned
	case s.InCycle(), f.hasGoto(s):
		return false // a deferred call would pile up
	case s.Launches():
		return false // a goroutine may outlive the span then
	case s.AnnotatedByEarlierDefer():
		return false // that runs after ours
	}
	return true
}

// endCall returns the call that ends the span, as it is spelled after the
// start.
func (f *fixer) endCall(s *spans.Start) string {
	v, call := s.Span, "."+s.EndCall()
	if v == nil {
		v, call = s.End, "()"
		if v == nil || !callable(v.Type()) {
			return ""
		}
	} else if s.EndCall() == "" {
		return ""
	}
	if !s.Func.Owns(v) || !edit.SameAt(f.m.Pass.Pkg, v, s.Stmt.End()) {
		return ""
	}
	return v.Name() + call
}

// callable reports whether t is a function that can be called without
// arguments.
func callable(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	return ok && (sig.Params().Len() == 0 || sig.Variadic() && sig.Params().Len() == 1)
}

// afterGuard returns the statement after which the span is there: the start,
// or the check of the error that it returns.
func (f *fixer) afterGuard(s *spans.Start) ast.Stmt {
	stmt := s.Stmt
	if spec, ok := stmt.(*ast.DeclStmt); ok {
		stmt = spec
	}
	if s.ErrResult < 0 {
		return stmt
	}
	if s.Err == nil {
		return nil // whether there is a span is not known
	}
	cur, ok := f.m.Package.Cursor(stmt)
	if !ok {
		return nil
	}
	next, ok := cur.NextSibling()
	if !ok {
		return nil
	}
	guard, ok := next.Node().(*ast.IfStmt)
	if !ok || guard.Init != nil || guard.Else != nil || len(guard.Body.List) == 0 {
		return nil
	}
	cond, ok := guard.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || f.m.Package.VarOf(cond.X) != s.Err || !f.m.Pass.TypesInfo.Types[cond.Y].IsNil() {
		return nil
	}
	if _, ok := guard.Body.List[len(guard.Body.List)-1].(*ast.ReturnStmt); !ok {
		return nil
	}
	return guard
}

func (f *fixer) hasGoto(s *spans.Start) bool {
	found := false
	ast.Inspect(s.Func.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO
		}
		return !found
	})
	return found
}

// defersAfter returns the defer statements after the start: their calls run
// before a deferred End, and an End by hand before them.
func (f *fixer) defersAfter(s *spans.Start) []*ast.DeferStmt {
	var out []*ast.DeferStmt
	ast.Inspect(s.Func.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			if n.Pos() > s.Call.Pos() {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}

// plainEnd returns the statement if the event is span.End(), or end(), as a
// statement and without options.
func (f *fixer) plainEnd(s *spans.Start, e *spans.Event) ast.Stmt {
	if e.Helper || e.Options || e.Defer != nil || e.Func != s.Func || e.Does != spans.Ends {
		return nil
	}
	if e.Via != s.Span && e.Via != s.End {
		return nil // an alias, which would have no use
	}
	cur, ok := f.m.Package.Cursor(e.Node)
	if !ok {
		return nil
	}
	stmt, ok := cur.Parent().Node().(*ast.ExprStmt)
	if !ok || f.says(stmt) {
		return nil
	}
	return stmt
}

// says reports whether a statement that ends the span also says something
// about it: span.SetTag("rows", n).Finish().
func (f *fixer) says(stmt *ast.ExprStmt) bool {
	call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
	if !ok {
		return true
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	_, plain := ast.Unparen(sel.X).(*ast.Ident)
	return !plain
}

// discarded names a span that is discarded, and defers its End.
//
//	_, _ = tracer.Start(ctx, "load")       _, span := tracer.Start(ctx, "load")
//	tracer.Start(ctx, "load")              defer span.End()
func (f *fixer) discarded(file *edit.File, s *spans.Start) *analysis.SuggestedFix {
	i, base, call := s.Result, "span", "."+s.EndCall()
	if i < 0 {
		i, base, call = s.EndResult, "end", "()"
	} else if s.EndCall() == "" {
		return nil
	}
	n, typ := resultOf(f.m.Pass.TypesInfo.TypeOf(s.Call), i)
	if typ == nil || s.Result < 0 && !callable(typ) || s.ErrResult >= 0 {
		return nil
	}
	name := edit.FreshName(f.m.Pass.Pkg, s.Func.Node, base)
	var edits []analysis.TextEdit
	switch stmt := s.Stmt.(type) {
	case *ast.ExprStmt:
		if ast.Unparen(stmt.X) != ast.Expr(s.Call) {
			return nil
		}
		if n == 1 && s.Result < 0 { // end functions need no name
			edits = append(edits, analysis.TextEdit{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte("defer ")},
				analysis.TextEdit{Pos: stmt.End(), End: stmt.End(), NewText: []byte("()")})
			return file.Fix(f.deferMessage(s), edits)
		}
		text := ""
		for k := range n {
			if k > 0 {
				text += ", "
			}
			if k == i {
				text += name
			} else {
				text += "_"
			}
		}
		edits = append(edits, analysis.TextEdit{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte(text + " := ")})
	case *ast.AssignStmt:
		if len(stmt.Rhs) != 1 || ast.Unparen(stmt.Rhs[0]) != ast.Expr(s.Call) || i >= len(stmt.Lhs) {
			return nil
		}
		if stmt.Tok == token.ASSIGN {
			if !f.canDefine(stmt) {
				return nil
			}
			edits = append(edits, analysis.TextEdit{Pos: stmt.TokPos, End: stmt.TokPos + 1, NewText: []byte(":=")})
		}
		edits = append(edits, file.Replace(stmt.Lhs[i], name)...)
	default:
		return nil
	}
	after := file.After(s.Stmt, "defer "+name+call)
	if after == nil {
		return nil
	}
	return file.Fix(f.deferMessage(s), append(edits, after...))
}

// canDefine reports whether the assignment assigns the same variables when it
// becomes a definition: all of them are blank or declared in its own scope.
func (f *fixer) canDefine(stmt *ast.AssignStmt) bool {
	scope := f.m.Pass.Pkg.Scope().Innermost(stmt.Pos())
	for _, lhs := range stmt.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok {
			return false
		}
		if id.Name == "_" {
			continue
		}
		if v := f.m.Package.VarOf(id); v == nil || v.Parent() != scope {
			return false
		}
	}
	return true
}

func resultOf(t types.Type, i int) (n int, typ types.Type) {
	if tuple, ok := t.(*types.Tuple); ok {
		if i < tuple.Len() {
			return tuple.Len(), tuple.At(i).Type()
		}
		return 0, nil
	}
	if i == 0 {
		return 1, t
	}
	return 0, nil
}

// manual replaces hand-written ends by one deferred call.
//
// The argument: after each of them the function returns at once, so the span
// ends at the same time as before, unless a panic comes first: then it is
// ended, which it was not. Safe only if nothing at all is called between the
// End and the return, and no exit from the process skips the deferred call.
func (f *fixer) manual(s *spans.Start, h *spans.ByHand) *analysis.SuggestedFix {
	file := f.file(s.Call)
	if file == nil || !f.endsWithFunc(s) || s.Span == nil && s.End == nil {
		return nil
	}
	if !f.m.Config.UnsafeFixes {
		if s.ReachesExit() || len(f.defersAfter(s)) > 0 {
			return nil
		}
		for _, e := range h.Ends {
			if !s.LeadsOnlyToReturn(e) {
				return nil
			}
		}
	}
	end, after := f.endCall(s), f.afterGuard(s)
	if end == "" || after == nil {
		return nil
	}
	edits := file.After(after, "defer "+end)
	if edits == nil {
		return nil
	}
	for _, e := range h.Ends {
		stmt := f.plainEnd(s, e)
		if stmt == nil || f.touches(stmt, after) {
			return nil
		}
		if f.alone(stmt) {
			if s.EndsOnce() {
				return nil
			}
			continue // does nothing any more, but its block would be empty
		}
		del := file.Delete(stmt)
		if del == nil {
			return nil
		}
		edits = append(edits, del...)
	}
	return file.Fix(f.deferMessage(s), edits)
}

// forgotten defers a helper that is called before there is anything to do.
//
//	      endSpan(span, &err)
//	------
//	defer endSpan(span, &err)
//
// The argument: the arguments are evaluated where they were, the call runs
// when the error they point to has its last value, and the work in between
// comes to lie in the span. It is the only end, and runs once.
func (f *fixer) forgotten(s *spans.Start, e *spans.Event) *analysis.SuggestedFix {
	file := f.file(s.Call)
	byHand, deferred := s.Ends()
	if file == nil || !f.endsWithFunc(s) || len(byHand)+len(deferred) != 1 {
		return nil
	}
	cur, ok := f.m.Package.Cursor(e.Node)
	if !ok {
		return nil
	}
	stmt, ok := cur.Parent().Node().(*ast.ExprStmt)
	if !ok {
		return nil
	}
	return file.Fix("Defer the call", []analysis.TextEdit{{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte("defer ")}})
}

// call adds the parentheses that call the end function.
//
//	defer traced(ctx)  ()
//	                 ----
func (f *fixer) call(s *spans.Start) *analysis.SuggestedFix {
	file := f.file(s.Call)
	t := f.m.Pass.TypesInfo.TypeOf(s.Call)
	if _, isTuple := t.(*types.Tuple); file == nil || isTuple || !callable(t) {
		return nil
	}
	return file.Fix("Call the end function", []analysis.TextEdit{{Pos: s.Call.End(), End: s.Call.End(), NewText: []byte("()")}})
}

// remove deletes the end of somebody else's span. It changes what is
// exported of that span, so it is made only if asked for.
func (f *fixer) remove(b *spans.Borrow, e *spans.Event) *analysis.SuggestedFix {
	if !f.m.Config.UnsafeFixes || e.Helper {
		return nil
	}
	file := f.file(e.Node)
	if file == nil {
		return nil
	}
	cur, ok := f.m.Package.Cursor(e.Node)
	if !ok {
		return nil
	}
	var stmt ast.Stmt
	switch n := e.Node.(type) {
	case *ast.DeferStmt:
		stmt = n
	default:
		if stmt, ok = cur.Parent().Node().(*ast.ExprStmt); !ok {
			return nil
		}
	}
	v := b.Var()
	if v == nil {
		return nil // without the call its import may have no use
	}
	used := 0
	for _, cur := range f.m.Package.Uses(v) {
		if f.m.Pass.TypesInfo.Uses[cur.Node().(*ast.Ident)] != nil && (cur.Node().Pos() < stmt.Pos() || cur.Node().Pos() >= stmt.End()) {
			used++
		}
	}
	if used == 0 {
		return nil // the variable would have no use
	}
	edits := file.Delete(stmt)
	if edits == nil {
		return nil
	}
	return file.Fix("Leave the span to its owner", edits)
}

package launch

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/path"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A pipe has no room: who writes to it is done when its reader has come to the
// end. So whoever reads a pipe that the work fills waits for the work, however
// the two ends have come to where they are used.

// pipe is one call of io.Pipe: the variables or fields that get its ends.
type pipe struct {
	reader, writer *types.Var
}

// pipes returns the pipes that f, or a literal in it, makes.
func (x *Index) pipes(f *scope.Func) []pipe {
	type key struct{ f *scope.Func }
	return x.pkg.Memo(key{f}, func() any {
		var out []pipe
		ast.Inspect(f.Body, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 {
				return true
			}
			call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
			if !ok {
				return true
			}
			if fn := x.pkg.Callee(call); fn == nil || fn.FullName() != "io.Pipe" {
				return true
			}
			r, w := originVar(x.pkg.VarOf(assign.Lhs[0])), originVar(x.pkg.VarOf(assign.Lhs[1]))
			if r != nil && w != nil {
				out = append(out, pipe{r, w})
			}
			return true
		})
		return out
	}).([]pipe)
}

// readers returns the readers of the pipes that the work fills, with what holds
// them. A field is one of an object that the work has in hand.
func (l *Launch) readers() map[types.Object]bool {
	if l.pipeReaders != nil {
		return l.pipeReaders
	}
	x := l.index
	l.pipeReaders = make(map[types.Object]bool)
	var add func(v *types.Var)
	add = func(v *types.Var) {
		if l.pipeReaders[v] {
			return
		}
		l.pipeReaders[v] = true
		for _, cur := range x.pkg.Uses(v) {
			if h, ok := x.putInto(cur); ok && (x.local(v) || !x.local(h)) {
				add(h)
			}
		}
	}
	for _, p := range x.pipes(l.Func.Root()) {
		if l.fillsPipe(p.writer, 0) {
			add(p.reader)
		}
	}
	return l.pipeReaders
}

// fillsPipe reports whether the work has a writer in hand, or something into
// which that was put.
func (l *Launch) fillsPipe(w *types.Var, depth int) bool {
	x := l.index
	if w.IsField() {
		return l.Body != nil && x.touches(l.Body, w, 0)
	}
	if l.held()[w] {
		return true
	}
	for _, h := range x.holdersOf(w) {
		if l.held()[h] || depth < maxHolders && x.local(h) && l.fillsPipe(h, depth+1) {
			return true
		}
	}
	return false
}

// readsPipe reports whether a call reads a pipe that the work fills: it is
// given the reader, or reads from it round after round.
func (l *Launch) readsPipe(call *ast.CallExpr) bool {
	x := l.index
	if call == l.Call || len(l.readers()) == 0 || isBuiltin(x.pkg.Info, call) {
		return false
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Read" && l.isReader(sel.X) && x.inLoop(call) {
		return true
	}
	sig, ok := scope.Underlying(x.pkg.Info, call.Fun).(*types.Signature)
	if !ok {
		return false
	}
	for i, arg := range call.Args {
		if !l.isReader(arg) || sig.Params().Len() == 0 {
			continue
		}
		t := sig.Params().At(min(i, sig.Params().Len()-1)).Type()
		if s, ok := t.(*types.Slice); ok && sig.Variadic() && i >= sig.Params().Len()-1 {
			t = s.Elem()
		}
		if canRead(t) {
			return true // what is printed or compared is not read
		}
	}
	return false
}

// joinedByReader returns the function that waits for work beside this one that
// reads what this one writes to a pipe: nil if there is none.
func (l *Launch) joinedByReader() *scope.Func {
	if l.following || len(l.readers()) == 0 {
		return nil
	}
	l.following = true
	defer func() { l.following = false }()
	for _, other := range l.index.byRoot[l.Func.Root()] {
		if other == l || other.Func != l.Func || !l.readsIn(other.Node) || !l.launchedWith(other) {
			continue
		}
		if f := other.JoinedIn(); f != nil && l.Func.Inside(f) {
			return f
		}
	}
	return nil
}

// launchedWith reports whether another launch of the function comes before or
// after this one on every path.
func (l *Launch) launchedWith(other *Launch) bool {
	g := l.Func.Graph()
	p, ok := g.At(l.Node)
	q, ok2 := g.At(other.Node)
	if !ok || !ok2 {
		return false
	}
	_, open := g.Exit(p, path.Search{Stop: func(n ast.Node) bool { return n == q.Node() }})
	return !open || g.Dominates(q, p)
}

// readsIn reports whether something in a node reads such a pipe.
func (l *Launch) readsIn(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && l.readsPipe(call)
		return !found
	})
	return found
}

// isReader reports whether an expression denotes such a reader.
func (l *Launch) isReader(e ast.Expr) bool {
	x := l.index
	if t := x.pkg.Info.TypeOf(e); t == nil || !canRead(t) {
		return false
	}
	if v := originVar(x.pkg.VarOf(e)); v != nil && v.IsField() && l.readers()[v] {
		return l.has(e) // of the same object
	}
	return x.among(e, l.readers())
}

// canRead reports whether a value of the type, or an element of it, can be
// read from.
func canRead(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	return reads(t)
}

// inLoop reports whether a node of a function stands in a loop.
func (x *Index) inLoop(n ast.Node) bool {
	cur, ok := x.pkg.Cursor(n)
	for ok {
		switch cur.ParentEdgeKind() {
		case edge.ForStmt_Body, edge.ForStmt_Cond, edge.ForStmt_Post, edge.RangeStmt_Body:
			return true
		case edge.FuncDecl_Body, edge.FuncLit_Body, edge.Invalid:
			return false
		}
		cur = cur.Parent()
	}
	return false
}

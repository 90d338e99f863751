package spanend

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

// closure puts the rest of a round, from the start on, into a function of its
// own, so that the deferred End runs when the round is over.
//
//	for _, id := range ids {                for _, id := range ids {
//		ctx, span := tracer.Start(...)          func() {
//		defer span.End()                            ctx, span := tracer.Start(...)
//		load(ctx, id)                               defer span.End()
//	}                                               load(ctx, id)
//	                                            }()
//	                                        }
//
// The argument: the literal is called where it stands, so everything in it
// runs as often and in the same order as before, but for the End. What it
// declares nobody outside can name, since it reaches to the end of its block.
// A continue of the loop becomes a return. A return of an error that cannot
// be nil is handed out and returned again; any other way out, a label, another
// defer or a goroutine forbids the repair.
func (f *fixer) closure(s *spans.Start, e *spans.Event) *analysis.SuggestedFix {
	file := f.file(s.Call)
	if file == nil || !f.definesAll(s.Stmt) || s.Moves() || s.Leaves() || s.GivesLiteral() {
		return nil
	}
	cur, ok := f.m.Package.Cursor(s.Stmt)
	if !ok {
		return nil
	}
	kind, i := cur.ParentEdge()
	block, ok := cur.Parent().Node().(*ast.BlockStmt)
	if !ok || kind != edge.BlockStmt_List {
		return nil // in a case, whose end is not the end of the round
	}
	rest := block.List[i:]
	var loop ast.Stmt // if the block is the body of a loop
	switch n := cur.Parent().Parent().Node().(type) {
	case *ast.ForStmt:
		loop = n
	case *ast.RangeStmt:
		loop = n
	}
	w := &wayOut{f: f, s: s, loop: loop}
	for _, stmt := range rest {
		w.walk(stmt, 0, 0)
	}
	if w.forbidden {
		return nil
	}
	opening, closing, again := "func() {", "}()", "return"
	if len(w.returns) > 0 {
		if !w.returnsErrors() {
			return nil
		}
		opening, closing, again = "if err := func() error {", "\treturn nil\n}(); err != nil {\n\treturn err\n}", "return nil"
		if _, ends := rest[len(rest)-1].(*ast.ReturnStmt); ends {
			return nil
		}
	}
	edits := file.Wrap(rest[0], rest[len(rest)-1], opening, closing)
	if edits == nil {
		return nil
	}
	for _, c := range w.continues {
		edits = append(edits, file.Replace(c, again)...)
	}
	return file.Fix("Make a function of the round", edits)
}

// definesAll reports whether the statement declares whatever it assigns.
func (f *fixer) definesAll(stmt ast.Stmt) bool {
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return false
	}
	for _, lhs := range a.Lhs {
		if id, ok := lhs.(*ast.Ident); !ok || id.Name != "_" && f.m.Pass.TypesInfo.Defs[id] == nil {
			return false
		}
	}
	return true
}

// A wayOut collects the ways out of the rest of a round.
type wayOut struct {
	f         *fixer
	s         *spans.Start
	loop      ast.Stmt
	continues []*ast.BranchStmt
	returns   []*ast.ReturnStmt
	forbidden bool
}

// walk looks at a statement inside that many loops, and that many switches or
// loops, which are themselves in the rest of the round.
func (w *wayOut) walk(n ast.Node, loops, breakable int) {
	ast.Inspect(n, func(c ast.Node) bool {
		if w.forbidden {
			return false
		}
		switch c := c.(type) {
		case *ast.FuncLit:
			return false
		case *ast.LabeledStmt, *ast.GoStmt:
			w.forbidden = true
		case *ast.DeferStmt:
			w.forbidden = !w.s.EndsAt(c)
		case *ast.ReturnStmt:
			w.returns = append(w.returns, c)
		case *ast.BranchStmt:
			switch {
			case c.Label != nil, c.Tok == token.GOTO:
				w.forbidden = true
			case c.Tok == token.CONTINUE && loops == 0:
				w.continues = append(w.continues, c)
				w.forbidden = w.loop == nil
			case c.Tok == token.BREAK && breakable == 0:
				w.forbidden = true
			}
		case *ast.ForStmt:
			w.walk(c.Body, loops+1, breakable+1)
			return false
		case *ast.RangeStmt:
			w.walk(c.Body, loops+1, breakable+1)
			return false
		case *ast.SwitchStmt:
			w.walk(c.Body, loops, breakable+1)
			return false
		case *ast.TypeSwitchStmt:
			w.walk(c.Body, loops, breakable+1)
			return false
		case *ast.SelectStmt:
			w.walk(c.Body, loops, breakable+1)
			return false
		}
		return true
	})
}

// returnsErrors reports whether the function returns one error and nothing
// else, and every return in the rest of the round returns one for sure.
func (w *wayOut) returnsErrors() bool {
	res := w.s.Func.Sig.Results()
	if res.Len() != 1 || !types.Identical(res.At(0).Type(), types.Universe.Lookup("error").Type()) {
		return false
	}
	for _, ret := range w.returns {
		if len(ret.Results) != 1 || !w.s.ReturnsError(ret, 0) {
			return false
		}
	}
	return true
}

package path_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/path"
)

// parse returns the graph of a body in which calls of the functions start,
// end, mark and exit play the parts their names say; exit never returns.
func parse(t *testing.T, body string) (*path.Graph, *ast.BlockStmt) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package p\nfunc f() {\n"+body+"\n}", 0)
	if err != nil {
		t.Fatal(err)
	}
	block := file.Decls[0].(*ast.FuncDecl).Body
	return path.New(block, func(call *ast.CallExpr) bool { return name(call) != "exit" && name(call) != "panic" }), block
}

func name(call *ast.CallExpr) string {
	id, _ := call.Fun.(*ast.Ident)
	if id == nil {
		return ""
	}
	return id.Name
}

// calls reports whether the node calls the function, outside of literals.
func calls(n ast.Node, fn string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || name(n) == fn
		}
		return !found
	})
	return found
}

func point(t *testing.T, g *path.Graph, body ast.Node, fn string) path.Point {
	t.Helper()
	var at ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && at == nil && name(call) == fn {
			at = call
		}
		return at == nil
	})
	if at == nil {
		t.Fatalf("no call of %s", fn)
	}
	p, ok := g.At(at)
	if !ok {
		t.Fatalf("the call of %s has no place", fn)
	}
	return p
}

// Is there a way from start to a return that avoids end?
func TestExit(t *testing.T) {
	tests := []struct {
		name string
		body string
		open bool
	}{
		{"straight", "start(); end()", false},
		{"falls off the end", "start()", true},
		{"branch", "start(); if c { end() }", true},
		{"both branches", "start(); if c { end() } else { end() }", false},
		{"return before", "start(); if c { return }; end()", true},
		{"defer counts where it stands", "start(); defer end()", false},
		{"defer after a return", "start(); if c { return }; defer end()", true},
		{"literal is another function", "start(); func() { end() }()", true},
		{"in the operands of return", "start(); return end()", false},
		{"panic is no exit", "start(); if c { panic(1) }; end()", false},
		{"no-return call is no exit", "start(); if c { exit() }; end()", false},
		{"endless loop", "start(); for { mark() }", false},
		{"loop left by break", "start(); for { if c { break }; end(); return }", true},
		{"loop without rounds", "start(); for range xs { end(); return }", true},
		{"after the loop", "start(); for range xs { mark() }; end()", false},
		{"labelled break", "start(); out: for { for { if c { break out } }; }; mark()", true},
		{"labelled break to end", "start(); out: for { for { if c { break out } }; }; end()", false},
		{"labelled continue", "out: for range xs { start(); for range ys { if c { continue out } }; end() }", true},
		{"goto past end", "start(); if c { goto out }; end(); out: mark()", true},
		{"goto to end", "start(); if c { goto out }; mark(); out: end()", false},
		{"switch without default", "start(); switch x { case 1: end(); case 2: end() }", true},
		{"switch with default", "start(); switch x { case 1: end(); default: end() }", false},
		{"fallthrough", "start(); switch x { case 1: fallthrough; default: end() }", false},
		{"type switch", "start(); switch x.(type) { case int: end() }", true},
		{"select with an open case", "start(); select { case <-a: end(); case <-b: }", true},
		{"select, all cases", "start(); select { case <-a: end(); case <-b: end() }", false},
		{"select blocks for ever", "start(); select {}", false},
		{"communication of one case", "start(); select { case a <- end(): case <-b: }", true},
		{"communication of all cases", "start(); select { case a <- end(): case v := <-end(): _ = v }", false},
		{"communication is not done before", "select { case a <- start(): end(); case <-b: }", false},
		{"condition", "start(); if end() { return }", false},
		{"init statement", "start(); if x := end(); x { return }", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, body := parse(t, test.body)
			_, open := g.Exit(point(t, g, body, "start"), path.Search{Stop: func(n ast.Node) bool { return calls(n, "end") }})
			if open != test.open {
				t.Errorf("got %v", open)
			}
		})
	}
}

// The same with a condition whose outcome is known.
func TestEdge(t *testing.T) {
	tests := []struct {
		name    string
		body    string
		outcome bool
		open    bool
	}{
		{"if", "start(); if c { end() }", true, false},
		{"if not", "start(); if c { end() }", false, true},
		{"else", "start(); if c { mark() } else { end() }", false, false},
		{"loop", "start(); for c { end() }", true, false},
		{"case of a switch without a tag", "start(); switch { case c: end() }", true, false},
		{"second case", "start(); switch { case d: end(); case c: end() }", true, false},
		{"case of a switch with a tag is a value", "start(); switch x { case c: end() }", true, true},
		{"and compared with the tag", "start(); switch tag { case 1: end() }", true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, body := parse(t, test.body)
			_, open := g.Exit(point(t, g, body, "start"), path.Search{
				Stop: func(n ast.Node) bool { return calls(n, "end") },
				Edge: func(cond ast.Expr, outcome bool) bool {
					if eq, ok := cond.(*ast.BinaryExpr); ok {
						cond = eq.X
					}
					id, ok := cond.(*ast.Ident)
					return !ok || id.Name != "c" && id.Name != "tag" || outcome == test.outcome
				},
			})
			if open != test.open {
				t.Errorf("got %v", open)
			}
		})
	}
}

func TestConds(t *testing.T) {
	g, _ := parse(t, "if a { return }; for b { mark() }; switch { case c, d: case e: }; switch x { case f: }; select { case <-g: }")
	var got []string
	for _, c := range g.Conds() {
		if eq, ok := c.(*ast.BinaryExpr); ok {
			got = append(got, eq.X.(*ast.Ident).Name+"=="+eq.Y.(*ast.Ident).Name)
			continue
		}
		got = append(got, c.(*ast.Ident).Name)
	}
	if want := "a b c d e x==f"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReach(t *testing.T) {
	tests := []struct {
		name string
		body string
		want bool
	}{
		{"later", "start(); mark()", true},
		{"earlier", "mark(); start()", false},
		{"stopped", "start(); end(); mark()", false},
		{"around the stop", "start(); if c { end() }; mark()", true},
		{"next round", "for { mark(); start() }", true},
		{"not itself", "start()", false},
		{"a match may stop as well", "start(); mark(end())", true},
		{"dead code", "start(); return; mark()", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, body := parse(t, test.body)
			_, got := g.Reach(point(t, g, body, "start"), func(n ast.Node) bool { return calls(n, "mark") },
				path.Search{Stop: func(n ast.Node) bool { return calls(n, "end") }})
			if got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// Does every way to mark pass start?
func TestDominates(t *testing.T) {
	tests := []struct {
		name string
		body string
		want bool
	}{
		{"before", "start(); mark()", true},
		{"after", "mark(); start()", false},
		{"in a branch", "if c { start() }; mark()", false},
		{"in both", "if c { start() } else { return }; mark()", true},
		{"in the loop", "for range xs { start() }; mark()", false},
		{"round the loop", "for { start(); if c { mark() } }", true},
		{"past a goto", "if c { goto out }; start(); out: mark()", false},
		{"in another case", "switch x { case 1: start(); case 2: mark() }", false},
		{"falling through", "switch x { case 1: start(); fallthrough; case 2: mark() }", false},
		{"a case that returns", "switch x { case 1: start(); default: return }; mark()", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, body := parse(t, test.body)
			if got := g.Dominates(point(t, g, body, "start"), point(t, g, body, "mark")); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
	g, body := parse(t, "start()")
	if p := point(t, g, body, "start"); !g.Dominates(p, p) {
		t.Error("a point does not dominate itself")
	}
}

func TestRepeats(t *testing.T) {
	tests := []struct {
		name string
		body string
		want bool
	}{
		{"straight", "start()", false},
		{"for", "for { start() }", true},
		{"range", "for range xs { start() }", true},
		{"left at once", "for { start(); return }", false},
		{"left by break", "for { start(); break }", false},
		{"break of the switch only", "for { switch { default: start(); break } }", true},
		{"left by labelled break", "out: for { for { start(); break out } }", false},
		{"panics", "for { start(); panic(1) }", false},
		{"goto back", "again: start(); if c { goto again }", true},
		{"goto ahead", "start(); goto out; out: mark()", false},
		{"init of the loop", "for start(); c; { mark() }", false},
		{"condition of the loop", "for start() { mark() }", true},
		{"operand of range", "for range start() { mark() }", false},
		{"select in a loop", "for { select { case <-start(): case <-b: return } }", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, body := parse(t, test.body)
			if got := g.Repeats(point(t, g, body, "start")); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// Is there a way from the entry to mark that passes no start?
func TestBackward(t *testing.T) {
	tests := []struct {
		name string
		body string
		want bool
	}{
		{"passed", "start(); mark()", false},
		{"none", "mark()", true},
		{"in a branch", "if c { start() }; mark()", true},
		{"in both", "if c { start() } else { start() }; mark()", false},
		{"only after", "mark(); start()", true},
		{"round the loop", "for { mark(); start() }", true},
		{"dead code does not count", "start(); if c { return; goto out }; out: mark()", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, body := parse(t, test.body)
			if got := g.Backward(point(t, g, body, "mark"), func(n ast.Node) bool { return calls(n, "start") }); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestExits(t *testing.T) {
	g, body := parse(t, "if c { return }; if d { panic(1); return }; mark()")
	exits := g.Exits()
	if len(exits) != 2 {
		t.Fatalf("got %d exits, want the return and the end", len(exits))
	}
	if exits[0].Pos() >= exits[1].Pos() || exits[1].Pos() < body.List[len(body.List)-1].Pos() {
		t.Error("exits are not in source order, or the end is not the last")
	}
	if g, body := parse(t, "for { mark() }"); g.Returns(point(t, g, body, "mark")) {
		t.Error("an endless loop returns")
	}
}

// A node of a literal has no place in the graph of the function around it,
// but the literal's statement has.
func TestAt(t *testing.T) {
	g, body := parse(t, "x := func() { mark() }; start(x); return; end()")
	var mark, end ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch name(call) {
			case "mark":
				mark = call
			case "end":
				end = call
			}
		}
		return true
	})
	p, ok := g.At(mark)
	if _, isAssign := p.Node().(*ast.AssignStmt); !ok || !isAssign {
		t.Error("the call in the literal is not found at the literal's statement")
	}
	if _, ok := g.At(end); ok {
		t.Error("dead code has a place")
	}
}

// The place of a node is that of the smallest statement or condition around it.
func TestAtInside(t *testing.T) {
	for _, body := range []string{
		"mark()",
		"x = y + f(mark())",
		"if x := mark(); x { }",
		"if a && mark() { }",
		"for i := mark(); i; { }",
		"for ; mark(); { }",
		"for i := 0; i < 3; i += mark() { }",
		"for range mark() { }",
		"for a[mark()] = range b { }",
		"switch mark() { case 1: }",
		"switch { case mark(): }",
		"switch mark().(type) { case int: }",
		"select { case a <- mark(): }",
		"select { case <-a: mark() }",
		"select { case v := <-mark(): _ = v }",
		"defer func() { mark() }()",
		"go f(mark())",
		"return mark()",
		"out: for { mark(); break out }",
		"var x, y = 1, mark()",
		"x <- mark()",
		"mark().x++",
	} {
		g, block := parse(t, body)
		p := point(t, g, block, "mark")
		n := p.Node()
		if !p.Valid() || n == nil {
			t.Errorf("%s: no place", body)
			continue
		}
		found := false
		ast.Inspect(n, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			found = found || ok && name(call) == "mark"
			return !found
		})
		if !found {
			t.Errorf("%s: the place is that of %T", body, n)
		}
	}
}

func TestNoPlace(t *testing.T) {
	g, body := parse(t, "mark()")
	if (path.Point{}).Valid() || (path.Point{}).Node() != nil {
		t.Error("nowhere is a place")
	}
	if entry := g.Entry(); !entry.Valid() || entry.Node() != nil {
		t.Error("the entry is a node")
	}
	if p := point(t, g, body, "mark"); !g.Dominates(g.Entry(), p) || g.Dominates(p, g.Entry()) {
		t.Error("the entry does not come first")
	}
	if _, ok := g.At(&ast.Ident{NamePos: body.End() + 10, Name: "elsewhere"}); ok {
		t.Error("a node outside of the body has a place")
	}
	empty, _ := parse(t, "")
	if _, ok := empty.Exit(empty.Entry(), path.Search{}); !ok || len(empty.Exits()) != 1 || len(empty.Conds()) != 0 {
		t.Error("an empty body does not return")
	}
	if g := path.New(body, nil); !g.Returns(g.Entry()) {
		t.Error("calls return unless somebody says otherwise")
	}
}

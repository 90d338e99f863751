package edit_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
)

// TestStatements runs the archives in testdata. A case is two sections: the
// name of the first is "WHY: OPERATION", the second is "want" with the file
// that must come out, or "refused".
func TestStatements(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(ar.Files); i += 2 {
			in, want := ar.Files[i], ar.Files[i+1]
			why, op, ok := strings.Cut(in.Name, ": ")
			if !ok || want.Name != "want" && want.Name != "refused" {
				t.Fatalf("%s: sections %q and %q are not a case", name, in.Name, want.Name)
			}
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+why, func(t *testing.T) {
				f := open(t, "package p\n\n"+string(in.Data))
				edits := operate(t, f, op)
				if want.Name == "refused" {
					if edits != nil {
						t.Errorf("made edits: %v", edits)
					}
					return
				}
				got := apply(t, f, edits)
				if want := "package p\n\n" + string(want.Data); string(got) != want {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
				lost := missing(comments(t, f.Src), comments(t, got))
				if strings.HasPrefix(op, "delete ") {
					lost = nil // they go with the statement, as the case shows
				}
				if lost != nil {
					t.Errorf("lost comments: %q", lost)
				}
			})
		}
	}
}

// operate does what a line like "after work(ctx) | defer span.End()" asks
// for. Operations in sequence are separated by " + ".
func operate(t *testing.T, f *edit.File, ops string) []analysis.TextEdit {
	t.Helper()
	var edits []analysis.TextEdit
	for op := range strings.SplitSeq(ops, " + ") {
		op, text, _ := strings.Cut(op, " | ")
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)
		verb, target, _ := strings.Cut(op, " ")
		var more []analysis.TextEdit
		switch verb {
		case "before":
			more = f.Before(stmt(t, f, target), text)
		case "after":
			more = f.After(stmt(t, f, target), text)
		case "start":
			more = f.AtStart(block(t, f, target), text)
		case "delete":
			more = f.Delete(stmt(t, f, target))
		case "wrap":
			first, last, _ := strings.Cut(target, " .. ")
			opening, closing, _ := strings.Cut(text, " ... ")
			more = f.Wrap(stmt(t, f, first), stmt(t, f, last), opening, closing)
		case "replace":
			more = f.Replace(expr(t, f, target), text)
		case "arg":
			more = f.AddArg(expr(t, f, target).(*ast.CallExpr), text)
		case "go": // how a rule makes a literal of go f(x)
			call := stmt(t, f, target).(*ast.GoStmt).Call
			more = f.Replace(call, "func() {\n\t"+f.Text(call)+"\n}()")
		default:
			t.Fatalf("no operation %q", verb)
		}
		if more == nil {
			return nil
		}
		edits = append(edits, more...)
	}
	edit.Sort(edits)
	if err := edit.Check(f.Tok, edits); err != nil {
		t.Fatalf("%v: %v", err, edits)
	}
	return edits
}

// apply returns the file with the settled edits.
func apply(t *testing.T, f *edit.File, edits []analysis.TextEdit) []byte {
	t.Helper()
	if raw, err := edit.Apply(f.Tok, f.Src, edits); err != nil {
		t.Fatal(err)
	} else if _, err := format.Source(raw); err != nil {
		t.Fatalf("does not parse: %v\n%s", err, raw)
	}
	settled, ok := f.Settle(edits)
	if !ok {
		t.Fatal("does not settle")
	}
	out, err := edit.Apply(f.Tok, f.Src, settled)
	if err != nil {
		t.Fatalf("%v: %v", err, settled)
	}
	was, err := format.Source(f.Src)
	if err != nil {
		t.Fatal(err)
	}
	formatted, err := format.Source(out)
	if err != nil {
		t.Fatalf("settled text does not parse: %v\n%s", err, out)
	}
	if bytes.Equal(was, f.Src) && !bytes.Equal(formatted, out) {
		t.Errorf("gofmt would change the result:\n%s", out)
	}
	return out
}

func open(t testing.TB, src string) *edit.File {
	t.Helper()
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	f, err := edit.Open(fset, syntax, func(string) ([]byte, error) { return []byte(src), nil })
	if err != nil {
		t.Fatal(err)
	}
	fsets[f] = fset
	return f
}

var fsets = make(map[*edit.File]*token.FileSet)

// nodes returns the nodes whose source starts with the given text, outermost first.
func nodes(f *edit.File, text string) []ast.Node {
	var found []ast.Node
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if n != nil && n != f.Syntax && strings.HasPrefix(f.Text(n), text) {
			found = append(found, n)
		}
		return true
	})
	return found
}

func first[T any](t *testing.T, f *edit.File, text string) T {
	t.Helper()
	for _, n := range nodes(f, text) {
		if n, ok := n.(T); ok {
			return n
		}
	}
	var none T
	t.Fatalf("no %T starts with %q", &none, text)
	return none
}

func stmt(t *testing.T, f *edit.File, text string) ast.Stmt { return first[ast.Stmt](t, f, text) }
func expr(t *testing.T, f *edit.File, text string) ast.Expr { return first[ast.Expr](t, f, text) }

// block returns the first block of the syntax that starts with the text.
func block(t *testing.T, f *edit.File, text string) *ast.BlockStmt {
	var found *ast.BlockStmt
	for _, n := range nodes(f, text) {
		ast.Inspect(n, func(n ast.Node) bool {
			if b, ok := n.(*ast.BlockStmt); ok && found == nil {
				found = b
			}
			return found == nil
		})
	}
	if found == nil {
		t.Fatalf("no block in %q", text)
	}
	return found
}

func comments(t testing.TB, src []byte) []string {
	syntax, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			// gofmt may indent the lines of a long comment anew.
			list = append(list, strings.Join(strings.Fields(c.Text), " "))
		}
	}
	return list
}

// missing returns what is in before more often than in after.
func missing(before, after []string) []string {
	var lost []string
	after = slices.Clone(after)
	for _, c := range before {
		if i := slices.Index(after, c); i >= 0 {
			after = slices.Delete(after, i, i+1)
		} else {
			lost = append(lost, c)
		}
	}
	return lost
}

func TestCheck(t *testing.T) {
	f := open(t, "package p\n\nvar a, b = 1, 2\n")
	at := func(start, end int) analysis.TextEdit {
		return analysis.TextEdit{Pos: f.Tok.Pos(start), End: f.Tok.Pos(end)}
	}
	for _, test := range []struct {
		edits []analysis.TextEdit
		want  string
	}{
		{nil, "no edits"},
		{[]analysis.TextEdit{at(1, 2), at(2, 2), at(2, 3)}, ""},
		{[]analysis.TextEdit{at(3, 4), at(1, 2)}, "edit 1 starts before the end of another"},
		{[]analysis.TextEdit{at(1, 4), at(3, 5)}, "edit 1 starts before the end of another"},
		{[]analysis.TextEdit{at(4, 2)}, "edit 0 ends before it starts"},
		{[]analysis.TextEdit{{Pos: f.Tok.Pos(1), End: f.Tok.Pos(1) + 1000}}, "edit 0 is not in p.go"},
		{[]analysis.TextEdit{{}}, "edit 0 is not in p.go"},
	} {
		if got := fmt.Sprint(edit.Check(f.Tok, test.edits)); got != test.want && (test.want != "" || got != "<nil>") {
			t.Errorf("%v: got %q, want %q", test.edits, got, test.want)
		}
	}
}

func TestOpenRefusesOtherSource(t *testing.T) {
	fset := token.NewFileSet()
	for src, want := range map[string]string{
		"package p\n":                        "",
		"//line user.go:1\npackage p\n":      "p.go was made from user.go",
		"package p\n\n//line t.y:1\nvar a\n": "expected type",
	} {
		syntax, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
		if err == nil {
			_, err = edit.Open(fset, syntax, func(string) ([]byte, error) { return []byte(src), nil })
		}
		if got := fmt.Sprint(err); want == "" && err != nil || !strings.Contains(got, want) {
			t.Errorf("%q: got %v, want %s", src, got, want)
		}
	}
	syntax, _ := parser.ParseFile(fset, "p.go", "package p\n", 0)
	if _, err := edit.Open(fset, syntax, func(string) ([]byte, error) { return []byte("package q2\n"), nil }); err == nil {
		t.Error("a file that has changed since was opened")
	}
}

func TestText(t *testing.T) {
	f := open(t, "package p\n\nfunc f() {\n\t\tgo g(a,\n\t\t\tb, // why\n\t\t\t`raw\n\t\t\ttext`)\n}\n")
	got := f.Text(stmt(t, f, "go g"))
	if want := "go g(a,\n\tb, // why\n\t`raw\n\t\t\ttext`)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The line ends of a file stay as they are.
func TestCarriageReturns(t *testing.T) {
	src := "package p\r\n\r\nfunc f() {\r\n\ta() // c\r\n\tb()\r\n}\r\n"
	f := open(t, src)
	edits := operate(t, f, `after a() | if x {\n\ty()\n} + delete b()`)
	settled, ok := f.Settle(edits)
	if !ok {
		t.Fatal("does not settle")
	}
	got, err := edit.Apply(f.Tok, f.Src, settled)
	if err != nil {
		t.Fatal(err)
	}
	if want := "package p\r\n\r\nfunc f() {\r\n\ta() // c\r\n\tif x {\r\n\t\ty()\r\n\t}\r\n}\r\n"; string(got) != want {
		t.Errorf("got %q", got)
	}
}

func TestSettleRefuses(t *testing.T) {
	f := open(t, "package p\n\nfunc f() {\n\ta()\n}\n")
	if _, ok := f.Settle(f.Replace(stmt(t, f, "a()"), "a(")); ok {
		t.Error("broken syntax has settled")
	}
	if _, ok := f.Settle(append(f.Replace(stmt(t, f, "a()"), "b()"), f.Replace(stmt(t, f, "a()"), "c()")...)); ok {
		t.Error("overlapping edits have settled")
	}
	if _, ok := f.Settle(nil); ok {
		t.Error("no edits have settled")
	}
}

package edit_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
)

// FuzzEdits makes one edit somewhere in a file: the file must still parse,
// keep its comments, and be formatted if it was.
func FuzzEdits(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range archives {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range ar.Files {
			for op := range uint8(operations) {
				f.Add(append([]byte("package p\n\n"), file.Data...), op, uint16(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, op uint8, n uint16) { tryEdit(t, src, op, int(n)) })
}

// TestEverywhere makes edits all over this package. (All of them, which takes
// half a minute, have been fine.)
func TestEverywhere(t *testing.T) {
	names, _ := filepath.Glob("*.go")
	if len(names) == 0 {
		t.Fatal("no files")
	}
	tried := 0
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for op := range uint8(operations) {
			for n, places := int(op), 1000; n < places; n += 23 {
				places = tryEdit(t, src, op, n)
				tried++
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d edits", tried)
	}
}

const operations = 6

// tryEdit makes the edit op at the nth place for it, and returns the number
// of places.
func tryEdit(t *testing.T, src []byte, op uint8, n int) (places int) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return places
	}
	file, err := edit.Open(fset, syntax, func(string) ([]byte, error) { return src, nil })
	if err != nil {
		return places // it has line directives
	}
	type element struct {
		list []ast.Stmt
		i    int
	}
	var elements []element
	add := func(list []ast.Stmt) {
		for i := range list {
			switch list[i].(type) {
			case *ast.CaseClause, *ast.CommClause:
			default:
				elements = append(elements, element{list, i})
			}
		}
	}
	var blocks []*ast.BlockStmt
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			blocks = append(blocks, n)
			add(n.List)
		case *ast.CaseClause:
			add(n.Body)
		case *ast.CommClause:
			add(n.Body)
		}
		return true
	})
	var edits []analysis.TextEdit
	deletes := false
	if op %= operations; op == 0 {
		if places = len(blocks); places == 0 {
			return
		}
		edits = file.AtStart(blocks[n%places], "inserted()")
	} else {
		if places = len(elements); places == 0 {
			return
		}
		list, i := elements[n%places].list, elements[n%places].i
		stmt := list[i]
		switch op {
		case 1:
			edits = file.Before(stmt, "x, y := f(func() {\n\tg()\n})")
		case 2:
			edits = file.After(stmt, "if inserted() {\n\treturn\n}")
		case 3:
			edits = file.Wrap(stmt, list[len(list)-1], "func() {", "}()")
		case 4:
			edits = file.Delete(stmt)
			deletes = true
		case 5:
			edits = file.Replace(stmt, "func() {\n\t"+file.Text(stmt)+"\n}()")
		}
	}
	if edits == nil {
		return places
	}
	edit.Sort(edits)
	raw, err := edit.Apply(file.Tok, src, edits)
	if err != nil {
		t.Fatal(err)
	}
	formattedRaw, err := format.Source(raw)
	if err != nil {
		t.Fatalf("does not parse: %v\n-- before --\n%s\n-- after --\n%s", err, src, raw)
	}
	settled, ok := file.Settle(edits)
	if !ok {
		t.Fatalf("does not settle\n-- before --\n%s\n-- after --\n%s", src, raw)
	}
	out, err := edit.Apply(file.Tok, src, settled)
	if err != nil {
		t.Fatal(err)
	}
	formatted, err := format.Source(out)
	if err != nil {
		t.Fatalf("settled text does not parse: %v\n-- before --\n%s\n-- after --\n%s", err, src, out)
	}
	if lost := missing(comments(t, src), comments(t, out)); lost != nil && !deletes {
		t.Fatalf("lost comments %q\n-- before --\n%s\n-- after --\n%s", lost, src, out)
	}
	if was, err := format.Source(src); err != nil || !bytes.Equal(was, src) {
		return places
	}
	if again, err := format.Source(formattedRaw); err != nil || !bytes.Equal(again, formattedRaw) {
		return places // gofmt itself needs two rounds
	}
	if !bytes.Equal(formatted, out) {
		t.Fatalf("gofmt would change the result\n-- before --\n%s\n-- after --\n%s\n-- formatted --\n%s", src, out, formatted)
	}
	return places
}

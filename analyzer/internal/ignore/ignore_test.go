package ignore_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ignore"
)

const source = `package p

func f() {
	//spanlint:ignore one above
	call(1)
	call(2) //spanlint:ignore one behind
	call(3)
	//spanlint:ignore one stacked
	// Another comment.
	//spanlint:ignore two.c stacked as well
	call(4)
	//spanlint:ignore one a blank line is between

	call(5)
	//spanlint:ignore one the line of the finding counts, not the statement's
	call(
		call(6),
	)
	call(
		//spanlint:ignore one inside
		call(7),
		call(8)) //spanlint:ignore one behind the last line
	if true { //spanlint:ignore one behind a brace
		call(9)
	} //spanlint:ignore one behind a closing brace
	call(10)
	//spanlint:ignore one
	call(11)
	//spanlint:ignore one // a comment in a comment
	call(12)
	//spanlint:ignore one,two.c	for both
	call(13)
	// spanlint:ignore one not a directive
	call(14)
	//spanlint:ignored one not this one
	call(15)
	//spanlint:ignore two.other another category
	call(16)
	//spanlint:ignore one ---
	call(17)
	go func() { //spanlint:ignore one the line of the go
		call(18)
	}()
//line other.go:100
	call(19) //spanlint:ignore one in another file
	/*spanlint:ignore one a block*/ call(20)
}

//spanlint:ignore one above a declaration
var x = call(21)
`

func TestMatch(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	x := ignore.New(fset, []*ast.File{file})
	var one, two []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if len(n.Args) != 1 {
				break
			}
			arg, ok := n.Args[0].(*ast.BasicLit)
			if !ok {
				break
			}
			if d := x.Match(n.Pos(), "one", "c"); d != nil {
				one = append(one, arg.Value)
			}
			if d := x.Match(n.Pos(), "two", "c"); d != nil {
				two = append(two, arg.Value)
			}
		case *ast.GoStmt:
			if d := x.Match(n.Pos(), "one", "c"); d == nil || d.Reason != "the line of the go" {
				t.Errorf("go: %v", d)
			}
		}
		return true
	})
	if got, want := strings.Join(one, " "), "1 2 4 7 8 13 19 21"; got != want {
		t.Errorf("one: %s, want %s", got, want)
	}
	if got, want := strings.Join(two, " "), "4 13"; got != want {
		t.Errorf("two: %s, want %s", got, want)
	}

	var unused, none []string
	for _, d := range x.Directives() {
		if d.Reason == "" {
			none = append(none, fmt.Sprint(fset.Position(d.Comment.Pos()).Line))
		}
		for _, n := range d.Names {
			if text := source[fset.PositionFor(n.Pos, false).Offset:fset.PositionFor(n.End, false).Offset]; text != n.String() {
				t.Errorf("%s is at %q", n, text)
			}
			if !n.Used() && d.Reason != "" {
				unused = append(unused, d.Reason)
			}
		}
	}
	want := []string{"a blank line is between", "the line of the finding counts, not the statement's", "behind a brace", "behind a closing brace", "another category"}
	if !slices.Equal(unused, want) {
		t.Errorf("unused: %q, want %q", unused, want)
	}
	if got := strings.Join(none, " "); got != "27 29 39" {
		t.Errorf("without reason: %s", got)
	}
}

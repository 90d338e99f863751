// Package ignore reads the comments by which users silence single findings:
//
//	//spanlint:ignore RULE[.category][,...] reason
//
// A comment with code before it in its line silences findings in that line;
// one in a line of its own those in the line of code that follows directly.
// Lines are counted as the user sees them, so that all drivers agree, those
// too that are shown what the cgo command has made of a file.
//
// It knows neither which rules exist nor what they find.
package ignore

import (
	"go/ast"
	"go/token"
	"strings"
	"unicode"
)

// prefix is that of a Go directive, as //go:build is one: no space after the
// slashes. So gofmt leaves it alone, and go doc does not print it.
const prefix = "//spanlint:ignore"

// A Directive is one comment.
type Directive struct {
	File    *ast.File
	Comment *ast.Comment
	Names   []*Name
	// Reason is "" if there is none. Then nothing is silenced: a reason that
	// may be left out is left out.
	Reason string
	// Own says that nothing but the comment is in its line.
	Own bool
}

// A Name is what one directive silences: a rule, or one of its categories.
type Name struct {
	Rule, Category string // Category is "" for all
	Pos, End       token.Pos
	used           bool
}

// Used reports whether a finding was silenced by this name.
func (n *Name) Used() bool { return n.used }

// String returns the name as the user wrote it.
func (n *Name) String() string {
	if n.Category == "" {
		return n.Rule
	}
	return n.Rule + "." + n.Category
}

type line struct {
	file string
	line int
}

// An Index has the directives of one package.
type Index struct {
	fset  *token.FileSet
	lines map[line][]*Directive
	all   []*Directive
}

// New reads the directives of files.
func New(fset *token.FileSet, files []*ast.File) *Index {
	x := &Index{fset: fset, lines: make(map[line][]*Directive)}
	for _, file := range files {
		x.read(file)
	}
	return x
}

// Directives returns all directives, by file and position.
func (x *Index) Directives() []*Directive { return x.all }

// Match returns the directive that silences a finding, nil if there is none.
func (x *Index) Match(pos token.Pos, rule, category string) *Directive {
	if !pos.IsValid() || len(x.all) == 0 {
		return nil
	}
	var found *Directive
	for _, d := range x.lines[x.line(pos)] {
		for _, n := range d.Names {
			if d.Reason == "" || n.Rule != rule || n.Category != "" && n.Category != category {
				continue
			}
			// Each that matches is of use: none of them can go alone.
			n.used = true
			if found == nil {
				found = d
			}
		}
	}
	return found
}

func (x *Index) line(pos token.Pos) line {
	p := x.fset.Position(pos)
	return line{p.Filename, p.Line}
}

func (x *Index) read(file *ast.File) {
	var found []*Directive
	for _, group := range file.Comments {
		for _, c := range group.List {
			if d := parse(c); d != nil {
				d.File = file
				found = append(found, d)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	code := x.code(file)
	for _, d := range found {
		at := x.line(d.Comment.Pos())
		first, ok := code[at]
		d.Own = !ok || first > d.Comment.Pos()
		if d.Own {
			// Other comments may stand between a directive and its code.
			at = x.line(x.groupEnd(file, d.Comment))
			at.line++
		}
		x.lines[at] = append(x.lines[at], d)
	}
	x.all = append(x.all, found...)
}

// groupEnd returns the end of the comments that follow each other by the line.
func (x *Index) groupEnd(file *ast.File, c *ast.Comment) token.Pos {
	for _, group := range file.Comments {
		if group.Pos() <= c.Pos() && c.End() <= group.End() {
			return group.End()
		}
	}
	return c.End()
}

// code returns the lines with code, and where in them it begins.
func (x *Index) code(file *ast.File) map[line]token.Pos {
	first := make(map[line]token.Pos)
	mark := func(pos token.Pos) {
		if !pos.IsValid() {
			return
		}
		at := x.line(pos)
		if p, ok := first[at]; !ok || pos < p {
			first[at] = pos
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		}
		mark(n.Pos())
		mark(n.End() - 1) // of a brace or parenthesis alone in its line
		return true
	})
	return first
}

// parse returns the directive in a comment, nil if it is another comment.
func parse(c *ast.Comment) *Directive {
	rest, ok := strings.CutPrefix(c.Text, prefix)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return nil
	}
	d := &Directive{Comment: c}
	names := strings.TrimLeft(rest, " \t")
	at := c.Pos() + token.Pos(len(c.Text)-len(names))
	names, reason, _ := cutSpace(names)
	if strings.HasPrefix(names, "//") {
		return d
	}
	for _, text := range strings.Split(names, ",") {
		end := at + token.Pos(len(text))
		if text != "" {
			n := &Name{Pos: at, End: end}
			n.Rule, n.Category, _ = strings.Cut(text, ".")
			d.Names = append(d.Names, n)
		}
		at = end + 1
	}
	// What follows a second // is not for the reader of the first.
	if reason, _, _ = strings.Cut(" "+reason, " //"); strings.ContainsFunc(reason, unicode.IsLetter) {
		d.Reason = strings.Join(strings.Fields(reason), " ")
	}
	return d
}

func cutSpace(s string) (before, after string, found bool) {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

package fix

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/spanlint/spanlint/internal/load"
)

// An edit replaces the bytes from start to end of a file.
type edit struct {
	start, end int
	text       string
}

func compareEdits(a, b edit) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
}

// conflict reports whether the two edits cannot both be made. Equal edits can:
// they are one, such as the import that two fixes need. Insertions of
// different texts at one place cannot, because nobody says which goes first.
//
// (udiff.Merge would also put an insertion into text that is replaced.)
func (a edit) conflict(b edit) bool {
	switch {
	case a == b:
		return false
	case a.start == a.end && b.start == b.end:
		return a.start == b.start
	}
	return a.start < b.end && b.start < a.end
}

// merge returns the edits of both, unless any two of them conflict.
func merge(a, b map[string][]edit) (map[string][]edit, bool) {
	merged := make(map[string][]edit)
	for name, edits := range a {
		merged[name] = slices.Clone(edits)
	}
	for name, edits := range b {
		for _, e := range edits {
			if slices.ContainsFunc(a[name], e.conflict) {
				return nil, false
			}
			if !slices.Contains(a[name], e) {
				merged[name] = append(merged[name], e)
			}
		}
		slices.SortStableFunc(merged[name], compareEdits)
	}
	return merged, true
}

// applyTo returns the text with the edits, which are sorted, applied. It keeps
// line ends, and formats the file if it was formatted before; code that gofmt
// has never seen stays as it is.
func applyTo(before []byte, edits []edit) []byte {
	var list []udiff.Edit
	crlf := bytes.Contains(before, []byte("\r\n"))
	for _, e := range edits {
		text := e.text
		if crlf {
			text = toCRLF(text)
		}
		list = append(list, udiff.Edit{Start: e.start, End: e.end, New: text})
	}
	after, err := udiff.ApplyBytes(before, list)
	if err != nil {
		return before // Have: edits neither overlap nor leave the file
	}
	if src := toLF(before); bytes.Equal(gofmt(src), src) {
		after = gofmt(toLF(after))
		if crlf {
			after = []byte(toCRLF(string(after)))
		}
	}
	return after
}

// gofmt returns the source formatted, unchanged if it cannot be parsed.
func gofmt(src []byte) []byte {
	if formatted, err := format.Source(src); err == nil {
		return formatted
	}
	return src
}

func toLF(src []byte) []byte { return bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")) }

func toCRLF(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// tidyImports removes from the files the imports that the errors call unused
// or doubled, and reports whether there were any.
func tidyImports(files map[string][]byte, errs []load.Error) bool {
	tidied := false
	for name, src := range files {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, src, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			continue
		}
		var remove []edit
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.GenDecl)
			if !ok || decl.Tok != token.IMPORT {
				continue
			}
			var specs []ast.Spec
			for _, spec := range decl.Specs {
				if faulty(fset, spec.(*ast.ImportSpec), errs) {
					specs = append(specs, spec)
				}
			}
			if len(specs) == len(decl.Specs) && len(specs) > 0 {
				remove = append(remove, lines(fset, src, decl))
				continue
			}
			for _, spec := range specs {
				remove = append(remove, lines(fset, src, spec))
			}
		}
		if len(remove) > 0 {
			files[name] = applyTo(src, remove)
			tidied = true
		}
	}
	return tidied
}

// faulty reports whether one of the errors says that the import is not used or
// that there are two of it.
func faulty(fset *token.FileSet, spec *ast.ImportSpec, errs []load.Error) bool {
	start, end := fset.Position(spec.Pos()), fset.Position(spec.End())
	return slices.ContainsFunc(errs, func(e load.Error) bool {
		return e.Pos.Filename == start.Filename && e.Pos.Line == start.Line &&
			start.Column <= e.Pos.Column && e.Pos.Column < end.Column &&
			(strings.HasSuffix(e.Msg, "and not used") || strings.Contains(e.Msg, "redeclared in this block"))
	})
}

// lines returns the edit that removes a node, and its lines where nothing else
// is on them.
func lines(fset *token.FileSet, src []byte, n ast.Node) edit {
	file := fset.File(n.Pos())
	start, end := file.Offset(n.Pos()), file.Offset(n.End())
	if spec, ok := n.(*ast.ImportSpec); ok && spec.Comment != nil {
		end = file.Offset(spec.Comment.End())
	}
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	if rest := bytes.TrimLeft(src[end:], " \t\r"); (start == 0 || src[start-1] == '\n') && bytes.HasPrefix(rest, []byte("\n")) {
		end = len(src) - len(rest) + 1
	} else {
		start = file.Offset(n.Pos())
	}
	return edit{start, end, ""}
}

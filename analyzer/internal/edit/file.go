package edit

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// A File is one source file with its text.
type File struct {
	Syntax *ast.File
	Tok    *token.File
	Src    []byte

	newline  string       // "\r\n" if the file has it
	comments map[int]bool // offsets at which comments start
}

// Open reads the text of a parsed file; read is pass.ReadFile. It is an error
// if the text is not the one that was parsed, or not the one its author
// wrote: what the cgo command makes of a file is not ours to edit.
func Open(fset *token.FileSet, syntax *ast.File, read func(name string) ([]byte, error)) (*File, error) {
	tok := fset.File(syntax.FileStart)
	if tok == nil || read == nil {
		return nil, errors.New("no source for this file")
	}
	if at := tok.PositionFor(syntax.Name.Pos(), true).Filename; at != tok.Name() {
		return nil, fmt.Errorf("%s was made from %s", tok.Name(), at)
	}
	src, err := read(tok.Name())
	if err != nil {
		return nil, err
	}
	return NewFile(tok, syntax, src)
}

// OpenAt opens the one of the files that has the position.
func OpenAt(fset *token.FileSet, files []*ast.File, pos token.Pos, read func(name string) ([]byte, error)) (*File, error) {
	for _, syntax := range files {
		if syntax.FileStart <= pos && pos <= syntax.FileEnd {
			return Open(fset, syntax, read)
		}
	}
	return nil, errors.New("no file has this position")
}

// NewFile is Open for a text at hand.
func NewFile(tok *token.File, syntax *ast.File, src []byte) (*File, error) {
	if tok.Size() != len(src) {
		return nil, fmt.Errorf("%s has %d bytes and had %d when it was parsed", tok.Name(), len(src), tok.Size())
	}
	f := &File{Syntax: syntax, Tok: tok, Src: src, newline: "\n", comments: make(map[int]bool)}
	if i := bytes.IndexByte(src, '\n'); i > 0 && src[i-1] == '\r' {
		f.newline = "\r\n"
	}
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			f.comments[f.offset(c.Pos())] = true
		}
	}
	return f, nil
}

// Text returns the source of a node with its comments and line breaks, as at
// the left margin: its further lines lose the indentation of the first.
func (f *File) Text(n ast.Node) string {
	start, end := f.offset(n.Pos()), f.offset(n.End())
	text := strings.ReplaceAll(string(f.Src[start:end]), "\r\n", "\n")
	margin := f.margin(start)
	return eachLine(text, func(line string) string { return strings.TrimPrefix(line, margin) })
}

// Replace puts text in the place of a node. It refuses to lose a comment.
func (f *File) Replace(n ast.Node, text string) []analysis.TextEdit {
	if _, ok := n.(*ast.EmptyStmt); ok {
		return nil // a stray semicolon, which may separate others
	}
	start, end := f.offset(n.Pos()), f.offset(n.End())
	for _, group := range f.Syntax.Comments {
		for _, c := range group.List {
			if n.Pos() <= c.Pos() && c.End() <= n.End() && !strings.Contains(text, c.Text) {
				return nil
			}
		}
	}
	return f.edits(span{start, end, indent(text, f.margin(start))})
}

// AddArg adds a last argument to a call. A call that spreads a slice takes
// none.
func (f *File) AddArg(call *ast.CallExpr, text string) []analysis.TextEdit {
	if call.Ellipsis.IsValid() {
		return nil
	}
	if len(call.Args) == 0 {
		at := f.offset(call.Lparen) + 1
		return f.edits(span{at, at, indent(text, f.margin(at))})
	}
	at := f.offset(call.Args[len(call.Args)-1].End())
	return f.edits(span{at, at, ", " + indent(text, f.margin(at))})
}

func (f *File) offset(pos token.Pos) int { return f.Tok.Offset(pos) }

// edits is the only place where offsets become positions again, and where a
// file with carriage returns gets its own.
func (f *File) edits(list ...span) []analysis.TextEdit {
	var edits []analysis.TextEdit
	for _, s := range list {
		edits = append(edits, analysis.TextEdit{
			Pos:     f.Tok.Pos(s.start),
			End:     f.Tok.Pos(s.end),
			NewText: []byte(strings.ReplaceAll(strings.ReplaceAll(s.text, "\r\n", "\n"), "\n", f.newline)),
		})
	}
	return edits
}

func (f *File) lineStart(off int) int { return bytes.LastIndexByte(f.Src[:off], '\n') + 1 }

// lineEnd returns where the line's text ends, before its newline.
func (f *File) lineEnd(off int) int {
	end := len(f.Src)
	if i := bytes.IndexByte(f.Src[off:], '\n'); i >= 0 {
		end = off + i
	}
	if end > off && f.Src[end-1] == '\r' {
		end--
	}
	return end
}

// nextLine returns the start of the line after that of off.
func (f *File) nextLine(off int) int {
	if i := bytes.IndexByte(f.Src[off:], '\n'); i >= 0 {
		return off + i + 1
	}
	return len(f.Src)
}

// skipBlanks returns where the white space at off ends, within its line.
func (f *File) skipBlanks(off int) int {
	for off < len(f.Src) && isBlank(f.Src[off]) {
		off++
	}
	return off
}

// margin returns the white space at the beginning of the line around off.
func (f *File) margin(off int) string {
	start := f.lineStart(off)
	end := start
	for end < off && isBlank(f.Src[end]) {
		end++
	}
	return string(f.Src[start:end])
}

// opensLine reports whether only white space stands before off in its line.
func (f *File) opensLine(off int) bool { return f.lineStart(off)+len(f.margin(off)) == off }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// skip returns where the run of blanks and semicolons at off ends. Such a run
// between two statements of one line is what separates them.
func (f *File) skip(off int) int {
	for off < len(f.Src) && (isBlank(f.Src[off]) || f.Src[off] == ';') {
		off++
	}
	return off
}

// skipBack returns where the run of blanks and semicolons before off starts.
func (f *File) skipBack(off int) int {
	for off > 0 && (isBlank(f.Src[off-1]) || f.Src[off-1] == ';') {
		off--
	}
	return off
}

// commentEnd returns the end of the comment that starts at off, if one does.
// (Not Comment.End, which is wrong where the comment has carriage returns.)
func (f *File) commentEnd(off int) (end int, ok bool) {
	if !f.comments[off] {
		return off, false
	}
	if bytes.HasPrefix(f.Src[off:], []byte("//")) {
		return f.lineEnd(off), true
	}
	if i := bytes.Index(f.Src[off:], []byte("*/")); i >= 0 {
		return off + i + 2, true
	}
	return off, false
}

// indent puts prefix before each line of the text but the first.
func indent(text, prefix string) string {
	return eachLine(text, func(line string) string {
		if line == "" {
			return line
		}
		return prefix + line
	})
}

// eachLine maps the lines of a text but the first, and those that are inside
// a raw string, where white space is data.
func eachLine(text string, f func(line string) string) string {
	lines := strings.Split(text, "\n")
	if len(lines) == 1 {
		return text
	}
	raw := rawLines(text)
	for i := 1; i < len(lines); i++ {
		if !raw[i] {
			lines[i] = f(lines[i])
		}
	}
	return strings.Join(lines, "\n")
}

// rawLines returns the lines, from 0, that start inside a raw string.
func rawLines(text string) map[int]bool {
	raw := make(map[int]bool)
	if !strings.Contains(text, "`") {
		return raw
	}
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return raw
		}
		if tok == token.STRING && lit[0] == '`' {
			line := file.Line(pos) - 1
			for i := range strings.Count(lit, "\n") {
				raw[line+1+i] = true
			}
		}
	}
}

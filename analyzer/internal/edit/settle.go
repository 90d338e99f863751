package edit

import (
	"bytes"
	"go/ast"
	"go/format"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Settle puts the edits of one fix in order and completes them by changes of
// white space, so that gofmt leaves every declaration alone that it left alone
// before: trailing comments are aligned anew, a function that was written in
// one line is unfolded. Only some drivers format what they have fixed.
//
// It reports false if the edits are no valid change of the file, or a
// declaration is no valid syntax after it.
func (f *File) Settle(edits []analysis.TextEdit) ([]analysis.TextEdit, bool) {
	edits = slices.Clone(edits)
	Sort(edits)
	if Check(f.Tok, edits) != nil {
		return nil, false
	}
	var out []span
	rest := spans(f.Tok, edits)
	for _, part := range f.parts() {
		start, end := part.start, part.end
		i := slices.IndexFunc(rest, func(s span) bool { return s.start >= start })
		if i < 0 {
			break
		}
		j := i
		for j < len(rest) && rest[j].end <= end {
			j++
		}
		out = append(out, rest[:i]...)
		settled, ok := f.settle(start, end, rest[i:j])
		if !ok {
			return nil, false
		}
		out, rest = append(out, settled...), rest[j:]
	}
	return f.edits(append(out, rest...)...), true
}

// parts splits the file at blank lines between declarations. What is on one
// side of these does not change how the other is formatted; functions in one
// line each, one below the other, are aligned. A doc comment that begins a part
// is left out: it would trail the package clause that [format.Source] adds.
func (f *File) parts() []span {
	var parts []span
	for _, decl := range f.Syntax.Decls {
		start, end := f.offset(decl.Pos()), f.lineEnd(f.offset(decl.End()))
		first := start // with the doc comment
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc != nil {
				first = f.offset(decl.Doc.Pos())
			}
		case *ast.GenDecl:
			if decl.Doc != nil {
				first = f.offset(decl.Doc.Pos())
			}
		}
		if n := len(parts); n > 0 && f.lineStart(first) <= f.nextLine(parts[n-1].end) {
			parts[n-1].end = end
		} else {
			parts = append(parts, span{start: start, end: end})
		}
	}
	return parts
}

// settle is Settle for one part, src[start:end].
func (f *File) settle(start, end int, list []span) ([]span, bool) {
	if len(list) == 0 {
		return nil, true
	}
	before := f.Src[start:end]
	inside := make([]span, len(list))
	for i, s := range list {
		inside[i] = span{s.start - start, s.end - start, s.text}
	}
	after := splice(before, inside)
	want, err := format.Source(after)
	if err != nil {
		return nil, false
	}
	if bytes.Equal(after, want) {
		return list, true
	}
	if was, err := format.Source(before); err != nil || !bytes.Equal(was, before) {
		return list, true // not formatted before; that is not for us to change
	}
	changes, ok := spacing(string(after), string(want))
	if !ok {
		return list, true
	}
	settled := compose(string(before), inside, changes)
	for i := range settled {
		settled[i].start += start
		settled[i].end += start
	}
	return settled, true
}

// spacing returns the changes of white space that turn one text into the
// other. It reports false if there are other differences.
func spacing(from, to string) ([]span, bool) {
	var list []span
	i, j := 0, 0
	for {
		// Have: from[:i] is done, and gives to[:j].
		si, sj := i, j
		for i < len(from) && isSpace(from[i]) {
			i++
		}
		for j < len(to) && isSpace(to[j]) {
			j++
		}
		// A semicolon that the formatter turned into a line break. Those that
		// it kept are in both.
		if i < len(from) && from[i] == ';' && (j == len(to) || to[j] != ';') {
			i++
			for i < len(from) && isSpace(from[i]) {
				i++
			}
		}
		if from[si:i] != to[sj:j] {
			list = append(list, span{si, i, to[sj:j]})
		}
		switch {
		case i == len(from) && j == len(to):
			return list, true
		case i == len(from) || j == len(to) || from[i] != to[j]:
			return nil, false
		}
		for i < len(from) && j < len(to) && from[i] == to[j] && !isSpace(from[i]) {
			i++
			j++
		}
	}
}

func isSpace(c byte) bool { return isBlank(c) || c == '\n' || c == '\r' }

// compose returns the edits of src that do what first and then second do,
// where second is made for the result of first.
func compose(src string, first, second []span) []span {
	// The text after first is a sequence of pieces: what remains of src, and
	// what was put in its place.
	type piece struct {
		at   int // offset in src, -1 for a new text
		text string
	}
	var pieces []piece
	at := 0
	for _, s := range first {
		pieces = append(pieces, piece{at, src[at:s.start]}, piece{-1, s.text})
		at = s.end
	}
	pieces = append(pieces, piece{at, src[at:]})

	var out []span
	open := span{0, 0, ""} // the edit being made: from the last byte of src that stays
	keep := func(at int, text string) {
		if text == "" {
			return
		}
		if open.end = at; open.start < at || open.text != "" {
			out = append(out, minimal(src, open)...)
		}
		open = span{at + len(text), 0, ""}
	}
	off := 0 // in the text after first
	for _, p := range pieces {
		end := off + len(p.text)
		for off < end {
			if len(second) == 0 || second[0].start >= end {
				if p.at >= 0 {
					keep(p.at, p.text)
				} else {
					open.text += p.text
				}
				off = end
				break
			}
			// Have: second[0] starts in this piece, or has started before it.
			s := &second[0]
			if n := s.start - off; n > 0 {
				if p.at >= 0 {
					keep(p.at, p.text[:n])
					p.at += n
				} else {
					open.text += p.text[:n]
				}
				p.text, off = p.text[n:], s.start
			}
			open.text += s.text
			s.text = ""
			n := min(s.end, end) - off
			p.text, off = p.text[n:], off+n
			if p.at >= 0 {
				p.at += n
			}
			if off == s.end {
				second = second[1:]
			} else {
				s.start = off
			}
		}
	}
	for _, s := range second { // at the very end
		open.text += s.text
	}
	if open.end = len(src); open.start < open.end || open.text != "" {
		out = append(out, minimal(src, open)...)
	}
	return out
}

// minimal drops what an edit leaves as it is at both ends: two fixes that
// touch cost the user both.
func minimal(src string, s span) []span {
	for s.start < s.end && s.text != "" && src[s.start] == s.text[0] {
		s.start, s.text = s.start+1, s.text[1:]
	}
	for s.start < s.end && strings.HasSuffix(s.text, src[s.end-1:s.end]) {
		s.end, s.text = s.end-1, s.text[:len(s.text)-1]
	}
	if s.start == s.end && s.text == "" {
		return nil
	}
	return []span{s}
}

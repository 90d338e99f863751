package edit

import (
	"bytes"
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Before inserts text as a statement before stmt, above the comments that
// stand directly above it. It refuses a labelled statement: a goto would jump
// past the text.
func (f *File) Before(stmt ast.Stmt, text string) []analysis.TextEdit {
	at, ok := f.find(stmt)
	if !ok || at.labelled {
		return nil
	}
	return f.edits(f.before(at, stmt, text, ""))
}

// After inserts text as a statement after stmt and its trailing comment.
func (f *File) After(stmt ast.Stmt, text string) []analysis.TextEdit {
	at, ok := f.find(stmt)
	if !ok {
		return nil
	}
	return f.edits(f.after(at, stmt, text))
}

// AtStart inserts text as the first statement of a block, below a comment
// that trails its opening brace.
func (f *File) AtStart(block *ast.BlockStmt, text string) []analysis.TextEdit {
	at, ok := f.findList(func(n ast.Node, list []ast.Stmt) bool { return n == block })
	if !ok {
		return nil
	}
	off := at.open
	for {
		next := f.skip(off)
		if next == f.lineEnd(next) {
			return f.edits(span{next, next, "\n" + f.body(at) + indent(text, f.body(at))})
		}
		end, ok := f.commentEnd(next)
		if !ok || f.lineStart(end) != f.lineStart(off) {
			break // Have: there is more in the line of the brace
		}
		off = end
	}
	next := f.skip(at.open)
	return f.edits(span{at.open, next, "\n" + f.body(at) + indent(text, f.body(at)) + f.lineBreak(at, next)})
}

// Delete removes a statement from its list, with its line, a comment that
// trails it, and a blank line that would be one too many. Comments above the
// statement stay, as they may speak of more than this statement, and so do
// those beside it if it shares its line.
func (f *File) Delete(stmt ast.Stmt) []analysis.TextEdit {
	at, ok := f.find(stmt)
	if !ok || at.labelled {
		return nil
	}
	start, end := f.offset(stmt.Pos()), f.offset(stmt.End())
	next := f.skip(end)
	if c, ok := f.commentEnd(next); ok && f.skip(c) == f.lineEnd(c) && f.lineStart(c) == f.lineStart(next) {
		next = f.skip(c) // Have: the comment is the last in the line
	}
	closesLine := next == f.lineEnd(next)
	switch {
	case f.opensLine(start) && closesLine:
		return f.edits(f.wholeLines(at, start, next))
	case closesLine: // a(); stmt // comment
		return f.edits(span{f.skipBack(start), end, ""})
	case at.index+1 < len(at.list): // { stmt; return }
		return f.edits(span{start, f.skip(end), ""})
	case f.skipBack(start) == at.open: // { stmt }
		return f.edits(span{at.open, f.skip(end), ""})
	default: // { a(); stmt }
		return f.edits(span{f.skipBack(start), end, ""})
	}
}

// wholeLines deletes the lines around [start, end).
func (f *File) wholeLines(at place, start, end int) span {
	s := span{f.lineStart(start), f.nextLine(end), ""}
	up, down := s.start, s.end // with the blank lines around
	for up > at.open && f.skipBlanks(f.lineStart(up-1)) == f.lineEnd(f.lineStart(up-1)) {
		up = f.lineStart(up - 1)
	}
	for down < at.close && f.skipBlanks(down) == f.lineEnd(down) {
		down = f.nextLine(down)
	}
	switch opens, closes := f.lineStart(at.open) == f.lineStart(up-1), f.skipBlanks(down) == at.close; {
	case closes && at.clause:
		s.start = up // blank lines between clauses may stay
	case closes:
		s.start, s.end = up, down
	case opens, up < s.start:
		s.end = down // the blank lines above are enough, or none are wanted
	}
	return s
}

// A place is where a statement stands: in a list between two delimiters.
type place struct {
	list     []ast.Stmt
	index    int
	labelled bool
	open     int  // offset after the opening brace, or after the colon of a clause
	close    int  // offset of the closing brace, or of what follows the clause
	clause   bool // the list of a case
	owner    int  // offset of the syntax whose line has the margin of the closing brace
}

// find returns the place of a statement that is an element of a list, itself
// or below labels.
func (f *File) find(stmt ast.Stmt) (place, bool) {
	if _, ok := stmt.(*ast.EmptyStmt); ok {
		return place{}, false // a stray semicolon, which may separate others
	}
	index, labelled := 0, false
	at, ok := f.findList(func(_ ast.Node, list []ast.Stmt) bool {
		for i, s := range list {
			label := false
			for s != stmt {
				l, ok := s.(*ast.LabeledStmt)
				if !ok {
					break
				}
				s, label = l.Stmt, true
			}
			if s == stmt {
				index, labelled = i, label
				return true
			}
		}
		return false
	})
	at.index, at.labelled = index, labelled
	if _, isLabel := stmt.(*ast.LabeledStmt); isLabel {
		at.labelled = true
	}
	return at, ok
}

// findList returns the place of the first list of statements that match accepts.
func (f *File) findList(match func(n ast.Node, list []ast.Stmt) bool) (at place, found bool) {
	ast.PreorderStack(f.Syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		if found {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			parent := stack[len(stack)-1]
			switch parent.(type) {
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				return true // a list of clauses
			}
			if !n.Rbrace.IsValid() || !match(n, n.List) {
				return true
			}
			at = place{list: n.List, open: f.offset(n.Lbrace) + 1, close: f.offset(n.Rbrace), owner: f.offset(n.Lbrace)}
			switch parent := parent.(type) {
			case *ast.IfStmt:
				if parent.Body == n {
					at.owner = f.offset(parent.Pos())
				}
			case *ast.FuncDecl, *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
				at.owner = f.offset(parent.Pos())
			}
		case *ast.CaseClause:
			if !match(n, n.Body) {
				return true
			}
			at = place{list: n.Body, open: f.offset(n.Colon) + 1, clause: true, owner: f.offset(n.Pos())}
			at.close = f.clauseEnd(n, stack[len(stack)-1])
		case *ast.CommClause:
			if !match(n, n.Body) {
				return true
			}
			at = place{list: n.Body, open: f.offset(n.Colon) + 1, clause: true, owner: f.offset(n.Pos())}
			at.close = f.clauseEnd(n, stack[len(stack)-1])
		default:
			return true
		}
		found = true
		return false
	})
	return at, found
}

func (f *File) clauseEnd(clause ast.Stmt, body ast.Node) int {
	block, ok := body.(*ast.BlockStmt)
	if !ok {
		return f.offset(clause.End())
	}
	if i := slices.Index(block.List, clause); i+1 < len(block.List) {
		return f.offset(block.List[i+1].Pos())
	}
	return f.offset(block.Rbrace)
}

// before returns the insertion of a statement before one that is in a list.
// What was there gets the further indentation.
func (f *File) before(at place, stmt ast.Stmt, text, further string) span {
	start := f.offset(stmt.Pos())
	if f.opensLine(start) {
		start = f.commentsAbove(at, start)
		margin := f.margin(start)
		return span{start, start, indent(text, margin) + "\n" + margin + further}
	}
	margin := f.body(at)
	return span{f.skipBack(start), start, "\n" + margin + indent(text, margin) + "\n" + margin + further}
}

// after returns the insertion of a statement after one that is in a list.
func (f *File) after(at place, stmt ast.Stmt, text string) span {
	margin := f.body(at)
	off := f.offset(stmt.End())
	gap := span{start: -1}
	for {
		next := f.skip(off)
		if next == f.lineEnd(next) {
			return span{next, next, "\n" + margin + indent(text, margin)}
		}
		// What comes behind the semicolon belongs to the next statement.
		if gap.start < 0 || !bytes.ContainsRune(f.Src[gap.start:gap.end], ';') {
			gap.start, gap.end = off, next
		}
		end, ok := f.commentEnd(next)
		if !ok {
			gap.text = "\n" + margin + indent(text, margin) + f.lineBreak(at, next)
			return gap
		}
		off = end
	}
}

// lineBreak returns the line break before the syntax at off, which is in the
// list or ends it.
func (f *File) lineBreak(at place, off int) string {
	if off >= at.close {
		return "\n" + f.margin(at.owner)
	}
	return "\n" + f.body(at)
}

// body returns the margin of the statements in a list.
func (f *File) body(at place) string {
	for _, s := range at.list {
		if _, ok := s.(*ast.LabeledStmt); ok {
			continue // gofmt puts labels one tab to the left
		}
		if off := f.offset(s.Pos()); f.opensLine(off) {
			return f.margin(off)
		}
	}
	return f.margin(at.owner) + "\t"
}

// commentsAbove returns the start of the comments that stand in lines of
// their own directly above the line of off, or off.
func (f *File) commentsAbove(at place, off int) int {
	for {
		line := f.lineStart(off)
		if line <= at.open {
			return off
		}
		above := -1
		for _, group := range f.Syntax.Comments {
			for _, c := range group.List {
				start := f.offset(c.Pos())
				if start < at.open || start >= line || !f.opensLine(start) {
					continue
				}
				if end, ok := f.commentEnd(start); ok && f.nextLine(end) == line && f.skipBlanks(end) == f.lineEnd(end) {
					above = start
				}
			}
		}
		if above < 0 {
			return off
		}
		off = above
	}
}

// Wrap puts the statements from first to last, elements of one list, between
// two texts, one indentation deeper: "func() {" and "}()", say. Comments
// directly above first and a comment that trails last go along.
func (f *File) Wrap(first, last ast.Stmt, opening, closing string) []analysis.TextEdit {
	from, ok := f.find(first)
	to, ok2 := f.find(last)
	if !ok || !ok2 || from.open != to.open || from.index > to.index || from.labelled {
		return nil
	}
	list := []span{f.before(from, first, opening, "\t")}
	end := f.after(to, last, closing)
	start := list[0].end
	raw := rawLines(string(f.Src[start:end.start]))
	line := 0
	for off := f.nextLine(start); off < end.start; off = f.nextLine(off) {
		if line++; !raw[line] && f.skipBlanks(off) != f.lineEnd(off) {
			list = append(list, span{off, off, "\t"})
		}
	}
	return f.edits(append(list, end)...)
}

// DeleteComment deletes a comment that ends with its line, and the line if
// nothing else is in it. Below a doc comment it takes along the empty line of
// the comment that gofmt has put between.
func (f *File) DeleteComment(c *ast.Comment) []analysis.TextEdit {
	if !strings.HasPrefix(c.Text, "//") {
		return nil
	}
	start, end := f.offset(c.Pos()), f.lineEnd(f.offset(c.Pos()))
	if !f.opensLine(start) {
		for start > 0 && isBlank(f.Src[start-1]) {
			start--
		}
		return f.edits(span{start, end, ""})
	}
	start, end = f.lineStart(start), f.nextLine(end)
	for _, group := range f.Syntax.Comments {
		i := slices.Index(group.List, c)
		if i > 0 && i == len(group.List)-1 && group.List[i-1].Text == "//" && f.opensLine(f.offset(group.List[i-1].Pos())) {
			start = f.lineStart(f.offset(group.List[i-1].Pos()))
		}
	}
	return f.edits(span{start, end, ""})
}

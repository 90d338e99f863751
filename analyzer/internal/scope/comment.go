package scope

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Remark returns the comment that its author has put above a node, or above a
// statement around it within the function: lines of their own, directly above
// and at the same indent. It is "" if there is none. A comment at the end of
// a line is about that line, and no reason for what is in it.
func (p *Package) Remark(n ast.Node) string {
	cur, ok := p.Cursor(n)
	if !ok {
		return ""
	}
	file := p.fileOf(n)
	if file == nil {
		return ""
	}
	if text := p.above(file, n.Pos()); text != "" {
		return text
	}
	for c := range cur.Enclosing() {
		switch c.Node().(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return ""
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return "" // what is said above a block is said of more than this
		case ast.Stmt:
			if text := p.above(file, c.Node().Pos()); text != "" {
				return text
			}
		}
	}
	return ""
}

// Behind returns what stands behind a node in the line in which it begins, as it
// is written: directives are no comments to go/ast. It is "" if there is nothing.
func (p *Package) Behind(n ast.Node) string {
	file := p.fileOf(n)
	if file == nil {
		return ""
	}
	line := p.Fset.Position(n.Pos()).Line
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() > n.Pos() && p.Fset.Position(c.Pos()).Line == line {
				return c.Text
			}
		}
	}
	return ""
}

// above returns the comment directly above a position, at the same indent.
func (p *Package) above(file *ast.File, pos token.Pos) string {
	at := p.Fset.Position(pos)
	for _, group := range file.Comments {
		if group.Pos() > pos {
			break
		}
		if p.Fset.Position(group.End()).Line == at.Line-1 && p.Fset.Position(group.Pos()).Column == at.Column {
			return strings.TrimSpace(group.Text())
		}
	}
	return ""
}

// Remarks returns the comments that stand before a node in the blocks around
// it, within the declared function and after a position: lines of their own,
// whichever statement they are above. Most of them speak of something else;
// who asks has to recognize what they say.
func (p *Package) Remarks(n ast.Node, after token.Pos) []string {
	cur, ok := p.Cursor(n)
	file := p.fileOf(n)
	if !ok || file == nil {
		return nil
	}
	var blocks []ast.Node
	for c := range cur.Enclosing((*ast.BlockStmt)(nil), (*ast.CaseClause)(nil), (*ast.CommClause)(nil)) {
		blocks = append(blocks, c.Node())
	}
	var out []string
	for _, group := range file.Comments {
		if group.Pos() > n.Pos() {
			break
		}
		if group.Pos() < after || len(blocks) == 0 || group.Pos() < blocks[len(blocks)-1].Pos() {
			continue
		}
		if p.standsIn(group, blocks) {
			out = append(out, strings.Join(strings.Fields(group.Text()), " "))
		}
	}
	return out
}

// standsIn reports whether a comment stands in one of the blocks, nested from
// the innermost on, above a statement and not inside of one, nor behind it.
func (p *Package) standsIn(group *ast.CommentGroup, blocks []ast.Node) bool {
	for i, b := range blocks {
		if group.Pos() < b.Pos() {
			continue
		}
		var list []ast.Stmt
		switch b := b.(type) {
		case *ast.BlockStmt:
			list = b.List
		case *ast.CaseClause:
			list = b.Body
		case *ast.CommClause:
			list = b.Body
		}
		line := p.Fset.Position(group.Pos()).Line
		for _, stmt := range list {
			if stmt.Pos() <= group.Pos() && group.Pos() < stmt.End() && !(i > 0 && stmt.Pos() <= blocks[i-1].Pos() && blocks[i-1].End() <= stmt.End()) {
				return false // in another statement
			}
			if p.Fset.Position(stmt.End()).Line == line {
				return false // behind it
			}
		}
		return true
	}
	return false
}

// Doc returns the documentation of the declared function around a node.
func (p *Package) Doc(n ast.Node) string {
	cur, ok := p.Cursor(n)
	if !ok {
		return ""
	}
	for c := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		return c.Node().(*ast.FuncDecl).Doc.Text()
	}
	return ""
}

func (p *Package) fileOf(n ast.Node) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= n.Pos() && n.Pos() < f.FileEnd {
			return f
		}
	}
	return nil
}

// Declared returns what is said of a field, or a package variable, where it is
// declared in this package: the comment above it and the one behind it.
func (p *Package) Declared(v *types.Var) string {
	for _, cur := range p.Uses(v) {
		if cur.Node().Pos() != v.Pos() {
			continue
		}
		switch n := cur.Parent().Node().(type) {
		case *ast.Field:
			return n.Doc.Text() + n.Comment.Text()
		case *ast.ValueSpec:
			doc := n.Doc
			if decl, ok := cur.Parent().Parent().Node().(*ast.GenDecl); ok && !decl.Lparen.IsValid() {
				doc = decl.Doc
			}
			return doc.Text() + n.Comment.Text()
		}
	}
	return ""
}

package edit

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Imports collects the packages that an edit needs in one file.
type Imports struct {
	file *File
	pkg  *types.Package
	add  map[string]string // path to local name
}

// Imports returns a collection for the file, which is one of pkg.
func (f *File) Imports(pkg *types.Package) *Imports {
	return &Imports{file: f, pkg: pkg, add: make(map[string]string)}
}

// Prefix returns what stands before a member of the package with the given
// path and name, anywhere in the node: "trace.", or "" where the package is
// imported with a dot and all the members are visible. It notes the import if
// the file lacks a usable one. It reports false where none can be added.
func (im *Imports) Prefix(path, name string, in ast.Node, members ...string) (prefix string, ok bool) {
	if path == im.pkg.Path() {
		return "", im.membersIn(im.pkg, in, members)
	}
	scope := im.pkg.Scope().Innermost(im.file.Syntax.Name.Pos())
	if scope == nil || scope.Parent() != im.pkg.Scope() {
		return "", false
	}
	for _, local := range scope.Names() {
		switch obj := scope.Lookup(local).(type) {
		case *types.PkgName:
			if obj.Imported().Path() == path && SameIn(im.pkg, obj, in) {
				return local + ".", true
			}
		default: // from an import with a dot
			if obj.Pkg() != nil && obj.Pkg().Path() == path && im.membersIn(obj.Pkg(), in, members) {
				return "", true
			}
		}
	}
	if local, ok := im.add[path]; ok {
		return local + ".", isFresh(im.pkg, in, local)
	}
	taken := slices.Collect(maps.Values(im.add))
	for _, local := range []string{name, parent(path) + name, FreshName(im.pkg, in, name, taken...)} {
		if token.IsIdentifier(local) && isFresh(im.pkg, in, local) && !slices.Contains(taken, local) {
			im.add[path] = local
			return local + ".", im.Edits() != nil
		}
	}
	return "", false
}

// membersIn reports whether the names mean members of pkg all over the node.
func (im *Imports) membersIn(pkg *types.Package, in ast.Node, members []string) bool {
	for _, name := range members {
		obj := pkg.Scope().Lookup(name)
		if obj == nil || !SameIn(im.pkg, obj, in) {
			return false
		}
	}
	return len(members) > 0
}

var notInName = regexp.MustCompile(`\W`)

// parent returns the last element but one of a path, fit for a name.
func parent(p string) string {
	return notInName.ReplaceAllString(path.Base(path.Dir(p)), "")
}

var version = regexp.MustCompile(`^v[0-9]+$`)

// assumedName returns the name that a reader expects of a package that is
// imported without one.
func assumedName(p string) string {
	base := path.Base(p)
	if version.MatchString(base) {
		base = path.Base(path.Dir(p))
	}
	base, _, _ = strings.Cut(base, ".")
	return strings.TrimPrefix(base, "go-")
}

// Edits returns the edits that add the imports. They are nil if there is
// nothing to add, or no place for it.
func (im *Imports) Edits() []analysis.TextEdit {
	if len(im.add) == 0 {
		return nil
	}
	var specs []string
	for _, p := range slices.SortedFunc(maps.Keys(im.add), comparePaths) {
		spec := strconv.Quote(p)
		if im.add[p] != assumedName(p) {
			spec = im.add[p] + " " + spec
		}
		specs = append(specs, spec)
	}
	f := im.file
	var decls []*ast.GenDecl // but those of cgo
	var lastDecl ast.Decl
	for _, decl := range f.Syntax.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			break
		}
		if lastDecl = gen; len(gen.Specs) != 1 || importPath(gen.Specs[0]) != "C" {
			decls = append(decls, gen)
		}
	}
	for _, decl := range decls {
		if decl.Lparen.IsValid() {
			if list, ok := f.intoBlock(decl, specs); ok {
				return f.edits(list...)
			}
		}
	}
	switch {
	case len(decls) == 1 && !decls[0].Lparen.IsValid():
		return f.makeBlock(decls[0].Specs[0].(*ast.ImportSpec), specs)
	case lastDecl != nil:
		blank := ""
		if len(decls) == 0 {
			blank = "\n"
		}
		return f.endLine(f.offset(lastDecl.End()), blank+"\n"+declaration(specs))
	default:
		return f.endLine(f.offset(f.Syntax.Name.End()), "\n\n"+declaration(specs))
	}
}

// endLine inserts text at the end of a line, behind its comment.
func (f *File) endLine(off int, text string) []analysis.TextEdit {
	for {
		off = f.skip(off)
		if off == f.lineEnd(off) {
			return f.edits(span{off, off, text})
		}
		end, ok := f.commentEnd(off)
		if !ok {
			return nil // more code in this line
		}
		off = end
	}
}

// isStd tells the group of the standard library as gofmt's users do.
func isStd(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}

func comparePaths(a, b string) int {
	if isStd(a) != isStd(b) {
		if isStd(a) {
			return -1
		}
		return 1
	}
	return cmp.Compare(a, b)
}

func importPath(spec ast.Spec) string {
	p, _ := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value)
	return p
}

// specPath returns the path in the text of a spec.
func specPath(spec string) string {
	return strings.Trim(spec[strings.IndexByte(spec, '"'):], `"`)
}

// lines returns specs, which are sorted, as the lines of a block: a blank
// line stands between the standard library and the rest.
func lines(specs []string) string {
	var b strings.Builder
	for i, spec := range specs {
		if i > 0 && isStd(specPath(spec)) != isStd(specPath(specs[i-1])) {
			b.WriteString("\n")
		}
		b.WriteString("\t" + spec + "\n")
	}
	return b.String()
}

func declaration(specs []string) string {
	if len(specs) == 1 {
		return "import " + specs[0]
	}
	return "import (\n" + lines(specs) + ")"
}

// makeBlock turns the import of one package into one of several.
//
//	import   "a"
//	       --   ---
//	import ( "a" ...)
func (f *File) makeBlock(only *ast.ImportSpec, specs []string) []analysis.TextEdit {
	var above, below []string
	for _, spec := range specs {
		std := isStd(specPath(spec))
		if std == isStd(importPath(only)) && sortsBefore(spec, only) || std && !isStd(importPath(only)) {
			above = append(above, spec)
		} else {
			below = append(below, spec)
		}
	}
	head, tail := "(\n"+lines(above), "\n"
	if n := len(above); n > 0 && isStd(specPath(above[n-1])) != isStd(importPath(only)) {
		head += "\n"
	}
	if len(below) > 0 && isStd(specPath(below[0])) != isStd(importPath(only)) {
		tail += "\n"
	}
	start := f.offset(only.Pos())
	end := f.endLine(f.offset(only.End()), tail+lines(below)+")")
	if end == nil {
		return nil
	}
	return append(f.edits(span{start, start, head + "\t"}), end...)
}

// intoBlock adds specs to a declaration with parentheses, each into the group
// that gofmt would keep it in.
func (f *File) intoBlock(decl *ast.GenDecl, specs []string) ([]span, bool) {
	if len(decl.Specs) == 0 {
		at := f.offset(decl.Lparen) + 1
		return []span{{at, f.offset(decl.Rparen), "\n" + lines(specs)}}, true
	}
	for i, spec := range decl.Specs {
		if !f.opensLine(f.offset(spec.Pos())) || i == 0 && f.Tok.Line(decl.Lparen) == f.Tok.Line(spec.Pos()) ||
			f.Tok.Line(decl.Rparen) == f.Tok.Line(spec.End()) {
			return nil, false
		}
	}
	groups := f.groups(decl)
	byPlace := make(map[int][]string) // specs by where they go
	var first, last []string          // the groups to make
	for _, spec := range specs {
		if group := bestGroup(groups, specPath(spec)); group != nil {
			at := f.placeIn(group, spec)
			byPlace[at] = append(byPlace[at], spec)
		} else if isStd(specPath(spec)) {
			first = append(first, spec)
		} else {
			last = append(last, spec)
		}
	}
	top, bottom := f.nextLine(f.offset(decl.Lparen)), f.lineStart(f.offset(decl.Rparen))
	var list []span
	if first != nil {
		list = append(list, span{top, top, lines(first) + "\n"})
	}
	for _, at := range slices.Sorted(maps.Keys(byPlace)) {
		specs := byPlace[at]
		// A group may mix the standard library with others.
		slices.SortFunc(specs, func(a, b string) int { return cmp.Compare(specPath(a), specPath(b)) })
		list = append(list, span{at, at, "\t" + strings.Join(specs, "\n\t") + "\n"})
	}
	if last != nil {
		list = append(list, span{bottom, bottom, "\n" + lines(last)})
	}
	return list, true
}

// groups splits a declaration as gofmt does when it sorts: at blank lines and
// at comments in lines of their own.
func (f *File) groups(decl *ast.GenDecl) [][]*ast.ImportSpec {
	var groups [][]*ast.ImportSpec
	for i, s := range decl.Specs {
		if i == 0 || f.Tok.Line(s.Pos()) > f.Tok.Line(decl.Specs[i-1].End())+1 {
			groups = append(groups, nil)
		}
		last := &groups[len(groups)-1]
		*last = append(*last, s.(*ast.ImportSpec))
	}
	return groups
}

// bestGroup returns the group whose packages are nearest to the path.
func bestGroup(groups [][]*ast.ImportSpec, p string) []*ast.ImportSpec {
	var best []*ast.ImportSpec
	bestLen := -1
	for _, group := range groups {
		for _, s := range group {
			if other := importPath(s); other != "C" && isStd(other) == isStd(p) && common(other, p) > bestLen {
				best, bestLen = group, common(other, p)
			}
		}
	}
	return best
}

// common counts the leading elements that two paths share.
func common(a, b string) int {
	n := 0
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	if isStd(a) && isStd(b) {
		return 0 // the standard library is one group
	}
	return n
}

// sortsBefore reports whether gofmt puts a new spec before one that is there.
func sortsBefore(spec string, s *ast.ImportSpec) bool {
	p := specPath(spec)
	if p != importPath(s) {
		return p < importPath(s)
	}
	return s.Name != nil && strings.HasPrefix(spec, `"`)
}

// placeIn returns the start of the line of the group before which a spec
// belongs.
func (f *File) placeIn(group []*ast.ImportSpec, spec string) int {
	for _, s := range group {
		if sortsBefore(spec, s) {
			at := s.Pos()
			if s.Doc != nil {
				at = s.Doc.Pos()
			}
			return f.lineStart(f.offset(at))
		}
	}
	return f.nextLine(f.offset(group[len(group)-1].End()))
}

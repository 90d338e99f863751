package ruletest

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/internal/load"
)

// cases tests the rule against its testdata.
func (s *suite) cases(t tester) {
	t.Helper()
	groups := s.packages(t)
	if len(groups) == 0 {
		t.Errorf("no packages below %s", filepath.Join(s.dir, s.rule.Name))
		return
	}
	unseen := make(map[string]bool)
	for _, c := range s.rule.Categories {
		unseen[c.Name] = true
	}
	for _, flags := range slices.Sorted(maps.Keys(groups)) {
		pkgs := groups[flags]
		findings, err := s.analyze(s.loaded, pkgs, flags)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		again, err := s.analyze(s.loaded, pkgs, flags)
		if err != nil {
			t.Errorf("second run: %v", err)
			return
		}
		if first, second := render(findings), render(again); first != second {
			t.Errorf("the second run differs:\n%s", udiff.Unified("first", "second", first, second))
		}
		match(t, pkgs, findings)
		for _, f := range findings {
			delete(unseen, f.Category)
			for _, wrong := range s.manners(f) {
				t.Errorf("%s: %s: %q", f.pos, wrong, f.Message)
			}
		}
		s.fixes(t, pkgs, findings, flags)
	}
	for _, c := range s.rule.Categories {
		if unseen[c.Name] && !s.part {
			t.Errorf("no case for category %s", c.Name)
		}
	}
}

// A fixedFile is a file with fixes.
type fixedFile struct {
	name   string
	tok    *token.File
	syntax *ast.File
	src    []byte
	fixes  []analysis.SuggestedFix // in the order of their first edits
}

// fixes tests what the fixes of findings make of packages.
func (s *suite) fixes(t tester, pkgs []*packages.Package, findings []finding, flags string) {
	t.Helper()
	files := s.fixedFiles(t, findings)
	for _, dir := range dirs(pkgs) {
		goldens, _ := filepath.Glob(filepath.Join(dir, "*.golden"))
		for _, golden := range goldens {
			if name := strings.TrimSuffix(golden, ".golden"); files[name] == nil {
				t.Errorf("%s: no fix in %s", golden, filepath.Base(name))
			}
		}
	}
	changed := make(map[string][]byte)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		fixed, ok := f.apply(t, func(analysis.SuggestedFix) bool { return true })
		if !ok {
			continue
		}
		changed[name] = fixed
		s.golden(t, f, fixed)
		f.keepsComments(t, fixed)
		f.areFormatted(t)
	}
	if len(changed) > 0 {
		s.converge(t, pkgs, findings, flags, changed, files)
	}
}

func dirs(pkgs []*packages.Package) []string {
	var dirs []string
	for _, pkg := range pkgs {
		if !slices.Contains(dirs, pkg.Dir) {
			dirs = append(dirs, pkg.Dir)
		}
	}
	return dirs
}

func (s *suite) fixedFiles(t tester, findings []finding) map[string]*fixedFile {
	t.Helper()
	files := make(map[string]*fixedFile)
	for _, found := range findings {
		fix := found.fix()
		if fix == nil {
			continue
		}
		tok := found.file()
		if err := edit.Check(tok, fix.TextEdits); err != nil {
			t.Errorf("%s: fix %q: %v", found.pos, fix.Message, err)
			continue
		}
		f := files[tok.Name()]
		if f == nil {
			src, err := os.ReadFile(tok.Name())
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			f = &fixedFile{name: tok.Name(), tok: tok, src: src}
			for _, syntax := range found.pkg.Syntax {
				if found.pkg.Fset.File(syntax.FileStart) == tok {
					f.syntax = syntax
				}
			}
			files[tok.Name()] = f
		}
		for _, other := range f.fixes {
			if edit.Touch(fix.TextEdits, other.TextEdits) {
				t.Errorf("%s: fix %q touches another (%q), so go vet would apply neither", found.pos, fix.Message, other.Message)
			}
		}
		f.fixes = append(f.fixes, *fix)
	}
	return files
}

// edits returns the edits of some fixes, those that several make once.
func (f *fixedFile) edits(which func(analysis.SuggestedFix) bool) []analysis.TextEdit {
	var edits []analysis.TextEdit
	for _, fix := range f.fixes {
		if which(fix) {
			edits = append(edits, fix.TextEdits...)
		}
	}
	slices.SortStableFunc(edits, func(a, b analysis.TextEdit) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End), bytes.Compare(a.NewText, b.NewText))
	})
	return slices.CompactFunc(edits, func(a, b analysis.TextEdit) bool {
		return a.Pos == b.Pos && a.End == b.End && bytes.Equal(a.NewText, b.NewText)
	})
}

func (f *fixedFile) apply(t tester, which func(analysis.SuggestedFix) bool) ([]byte, bool) {
	t.Helper()
	fixed, err := edit.Apply(f.tok, f.src, f.edits(which))
	if err != nil {
		t.Errorf("%s: all fixes together: %v", f.name, err)
		return nil, false
	}
	return fixed, true
}

// golden compares a fixed file with its golden file, as gofmt prints both:
// fixes of neighbours can each move the comments that stand in one column.
func (s *suite) golden(t tester, f *fixedFile, fixed []byte) {
	t.Helper()
	name := f.name + ".golden"
	data, err := os.ReadFile(name)
	if err != nil && !s.update {
		t.Errorf("%s has fixes and no golden file; go test -update writes it", f.name)
		return
	}
	fixed = formatted(fixed)
	ar := txtar.Parse(data)
	if len(ar.Files) == 0 {
		s.compare(t, name, "", data, fixed)
		if s.update {
			s.write(t, name, fixed)
		}
		return
	}
	if len(ar.Comment) > 0 {
		t.Errorf("%s: text above the first section", name)
	}
	sections := make(map[string][]byte)
	for _, section := range ar.Files {
		sections[section.Name] = section.Data
	}
	ar.Files = nil
	for _, fix := range f.fixes {
		want, ok := sections[fix.Message]
		if !ok && slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return f.Name == fix.Message }) {
			continue // done
		}
		delete(sections, fix.Message)
		if !ok && !s.update {
			t.Errorf("%s: no section for the fix %q", name, fix.Message)
			continue
		}
		got, ok := f.apply(t, func(other analysis.SuggestedFix) bool { return other.Message == fix.Message })
		if !ok {
			continue
		}
		got = formatted(got)
		ar.Files = append(ar.Files, txtar.File{Name: fix.Message, Data: got})
		s.compare(t, name, fix.Message, want, got)
		for _, err := range s.loaded.Check(map[string][]byte{f.name: got}) {
			t.Errorf("fixed by %q: %v", fix.Message, err)
		}
	}
	for _, message := range slices.Sorted(maps.Keys(sections)) {
		if !s.update {
			t.Errorf("%s: no fix %q", name, message)
		}
	}
	if s.update {
		s.write(t, name, txtar.Format(ar))
	}
}

func (s *suite) compare(t tester, name, section string, want, got []byte) {
	t.Helper()
	// An archive ends each of its files with a newline.
	if !s.update && !bytes.Equal(bytes.TrimRight(want, "\n"), bytes.TrimRight(got, "\n")) {
		t.Errorf("%s %s:\n%s", name, section, udiff.Unified("golden", "fixed", string(want), string(got)))
	}
}

func (s *suite) write(t tester, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Errorf("%v", err)
	}
}

// formatted returns what gofmt makes of a file, or the file itself if it does
// not parse; the loader says so.
func formatted(src []byte) []byte {
	if out, err := format.Source(src); err == nil {
		return out
	}
	return src
}

// areFormatted tests that gofmt leaves alone what it left alone before, after
// each fix by itself. (Where two in one declaration would move the same white
// space, only one of them does.)
func (f *fixedFile) areFormatted(t tester) {
	t.Helper()
	if !bytes.Equal(formatted(f.src), f.src) {
		return
	}
	for i, fix := range f.fixes {
		alone := !slices.ContainsFunc(f.fixes, func(other analysis.SuggestedFix) bool {
			return &other.TextEdits[0] != &fix.TextEdits[0] && f.shareDecl(fix, other)
		})
		fixed, err := edit.Apply(f.tok, f.src, f.fixes[i].TextEdits)
		if alone && err == nil && !bytes.Equal(formatted(fixed), fixed) {
			t.Errorf("%s: after fix %q gofmt would change it:\n%s", f.name, fix.Message, udiff.Unified("fixed", "formatted", string(fixed), string(formatted(fixed))))
		}
	}
}

// shareDecl reports whether two fixes change one declaration.
func (f *fixedFile) shareDecl(a, b analysis.SuggestedFix) bool {
	for _, decl := range f.syntax.Decls {
		in := func(e analysis.TextEdit) bool { return decl.Pos() <= e.End && e.Pos <= decl.End() }
		if slices.ContainsFunc(a.TextEdits, in) && slices.ContainsFunc(b.TextEdits, in) {
			return true
		}
	}
	return false
}

// keepsComments tests that a fixed file has the comments of the original.
func (f *fixedFile) keepsComments(t tester, fixed []byte) {
	t.Helper()
	after, ok := comments(fixed)
	if !ok {
		return // does not parse; the loader says so
	}
	before, _ := comments(f.src)
	for _, c := range before {
		if i := slices.IndexFunc(after, func(a comment) bool { return a.text == c.text }); i >= 0 {
			after = slices.Delete(after, i, i+1)
		} else if !f.deletes(c) {
			t.Errorf("%s: fixed, it has lost the comment %q", f.name, c.text)
		}
	}
}

type comment struct {
	text       string // with the white space that gofmt may change made one
	start, end int
}

func comments(src []byte) (list []comment, ok bool) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			list = append(list, comment{strings.Join(strings.Fields(c.Text), " "), fset.Position(c.Pos()).Offset, fset.Position(c.End()).Offset})
		}
	}
	return list, true
}

// deletes reports whether the comment trails code and is deleted with it, or
// says something to spanlint alone. Any other comment has to stay.
func (f *fixedFile) deletes(c comment) bool {
	if c.text == "//" || strings.HasPrefix(c.text, "//spanlint:") {
		return true
	}
	lineStart := bytes.LastIndexByte(f.src[:c.start], '\n') + 1
	if len(bytes.TrimSpace(f.src[lineStart:c.start])) == 0 {
		return false
	}
	return slices.ContainsFunc(f.edits(func(analysis.SuggestedFix) bool { return true }), func(e analysis.TextEdit) bool {
		return f.tok.Offset(e.Pos) < c.start && c.end <= f.tok.Offset(e.End) && len(bytes.TrimSpace(e.NewText)) == 0
	})
}

// converge tests that the fixed code compiles, and that of the findings those
// without a fix remain and nothing else.
func (s *suite) converge(t tester, pkgs []*packages.Package, before []finding, flags string, changed map[string][]byte, files map[string]*fixedFile) {
	t.Helper()
	updated, errs := s.loaded.Update(changed)
	for _, err := range errs {
		t.Errorf("fixed: %v", err)
	}
	if len(errs) > 0 {
		return
	}
	after, err := s.analyze(updated, same(updated, pkgs), flags)
	if err != nil {
		t.Errorf("fixed: %v", err)
		return
	}
	type key struct {
		place
		category string
	}
	remain := make(map[key]int)
	for _, f := range before {
		if f.fix() == nil {
			at := place{f.pos.Filename, f.pos.Line}
			if file := files[f.file().Name()]; file != nil {
				at.line = file.lineAfter(f.file().Offset(f.Pos), changed[file.name])
			}
			remain[key{at, f.Category}]++
		}
	}
	for _, f := range after {
		k := key{place{f.pos.Filename, f.pos.Line}, f.Category}
		if remain[k]--; f.fix() != nil {
			t.Errorf("%s: fixed, it could be fixed again: %q", f.pos, f.Message)
		} else if remain[k] < 0 {
			t.Errorf("%s: fixed, it has a finding that is new: %q", f.pos, f.Message)
		}
	}
}

// same returns the packages of r that have the IDs of others.
func same(r *load.Result, pkgs []*packages.Package) []*packages.Package {
	var found []*packages.Package
	for _, pkg := range r.Roots {
		if slices.ContainsFunc(pkgs, func(p *packages.Package) bool { return p.ID == pkg.ID }) {
			found = append(found, pkg)
		}
	}
	return found
}

// lineAfter returns the line that an offset has in the fixed file.
func (f *fixedFile) lineAfter(off int, fixed []byte) int {
	moved := off
	for _, e := range f.edits(func(analysis.SuggestedFix) bool { return true }) {
		start, end := f.tok.Offset(e.Pos), f.tok.Offset(e.End)
		switch {
		case end <= off:
			moved += len(e.NewText) - (end - start)
		case start < off:
			moved -= off - start // what was there is replaced
		}
	}
	return 1 + bytes.Count(fixed[:min(max(moved, 0), len(fixed))], []byte("\n"))
}

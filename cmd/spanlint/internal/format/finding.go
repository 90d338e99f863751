package format

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
)

// A Finding is one finding, apart from how it was found: by this process, or
// by go vet, whose output was read.
type Finding struct {
	Rule, Category, Message, URL string
	// Package is the import path, without what says that it is a test.
	Package string
	// File is absolute.
	File       string
	Start, End Pos
	Related    []Related
	Fix        *Fix
	// Ignored is the reason why the user has silenced it, "" if he has not.
	Ignored string
	// Func is the function around it, such as "(*T).Close", "" for none.
	Func string
	// Fingerprint stays the same when lines are moved. See Identify.
	Fingerprint string
}

// Code is what switches and directives call the finding: "rule.category".
func (f Finding) Code() string {
	if f.Category == "" {
		return f.Rule
	}
	return f.Rule + "." + f.Category
}

// A Pos is a place in a file. The column counts bytes, and like the line it
// begins with 1.
type Pos struct{ Line, Column int }

// A Related is a place that proves a finding.
type Related struct {
	File       string
	Start, End Pos
	Message    string
}

// A Fix repairs a finding.
type Fix struct {
	Message string
	Edits   []Edit
}

// An Edit replaces the bytes from Start to End of a file.
type Edit struct {
	File       string
	Start, End int
	New        string
}

// Of returns what formats print of findings.
func Of(findings []run.Finding, src *Sources) []Finding {
	var out []Finding
	for _, f := range findings {
		fset := f.Package.Fset
		g := Finding{
			Rule: f.Rule, Category: f.Category, Message: f.Message, URL: f.URL, Ignored: f.Ignored,
			Package: importPath(f.Package.PkgPath),
			File:    f.Pos.Filename,
			Start:   posOf(f.Pos),
			End:     posOf(f.End),
		}
		if f.End.Filename != f.Pos.Filename {
			g.End = g.Start
		}
		for _, r := range f.Related {
			start, end := fset.Position(r.Pos), fset.Position(cmp.Or(r.End, r.Pos))
			g.Related = append(g.Related, Related{start.Filename, posOf(start), posOf(end), r.Message})
		}
		if fix := f.Fix(); fix != nil {
			g.Fix = &Fix{fix.Message, editsOf(fset, fix)}
		}
		out = append(out, g)
	}
	Identify(out, src)
	return out
}

func posOf(p token.Position) Pos { return Pos{p.Line, p.Column} }

// editsOf returns edits of files as they are on disk: //line comments do not
// count.
func editsOf(fset *token.FileSet, fix *analysis.SuggestedFix) []Edit {
	var edits []Edit
	for _, e := range fix.TextEdits {
		start, end := fset.PositionFor(e.Pos, false), fset.PositionFor(cmp.Or(e.End, e.Pos), false)
		edits = append(edits, Edit{start.Filename, start.Offset, end.Offset, string(e.NewText)})
	}
	return edits
}

// importPath returns the import path in what the go command calls a package:
// "p_test [p.test]" are the external tests of p.
func importPath(id string) string {
	id, variant, ok := strings.Cut(id, " ")
	if !ok {
		return strings.TrimSuffix(id, ".test")
	}
	if strings.TrimSuffix(id, "_test")+".test]" == strings.TrimPrefix(variant, "[") {
		return strings.TrimSuffix(id, "_test")
	}
	return id
}

// Identify fills in the functions around findings, and their fingerprints: the
// hash of the code, the file by the import path, the function, the line without
// its white space, and which of the findings it is that are alike in all this.
// Line numbers have no part in it, and neither has the directory.
func Identify(findings []Finding, src *Sources) {
	seen := make(map[string]int)
	for i := range findings {
		f := &findings[i]
		f.Func = src.funcAt(f.File, f.Start)
		key := strings.Join([]string{f.Code(), f.Path(), f.Func, src.Normal(f.File, f.Start.Line)}, "\x00")
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		f.Fingerprint = hex.EncodeToString(sum[:16])
		seen[key]++
	}
}

// Path names the file by the import path of its package.
func (f Finding) Path() string {
	pkg := f.Package
	if strings.HasSuffix(f.File, "_test.go") {
		pkg = strings.TrimSuffix(pkg, "_test")
	}
	return path.Join(pkg, filepath.Base(f.File))
}

// Sources reads source files, each once.
type Sources struct {
	// Read reads a file; os.ReadFile if it is nil.
	Read  func(name string) ([]byte, error)
	files map[string]*source
}

type source struct {
	text  []byte
	lines [][]byte // with their newlines

	parsed bool
	fset   *token.FileSet
	syntax *ast.File
}

func (s *Sources) file(name string) *source {
	f, ok := s.files[name]
	if !ok {
		read := s.Read
		if read == nil {
			read = os.ReadFile
		}
		text, _ := read(name) // who shows nothing of a file that is gone is right
		f = &source{text: text, lines: bytes.SplitAfter(text, []byte("\n"))}
		if s.files == nil {
			s.files = make(map[string]*source)
		}
		s.files[name] = f
	}
	return f
}

// Text returns a file, nil if it cannot be read.
func (s *Sources) Text(name string) []byte { return s.file(name).text }

// Line returns a line without its newline, nil if there is none.
func (s *Sources) Line(name string, n int) []byte {
	lines := s.file(name).lines
	if n < 1 || n > len(lines) {
		return nil
	}
	return bytes.TrimRight(lines[n-1], "\r\n")
}

// Normal returns a line with each run of white space made one space.
func (s *Sources) Normal(name string, n int) string {
	return strings.Join(strings.Fields(string(s.Line(name, n))), " ")
}

// Pos returns the place of an offset.
func (s *Sources) Pos(name string, offset int) Pos {
	text := s.file(name).text
	offset = min(max(offset, 0), len(text))
	return Pos{1 + bytes.Count(text[:offset], []byte("\n")), offset - bytes.LastIndexByte(text[:offset], '\n')}
}

// A Unit is what a format counts columns in.
type Unit int

// The units.
const (
	Bytes Unit = iota
	Runes
	UTF16
)

// Column returns the column of p in a unit, 1-based.
func (s *Sources) Column(name string, p Pos, unit Unit) int {
	line := s.Line(name, p.Line)
	if unit == Bytes || p.Column < 1 {
		return p.Column
	}
	// Beyond the text, as at the end of a file that has changed, each byte is one.
	n := min(p.Column-1, len(line))
	beyond := p.Column - 1 - n
	count := utf8.RuneCount(line[:n])
	if unit == UTF16 {
		count = 0
		for _, r := range string(line[:n]) {
			count += utf16.RuneLen(r)
		}
	}
	return 1 + count + beyond
}

func (s *Sources) funcAt(name string, p Pos) string {
	f := s.file(name)
	if !f.parsed {
		f.parsed = true
		f.fset = token.NewFileSet()
		f.syntax, _ = parser.ParseFile(f.fset, name, f.text, parser.SkipObjectResolution) // nil, or what there is of it
	}
	if f.syntax == nil {
		return ""
	}
	for _, decl := range f.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || f.fset.PositionFor(fn.Pos(), false).Line > p.Line || p.Line > f.fset.PositionFor(fn.End(), false).Line {
			continue
		}
		if fn.Recv == nil || len(fn.Recv.List) == 0 {
			return fn.Name.Name
		}
		recv := fn.Recv.List[0].Type
		if _, ok := recv.(*ast.StarExpr); ok {
			return "(" + types.ExprString(recv) + ")." + fn.Name.Name
		}
		return types.ExprString(recv) + "." + fn.Name.Name
	}
	return ""
}

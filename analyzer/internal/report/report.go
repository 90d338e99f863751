// Package report is the border between rules and the analysis API: what goes
// over it is valid, wanted, in order and said once, whatever a rule did.
//
// Some drivers panic on an invalid fix, some drop it, and some write broken
// files. Here the fix is dropped and the finding stays.
package report

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
)

// Guard calls f and turns a panic into an error that names the rule, the
// package and the place.
func Guard(pass *analysis.Pass, rule string, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal error of %s in package %s: %v%s", rule, pass.Pkg.Path(), r, panicPlace())
		}
	}()
	f()
	return nil
}

// panicPlace names the function that has panicked: the first below gopanic
// that is not the runtime's.
func panicPlace() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicking && !inRuntime && frame.Function != "" {
			return fmt.Sprintf(" (in %s, %s:%d)", filepath.Base(frame.Function), filepath.Base(frame.File), frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}

// An Ignored finding is one that its user has silenced.
type Ignored struct {
	analysis.Diagnostic
	Reason string
}

// Verdicts reports verdicts: those of categories that are on, not in
// generated files, in the order of positions, each once. It returns what the
// user has silenced of them.
func Verdicts(pass *analysis.Pass, cfg *config.Config, verdicts []plan.Verdict) []Ignored {
	b := &border{pass: pass, files: make(map[*token.File]*file)}
	var list []finding
	for _, v := range verdicts {
		if !cfg.On(v.Rule, v.Category) {
			continue
		}
		f := b.file(v.Pos)
		if f == nil || f.generated {
			continue
		}
		d := analysis.Diagnostic{
			Pos:      v.Pos,
			End:      v.End,
			Category: v.Category,
			Message:  v.Message + suffix(cfg.Naming, v),
		}
		if d.End < d.Pos || !f.has(d.End) {
			d.End = token.NoPos
		}
		if v.Related != nil && f.has(v.Related.Pos) {
			related := *v.Related
			if related.End < related.Pos || !f.has(related.End) {
				related.End = token.NoPos
			}
			d.Related = []analysis.RelatedInformation{related}
		}
		list = append(list, finding{d, f, b.fix(f, v.Fix), v.Ignored})
	}
	// Positions of the file set do not order files: these are parsed in
	// parallel.
	slices.SortStableFunc(list, func(x, y finding) int {
		return cmp.Or(
			cmp.Compare(x.file.tok.Name(), y.file.tok.Name()),
			cmp.Compare(x.Pos, y.Pos),
			cmp.Compare(x.End, y.End),
			cmp.Compare(x.Category, y.Category),
			cmp.Compare(x.Message, y.Message),
			-cmp.Compare(len(edits(x.fix)), len(edits(y.fix)))) // one with a fix first
	})
	list = slices.CompactFunc(list, func(x, y finding) bool {
		return x.Pos == y.Pos && x.End == y.End && x.Category == y.Category && x.Message == y.Message
	})
	settle(list)
	var ignored []Ignored
	for _, f := range list {
		if f.ignored != "" {
			ignored = append(ignored, Ignored{f.Diagnostic, f.ignored})
			continue
		}
		if f.fix != nil {
			f.SuggestedFixes = []analysis.SuggestedFix{*f.fix}
		}
		pass.Report(f.Diagnostic)
	}
	return ignored
}

func edits(fix *analysis.SuggestedFix) []analysis.TextEdit {
	if fix == nil {
		return nil
	}
	return fix.TextEdits
}

// suffix returns what the driver does not print of a finding's identity.
func suffix(naming config.Naming, v plan.Verdict) string {
	switch naming {
	case config.NameRule:
		return " (" + v.Rule + "." + v.Category + ")"
	case config.NameCategory:
		return " (" + v.Category + ")"
	}
	return ""
}

type finding struct {
	analysis.Diagnostic
	file    *file
	fix     *analysis.SuggestedFix
	ignored string // why
}

// A border knows the files of a pass.
type border struct {
	pass  *analysis.Pass
	files map[*token.File]*file
}

type file struct {
	tok       *token.File
	syntax    *ast.File
	generated bool

	opened bool
	source *edit.File // nil if there is none that could be edited
}

// file returns the file around pos, nil if it is not of this package.
func (b *border) file(pos token.Pos) *file {
	tok := b.pass.Fset.File(pos)
	if tok == nil {
		return nil
	}
	if f, ok := b.files[tok]; ok {
		return f
	}
	var found *file
	for _, syntax := range b.pass.Files {
		if b.pass.Fset.File(syntax.FileStart) == tok {
			found = &file{tok: tok, syntax: syntax, generated: IsGenerated(syntax)}
		}
	}
	b.files[tok] = found
	return found
}

func (f *file) has(pos token.Pos) bool {
	return token.Pos(f.tok.Base()) <= pos && pos <= token.Pos(f.tok.Base()+f.tok.Size())
}

// IsGenerated is [ast.IsGenerated], but for files that the cgo command made
// of a user's: some drivers see these, some see the user's own.
func IsGenerated(syntax *ast.File) bool {
	if !ast.IsGenerated(syntax) {
		return false
	}
	cgo := false
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			if c.Pos() > syntax.Package {
				return !cgo
			}
			if c.Text == "// Code generated by cmd/cgo; DO NOT EDIT." {
				cgo = true
			} else if rest, ok := strings.CutPrefix(c.Text, "// Code generated "); ok && strings.HasSuffix(rest, " DO NOT EDIT.") {
				return true
			}
		}
	}
	return !cgo
}

// fix returns a valid copy of a fix, or nil.
func (b *border) fix(f *file, fix *analysis.SuggestedFix) *analysis.SuggestedFix {
	if fix == nil {
		return nil
	}
	edits := slices.Clone(fix.TextEdits)
	for i := range edits {
		if !edits[i].End.IsValid() {
			edits[i].End = edits[i].Pos
		}
	}
	edit.Sort(edits)
	if !f.opened {
		f.opened = true
		// An error says that the text cannot be edited; so there is no fix.
		f.source, _ = edit.Open(b.pass.Fset, f.syntax, b.pass.ReadFile)
	}
	if f.source == nil {
		return nil
	}
	if _, ok := f.source.Settle(edits); !ok {
		return nil // invalid, or the result would not be Go
	}
	return &analysis.SuggestedFix{Message: fix.Message, TextEdits: edits}
}

// settle adds to the fixes the changes of white space that gofmt would make,
// unless these touch another fix: that would cost the user both.
func settle(list []finding) {
	for i := range list {
		fix := list[i].fix
		if fix == nil {
			continue
		}
		edits, ok := list[i].file.source.Settle(fix.TextEdits)
		if !ok {
			continue
		}
		apart := true
		for j := range list {
			if j != i && list[j].fix != nil {
				apart = apart && !edit.Touch(edits, list[j].fix.TextEdits)
			}
		}
		if apart {
			fix.TextEdits = edits
		}
	}
}

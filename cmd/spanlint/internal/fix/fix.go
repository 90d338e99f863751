// Package fix applies the fixes of findings until there are no more, and
// writes the result.
//
// Nothing is written before all is known to be sound: each round of fixes is
// applied in memory, and type-checked against the packages loaded, together
// with whoever imports what changed. A fix that would break the program is
// dropped, which takes nothing from the others.
package fix

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
	"github.com/spanlint/spanlint/internal/load"
)

// maxRounds bounds the rounds. Fixes that come one after the other at the
// same place need as many rounds as there are fixes; more than a few are seldom.
const maxRounds = 10

// A Change is a file whose contents the fixes change.
type Change struct {
	Name          string // absolute
	Before, After []byte
}

// A Result says what has been reached.
type Result struct {
	// Changes are the files that differ, by name.
	Changes []Change
	// Fixed counts the fixes applied.
	Fixed int
	// Remaining are the findings in the changed program.
	Remaining []run.Finding
	// Dropped says, one line each, which fixes were left out and why.
	Dropped []load.Error
	// Errs are those of the analysis.
	Errs []error
	// Loaded is the changed program.
	Loaded *load.Result
}

// Run applies the fixes of what the analyzers find in the packages. It asks
// for analyzers once per round, because those of two rounds must not share
// what they have computed.
//
// keep, if it is not nil, says which of the findings in a program are looked at.
func Run(r *load.Result, analyzers func() []*analysis.Analyzer, keep func(*load.Result, []run.Finding) []run.Finding) *Result {
	f := &fixer{
		now:     r,
		before:  make(map[string][]byte),
		dropped: make(map[load.Error]bool),
	}
	res := new(Result)
	for round := 0; ; round++ {
		res.Remaining, res.Errs = run.Analyze(f.now, analyzers())
		if keep != nil {
			res.Remaining = keep(f.now, res.Remaining)
		}
		if len(res.Errs) > 0 {
			break // what is known of the packages may be wrong
		}
		if round == maxRounds {
			if slices.ContainsFunc(res.Remaining, func(f run.Finding) bool { return f.Fix() != nil }) {
				f.drop(token.Position{}, "the fixes do not come to an end: stopped after %d rounds", maxRounds)
			}
			break
		}
		n := f.round(res.Remaining)
		if n == 0 {
			break
		}
		res.Fixed += n
	}
	for _, name := range slices.Sorted(maps.Keys(f.now.Files())) {
		if before, after := f.before[name], f.now.Files()[name]; string(before) != string(after) {
			res.Changes = append(res.Changes, Change{name, before, after})
		}
	}
	res.Dropped = slices.SortedFunc(maps.Keys(f.dropped), func(a, b load.Error) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Msg, b.Msg))
	})
	res.Loaded = f.now
	return res
}

type fixer struct {
	now     *load.Result
	before  map[string][]byte // contents on disk of the files edited
	dropped map[load.Error]bool
}

func (f *fixer) drop(pos token.Position, format string, args ...any) {
	f.dropped[load.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}] = true
}

// A candidate is a fix whose files may be edited.
type candidate struct {
	run.Finding
	edits map[string][]edit // by file, sorted
}

// round applies what can be applied at once of the findings' fixes, and
// returns how many these are.
func (f *fixer) round(findings []run.Finding) int {
	clear(f.dropped) // what still holds is found again, where it is by now
	var chosen []*candidate
	taken := make(map[string][]edit)
	for _, finding := range findings {
		c := f.candidate(finding)
		if c == nil {
			continue
		}
		merged, ok := merge(taken, c.edits)
		if !ok {
			continue // the next round sees what the other fix has left of it
		}
		taken = merged
		chosen = append(chosen, c)
	}
	if len(chosen) == 0 {
		return 0
	}
	next, errs := f.try(chosen)
	if len(errs) > 0 {
		chosen, next = f.sound(chosen, errs)
	}
	f.now = next
	return len(chosen)
}

// sound returns those of the fixes that do no harm together, and the program
// they make. errs are the errors that all of them make.
func (f *fixer) sound(chosen []*candidate, errs []load.Error) ([]*candidate, *load.Result) {
	// Only fixes in the packages with errors can be at fault, unless the
	// errors are in their importers.
	suspect := func(c *candidate) bool {
		for name := range c.edits {
			for _, e := range errs {
				if filepath.Dir(name) == filepath.Dir(e.Pos.Filename) {
					return true
				}
			}
		}
		return false
	}
	var suspects, kept []*candidate
	for _, c := range chosen {
		if suspect(c) {
			suspects = append(suspects, c)
		} else {
			kept = append(kept, c)
		}
	}
	next, errs := f.try(kept)
	if len(errs) > 0 {
		suspects, kept, next = chosen, nil, f.now
	}
	for _, c := range suspects {
		more := append(kept[:len(kept):len(kept)], c)
		// Have: most bad fixes break their own package, and that is cheap to see.
		if errs := f.check(c); len(errs) > 0 {
			f.dropBroken(c, errs[0])
			continue
		}
		result, errs := f.try(more)
		if len(errs) > 0 {
			f.dropBroken(c, errs[0])
			continue
		}
		kept, next = more, result
	}
	return kept, next
}

func (f *fixer) dropBroken(c *candidate, err load.Error) {
	f.drop(c.Pos, "the fix for %s is left out, the program would not compile with it: %s (line %d)", c.Code(), err.Msg, err.Pos.Line)
}

// try returns the program with the fixes applied, and the errors they bring.
func (f *fixer) try(fixes []*candidate) (*load.Result, []load.Error) {
	if len(fixes) == 0 {
		return f.now, nil
	}
	// The imports of a file may be left unused, or be doubled, by fixes that
	// are sound each by itself. That is mended rather than held against them.
	files := f.apply(fixes)
	next, errs := f.now.Update(files)
	if len(errs) > 0 && tidyImports(files, errs) {
		next, errs = f.now.Update(files)
	}
	return next, errs
}

// check is try without the importers of the changed packages.
func (f *fixer) check(fix *candidate) []load.Error {
	files := f.apply([]*candidate{fix})
	errs := f.now.Check(files)
	if len(errs) > 0 && tidyImports(files, errs) {
		errs = f.now.Check(files)
	}
	return errs
}

// apply returns the contents of the files that the fixes edit.
func (f *fixer) apply(fixes []*candidate) map[string][]byte {
	edits := make(map[string][]edit)
	for _, c := range fixes {
		edits, _ = merge(edits, c.edits) // Have: they were chosen because they merge
	}
	files := make(map[string][]byte)
	for name, edits := range edits {
		files[name] = applyTo(f.contents(name), edits)
	}
	return files
}

// contents returns what an edited file has by now.
func (f *fixer) contents(name string) []byte {
	if content, ok := f.now.Files()[name]; ok {
		return content
	}
	return f.before[name]
}

// candidate returns the finding's fix if all files it edits may be edited.
func (f *fixer) candidate(finding run.Finding) *candidate {
	fix := finding.Fix()
	if fix == nil || len(fix.TextEdits) == 0 {
		return nil
	}
	c := &candidate{finding, make(map[string][]edit)}
	for _, e := range fix.TextEdits {
		file := f.now.Fset.File(e.Pos)
		if file == nil || f.now.Fset.File(cmp.Or(e.End, e.Pos)) != file {
			return nil
		}
		name := file.Name()
		if why := f.untouchable(finding, file); why != "" {
			f.drop(finding.Pos, "the fix for %s is left out: %s", finding.Code(), why)
			return nil
		}
		c.edits[name] = append(c.edits[name], edit{file.Offset(e.Pos), file.Offset(cmp.Or(e.End, e.Pos)), string(e.NewText)})
	}
	for _, edits := range c.edits {
		slices.SortStableFunc(edits, compareEdits)
		for i, e := range edits[1:] {
			if edits[i].end > e.start {
				return nil
			}
		}
	}
	return c
}

// untouchable says why the file must not be edited, and reads it otherwise.
func (f *fixer) untouchable(finding run.Finding, file *token.File) string {
	name := file.Name()
	pkg := finding.Package
	i := slices.IndexFunc(pkg.Syntax, func(f *ast.File) bool { return pkg.Fset.File(f.FileStart) == file })
	switch {
	case i < 0:
		return "it edits another package"
	case pkg.Module != nil && !pkg.Module.Main:
		return "the file belongs to the module " + pkg.Module.Path + ", which is not the one worked on"
	case ast.IsGenerated(pkg.Syntax[i]):
		return "the file is generated"
	case slices.ContainsFunc(pkg.Syntax[i].Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` }):
		return "the file uses cgo, so that the change could not be checked"
	}
	if pkg.Module != nil {
		if why := outside(pkg.Module.Dir, name); why != "" {
			return why
		}
	}
	if f.contents(name) == nil {
		content, err := os.ReadFile(name)
		if err != nil {
			return err.Error()
		}
		f.before[name] = content
	}
	if len(f.contents(name)) != file.Size() {
		return "the file has changed in the meantime"
	}
	return ""
}

// outside says why the file is not the module's own although it seems so: a
// symbolic link leads somewhere else.
func outside(moduleDir, name string) string {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err.Error()
	}
	root, err := filepath.EvalSymlinks(moduleDir)
	if err != nil {
		return err.Error()
	}
	if rel, err := filepath.Rel(root, real); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "the file is a link to " + real + ", outside the module"
	}
	return ""
}

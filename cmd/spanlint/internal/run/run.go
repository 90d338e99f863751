// Package run applies analyzers to loaded packages and collects what they
// find.
package run

import (
	"cmp"
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/internal/load"
)

// A Finding is one diagnostic of a rule.
type Finding struct {
	Rule string
	// Package is one of the packages that have the file.
	Package *packages.Package
	// Pos and End are those of the diagnostic, with absolute file names.
	Pos, End token.Position

	// Ignored is the reason why the user has silenced it, "" if he has not.
	Ignored string

	analysis.Diagnostic
}

// Code is what switches and directives call the finding: "rule.category".
func (f Finding) Code() string {
	if f.Category == "" {
		return f.Rule
	}
	return f.Rule + "." + f.Category
}

// Fix returns the edits that repair the finding, nil if there are none. Of
// alternatives the first counts.
func (f Finding) Fix() *analysis.SuggestedFix {
	if len(f.SuggestedFixes) == 0 {
		return nil
	}
	return &f.SuggestedFixes[0]
}

// A Result is what a run of analyzers has brought.
type Result struct {
	// Findings and Ignored, those that a directive silences, are ordered by
	// position, and have each finding once however many variants of a package
	// have the file.
	Findings, Ignored []Finding
	// Times are what each analyzer has taken, on all packages together.
	Times map[string]time.Duration
	// Errs say which analyzers failed on which packages. All other findings are
	// there even so.
	Errs []error
}

// Analyze runs the analyzers on the packages of r that are matched, and for
// their facts on what these import.
func Analyze(r *load.Result, analyzers []*analysis.Analyzer) ([]Finding, []error) {
	res := all(r, analyzers, func(*packages.Package) {})
	return res.Findings, res.Errs
}

// Once is Analyze, with more to tell, for those who do not look at r again:
// each package is forgotten as soon as it has been analyzed.
func Once(r *load.Result, analyzers []*analysis.Analyzer) *Result {
	return all(r, analyzers, r.Forget)
}

func all(r *load.Result, analyzers []*analysis.Analyzer, done func(*packages.Package)) *Result {
	d, err := newDriver(analyzers, r.Files())
	if err != nil {
		return &Result{Errs: []error{err}}
	}
	for _, pkg := range r.Roots {
		if r.Matched(pkg) {
			d.add(pkg).matched = true
		}
	}
	c := &collector{
		fset:   r.Fset,
		result: &Result{Times: make(map[string]time.Duration)},
		failed: make(map[string]error),
	}
	d.after = func(w *work, graph *checker.Graph) {
		c.collect(w.pkg, w.matched, graph)
		done(w.pkg)
	}
	d.run()
	res := c.result
	res.Findings, res.Ignored = unique(res.Findings), unique(res.Ignored)
	for _, key := range slices.Sorted(maps.Keys(c.failed)) {
		res.Errs = append(res.Errs, c.failed[key])
	}
	return res
}

// A collector adds up what the analyzers find in packages.
type collector struct {
	fset   *token.FileSet
	result *Result
	failed map[string]error
}

func (c *collector) collect(pkg *packages.Package, wanted bool, graph *checker.Graph) {
	res := c.result
	for act := range graph.All() {
		res.Times[act.Analyzer.Name] += act.Duration
		if act.Err != nil {
			// Who needs the result of a failed analyzer fails too, and it says so.
			if !strings.HasPrefix(act.Err.Error(), failedBefore) {
				err := fmt.Errorf("%s: %s: %v", pkg.ID, act.Analyzer.Name, act.Err)
				c.failed[err.Error()] = err
			}
			continue
		}
		if !act.IsRoot || !wanted {
			continue
		}
		for _, d := range act.Diagnostics {
			res.Findings = append(res.Findings, c.finding(pkg, act, d))
		}
		if ignored, ok := act.Result.([]analyzer.Ignored); ok {
			for _, i := range ignored {
				f := c.finding(pkg, act, i.Diagnostic)
				f.Ignored = i.Reason
				res.Ignored = append(res.Ignored, f)
			}
		}
	}
}

func (c *collector) finding(pkg *packages.Package, act *checker.Action, d analysis.Diagnostic) Finding {
	// Where the analyzer has a page the driver has put the category's anchor
	// behind it; an anchor alone leads nowhere.
	switch {
	case act.Analyzer.URL == "":
		d.URL = strings.TrimPrefix(d.URL, "#"+d.Category)
	case d.URL == "": // of what is silenced the driver does not know
		d.URL = act.Analyzer.URL + "#" + d.Category
	}
	return Finding{
		Rule:       act.Analyzer.Name,
		Package:    pkg,
		Pos:        c.fset.Position(d.Pos),
		End:        c.fset.Position(cmp.Or(d.End, d.Pos)),
		Diagnostic: d,
	}
}

// unique sorts findings and leaves one of those that several variants of a
// package have.
func unique(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(compare(a, b), cmp.Compare(a.Package.ID, b.Package.ID))
	})
	return slices.CompactFunc(findings, func(a, b Finding) bool { return compare(a, b) == 0 })
}

// compare orders findings as they are printed. Findings that compare equal
// are one.
func compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Pos.Filename, b.Pos.Filename),
		cmp.Compare(a.Pos.Line, b.Pos.Line),
		cmp.Compare(a.Pos.Column, b.Pos.Column),
		cmp.Compare(a.Code(), b.Code()),
		cmp.Compare(a.Message, b.Message))
}

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

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/internal/load"
)

// A Finding is one diagnostic of a rule.
type Finding struct {
	Rule string
	// Package is one of the packages that have the file.
	Package *packages.Package
	// Pos and End are those of the diagnostic, with absolute file names.
	Pos, End token.Position

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

// Analyze runs the analyzers on the packages of r that are matched, and for
// their facts on what these import. It returns the findings by position, each
// once however many variants of a package have the file. The errors say which
// analyzers failed on which packages; all other findings are returned even so.
func Analyze(r *load.Result, analyzers []*analysis.Analyzer) ([]Finding, []error) {
	matched := slices.DeleteFunc(slices.Clone(r.Roots), func(p *packages.Package) bool { return !r.Matched(p) })
	graph, err := checker.Analyze(guard(analyzers, r.Files()), matched, nil)
	if err != nil {
		return nil, []error{err}
	}
	var (
		findings []Finding
		failed   = make(map[string]error)
	)
	for act := range graph.All() {
		if act.Err != nil {
			// Who needs the result of a failed analyzer fails too, and it says so.
			if !strings.HasPrefix(act.Err.Error(), "failed prerequisites") {
				err := fmt.Errorf("%s: %s: %v", act.Package.ID, act.Analyzer.Name, act.Err)
				failed[err.Error()] = err
			}
			continue
		}
		if !act.IsRoot {
			continue
		}
		for _, d := range act.Diagnostics {
			f := Finding{
				Rule:       act.Analyzer.Name,
				Package:    act.Package,
				Pos:        r.Fset.Position(d.Pos),
				End:        r.Fset.Position(cmp.Or(d.End, d.Pos)),
				Diagnostic: d,
			}
			findings = append(findings, f)
		}
	}
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(compare(a, b), cmp.Compare(a.Package.ID, b.Package.ID))
	})
	findings = slices.CompactFunc(findings, func(a, b Finding) bool { return compare(a, b) == 0 })

	var errs []error
	for _, key := range slices.Sorted(maps.Keys(failed)) {
		errs = append(errs, failed[key])
	}
	return findings, errs
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

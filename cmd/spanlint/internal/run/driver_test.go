package run

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// diamond has packages whose facts reach d directly, by way of others, and by
// several ways.
const diamond = `
-- go.mod --
module example.com/m
go 1.26.0
-- a/a.go --
package a
type T struct{ F int }
func (T) Method() {}
func (T) method() {}
func Func() {}
func unseen() {}
var Var int
const Const = 1
-- a/a_test.go --
package a
var Test T
-- b/b.go --
package b
import "example.com/m/a"
var Get = a.T{}
-- c/c.go --
package c
import "example.com/m/a"
func Get() *a.T { a.Func(); return nil }
-- c/x_test.go --
package c_test
import "example.com/m/c"
var X = c.Get()
-- d/d.go --
package d
import ("example.com/m/b"; "example.com/m/c")
var X = b.Get.F
func F() { c.Get().Method() }
`

type seen struct{ By string }

func (*seen) AFact()           {}
func (s *seen) String() string { return s.By }

type packageSeen struct{ Names string }

func (*packageSeen) AFact() {}

// gossip gives a fact to all that is declared, and reports what is known of all
// that is used, from a pass that comes after the one with the facts.
func gossip() *analysis.Analyzer {
	facts := &analysis.Analyzer{
		Name: "facts", Doc: "give facts",
		FactTypes:  []analysis.Fact{new(seen), new(packageSeen)},
		ResultType: reflect.TypeFor[func() []string](),
	}
	facts.Run = func(pass *analysis.Pass) (any, error) {
		for _, obj := range pass.TypesInfo.Defs {
			if obj != nil && obj.Pkg() == pass.Pkg {
				pass.ExportObjectFact(obj, &seen{pass.Pkg.Path()})
			}
		}
		names := []string{pass.Pkg.Name()}
		for _, imp := range pass.Pkg.Imports() {
			var below packageSeen
			if pass.ImportPackageFact(imp, &below) {
				names = append(names, below.Names)
			}
		}
		pass.ExportPackageFact(&packageSeen{fmt.Sprint(names)})
		return func() []string {
			var all []string
			for id, obj := range pass.TypesInfo.Uses {
				var s seen
				if obj.Pkg() != nil && pass.ImportObjectFact(obj, &s) {
					all = append(all, fmt.Sprint(id.Name, " by ", &s))
				}
			}
			for _, f := range pass.AllObjectFacts() {
				all = append(all, fmt.Sprint(f.Object, " is ", f.Fact))
			}
			for _, f := range pass.AllPackageFacts() {
				all = append(all, fmt.Sprint(f.Package.Path(), " has ", f.Fact.(*packageSeen).Names))
			}
			slices.Sort(all)
			return all
		}, nil
	}
	return &analysis.Analyzer{
		Name: "gossip", Doc: "report facts",
		Requires: []*analysis.Analyzer{facts},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, line := range pass.ResultOf[facts].(func() []string)() {
				pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Name.Pos(), Message: line})
			}
			return nil, nil
		},
	}
}

// What is kept here between packages is what checker.Analyze would hand on.
func TestFactsAsChecker(t *testing.T) {
	r, dir := loadArchive(t, diamond)
	var matched []*packages.Package
	for _, pkg := range r.Roots {
		if r.Matched(pkg) {
			matched = append(matched, pkg)
		}
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{gossip()}, matched, nil)
	if err != nil {
		t.Fatal(err)
	}
	var want []Finding
	for _, act := range graph.Roots {
		for _, d := range act.Diagnostics {
			want = append(want, Finding{Rule: "gossip", Package: act.Package, Pos: r.Fset.Position(d.Pos), Diagnostic: d})
		}
	}
	got, errs := Analyze(r, []*analysis.Analyzer{gossip()})
	if len(errs) > 0 {
		t.Error(errs)
	}
	if got, want := lines(dir, got), lines(dir, unique(want)); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	} else if !strings.Contains(got, "d/d.go:1:9 gossip Method by example.com/m/a\n") || strings.Contains(got, "d/d.go:1:9 gossip func example.com/m/a.Func() is") {
		t.Errorf("facts of a package that is not imported itself are those of methods:\n%s", got)
	}
}

// Packages that are forgotten one by one have the findings of those that are
// kept, and nothing of their syntax is left.
func TestOnce(t *testing.T) {
	for _, archive := range []string{module, diamond} {
		r, _ := loadArchive(t, archive)
		for _, a := range []func() *analysis.Analyzer{standIn, gossip} {
			kept, _ := Analyze(r, []*analysis.Analyzer{a()})
			again, _ := loadArchive(t, archive)
			res := Once(again, []*analysis.Analyzer{a()})
			if len(res.Errs) > 0 {
				t.Error(res.Errs)
			}
			got, want := messages(res.Findings), messages(kept)
			if !slices.Equal(got, want) {
				t.Errorf("got:\n%q\nwant:\n%q", got, want)
			}
			for _, pkg := range again.Roots {
				if pkg.Syntax != nil || pkg.TypesInfo != nil || pkg.Types == nil {
					t.Errorf("%s: syntax %t, info %t, types %t", pkg.ID, pkg.Syntax != nil, pkg.TypesInfo != nil, pkg.Types != nil)
				}
			}
		}
	}
}

func messages(findings []Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Code()+" "+f.Message)
	}
	return all
}

// Where facts could not be computed, importers at any distance are left alone:
// the error is said once. All others have their findings.
func TestFactsFail(t *testing.T) {
	r, dir := loadArchive(t, diamond)
	facts := &analysis.Analyzer{
		Name: "facts", Doc: "fail on b",
		FactTypes: []analysis.Fact{new(seen)},
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Name() == "b" {
				return nil, errors.New("no facts")
			}
			return nil, nil
		},
	}
	names := &analysis.Analyzer{
		Name: "names", Doc: "report packages",
		Requires: []*analysis.Analyzer{facts},
		Run: func(pass *analysis.Pass) (any, error) {
			pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Name.Pos(), Message: pass.Pkg.Path()})
			return nil, nil
		},
	}
	findings, errs := Analyze(r, []*analysis.Analyzer{names})
	if got, want := lines(dir, findings), "a/a.go:1:9 names example.com/m/a\nc/c.go:1:9 names example.com/m/c\nc/x_test.go:1:9 names example.com/m/c_test\n"; got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	if len(errs) != 1 || errs[0].Error() != "example.com/m/b: facts: no facts" {
		t.Errorf("errors: %v", errs)
	}
}

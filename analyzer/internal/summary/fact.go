package summary

import (
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
)

// A Fact is the summary of a function, for the packages that import it.
type Fact struct{ Func }

// AFact marks Fact as a fact.
func (*Fact) AFact() {}

// String is what tests of facts print.
func (f *Fact) String() string { return "summary" }

// New returns the analyzer whose result is the *Table of a pass, nil for
// packages that are not first-party. index is the analyzer of package scope.
// contributors is called once per package, and so is program, which says what
// the package itself does for the program's telemetry; calls says, when all
// have contributed, how it calls a method of one of its interfaces. declared,
// which is called when the configuration is complete, returns what the user
// has declared.
func New(index *analysis.Analyzer, contributors func() []Contributor, calls func(*Table, *types.Func) Calls, program func(*scope.Package) SetupUse, declared func() Overlay) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "spanlintsummary",
		Doc:        "what each function does for its callers",
		Requires:   []*analysis.Analyzer{index},
		ResultType: reflect.TypeFor[*Table](),
		FactTypes:  []analysis.Fact{new(Fact), new(Program), new(Method), new(Interfaces)},
		Run: func(pass *analysis.Pass) (any, error) {
			pkg := pass.ResultOf[index].(*scope.Package)
			if pkg == nil {
				return (*Table)(nil), nil
			}
			known := make(map[*types.Func]*Func) // each is asked for once per round
			imported := func(fn *types.Func) *Func {
				sum, ok := known[fn]
				if !ok {
					if fact := new(Fact); fn.Pkg() != nil && pass.ImportObjectFact(fn, fact) {
						sum = &fact.Func
					}
					known[fn] = sum
				}
				return sum
			}
			t := build(pkg, others{
				funcs: imported,
				methods: func(fn *types.Func) Method {
					fact := new(Method)
					if fn.Pkg() != nil {
						pass.ImportObjectFact(fn, fact)
					}
					return *fact
				},
				interfaces: func(imported *types.Package) []string {
					fact := new(Interfaces)
					pass.ImportPackageFact(imported, fact)
					return fact.Names
				},
			}, declared(), contributors()...)
			t.programs(pass, program(pkg))
			for _, f := range pkg.Funcs {
				if f.Obj != nil && travels(f.Obj) {
					pass.ExportObjectFact(f.Obj, &Fact{t.local[f].short()})
				}
			}
			called := new(Interfaces)
			for _, i := range t.interfaces() {
				for m := range i.Type().Underlying().(*types.Interface).ExplicitMethods() {
					if !m.Exported() || m.Pkg() != t.Pkg.Types {
						continue
					}
					fact := Method{t.beginsIn(m), calls(t, m)}
					if fact != (Method{}) {
						pass.ExportObjectFact(m, &fact)
					}
					if fact.Called != 0 && !slices.Contains(called.Names, i.Name()) {
						called.Names = append(called.Names, i.Name())
					}
				}
			}
			if len(called.Names) > 0 {
				pass.ExportPackageFact(called)
			}
			return t, nil
		},
	}
}

// travels reports whether other packages can call the function.
func travels(fn *types.Func) bool { return fn.Exported() }

// short returns the summary without the empty ones at the end of its lists:
// what is not there reads the same, and large programs have many facts.
func (f *Func) short() Func {
	out := *f
	for n := len(out.Slots); n > 0 && out.Slots[n-1] == (Slot{}); n-- {
		out.Slots = out.Slots[: n-1 : n-1]
	}
	for n := len(out.Results); n > 0 && out.Results[n-1] == (Result{}); n-- {
		out.Results = out.Results[: n-1 : n-1]
	}
	return out
}

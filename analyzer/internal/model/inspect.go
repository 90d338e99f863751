package model

import (
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// A Helper is a function of the user's that spanlint knows by what it does,
// without being told.
type Helper struct {
	// Kind and Text are how it would be declared: see config.Kind.
	Kind, Text string
}

// A View is what spanlint sees in a package, besides findings.
type View struct {
	// Helpers are in source order.
	Helpers []Helper
	// Tracers are the import paths of the tracing libraries that the package
	// uses.
	Tracers []string
}

// Inspect returns an analyzer whose result is the *View of a package, nil for
// packages that are not first-party.
func (s *Set) Inspect() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "spanlintview",
		Doc:        "what spanlint sees in a package",
		Requires:   []*analysis.Analyzer{s.scope, s.summary},
		ResultType: reflect.TypeFor[*View](),
		Run: func(pass *analysis.Pass) (any, error) {
			table := pass.ResultOf[s.summary].(*summary.Table)
			if table == nil {
				return (*View)(nil), nil
			}
			view := new(View)
			known := table.Pkg.Tracers.Packages()
			for _, imp := range pass.Pkg.Imports() {
				if slices.Contains(known, imp.Path()) {
					view.Tracers = append(view.Tracers, imp.Path())
				}
			}
			for _, f := range table.Pkg.Funcs {
				if f.Obj != nil && !table.Pkg.IsTest(f.Node) {
					view.Helpers = append(view.Helpers, helpers(f, table.Of(f))...)
				}
			}
			return view, nil
		},
	}
}

// helpers returns what a function would be declared as.
func helpers(f *scope.Func, sum *summary.Func) []Helper {
	var out []Helper
	add := func(kind string, words ...string) {
		out = append(out, Helper{Kind: kind, Text: strings.Join(append([]string{plainName(f.Obj)}, words...), ":")})
	}
	for i := range f.Sig.Results().Len() {
		switch r := sum.ResultAt(i); {
		case r.Span == summary.Open:
			add("starters")
		case r.Ctx.Known && r.Ctx.Detached && !r.Ctx.Started && r.Ctx.From >= 0:
			add("detachers", strconv.Itoa(r.Ctx.From))
		}
	}
	for i := scope.Receiver; i < f.Sig.Params().Len(); i++ {
		slot := sum.SlotAt(i)
		arg := "recv"
		if i != scope.Receiver {
			arg = strconv.Itoa(i)
		}
		if slot.Span&summary.Ends != 0 && (i == scope.Receiver || f.Pkg.Tracers.IsSpan(f.Sig.Params().At(i).Type())) {
			add("enders", arg)
		}
		if slot.Func&summary.Launched == 0 {
			continue
		}
		words := []string{arg}
		if slot.Func&summary.Tracked != 0 {
			words = append(words, "tracked")
		}
		if slot.Given.Known && slot.Given.Detached {
			words = append(words, "detached")
		}
		add("launchers", words...)
	}
	return out
}

// plainName is the full name of a function without type parameters.
func plainName(fn *types.Func) string {
	name := fn.Origin().FullName()
	open := strings.IndexByte(name, '[')
	if open < 0 {
		return name
	}
	return name[:open] + name[strings.LastIndexByte(name, ']')+1:]
}

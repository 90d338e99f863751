package tracesetup

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
)

//go:embed doc.go
var doc string

const (
	propagator = "propagator"
	sampler    = "sampler"
	syncer     = "syncer"
	blocking   = "blocking"
	insecure   = "insecure"
	resource   = "resource"
	health     = "health"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "tracesetup", Categories: []config.Category{
	{Name: propagator, Doc: "a provider is installed, and no propagator where contexts travel"},
	{Name: sampler, Doc: "a ratio decides about children of sampled parents"},
	{Name: syncer, Doc: "each span is exported before its End returns"},
	{Name: blocking, OptIn: true, Doc: "the end of a span waits while the queue is full"},
	{Name: insecure, OptIn: true, Doc: "an exporter without TLS, whatever the configuration"},
	{Name: resource, OptIn: true, Doc: "a resource without the name of the service"},
	{Name: health, OptIn: true, Doc: "the probes of a service are traced"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	x := setup.Of(m.Summary)
	var out []plan.Verdict
	add := func(category string, c *ast.CallExpr, fix *analysis.SuggestedFix, format string, args ...any) {
		out = append(out, plan.Verdict{
			Category: category, Site: c, Pos: c.Pos(), End: c.Lparen,
			Message: fmt.Sprintf(format, args...), Fix: fix,
		})
	}
	if install, ok := x.Unpropagated(); ok {
		add(propagator, install.Call, propagate(m, install),
			"%s installs a provider and nothing a propagator, so no trace goes on in another service", types.ExprString(install.Call.Fun))
	}
	for _, f := range m.Package.Funcs {
		if x.InTest(f) {
			continue // whose spans are kept in memory, one by one
		}
		for _, c := range x.Idle(f) {
			add(propagator, c, nil, "the propagator that is chosen here carries no trace, so none goes on in another service")
		}
		if x.RemoteParents() {
			for _, c := range x.Ratios(f) {
				add(sampler, c, parentBased(m, c), "a ratio without ParentBased drops spans from traces that other services keep")
			}
		}
		if !x.Frozen() {
			for _, c := range x.Syncers(f) {
				if meant(m.Package, c) {
					continue
				}
				add(syncer, c, batch(m, x, f, c), "%s makes each End wait until the span is exported", types.ExprString(c.Fun))
			}
		}
		for _, c := range x.Options(f, otelapi.MakesBlock) {
			add(blocking, c, without(m, c), "%s makes End wait while the queue is full, so a slow backend slows down the program", types.ExprString(c.Fun))
		}
		for _, c := range x.Options(f, otelapi.MakesInsecure) {
			if !x.Guarded(c, f) && !x.Local(c) {
				add(insecure, c, nil, "%s exports without TLS, whatever the configuration says", types.ExprString(c.Fun))
			}
		}
		for _, c := range x.Options(f, otelapi.TakesResource) {
			if list, ok := x.Nameless(c); ok {
				add(resource, list, nil, "the resource has no service.name, so the spans belong to no known service")
			}
		}
		for _, c := range x.Options(f, otelapi.WrapsHandler) {
			if route, ok := x.Unfiltered(c); ok {
				add(health, c, nil, "every probe of %s is traced like a request", route)
			}
		}
	}
	return out
}

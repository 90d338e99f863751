// Package model builds the prerequisite analyzers of one configuration.
//
// go/analysis refuses two analyzers that share a fact type in one driver
// call. Therefore all models of a process come in sets: every rule of a set
// requires the same analyzers, and two sets never meet in one call.
package model

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/declare"
	"github.com/spanlint/spanlint/analyzer/internal/detach"
	"github.com/spanlint/spanlint/analyzer/internal/edit"
	"github.com/spanlint/spanlint/analyzer/internal/ignore"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/names"
	"github.com/spanlint/spanlint/analyzer/internal/otelapi"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/queue"
	"github.com/spanlint/spanlint/analyzer/internal/report"
	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// Models is what a rule judges a package by.
type Models struct {
	Config  *config.Config
	Pass    *analysis.Pass
	Package *scope.Package
	Summary *summary.Table
	Spans   *spans.Index
	Launch  *launch.Index
	Names   *names.Index
	Ignores *ignore.Index
}

// Ignored reports whether the user has silenced a finding. A rule asks where
// one repair serves several findings; otherwise it need not know.
func (m *Models) Ignored(pos token.Pos, rule, category string) bool {
	return m.Ignores.Match(pos, rule, category) != nil
}

// Site returns what the detached span needs to know about launched work.
func (m *Models) Site(l *launch.Launch, u launch.Use, v ctxflow.Value) detach.Site {
	return detach.Site{
		Pass: m.Pass, Config: m.Config, Package: m.Package, Flow: m.Launch.Flow,
		Launch: l, Use: u, Value: v, WaitedFor: m.Launch.WaitedFor,
	}
}

// File returns the text of the file that has the node, nil if it is not at hand:
// then there is no fix.
func (m *Models) File(n ast.Node) *edit.File {
	file, err := edit.OpenAt(m.Pass.Fset, m.Pass.Files, n.Pos(), m.Pass.ReadFile)
	if err != nil {
		return nil
	}
	return file
}

// CallName returns how the called function is spelled in a message: without its
// arguments, and not at length.
func CallName(call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	switch fun.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if name := types.ExprString(fun); len(name) <= 40 {
			return name
		}
		if sel, ok := fun.(*ast.SelectorExpr); ok {
			return sel.Sel.Name
		}
	}
	return "this call"
}

// A Judge returns the verdicts of one rule on a package.
type Judge func(*Models) []plan.Verdict

// A Set is one configuration, the models that work with it and the rules that
// stand on them.
type Set struct {
	Config *config.Config

	scope, summary, plan *analysis.Analyzer
	judges               []ruleJudge
	reviews              []ruleReview
}

type ruleJudge struct {
	rule  string
	judge Judge
}

// A Review is the Judge of a rule about directives: it knows what they have
// silenced. judged says of which rules all that can be found in a file was
// looked for.
type Review func(m *Models, judged func(filename, rule string) bool) []plan.Verdict

type ruleReview struct {
	rule   string
	review Review
}

// New returns a set for a configuration, without rules.
func New(cfg *config.Config) *Set {
	s := &Set{Config: cfg}
	// What is declared is read when the first package is analyzed: flags
	// write to the configuration before that.
	tracers := sync.OnceValue(func() *otelapi.Tracers { return declare.Tracers(cfg) })
	s.scope = scope.New(cfg, tracers)
	s.summary = summary.New(s.scope, func() []summary.Contributor {
		return []summary.Contributor{spans.Contribute, launch.Contributor(), names.Contribute, setup.Contribute, queue.Contribute}
	}, launch.Calls, setup.Program, sync.OnceValue(func() summary.Overlay { return declare.Summaries(cfg) }))
	s.plan = &analysis.Analyzer{
		Name:       "spanlintplan",
		Doc:        "the verdicts of all rules, and one edit for each site",
		Requires:   []*analysis.Analyzer{s.scope, s.summary},
		ResultType: reflect.TypeFor[*plan.Plan](),
		Run:        s.judge,
	}
	return s
}

// Default returns the set that the exported Analyzer of every rule hangs on.
var Default = sync.OnceValue(func() *Set { return New(config.New(nil)) })

// Rule adds a rule to the set and returns its analyzer. doc is the source of
// the rule's doc.go.
func (s *Set) Rule(rule config.Rule, doc string, judge Judge) *analysis.Analyzer {
	s.judges = append(s.judges, ruleJudge{rule.Name, judge})
	return s.analyzer(rule, doc)
}

// Review adds a rule about directives to the set and returns its analyzer.
func (s *Set) Review(rule config.Rule, doc string, review Review) *analysis.Analyzer {
	s.reviews = append(s.reviews, ruleReview{rule.Name, review})
	return s.analyzer(rule, doc)
}

// analyzer returns the analyzer of a rule. Its result, which drivers of others
// do not look at, is what the user has silenced.
func (s *Set) analyzer(rule config.Rule, doc string) *analysis.Analyzer {
	s.Config.Add(rule)
	return &analysis.Analyzer{
		Name:       rule.Name,
		Doc:        ruledoc.Text(doc),
		URL:        ruledoc.URL(rule.Name),
		Requires:   []*analysis.Analyzer{s.plan},
		ResultType: reflect.TypeFor[[]report.Ignored](),
		Run: func(pass *analysis.Pass) (any, error) {
			var ignored []report.Ignored
			p := pass.ResultOf[s.plan].(*plan.Plan)
			if p == nil {
				return ignored, nil
			}
			err := report.Guard(pass, rule.Name, func() { ignored = report.Verdicts(pass, s.Config, p.Of(rule.Name)) })
			return ignored, err
		},
	}
}

func (s *Set) judge(pass *analysis.Pass) (any, error) {
	table := pass.ResultOf[s.summary].(*summary.Table)
	if table == nil {
		return (*plan.Plan)(nil), nil
	}
	pkg := pass.ResultOf[s.scope].(*scope.Package)
	judged := *pass
	judged.TypesInfo = pkg.Info // which has a type for everything
	m := &Models{
		Config:  s.Config,
		Pass:    &judged,
		Package: pkg,
		Summary: table,
		Spans:   spans.Of(table),
		Launch:  launch.Of(table),
		Names:   names.Of(table),
		Ignores: ignore.New(pass.Fset, slices.DeleteFunc(slices.Clone(pass.Files), report.IsGenerated)),
	}
	defer m.Package.Release() // nothing but the verdicts is needed from here on
	var verdicts []plan.Verdict
	for _, j := range s.judges {
		list, err := j.on(m)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, list...)
	}
	for _, r := range s.reviews {
		if !s.Config.RuleOn(r.rule) {
			continue
		}
		judged, err := s.lookAgain(m)
		if err != nil {
			return nil, err
		}
		err = report.Guard(pass, r.rule, func() {
			for _, v := range r.review(m, judged) {
				if v.Rule = r.rule; s.Config.OnIn(pass.Fset.Position(v.Pos).Filename, v.Rule, v.Category) {
					verdicts = append(verdicts, v)
				}
			}
		})
		if err != nil {
			return nil, fmt.Errorf("judging: %w", err)
		}
	}
	return plan.New(verdicts, s.Config.Rank), nil
}

// on returns the verdicts of the categories that are on, those silenced marked.
func (j ruleJudge) on(m *Models) ([]plan.Verdict, error) {
	var verdicts []plan.Verdict
	err := report.Guard(m.Pass, j.rule, func() {
		for _, v := range j.judge(m) {
			if v.Rule = j.rule; !m.Config.OnIn(m.Pass.Fset.Position(v.Pos).Filename, v.Rule, v.Category) {
				continue
			}
			if d := m.Ignores.Match(v.Pos, v.Rule, v.Category); d != nil {
				v.Ignored = d.Reason
			}
			verdicts = append(verdicts, v)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("judging: %w", err)
	}
	return verdicts, nil
}

// lookAgain returns the rules of which all categories were looked for.
//
// A directive may be there for a category that is opt-in, and a user whose
// run does without must not be told that it silences nothing. So rules whose
// directives seem to be of no use judge once more, with all categories on, and
// only the directives learn of it. A rule with a category switched off that is
// on by default is left alone: who switches off knows why.
func (s *Set) lookAgain(m *Models) (judged func(filename, rule string) bool, err error) {
	seems := make(map[string]bool)
	for _, d := range m.Ignores.Directives() {
		for _, n := range d.Names {
			seems[n.Rule] = seems[n.Rule] || !n.Used() && d.Reason != ""
		}
	}
	all := *m
	all.Config = s.Config.Everything()
	done := make(map[string]bool)
	for _, j := range s.judges {
		if !s.Config.DefaultsOnIn("", j.rule) {
			continue
		}
		if seems[j.rule] {
			if _, err := j.on(&all); err != nil {
				return nil, err
			}
		}
		done[j.rule] = true
	}
	return func(filename, rule string) bool { return done[rule] && s.Config.DefaultsOnIn(filename, rule) }, nil
}

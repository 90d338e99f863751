// Package model builds the prerequisite analyzers of one configuration.
//
// go/analysis refuses two analyzers that share a fact type in one driver
// call. Therefore all models of a process come in sets: every rule of a set
// requires the same analyzers, and two sets never meet in one call.
package model

import (
	"fmt"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/detach"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/names"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/report"
	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
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
}

// Site returns what the detached span needs to know about launched work.
func (m *Models) Site(l *launch.Launch, u launch.Use, v ctxflow.Value) detach.Site {
	return detach.Site{
		Pass: m.Pass, Config: m.Config, Package: m.Package, Flow: m.Launch.Flow,
		Launch: l, Use: u, Value: v, WaitedFor: m.Launch.WaitedFor,
	}
}

// A Judge returns the verdicts of one rule on a package.
type Judge func(*Models) []plan.Verdict

// A Set is one configuration, the models that work with it and the rules that
// stand on them.
type Set struct {
	Config *config.Config

	scope, summary, plan *analysis.Analyzer
	judges               []ruleJudge
}

type ruleJudge struct {
	rule  string
	judge Judge
}

// New returns a set for a configuration, without rules.
func New(cfg *config.Config) *Set {
	s := &Set{Config: cfg}
	s.scope = scope.New(cfg)
	s.summary = summary.New(s.scope, func() []summary.Contributor {
		return []summary.Contributor{spans.Contribute, launch.Contributor(), names.Contribute}
	})
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
	s.Config.Add(rule)
	s.judges = append(s.judges, ruleJudge{rule.Name, judge})
	return &analysis.Analyzer{
		Name:     rule.Name,
		Doc:      ruledoc.Text(doc),
		Requires: []*analysis.Analyzer{s.plan},
		Run: func(pass *analysis.Pass) (any, error) {
			p := pass.ResultOf[s.plan].(*plan.Plan)
			if p == nil {
				return nil, nil
			}
			return nil, report.Guard(pass, rule.Name, func() { report.Verdicts(pass, s.Config, p.Of(rule.Name)) })
		},
	}
}

func (s *Set) judge(pass *analysis.Pass) (any, error) {
	table := pass.ResultOf[s.summary].(*summary.Table)
	if table == nil {
		return (*plan.Plan)(nil), nil
	}
	m := &Models{
		Config:  s.Config,
		Pass:    pass,
		Package: pass.ResultOf[s.scope].(*scope.Package),
		Summary: table,
		Spans:   spans.Of(table),
		Launch:  launch.Of(table),
		Names:   names.Of(table),
	}
	var verdicts []plan.Verdict
	for _, j := range s.judges {
		err := report.Guard(pass, j.rule, func() {
			for _, v := range j.judge(m) {
				if v.Rule = j.rule; s.Config.On(v.Rule, v.Category) {
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

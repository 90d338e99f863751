// Package analyzer is the registry of spanlint's rules, and the one place
// where a driver turns a configuration into analyzers.
package analyzer

import (
	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/badignore"
	"github.com/spanlint/spanlint/analyzer/exitflush"
	"github.com/spanlint/spanlint/analyzer/freshctx"
	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/report"
	"github.com/spanlint/spanlint/analyzer/internal/ruledoc"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/logctx"
	"github.com/spanlint/spanlint/analyzer/lostctx"
	"github.com/spanlint/spanlint/analyzer/orphanspan"
	"github.com/spanlint/spanlint/analyzer/queuectx"
	"github.com/spanlint/spanlint/analyzer/spanend"
	"github.com/spanlint/spanlint/analyzer/spanerror"
	"github.com/spanlint/spanlint/analyzer/spanloop"
	"github.com/spanlint/spanlint/analyzer/spanname"
	"github.com/spanlint/spanlint/analyzer/tracesetup"
	"github.com/spanlint/spanlint/analyzer/untracked"
)

// The types a driver needs to fill in a configuration.
type (
	Config   = config.Config
	Switches = config.Switches
	Naming   = config.Naming
	Category = config.Category
	Detach   = config.Detach
	Rule     = config.Rule
	Helper   = model.Helper
	View     = model.View
)

// The types of what a rule's doc.go says.
type (
	Doc      = ruledoc.Doc
	Trace    = ruledoc.Trace
	TraceRow = ruledoc.Row
)

// An Ignored finding is one that its user has silenced. The result of every
// rule's analyzer is a slice of them.
type Ignored = report.Ignored

// Kinds lists what a user can declare about functions.
func Kinds() []config.Kind { return config.Kinds() }

// Nearest returns the word that somebody may have meant, "" if none is near.
func Nearest(got string, words []string) string { return config.Nearest(got, words) }

// Inspect returns an analyzer whose result is the *View of a package: what
// spanlint knows of it besides findings.
func Inspect(cfg *Config) *analysis.Analyzer { return model.New(cfg).Inspect() }

// What report appends to messages, by driver.
const (
	NameNothing  = config.NameNothing
	NameRule     = config.NameRule
	NameCategory = config.NameCategory
)

// The variants of the detached-span fix.
const (
	DetachLink  = config.DetachLink
	DetachChild = config.DetachChild
)

// NewConfig returns the defaults for all rules of the registry.
func NewConfig() *Config { return config.New(Rules()) }

// New returns the analyzers of the rules that cfg has on, hung on one new set
// of models. Analyzers of two calls must not meet in one driver call.
func New(cfg *Config) []*analysis.Analyzer {
	set := model.New(cfg)
	var analyzers []*analysis.Analyzer
	for _, r := range registry {
		if cfg.RuleOn(r.Name) {
			analyzers = append(analyzers, r.new(set))
		}
	}
	return analyzers
}

// FirstParty reports whether the package with that import path, whose files
// lie in dir, is one that the analyzers look at.
func FirstParty(cfg *Config, path, dir string) bool { return scope.OwnPackage(path, dir, cfg) }

// Rules returns all rules in the registry's order.
func Rules() []config.Rule {
	var rules []config.Rule
	for _, r := range registry {
		rules = append(rules, r.Rule)
	}
	return rules
}

type entry struct {
	config.Rule
	new func(*model.Set) *analysis.Analyzer
}

// registry lists the rules in the order in which users see them, and in which
// they carry the edit that several of them want.
var registry = []entry{
	{orphanspan.Rule, orphanspan.New},
	{spanend.Rule, spanend.New},
	{freshctx.Rule, freshctx.New},
	{untracked.Rule, untracked.New},
	{lostctx.Rule, lostctx.New},
	{queuectx.Rule, queuectx.New},
	{exitflush.Rule, exitflush.New},
	{tracesetup.Rule, tracesetup.New},
	{spanname.Rule, spanname.New},
	{spanerror.Rule, spanerror.New},
	{spanloop.Rule, spanloop.New},
	{logctx.Rule, logctx.New},
	{badignore.Rule, badignore.New},
}

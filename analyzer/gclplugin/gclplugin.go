// Package gclplugin makes spanlint a module plugin of golangci-lint.
//
// golangci-lint custom builds a golangci-lint that has it; see
// .custom-gcl.example.yml and .golangci.example.yml. It is the linter spanlint
// there. Its settings are the flags of the command line, in the same words:
//
//	settings:
//	  rules:
//	    spanend: {manual: false}
//	  enable: [orphanspan.mayspan]
//	  detach: child
package gclplugin

import (
	"errors"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer"
)

// golangci-lint knows a plugin by what its package registers.
func init() { register.Plugin("spanlint", New) }

// New reads the settings of the linter, nil if there are none. Unknown keys,
// rules and categories are errors.
func New(conf any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[Settings](conf)
	if err != nil {
		return nil, err
	}
	cfg, err := settings.config()
	if err != nil {
		return nil, err
	}
	return plugin{cfg}, nil
}

type plugin struct{ cfg *analyzer.Config }

// BuildAnalyzers returns the rules that are on, hung on one new set of models.
func (p plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	analyzers := analyzer.New(p.cfg)
	if len(analyzers) == 0 {
		return nil, errors.New("the settings leave no rule on")
	}
	for _, a := range analyzers {
		dropRelated(a)
	}
	return analyzers, nil
}

// GetLoadMode asks for types.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }

// dropRelated makes a report its findings alone. golangci-lint would print each
// related place as one more finding, with a text that means nothing by itself,
// and move it to the finding's line if it is in another file.
func dropRelated(a *analysis.Analyzer) {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		own := *pass
		own.Report = func(d analysis.Diagnostic) {
			d.Related = nil
			pass.Report(d)
		}
		return run(&own)
	}
}

package settings

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/internal/load"
)

// Look returns what there is to say about the code base in a new file: the
// tracing libraries it uses, and the helpers that are known by what they do.
func Look(loaded *load.Result) (*analyzer.View, error) {
	inspect := analyzer.Inspect(analyzer.NewConfig())
	graph, err := checker.Analyze([]*analysis.Analyzer{inspect}, loaded.Roots, nil)
	if err != nil {
		return nil, err
	}
	all := new(analyzer.View)
	for _, act := range graph.Roots {
		view, _ := act.Result.(*analyzer.View)
		if act.Err != nil || view == nil || !loaded.Matched(act.Package) {
			continue
		}
		all.Tracers = append(all.Tracers, view.Tracers...)
		all.Helpers = append(all.Helpers, view.Helpers...)
	}
	slices.Sort(all.Tracers)
	all.Tracers = slices.Compact(all.Tracers)
	slices.SortFunc(all.Helpers, func(a, b analyzer.Helper) int {
		return strings.Compare(a.Kind+" "+a.Text, b.Kind+" "+b.Text)
	})
	all.Helpers = slices.Compact(all.Helpers)
	return all, nil
}

// Template returns a new file with comments, in which nothing differs from the
// defaults.
func Template(view *analyzer.View) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# yaml-language-server: $schema=%s", SchemaURL)
	line("")
	line("# Settings of spanlint for this module. Everything here is a flag of the same")
	line("# name as well, and a key of the settings of golangci-lint's plugin.")
	line("")
	if len(view.Tracers) == 0 {
		line("# No package here imports a tracing library that spanlint knows.")
	} else {
		line("# The packages here trace with:")
		for _, path := range view.Tracers {
			line("#   %s", path)
		}
	}
	line("")
	line("# Rules and categories to leave out. 'spanlint -help' lists them all.")
	line("#rules:")
	for _, rule := range analyzer.Rules() {
		line("#  %s: false", rule.Name)
	}
	line("")
	line("# Categories that are off by default:")
	line("#enable:")
	for _, rule := range analyzer.Rules() {
		for _, c := range rule.Categories {
			if c.OptIn {
				line("#  - %s.%s", rule.Name, c.Name)
			}
		}
	}
	line("")
	line("# Rules to leave out below a path, while it is being mended:")
	line("#paths:")
	line("#  - path: internal/legacy/**")
	line("#    disable: [%s]", analyzer.Rules()[0].Name)
	line("")
	line("# Functions that spanlint cannot see into, or should see differently, are")
	line("# declared as FUNC[:ARGUMENT][:PROPERTY], where FUNC is example.com/p.Func or")
	line("# (*example.com/p.Type).Method, and ARGUMENT an index, a name or recv.")
	for _, kind := range analyzer.Kinds() {
		line("")
		line("# %s: %s.", kind.Name, kind.Doc)
		for _, w := range kind.Words {
			line("#   :%s  %s", w.Name, w.Doc)
		}
		known := false
		for _, h := range view.Helpers {
			if h.Kind != kind.Name {
				continue
			}
			if !known {
				line("# Known without being declared:")
				known = true
			}
			line("#   %s", h.Text)
		}
		line("#%s:", kind.Name)
		line("#  - example.com/p.Func")
	}
	return []byte(b.String())
}

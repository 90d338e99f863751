package ruletest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/internal/load"
)

// A finding is a diagnostic and where it is.
type finding struct {
	analysis.Diagnostic
	pkg *packages.Package
	pos token.Position
}

func (f finding) file() *token.File { return f.pkg.Fset.File(f.Pos) }

func (f finding) fix() *analysis.SuggestedFix {
	if len(f.SuggestedFixes) == 0 {
		return nil
	}
	return &f.SuggestedFixes[0]
}

// analyze runs the rule, in a set of its own, on packages of r.
func (s *suite) analyze(r *load.Result, pkgs []*packages.Package, flags string) ([]finding, error) {
	cfg := config.New(nil)
	set := model.New(cfg)
	rule := s.newRule(set)
	cfg.Naming = config.NameRule
	if err := configure(cfg, rule.Name, flags); err != nil {
		return nil, err
	}
	readFiles(rule, r.Files())
	graph, err := checker.Analyze([]*analysis.Analyzer{rule}, pkgs, &checker.Options{SanityCheck: true})
	if err != nil {
		return nil, err
	}
	var findings []finding
	for _, act := range graph.Roots {
		if act.Err != nil {
			return nil, fmt.Errorf("%s: %w", act.Package.ID, act.Err)
		}
		for _, d := range act.Diagnostics {
			findings = append(findings, finding{d, act.Package, act.Package.Fset.Position(d.Pos)})
		}
	}
	return findings, nil
}

// readFiles lets an analyzer of a new set, and those it requires, read the
// given contents instead of those on disk; the driver knows no way.
func readFiles(a *analysis.Analyzer, files map[string][]byte) {
	seen := map[*analysis.Analyzer]bool{inspect.Analyzer: true} // everybody's
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		run := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			fromDisk := pass.ReadFile
			pass.ReadFile = func(name string) ([]byte, error) {
				if content, ok := files[name]; ok {
					return content, nil
				}
				return fromDisk(name)
			}
			return run(pass)
		}
		for _, req := range a.Requires {
			visit(req)
		}
	}
	visit(a)
}

// render writes findings as they were reported, with all that a user gets.
func render(findings []finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s to %s: %s [%s]\n", f.pos, f.pkg.Fset.Position(f.End), f.Message, f.Category)
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\trelated %s: %s\n", f.pkg.Fset.Position(r.Pos), r.Message)
		}
		for _, fix := range f.SuggestedFixes {
			fmt.Fprintf(&b, "\tfix %s\n", fix.Message)
			for _, e := range fix.TextEdits {
				fmt.Fprintf(&b, "\t\t%s to %s: %q\n", f.pkg.Fset.Position(e.Pos), f.pkg.Fset.Position(e.End), e.NewText)
			}
		}
	}
	return b.String()
}

var (
	lineNumber = regexp.MustCompile(`\bline \d|\.go:\d|:\d+:\d`)
	url        = regexp.MustCompile(`https?://|\bwww\.`)
)

// manners says what is wrong with the text of a finding.
func (s *suite) manners(f finding) []string {
	var wrong []string
	known := slices.ContainsFunc(s.rule.Categories, func(c config.Category) bool { return c.Name == f.Category })
	if !known {
		wrong = append(wrong, fmt.Sprintf("category %q is not one of the rule", f.Category))
	}
	text, ok := strings.CutSuffix(f.Message, fmt.Sprintf(" (%s.%s)", s.rule.Name, f.Category))
	if !ok {
		wrong = append(wrong, "the message has not passed through report, which appends the name")
	}
	if first, _, _ := strings.Cut(text, " "); startsUpper(first) && !s.isIdentifier(f, first) {
		wrong = append(wrong, "the message starts with a capital")
	}
	wrong = append(wrong, textManners(text)...)
	if strings.Contains(text, s.rule.Name) {
		wrong = append(wrong, "the message names the rule")
	}
	if len(f.Related) > 1 {
		wrong = append(wrong, "more than one related place")
	}
	for _, r := range f.Related {
		wrong = append(wrong, textManners(r.Message)...)
		if f.pkg.Fset.File(r.Pos) != f.file() {
			wrong = append(wrong, "the related place is in another file")
		}
	}
	if len(f.SuggestedFixes) > 1 {
		wrong = append(wrong, "more than one fix")
	}
	if fix := f.fix(); fix != nil {
		if !startsUpper(fix.Message) {
			wrong = append(wrong, fmt.Sprintf("the fix %q does not start with a capital", fix.Message))
		}
		wrong = append(wrong, textManners(fix.Message)...)
	}
	return wrong
}

func textManners(text string) []string {
	var wrong []string
	if text == "" || text != strings.Join(strings.Fields(text), " ") {
		wrong = append(wrong, fmt.Sprintf("%q is not one line of words", text))
	}
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") {
		wrong = append(wrong, fmt.Sprintf("%q has an end mark", text))
	}
	if lineNumber.MatchString(text) {
		wrong = append(wrong, fmt.Sprintf("%q has a line number", text))
	}
	if url.MatchString(text) {
		wrong = append(wrong, fmt.Sprintf("%q has a URL", text))
	}
	return wrong
}

func startsUpper(s string) bool { return s != "" && 'A' <= s[0] && s[0] <= 'Z' }

// isIdentifier reports whether a word starts with a name of the package: a
// message may begin with the call it is about.
func (s *suite) isIdentifier(f finding, word string) bool {
	name := strings.FieldsFunc(word, func(r rune) bool { return r == '.' || r == '(' || r == '\'' || r == ',' })[0]
	found := false
	for _, file := range f.pkg.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == name {
				found = true
			}
			return !found
		})
	}
	return found
}

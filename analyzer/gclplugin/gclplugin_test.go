package gclplugin_test

import (
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/analyzer/gclplugin"
)

// build does what golangci-lint does with the settings of a configuration.
func build(settings any) ([]*analysis.Analyzer, error) {
	newPlugin, err := register.GetPlugin("spanlint")
	if err != nil {
		return nil, err
	}
	p, err := newPlugin(settings)
	if err != nil {
		return nil, err
	}
	return p.BuildAnalyzers()
}

func names(t *testing.T, settings any) string {
	t.Helper()
	analyzers, err := build(settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(analyzers); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range analyzers {
		names = append(names, a.Name)
	}
	return strings.Join(names, " ")
}

func TestLoadMode(t *testing.T) {
	p, err := gclplugin.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("load mode %q", mode)
	}
}

// Rules are chosen as on the command line, whatever rules there are.
func TestRules(t *testing.T) {
	var all []string
	for _, a := range analyzer.New(analyzer.NewConfig()) {
		all = append(all, a.Name)
	}
	defaults := strings.Join(all, " ")
	if got := names(t, nil); got != defaults {
		t.Errorf("without settings: %s; want %s", got, defaults)
	}
	if got := names(t, map[string]any{}); got != defaults {
		t.Errorf("with no settings: %s; want %s", got, defaults)
	}
	for i, rule := range all {
		if got := names(t, map[string]any{"rules": map[string]any{rule: true}}); got != rule {
			t.Errorf("only %s: %s", rule, got)
		}
		others := strings.Join(append(append([]string{}, all[:i]...), all[i+1:]...), " ")
		if got := names(t, map[string]any{"rules": map[string]any{rule: false}}); got != others {
			t.Errorf("all but %s: %s", rule, got)
		}
	}
	strict := analyzer.NewConfig()
	if err := strict.Apply(analyzer.Switches{Strict: true}); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, map[string]any{"strict": true}), len(analyzer.New(strict)); len(strings.Fields(got)) != want {
		t.Errorf("strict: %s; want %d rules", got, want)
	}
}

// A category is switched off below its rule, and a rule of which none is left
// does not run.
func TestCategories(t *testing.T) {
	for _, rule := range analyzer.Rules() {
		one := map[string]any{rule.Name: map[string]any{rule.Categories[0].Name: false}}
		runs := func(got string) bool { return strings.Contains(" "+got+" ", " "+rule.Name+" ") }
		if got := names(t, map[string]any{"rules": one, "strict": true}); runs(got) != (len(rule.Categories) > 1) {
			t.Errorf("%s with one of its categories off: %s", rule.Name, got)
		}
		off := make(map[string]any)
		for _, category := range rule.Categories {
			off[category.Name] = false
		}
		got := names(t, map[string]any{"rules": map[string]any{rule.Name: off}, "strict": true})
		if strings.Contains(" "+got+" ", " "+rule.Name+" ") {
			t.Errorf("%s runs with all its categories off: %s", rule.Name, got)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	rule := analyzer.Rules()[0].Name
	for _, test := range []struct {
		settings map[string]any
		want     string
	}{
		{map[string]any{"unsafe_fixes": true}, `unknown field "unsafe_fixes"`},
		{map[string]any{"rules": map[string]any{"nosuch": true}}, `unknown rule "nosuch"; the rules are ` + rule},
		{map[string]any{"rules": map[string]any{rule: map[string]any{"nosuch": true}}}, "rule " + rule + ` has no category "nosuch"`},
		{map[string]any{"rules": map[string]any{rule: "off"}}, `a rule is true, false, or its categories with true or false each, and not "off"`},
		{map[string]any{"rules": map[string]any{rule: nil}}, "a rule is true, false, or its categories with true or false each"},
		{map[string]any{"enable": []string{"nosuch"}}, `unknown rule "nosuch"`},
		{map[string]any{"enable": rule}, "enable"},
		{map[string]any{"detach": "parent"}, `detach: "parent": it is either link or child`},
		{map[string]any{"first-party": "a"}, "first-party"},
		{map[string]any{"launchers": []string{"Go"}}, `launchers: "Go": a function is written example.com/p.Func`},
		{map[string]any{"launchers": []string{"p.Go:trackd"}}, `did you mean "tracked"?`},
		{map[string]any{"launcher": []string{"p.Go"}}, `unknown field "launcher"`},
		{map[string]any{"paths": []any{map[string]any{"path": "a/**"}}}, `paths: "a/**": say which rules`},
		{map[string]any{"paths": []any{map[string]any{"path": "a/**", "disabled": []string{rule}}}}, `unknown field "disabled"`},
		{map[string]any{"rules": allOff()}, "no rule"},
	} {
		if _, err := build(test.settings); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: error %v; want %s", test.settings, err, test.want)
		}
	}
}

// Every kind of declaration is a key, of the same name as the flag.
func TestDeclared(t *testing.T) {
	for _, kind := range analyzer.Kinds() {
		if _, err := build(map[string]any{kind.Name: []string{"example.com/p.F"}}); err != nil {
			t.Errorf("%s: %v", kind.Name, err)
		}
		if _, err := build(map[string]any{kind.Name: []string{"F"}}); err == nil || !strings.Contains(err.Error(), kind.Name+`: "F": `) {
			t.Errorf("%s: what is declared does not arrive: %v", kind.Name, err)
		}
	}
	rule := analyzer.Rules()[0].Name
	if _, err := build(map[string]any{"paths": []any{map[string]any{"path": "internal/legacy/**", "disable": []string{rule}}}}); err != nil {
		t.Error(err)
	}
}

func allOff() map[string]any {
	off := make(map[string]any)
	for _, rule := range analyzer.Rules() {
		off[rule.Name] = false
	}
	return off
}

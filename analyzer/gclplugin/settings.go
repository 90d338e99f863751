package gclplugin

import (
	"encoding/json"
	"fmt"

	"github.com/spanlint/spanlint/analyzer"
)

// Settings are what a user can write below settings.custom.spanlint.settings.
type Settings struct {
	// Rules chooses rules and categories, or leaves some out.
	Rules map[string]Switch `json:"rules"`
	// Enable adds rules or categories (a, b.c) to the defaults.
	Enable      []string        `json:"enable"`
	Strict      bool            `json:"strict"`
	Detach      analyzer.Detach `json:"detach"`
	UnsafeFixes bool            `json:"unsafe-fixes"`
	FirstParty  []string        `json:"first-party"`

	// Functions that the user declares, each as FUNC[:ARGUMENT][:PROPERTY]...
	Starters  []string `json:"starters"`
	Enders    []string `json:"enders"`
	Launchers []string `json:"launchers"`
	Detachers []string `json:"detachers"`
	Handlers  []string `json:"handlers"`
	Queues    []string `json:"queues"`

	// Paths leaves rules out below paths.
	Paths []Path `json:"paths"`
}

// A Path is where rules or categories are left out.
type Path struct {
	Path    string   `json:"path"`
	Disable []string `json:"disable"`
}

// declared returns the declarations by their kind.
func (s Settings) declared() map[string][]string {
	return map[string][]string{
		"starters": s.Starters, "enders": s.Enders, "launchers": s.Launchers,
		"detachers": s.Detachers, "handlers": s.Handlers, "queues": s.Queues,
	}
}

// A Switch is the value of a rule: true, false, or its categories with true or
// false each. A flag with a dot arrives as the latter too: golangci-lint takes
// the dot in a key for a step down. (It loses one of the two if a rule is
// given both ways, so a user can do that only by switching off other rules.)
type Switch struct {
	rule       *bool
	categories map[string]bool
}

// UnmarshalJSON reads either form.
func (s *Switch) UnmarshalJSON(data []byte) error {
	var rule *bool
	if json.Unmarshal(data, &rule) == nil && rule != nil {
		*s = Switch{rule: rule}
		return nil
	}
	var categories map[string]bool
	if json.Unmarshal(data, &categories) == nil && categories != nil {
		*s = Switch{categories: categories}
		return nil
	}
	return fmt.Errorf("a rule is true, false, or its categories with true or false each, and not %s", data)
}

// config returns the configuration that the settings ask for.
func (s Settings) config() (*analyzer.Config, error) {
	switches := analyzer.Switches{Rules: make(map[string]bool), Enable: s.Enable, Strict: s.Strict}
	for rule, sw := range s.Rules {
		if sw.rule != nil {
			switches.Rules[rule] = *sw.rule
		}
		for category, on := range sw.categories {
			switches.Rules[rule+"."+category] = on
		}
	}
	cfg := analyzer.NewConfig()
	if err := cfg.Apply(switches); err != nil {
		return nil, err
	}
	switch s.Detach {
	case "":
	case analyzer.DetachLink, analyzer.DetachChild:
		cfg.Detach = s.Detach
	default:
		return nil, fmt.Errorf("detach: %q: it is either link or child", s.Detach)
	}
	cfg.UnsafeFixes = s.UnsafeFixes
	cfg.FirstParty = s.FirstParty
	declared := s.declared()
	for _, kind := range analyzer.Kinds() {
		for _, text := range declared[kind.Name] {
			if err := cfg.Declare(kind.Name, text); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range s.Paths {
		if err := cfg.Disable(p.Path, p.Disable); err != nil {
			return nil, err
		}
	}
	cfg.Naming = analyzer.NameCategory
	return cfg, nil
}

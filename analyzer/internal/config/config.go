// Package config holds what a user can set: which rules and categories are
// on, which variant of a fix is wanted, and what counts as first-party.
//
// It knows neither analyzers nor drivers. The registry tells it which rules
// exist; a driver hands it switches; models and rules read the result.
package config

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Rule names a rule and its categories, in the order they are listed to users.
type Rule struct {
	Name       string
	Categories []Category
}

// A Category is one kind of finding of a rule. Its name never changes.
type Category struct {
	Name string
	// OptIn says that the category is off unless asked for.
	OptIn bool
	// Doc is half a sentence: what a finding of the category says.
	Doc string
}

// Detach selects what the detached-span fix starts.
type Detach string

const (
	// DetachLink starts a new root that links to its origin.
	DetachLink Detach = "link"
	// DetachChild starts a child of the span the work was launched under.
	DetachChild Detach = "child"
)

// Naming says what report appends to a message, because every driver prints
// another part of a finding's identity by itself.
type Naming int

const (
	// NameNothing is for drivers that print rule and category themselves.
	NameNothing Naming = iota
	// NameRule appends " (rule.category)"; go vet prints neither.
	NameRule
	// NameCategory appends " (category)"; golangci-lint prints the rule.
	NameCategory
)

// A Config is what one set of models and rules works with. Drivers write it
// before the first package is analyzed and nobody afterwards.
type Config struct {
	Detach      Detach
	UnsafeFixes bool
	// FirstParty has import path patterns of modules that count as
	// first-party although their files lie in the module cache or below vendor.
	FirstParty []string
	Naming     Naming

	rules    []Rule
	complete bool
	on       map[string]bool // "rule.category"
	declared map[string][]Declaration
	paths    []pathSwitch
}

// New returns the defaults for the given rules.
func New(rules []Rule) *Config {
	c := &Config{Detach: DetachLink, complete: len(rules) > 0, on: make(map[string]bool)}
	for _, r := range rules {
		c.Add(r)
	}
	return c
}

// Add makes a rule known, with its defaults. A rule that is known already
// keeps what was set.
func (c *Config) Add(r Rule) {
	if slices.ContainsFunc(c.rules, func(known Rule) bool { return known.Name == r.Name }) {
		return
	}
	c.rules = append(c.rules, r)
	for _, cat := range r.Categories {
		c.on[r.Name+"."+cat.Name] = !cat.OptIn
	}
}

// Rank orders rules as they are listed; unknown ones come last.
func (c *Config) Rank(rule string) int {
	for i, r := range c.rules {
		if r.Name == rule {
			return i
		}
	}
	return len(c.rules)
}

// Rules returns the rules the configuration knows, in the registry's order.
func (c *Config) Rules() []Rule { return c.rules }

// Complete reports whether Rules are all rules there are. They are not where a
// driver was built with some of them.
func (c *Config) Complete() bool { return c.complete }

// Everything returns a copy with all categories on.
func (c *Config) Everything() *Config {
	all := *c
	all.on = make(map[string]bool)
	c.each(func(key string) { all.on[key] = true })
	return &all
}

// DefaultsOnIn reports whether no category of the rule is left out in a file:
// those are on that are on by default, and no path switches any off.
func (c *Config) DefaultsOnIn(filename, rule string) bool {
	all := c.Everything()
	for _, r := range c.rules {
		if r.Name == rule {
			return c.RuleOn(rule) && !slices.ContainsFunc(r.Categories, func(cat Category) bool {
				return !all.OnIn(filename, rule, cat.Name) || !cat.OptIn && !c.On(rule, cat.Name)
			})
		}
	}
	return false
}

// On reports whether findings of the category are wanted.
func (c *Config) On(rule, category string) bool { return c.on[rule+"."+category] }

// IsFirstParty reports whether the package with the import path belongs to a
// module that was declared first-party. A pattern matches a module's path
// element by element, and with it all packages of the module; a trailing /...
// changes nothing.
func (c *Config) IsFirstParty(pkgPath string) bool {
	elems := strings.Split(pkgPath, "/")
	for _, pattern := range c.FirstParty {
		pattern = strings.TrimSuffix(pattern, "/...")
		n := strings.Count(pattern, "/") + 1
		if n > len(elems) {
			continue
		}
		if ok, err := path.Match(pattern, strings.Join(elems[:n], "/")); ok && err == nil {
			return true
		}
	}
	return false
}

// RuleOn reports whether any category of the rule is wanted.
func (c *Config) RuleOn(rule string) bool {
	for _, r := range c.rules {
		if r.Name == rule {
			return slices.ContainsFunc(r.Categories, func(cat Category) bool { return c.On(rule, cat.Name) })
		}
	}
	return false
}

// Switches are the words every driver takes to choose rules. The zero value
// asks for the defaults.
type Switches struct {
	// Rules has "rule" and "rule.category" set to true or false: the rules
	// set to true are the only ones; those set to false are left out.
	Rules map[string]bool
	// Enable adds rules or single categories to the defaults.
	Enable []string
	// Strict asks for everything.
	Strict bool
}

// Apply turns switches into the set of categories that are on. An unknown
// name is an error that says which names exist.
func (c *Config) Apply(s Switches) error {
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(s.Rules)), s.Enable) {
		if err := c.known(name); err != nil {
			return err
		}
	}
	// The order is that of growing precision: everything, what is added, the
	// rules chosen, the categories chosen.
	if s.Strict {
		c.each(func(key string) { c.on[key] = true })
	}
	for _, name := range s.Enable {
		c.each(func(key string) {
			if covers(name, key) {
				c.on[key] = true
			}
		})
	}
	only := false
	for name, on := range s.Rules {
		only = only || on && !strings.Contains(name, ".")
	}
	for _, r := range c.rules {
		on, said := s.Rules[r.Name]
		switch {
		case said && !on, only && !on:
			c.set(r, false)
		case on && !c.RuleOn(r.Name):
			c.set(r, true) // opt-in as a whole, and asked for by name
		}
		for _, cat := range r.Categories {
			key := r.Name + "." + cat.Name
			if on, said := s.Rules[key]; said {
				c.on[key] = on
			}
		}
	}
	return nil
}

func (c *Config) set(r Rule, on bool) {
	for _, cat := range r.Categories {
		c.on[r.Name+"."+cat.Name] = on
	}
}

func (c *Config) each(f func(key string)) {
	for _, r := range c.rules {
		for _, cat := range r.Categories {
			f(r.Name + "." + cat.Name)
		}
	}
}

func (c *Config) known(name string) error {
	rule, category, dotted := strings.Cut(name, ".")
	var names []string
	for _, r := range c.rules {
		names = append(names, r.Name)
		if r.Name != rule {
			continue
		}
		if !dotted {
			return nil
		}
		var categories []string
		for _, cat := range r.Categories {
			if cat.Name == category {
				return nil
			}
			categories = append(categories, cat.Name)
		}
		return fmt.Errorf("rule %s has no category %q; it has %s", rule, category, strings.Join(categories, ", "))
	}
	if near := Nearest(rule, names); near != "" {
		return fmt.Errorf("unknown rule %q; did you mean %q? The rules are %s", rule, near, strings.Join(names, ", "))
	}
	return fmt.Errorf("unknown rule %q; the rules are %s", rule, strings.Join(names, ", "))
}

func covers(name, key string) bool { return key == name || strings.HasPrefix(key, name+".") }

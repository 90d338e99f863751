package config

import (
	"slices"
	"strings"
	"testing"
)

// Two rules with a category of each kind, and one that is opt-in as a whole.
var rules = []Rule{
	{"one", []Category{{Name: "a"}, {Name: "b"}, {Name: "more", OptIn: true}}},
	{"two", []Category{{Name: "a"}, {Name: "most", OptIn: true}}},
	{"extra", []Category{{Name: "x", OptIn: true}, {Name: "y", OptIn: true}}},
}

// on returns the categories that are on.
func on(c *Config) string {
	var list []string
	for _, r := range c.Rules() {
		for _, cat := range r.Categories {
			if c.On(r.Name, cat.Name) {
				list = append(list, r.Name+"."+cat.Name)
			}
		}
	}
	return strings.Join(list, " ")
}

func TestApply(t *testing.T) {
	type switches = map[string]bool
	const (
		defaults   = "one.a one.b two.a"
		everything = "one.a one.b one.more two.a two.most extra.x extra.y"
	)
	for _, test := range []struct {
		name string
		s    Switches
		want string
	}{
		{"defaults", Switches{}, defaults},
		{"strict", Switches{Strict: true}, everything},

		{"only this rule", Switches{Rules: switches{"one": true}}, "one.a one.b"},
		{"only these", Switches{Rules: switches{"one": true, "two": true}}, defaults},
		{"all but this rule", Switches{Rules: switches{"one": false}}, "two.a"},
		{"all but these", Switches{Rules: switches{"one": false, "two": false}}, ""},
		{"this one, and not that", Switches{Rules: switches{"one": true, "two": false}}, "one.a one.b"},
		{"a rule that is opt-in, by name", Switches{Rules: switches{"extra": true}}, "extra.x extra.y"},
		{"without one that is off", Switches{Rules: switches{"extra": false}}, defaults},

		{"all but a category", Switches{Rules: switches{"one.a": false}}, "one.b two.a"},
		{"a category added", Switches{Rules: switches{"one.more": true}}, "one.a one.b one.more two.a"},
		{"only this rule, but a category", Switches{Rules: switches{"one": true, "one.b": false}}, "one.a"},
		{"only this rule, and more of it", Switches{Rules: switches{"one": true, "one.more": true}}, "one.a one.b one.more"},
		{"of a rule that is off, one category", Switches{Rules: switches{"one": false, "one.b": true}}, "one.b two.a"},
		{"only this rule, and a category of that", Switches{Rules: switches{"one": true, "two.a": true}}, "one.a one.b two.a"},

		{"a rule enabled", Switches{Enable: []string{"extra"}}, defaults + " extra.x extra.y"},
		{"the rest of a rule enabled", Switches{Enable: []string{"one"}}, "one.a one.b one.more two.a"},
		{"a category enabled", Switches{Enable: []string{"extra.y"}}, defaults + " extra.y"},
		{"two enabled", Switches{Enable: []string{"extra.y", "two"}}, "one.a one.b two.a two.most extra.y"},
		{"enabled and only another", Switches{Enable: []string{"extra"}, Rules: switches{"one": true}}, "one.a one.b"},
		{"enabled and only this", Switches{Enable: []string{"one.more"}, Rules: switches{"one": true}}, "one.a one.b one.more"},
		{"one of a rule enabled and only this", Switches{Enable: []string{"extra.y"}, Rules: switches{"extra": true}}, "extra.y"},
		{"enabled and left out", Switches{Enable: []string{"one"}, Rules: switches{"one.a": false}}, "one.b one.more two.a"},

		{"strict, but for a rule", Switches{Strict: true, Rules: switches{"one": false}}, "two.a two.most extra.x extra.y"},
		{"strict, but for a category", Switches{Strict: true, Rules: switches{"one.a": false, "extra.x": false}}, "one.b one.more two.a two.most extra.y"},
		{"strict, this rule", Switches{Strict: true, Rules: switches{"two": true}}, "two.a two.most"},
		{"strict and enabled", Switches{Strict: true, Enable: []string{"one.more"}}, everything},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := New(rules)
			if err := c.Apply(test.s); err != nil {
				t.Fatal(err)
			}
			if got := on(c); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			for _, r := range rules {
				if want := strings.Contains(" "+test.want, " "+r.Name+"."); c.RuleOn(r.Name) != want {
					t.Errorf("rule %s is on: %v", r.Name, !want)
				}
			}
		})
	}
}

func TestApplyUnknown(t *testing.T) {
	for _, test := range []struct {
		s    Switches
		want string
	}{
		{Switches{Rules: map[string]bool{"three": true}}, `unknown rule "three"; the rules are one, two, extra`},
		{Switches{Rules: map[string]bool{"three": false}}, `unknown rule "three"; the rules are one, two, extra`},
		{Switches{Enable: []string{"one", "three.a"}}, `unknown rule "three"; the rules are one, two, extra`},
		{Switches{Enable: []string{""}}, `unknown rule ""; the rules are one, two, extra`},
		{Switches{Enable: []string{"one.z"}}, `rule one has no category "z"; it has a, b, more`},
		{Switches{Rules: map[string]bool{"two.b": false}}, `rule two has no category "b"; it has a, most`},
		{Switches{Enable: []string{"one."}}, `rule one has no category ""; it has a, b, more`},
		{Switches{Enable: []string{"one.a.b"}}, `rule one has no category "a.b"; it has a, b, more`},
		{Switches{Strict: true, Enable: []string{"on"}}, `unknown rule "on"; the rules are one, two, extra`},
		// Of several the first in the alphabet, so that the message is the same every time.
		{Switches{Rules: map[string]bool{"u": true, "v": true, "w": true}}, `unknown rule "u"; the rules are one, two, extra`},
	} {
		c := New(rules)
		err := c.Apply(test.s)
		if err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
		if got := on(c); got != "one.a one.b two.a" {
			t.Errorf("%v: after the error %s are on", err, got)
		}
	}
}

func TestAdd(t *testing.T) {
	c := New(rules)
	if err := c.Apply(Switches{Rules: map[string]bool{"one.a": false, "two": false}}); err != nil {
		t.Fatal(err)
	}
	c.Add(rules[0]) // as every set of models does
	c.Add(Rule{"late", []Category{{Name: "l"}}})
	if got := on(c); got != "one.b late.l" {
		t.Errorf("got %s", got)
	}
	var ranks []int
	for _, name := range []string{"one", "two", "extra", "late", "unknown"} {
		ranks = append(ranks, c.Rank(name))
	}
	if !slices.Equal(ranks, []int{0, 1, 2, 3, 4}) {
		t.Errorf("ranks %v", ranks)
	}
	if c.On("one", "nosuch") || c.On("nosuch", "a") || c.RuleOn("nosuch") {
		t.Error("what is not known is on")
	}
	if c.Detach != DetachLink || c.UnsafeFixes || c.Naming != NameNothing || len(c.FirstParty) > 0 {
		t.Errorf("other defaults: %+v", c)
	}
}

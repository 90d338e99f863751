// Package switches declares the flags that all of spanlint's own drivers
// share: those that choose rules and say what fixes may do.
package switches

import (
	"flag"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
)

// A Set holds the values of the flags.
type Set struct {
	rules       map[string]bool
	enable      list
	strict      bool
	detach      string
	unsafeFixes bool
	firstParty  list
	declared    map[string]*list // by the kind
	paths       []pathRule
}

// Declare adds the flags to fs.
func Declare(fs *flag.FlagSet) *Set {
	s := &Set{rules: make(map[string]bool), declared: make(map[string]*list)}
	fs.Var(&s.enable, "enable", "add the `rules` or categories (a,b.c) to those that run by default")
	fs.BoolVar(&s.strict, "strict", false, "run all categories of all rules")
	fs.StringVar(&s.detach, "detach", string(analyzer.DetachLink), "`link|child`: start detached work with a new root that links to its origin, or as a child")
	fs.BoolVar(&s.unsafeFixes, "unsafe-fixes", false, "also offer fixes that may change more than the mistake they repair")
	fs.Var(&s.firstParty, "first-party", "module paths (`globs`, comma-separated) that count as your own code wherever their files lie")
	for _, kind := range analyzer.Kinds() {
		values := new(list)
		s.declared[kind.Name] = values
		fs.Var(values, kind.Name, kind.Doc+", as `FUNC[:ARGUMENT][:PROPERTY]`, comma-separated")
	}
	fs.Var((*pathFlag)(s), "paths", "leave rules out below a path: `PATTERN=RULE,...`; may be given repeatedly")
	for _, rule := range analyzer.Rules() {
		fs.Var(ruleFlag{s, rule.Name}, rule.Name, fmt.Sprintf("only this rule, or all but this one (-%s=false)", rule.Name))
		for _, category := range rule.Categories {
			doc := category.Doc
			if category.OptIn {
				doc = strings.TrimSpace(doc + " (off by default)")
			}
			name := rule.Name + "." + category.Name
			fs.Var(ruleFlag{s, name}, name, doc)
		}
	}
	return s
}

// Below adds the flags of a settings file, which count less than those of the
// command line: given has the names of the latter. Lists are joined.
func (s *Set) Below(args []string, given map[string]bool) error {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	file := Declare(fs)
	if err := fs.Parse(args); err != nil {
		return err
	}
	for name, on := range file.rules {
		if _, said := s.rules[name]; !said {
			s.rules[name] = on
		}
	}
	if !given["strict"] {
		s.strict = file.strict
	}
	if !given["detach"] {
		s.detach = file.detach
	}
	if !given["unsafe-fixes"] {
		s.unsafeFixes = file.unsafeFixes
	}
	s.enable = append(file.enable, s.enable...)
	s.firstParty = append(file.firstParty, s.firstParty...)
	s.paths = append(file.paths, s.paths...)
	for kind, values := range file.declared {
		*s.declared[kind] = append(*values, *s.declared[kind]...)
	}
	return nil
}

// Config returns the configuration that the flags ask for.
func (s *Set) Config() (*analyzer.Config, error) {
	cfg := analyzer.NewConfig()
	switch d := analyzer.Detach(s.detach); d {
	case analyzer.DetachLink, analyzer.DetachChild:
		cfg.Detach = d
	default:
		return nil, fmt.Errorf("-detach=%s: it is either link or child", s.detach)
	}
	cfg.UnsafeFixes = s.unsafeFixes
	for _, glob := range s.firstParty {
		if _, err := path.Match(glob, ""); err != nil {
			return nil, fmt.Errorf("-first-party=%s: not a pattern of package path (%v)", glob, err)
		}
	}
	cfg.FirstParty = s.firstParty
	if err := cfg.Apply(analyzer.Switches{Rules: s.rules, Enable: s.enable, Strict: s.strict}); err != nil {
		return nil, err
	}
	for _, kind := range analyzer.Kinds() {
		for _, text := range *s.declared[kind.Name] {
			if err := cfg.Declare(kind.Name, text); err != nil {
				return nil, fmt.Errorf("-%w", err)
			}
		}
	}
	for _, p := range s.paths {
		if err := cfg.Disable(p.pattern, p.names); err != nil {
			return nil, fmt.Errorf("-%w", err)
		}
	}
	return cfg, nil
}

// A pathRule leaves rules out below a path.
type pathRule struct {
	pattern string
	names   []string
}

// A pathFlag is a flag that adds a pathRule.
type pathFlag Set

func (*pathFlag) String() string { return "" }

func (f *pathFlag) Set(value string) error {
	pattern, names, ok := strings.Cut(value, "=")
	if !ok {
		return fmt.Errorf("want a pattern, =, and rules or categories: internal/legacy/**=untracked")
	}
	var l list
	if err := l.Set(names); err != nil {
		return err
	}
	f.paths = append(f.paths, pathRule{strings.TrimSpace(pattern), l})
	return nil
}

// A ruleFlag is a boolean flag that knows whether it was given.
type ruleFlag struct {
	set  *Set
	name string
}

func (f ruleFlag) IsBoolFlag() bool { return true }

func (f ruleFlag) String() string { return "" }

func (f ruleFlag) Set(value string) error {
	on, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("want true or false")
	}
	f.set.rules[f.name] = on
	return nil
}

// A list is a flag with comma-separated values, which may be given repeatedly.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	for elem := range strings.SplitSeq(value, ",") {
		if elem = strings.TrimSpace(elem); elem != "" {
			*l = append(*l, elem)
		}
	}
	return nil
}

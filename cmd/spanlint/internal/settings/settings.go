// Package settings reads .spanlint.yml: what the flags say that choose rules
// and declare functions, in the same words, for everybody who works on a
// module.
package settings

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/switches"
)

// FileName is the name of the file in the root of a module.
const FileName = ".spanlint.yml"

// OtherNames are what it is easily called by mistake.
var OtherNames = []string{".spanlint.yaml", "spanlint.yml", "spanlint.yaml", ".spanlint.json"}

// Root returns the root of the module that a directory belongs to, "" if it
// belongs to none.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// An Error is a mistake in a file.
type Error struct {
	File string
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Read returns the flags that the content of a file stands for, which come
// before those of the command line. The first mistake is an *Error.
func Read(name string, data []byte) ([]string, error) {
	r := &reader{name: name}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) == 0 {
		return nil, nil // nothing, or nothing but comments
	}
	root := doc.Content[0]
	if root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, r.mistake(root, errors.New("want keys with values"))
	}
	if err := r.unique(root); err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if err := r.key(root.Content[i], root.Content[i+1]); err != nil {
			return nil, err
		}
	}
	return r.args, nil
}

type reader struct {
	name string
	args []string
}

func (r *reader) mistake(n *yaml.Node, err error) error {
	return &Error{File: r.name, Line: n.Line, Err: err}
}

// unique reports a key that is there twice.
func (r *reader) unique(n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		for j := 0; j < i; j += 2 {
			if n.Content[i].Value == n.Content[j].Value {
				return r.mistake(n.Content[i], fmt.Errorf("%s is there twice, first in line %d", n.Content[i].Value, n.Content[j].Line))
			}
		}
	}
	return nil
}

// add appends a flag if it is right by itself.
func (r *reader) add(n *yaml.Node, arg string) error {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	set := switches.Declare(fs)
	err := fs.Parse([]string{arg})
	if err == nil {
		_, err = set.Config()
	}
	if err != nil {
		return r.mistake(n, errors.New(strings.TrimPrefix(err.Error(), "-")))
	}
	r.args = append(r.args, arg)
	return nil
}

func (r *reader) key(key, value *yaml.Node) error {
	i := slices.IndexFunc(keys(), func(k entry) bool { return k.Name == key.Value })
	if i < 0 {
		return r.mistake(key, unknown("key", key.Value, names(keys())))
	}
	return keys()[i].read(r, key.Value, value)
}

func unknown(what, got string, known []string) error {
	if near := analyzer.Nearest(got, known); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", what, got, near)
	}
	return fmt.Errorf("unknown %s %q; there are %s", what, got, strings.Join(known, ", "))
}

func names(list []entry) []string {
	var out []string
	for _, k := range list {
		out = append(out, k.Name)
	}
	return out
}

// An entry is a key of the file. The schema is made from these, too.
type entry struct {
	Name, Doc string
	schema    map[string]any
	read      func(r *reader, key string, value *yaml.Node) error
}

// keys lists the keys in the order of the documentation.
func keys() []entry {
	list := []entry{
		{"rules", "rules and categories to choose (true) or leave out (false)", rulesSchema(), (*reader).rules},
		{"enable", "rules or categories that run besides the defaults", listSchema(ruleNames()), (*reader).list},
		{"strict", "run all categories of all rules", boolSchema(), (*reader).boolean},
		{"detach", "start detached work with a new root that links to its origin, or as a child", map[string]any{"enum": []string{string(analyzer.DetachLink), string(analyzer.DetachChild)}}, (*reader).word},
		{"unsafe-fixes", "also offer fixes that may change more than the mistake they repair", boolSchema(), (*reader).boolean},
		{"first-party", "module paths (globs) that count as your own code wherever their files lie", listSchema(nil), (*reader).list},
	}
	for _, kind := range analyzer.Kinds() {
		doc := kind.Doc + ", each as FUNC[:ARGUMENT][:PROPERTY]"
		list = append(list, entry{kind.Name, doc, declaredSchema(), (*reader).list})
	}
	return append(list, entry{"paths", "rules to leave out below paths", pathsSchema(), (*reader).paths})
}

func (r *reader) boolean(key string, value *yaml.Node) error {
	if value.Kind != yaml.ScalarNode || value.Tag != "!!bool" {
		return r.mistake(value, fmt.Errorf("%s is true or false", key))
	}
	return r.add(value, "-"+key+"="+value.Value)
}

func (r *reader) word(key string, value *yaml.Node) error {
	if value.Kind != yaml.ScalarNode || value.Tag != "!!str" {
		return r.mistake(value, fmt.Errorf("%s is a word", key))
	}
	return r.add(value, "-"+key+"="+value.Value)
}

func (r *reader) list(key string, value *yaml.Node) error {
	words, err := r.words(key, value)
	for _, w := range words {
		if err := r.add(w, "-"+key+"="+w.Value); err != nil {
			return err
		}
	}
	return err
}

func (r *reader) words(key string, value *yaml.Node) ([]*yaml.Node, error) {
	if value.Kind != yaml.SequenceNode {
		return nil, r.mistake(value, fmt.Errorf("%s is a list", key))
	}
	for _, w := range value.Content {
		if w.Kind != yaml.ScalarNode || w.Tag != "!!str" || strings.Contains(w.Value, ",") {
			return nil, r.mistake(w, fmt.Errorf("%s is a list of words, one in each entry", key))
		}
	}
	return value.Content, nil
}

// rules reads {spanend: false, orphanspan: {nospan: false}}.
func (r *reader) rules(key string, value *yaml.Node) error {
	if value.Kind != yaml.MappingNode {
		return r.mistake(value, fmt.Errorf("%s has rules as keys, with true, false, or their categories with true or false", key))
	}
	if err := r.unique(value); err != nil {
		return err
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		rule, choice := value.Content[i], value.Content[i+1]
		j := slices.IndexFunc(analyzer.Rules(), func(known analyzer.Rule) bool { return known.Name == rule.Value })
		if j < 0 {
			return r.mistake(rule, unknown("rule", rule.Value, allRules()))
		}
		if choice.Kind != yaml.MappingNode {
			if err := r.boolean(rule.Value, choice); err != nil {
				return err
			}
			continue
		}
		if err := r.unique(choice); err != nil {
			return err
		}
		var categories []string
		for _, c := range analyzer.Rules()[j].Categories {
			categories = append(categories, c.Name)
		}
		for k := 0; k+1 < len(choice.Content); k += 2 {
			category := choice.Content[k]
			if !slices.Contains(categories, category.Value) {
				return r.mistake(category, unknown("category of "+rule.Value, category.Value, categories))
			}
			if err := r.boolean(rule.Value+"."+category.Value, choice.Content[k+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// paths reads [{path: internal/legacy/**, disable: [untracked]}].
func (r *reader) paths(key string, value *yaml.Node) error {
	if value.Kind != yaml.SequenceNode {
		return r.mistake(value, fmt.Errorf("%s is a list, each entry with path and disable", key))
	}
	for _, p := range value.Content {
		if p.Kind != yaml.MappingNode {
			return r.mistake(p, errors.New("want path and disable"))
		}
		if err := r.unique(p); err != nil {
			return err
		}
		pattern, disabled := "", []string(nil)
		for i := 0; i+1 < len(p.Content); i += 2 {
			switch k, v := p.Content[i], p.Content[i+1]; k.Value {
			case "path":
				if v.Kind != yaml.ScalarNode || v.Tag != "!!str" || strings.Contains(v.Value, "=") {
					return r.mistake(v, errors.New("path is a pattern"))
				}
				pattern = v.Value
			case "disable":
				words, err := r.words("disable", v)
				if err != nil {
					return err
				}
				for _, w := range words {
					if !slices.Contains(ruleNames(), w.Value) {
						return r.mistake(w, unknown("rule or category", w.Value, ruleNames()))
					}
					disabled = append(disabled, w.Value)
				}
			default:
				return r.mistake(k, unknown("key", k.Value, []string{"path", "disable"}))
			}
		}
		if err := r.add(p, "-paths="+pattern+"="+strings.Join(disabled, ",")); err != nil {
			return err
		}
	}
	return nil
}

func allRules() []string {
	var out []string
	for _, rule := range analyzer.Rules() {
		out = append(out, rule.Name)
	}
	return out
}

// ruleNames returns the names of rules and categories.
func ruleNames() []string {
	var out []string
	for _, rule := range analyzer.Rules() {
		out = append(out, rule.Name)
		for _, c := range rule.Categories {
			out = append(out, rule.Name+"."+c.Name)
		}
	}
	return out
}

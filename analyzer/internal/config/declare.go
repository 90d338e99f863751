package config

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Kind is a kind of function that users can declare, under its name as a
// key or flag.
type Kind struct {
	Name string
	// Doc says what a declared function does.
	Doc string
	// Role is what its argument is; "" if it needs none.
	Role string
	// Words are the properties that it can have.
	Words []Word
}

// A Word is a property of a declared function.
type Word struct{ Name, Doc string }

// Kinds lists the kinds of declarations. Drivers make their keys and flags
// from it, and the schema and the documentation of the configuration.
func Kinds() []Kind { return kinds }

var kinds = []Kind{
	{Name: "starters", Doc: "functions that start a span and return it"},
	{Name: "enders", Doc: "functions that end a span; the type that has one as a method counts as a span", Role: "the span"},
	{Name: "launchers", Doc: "functions that run a function concurrently or later", Role: "the function", Words: []Word{
		{"tracked", "somebody waits for the work before the process ends"},
		{"waits", "the call returns when the work is done"},
		{"detached", "the function gets a context that is cut off from the caller's cancellation"},
		{"shared", "the function runs once for several callers"},
	}},
	{Name: "detachers", Doc: "functions that return a context without the cancellation of the one they get", Role: "the context"},
	{Name: "handlers", Doc: "functions that serve a request, or are given the function that does", Role: "the context, the request or the handler"},
	{Name: "queues", Doc: "functions that send a message to a queue or receive one", Role: "the message", Words: []Word{
		{"send", "it sends"},
		{"receive", "it receives"},
	}},
}

// A Declaration is a function that the user has declared.
type Declaration struct {
	// Func is the name as types.Func.FullName prints it, without type
	// parameters.
	Func string
	// Arg is the argument in the role of the kind: its index, the name of the
	// parameter, "recv" for the receiver, or "" for the one that fits.
	Arg string
	// Words are the properties.
	Words []string
}

// Is reports whether the declaration has the property.
func (d Declaration) Is(word string) bool { return slices.Contains(d.Words, word) }

// Index returns the argument as an index, -1 for the receiver; ok is false if
// it is a name, or not given.
func (d Declaration) Index() (i int, ok bool) {
	if d.Arg == receiver {
		return -1, true
	}
	i, err := strconv.Atoi(d.Arg)
	return i, err == nil
}

const receiver = "recv"

// Declare adds a declaration, written
//
//	FUNC[:ARGUMENT][:PROPERTY]...
//
// FUNC is example.com/p.Func, (example.com/p.Type).Method or
// (*example.com/p.Type).Method, the way Go prints it.
func (c *Config) Declare(kind, text string) error {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == kind })
	if i < 0 {
		return fmt.Errorf("nothing is declared under %q", kind)
	}
	d, err := kinds[i].parse(text)
	if err != nil {
		return fmt.Errorf("%s: %q: %w", kind, text, err)
	}
	if c.declared == nil {
		c.declared = make(map[string][]Declaration)
	}
	c.declared[kind] = append(c.declared[kind], d)
	return nil
}

// Declared returns the declarations of a kind.
func (c *Config) Declared(kind string) []Declaration { return c.declared[kind] }

func (k Kind) parse(text string) (Declaration, error) {
	fields := strings.Split(strings.TrimSpace(text), ":")
	d := Declaration{Func: strings.TrimSpace(fields[0])}
	if err := checkName(d.Func); err != nil {
		return d, err
	}
	for _, field := range fields[1:] {
		field = strings.TrimSpace(field)
		if k.has(field) {
			d.Words = append(d.Words, field)
			continue
		}
		switch near := Nearest(field, k.words()); {
		case field == "":
			return d, fmt.Errorf("nothing stands behind a colon")
		case near != "":
			return d, fmt.Errorf("%q is no property; did you mean %q?", field, near)
		case k.Role == "":
			return d, fmt.Errorf("%q: a function of this kind has neither argument nor property", field)
		case !isArgument(field):
			return d, fmt.Errorf("%q is neither an argument (its index, its name or recv) nor a property%s", field, k.list())
		case d.Arg != "":
			return d, fmt.Errorf("two arguments, %q and %q", d.Arg, field)
		}
		d.Arg = field
	}
	return d, nil
}

func (k Kind) has(word string) bool { return slices.Contains(k.words(), word) }

func (k Kind) words() []string {
	var words []string
	for _, w := range k.Words {
		words = append(words, w.Name)
	}
	return words
}

func (k Kind) list() string {
	if len(k.Words) == 0 {
		return ""
	}
	return " (" + strings.Join(k.words(), ", ") + ")"
}

// checkName says what is wrong with the name of a function.
func checkName(name string) error {
	const want = "a function is written example.com/p.Func, (example.com/p.Type).Method or (*example.com/p.Type).Method"
	typ, method := name, ""
	if rest, ok := strings.CutPrefix(name, "("); ok {
		if typ, method, ok = strings.Cut(strings.TrimPrefix(rest, "*"), ")."); !ok || !isIdent(method) {
			return fmt.Errorf("%s", want)
		}
	}
	slash := strings.LastIndex(typ, "/") + 1
	base, ident, ok := strings.Cut(typ[slash:], ".")
	for ok && strings.Contains(ident, ".") && method == "" {
		// gopkg.in/yaml.v3.Unmarshal has a dot in its last element. What is
		// left may be p.Type.Method, which Go does not print.
		more, last, _ := strings.Cut(ident, ".")
		base, ident = base+"."+more, last
	}
	if !ok || base == "" || !isIdent(ident) || strings.ContainsAny(typ, " \t[](*)") {
		return fmt.Errorf("%s", want)
	}
	return nil
}

func isIdent(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || 'z' < r) && (r < 'A' || 'Z' < r) && (i == 0 || r < '0' || '9' < r) && r < 0x80 {
			return false
		}
	}
	return s != ""
}

func isArgument(s string) bool {
	if n, err := strconv.Atoi(s); err == nil {
		return n >= 0
	}
	return isIdent(s)
}

// Nearest returns the word that somebody may have meant, "" if none is near.
func Nearest(got string, words []string) string {
	best, found := 3, ""
	if len(got) < 3 {
		return "" // everything short is near
	}
	for _, word := range words {
		if d := distance(strings.ToLower(got), word); d < best && d < len(word)-1 {
			best, found = d, word
		}
	}
	return found
}

// distance is how many letters have to be changed, added or removed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// A pathSwitch leaves rules and categories out below a path.
type pathSwitch struct {
	elems []string
	names []string
}

// Disable leaves rules or categories out in files that the pattern matches:
// elements of a path as path.Match has them, and ** for any number of them. It
// matches from any directory on, so that it means the same wherever a driver
// runs.
func (c *Config) Disable(pattern string, names []string) error {
	elems := strings.Split(strings.Trim(strings.TrimPrefix(pattern, "./"), "/"), "/")
	for _, elem := range elems {
		if _, err := path.Match(elem, ""); err != nil || elem == "" {
			return fmt.Errorf("paths: %q is no pattern: %q", pattern, elem)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("paths: %q: say which rules or categories to disable there", pattern)
	}
	for _, name := range names {
		if err := c.known(name); err != nil {
			return fmt.Errorf("paths: %q: %w", pattern, err)
		}
	}
	c.paths = append(c.paths, pathSwitch{elems, names})
	return nil
}

// OnIn reports whether findings of the category are wanted in a file.
func (c *Config) OnIn(filename, rule, category string) bool {
	if !c.On(rule, category) {
		return false
	}
	if len(c.paths) == 0 {
		return true
	}
	elems := strings.Split(strings.Trim(strings.ReplaceAll(filename, `\`, "/"), "/"), "/")
	for _, p := range c.paths {
		if !slices.ContainsFunc(p.names, func(name string) bool { return covers(name, rule+"."+category) }) {
			continue
		}
		for i := range elems {
			if matches(p.elems, elems[i:]) {
				return false
			}
		}
	}
	return true
}

// matches reports whether a pattern matches all elements of a path, or those
// of a directory above.
func matches(pattern, elems []string) bool {
	switch {
	case len(pattern) == 0:
		return true
	case pattern[0] == "**":
		for i := range len(elems) + 1 {
			if matches(pattern[1:], elems[i:]) {
				return true
			}
		}
		return false
	case len(elems) == 0:
		return false
	}
	ok, err := path.Match(pattern[0], elems[0])
	return ok && err == nil && matches(pattern[1:], elems[1:])
}

package settings

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/spanlint/spanlint/analyzer"
)

func read(t *testing.T, lines ...string) ([]string, error) {
	t.Helper()
	return Read("x.yml", []byte(strings.Join(lines, "\n")))
}

func TestRead(t *testing.T) {
	rule := analyzer.Rules()[0].Name
	category := analyzer.Rules()[0].Categories[0].Name
	other := analyzer.Rules()[1].Name
	got, err := read(t,
		"# nothing but a comment",
		"rules:",
		"  "+rule+": {"+category+": false}",
		"  "+other+": false",
		"enable: ["+other+"]",
		"strict: true",
		"detach: child",
		"unsafe-fixes: false",
		"first-party:",
		"  - example.com/x",
		"launchers:",
		"  - (*example.com/p.Pool).Submit:task:tracked",
		"  - example.com/p.Go",
		"paths:",
		"  - path: internal/legacy/**",
		"    disable: ["+rule+", "+other+"]",
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"-" + rule + "." + category + "=false", "-" + other + "=false", "-enable=" + other, "-strict=true", "-detach=child",
		"-unsafe-fixes=false", "-first-party=example.com/x",
		"-launchers=(*example.com/p.Pool).Submit:task:tracked", "-launchers=example.com/p.Go",
		"-paths=internal/legacy/**=" + rule + "," + other,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, empty := range []string{"", "# a comment\n", "---\n"} {
		if got, err := Read("x.yml", []byte(empty)); err != nil || len(got) > 0 {
			t.Errorf("%q: got %q, %v", empty, got, err)
		}
	}
}

// What is wrong about some files. A schema cannot say all of it.
type mistake struct {
	want  string
	lines []string
}

func mistakes() []mistake {
	rule := analyzer.Rules()[0].Name
	return []mistake{
		{`x.yml:2: unknown key "launcher"; did you mean "launchers"?`, []string{"strict: true", "launcher: []"}},
		{`x.yml:1: unknown key "colour"; there are rules, enable`, []string{"colour: red"}},
		{"x.yml:2: strict is there twice, first in line 1", []string{"strict: true", "strict: false"}},
		{"x.yml:1: strict is true or false", []string{"strict: yes please"}},
		{"x.yml:1: strict is true or false", []string{`strict: "true"`}},
		{"x.yml:1: want keys with values", []string{"- strict"}},
		{"x.yml:1: enable is a list", []string{"enable: " + rule}},
		{"x.yml:2: enable is a list of words", []string{"enable:", "  - [" + rule + "]"}},
		{"x.yml:3: unknown rule", []string{"enable:", "  - " + rule, "  - nosuch"}},
		{`x.yml:2: unknown rule "` + rule + `x"; did you mean "` + rule + `"?`, []string{"rules:", "  " + rule + "x: true"}},
		{`x.yml:3: unknown category of ` + rule + ` "nosuch"; there are `, []string{"rules:", "  " + rule + ":", "    nosuch: true"}},
		{"x.yml:2: " + rule + " is true or false", []string{"rules:", "  " + rule + ": off by day"}},
		{"x.yml:1: rules has rules as keys", []string{"rules: [" + rule + "]"}},
		{`x.yml:1: detach=parent: it is either link or child`, []string{"detach: parent"}},
		{`x.yml:3: launchers: "p.Go:trackd": "trackd" is no property; did you mean "tracked"?`, []string{"launchers:", "  - p.F", "  - p.Go:trackd"}},
		{`x.yml:1: paths is a list`, []string{"paths: {path: a}"}},
		{`x.yml:2: paths: "a": say which rules`, []string{"paths:", "  - path: a"}},
		{`x.yml:3: unknown key "disabled"; did you mean "disable"?`, []string{"paths:", "  - path: a", "    disabled: [" + rule + "]"}},
		{`x.yml:3: unknown rule or category "nosuch"`, []string{"paths:", "  - path: a", "    disable: [nosuch]"}},
		{"x.yml: yaml: ", []string{"a: b: c"}},
	}
}

// A mistake has its line, and where something near is known, a suggestion.
func TestMistakes(t *testing.T) {
	for _, test := range mistakes() {
		args, err := read(t, test.lines...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %q, %v; want %s", test.lines, args, err, test.want)
		}
	}
}

// Editors refuse what the program refuses, but for what a schema cannot say,
// and take what it takes.
func TestSchemaAgrees(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../spanlint.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(lines []string) (error, bool) {
		var v any
		if err := yaml.Unmarshal([]byte(strings.Join(lines, "\n")), &v); err != nil {
			return nil, false // no editor gets that far
		}
		return schema.Validate(v), true
	}
	for _, test := range mistakes() {
		if strings.Contains(test.want, "is no property") {
			continue // depends on the kind
		}
		if err, ok := valid(test.lines); ok && err == nil {
			t.Errorf("%q is valid; want %s", test.lines, test.want)
		}
	}
	rule, other := analyzer.Rules()[0], analyzer.Rules()[1]
	for _, lines := range [][]string{
		{"rules:", "  " + rule.Name + ": {" + rule.Categories[0].Name + ": false}", "  " + other.Name + ": true"},
		{"enable: [" + rule.Name + ", " + other.Name + "." + other.Categories[0].Name + "]", "strict: true", "unsafe-fixes: false", "detach: child"},
		{"first-party:", "  - example.com/x*"},
		{"launchers:", "  - (*example.com/p.Pool).Submit:task:tracked", "  - example.com/p.Go", "  - gopkg.in/x.v3.Go:1:waits", "  - p.F"},
		{"enders: ['(example.com/p.Span).Done', 'example.com/p.Close:0']"},
		{"paths:", "  - path: internal/legacy/**", "    disable: [" + rule.Name + "]"},
		{"{}"},
	} {
		if args, err := read(t, lines...); err != nil {
			t.Errorf("%q: %q, %v", lines, args, err)
		}
		if err, _ := valid(lines); err != nil {
			t.Errorf("%q is not valid: %v", lines, err)
		}
	}
}

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{dir, filepath.Join(dir, "a")} {
		if err := os.WriteFile(filepath.Join(root, "go.mod"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := Root(below); got != root || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

var update = flag.Bool("update", false, "write the schema")

// The schema that editors find is the one that the program prints.
func TestSchemaFile(t *testing.T) {
	const name = "../../spanlint.schema.json"
	if !strings.HasSuffix(SchemaURL, "/main/cmd/spanlint/"+filepath.Base(name)) {
		t.Errorf("the schema is not at %s", SchemaURL)
	}
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("spanlint.schema.json is not what 'spanlint schema' prints: go test ./cmd/spanlint/internal/settings -update writes it")
	}
}

// The schema for editors has every key, rule and category, and a description
// of each.
func TestSchema(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	type property struct {
		Description string
		Properties  map[string]struct {
			AnyOf []struct {
				Properties map[string]struct{ Description string }
			}
		}
	}
	var schema struct {
		AdditionalProperties bool
		Properties           map[string]property
	}
	schema.AdditionalProperties = true
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if schema.AdditionalProperties {
		t.Error("unknown keys are allowed")
	}
	for _, k := range keys() {
		if schema.Properties[k.Name].Description == "" {
			t.Errorf("%s is not in the schema, or not described", k.Name)
		}
	}
	for _, kind := range analyzer.Kinds() {
		if _, ok := schema.Properties[kind.Name]; !ok {
			t.Errorf("%s is not in the schema", kind.Name)
		}
	}
	rules := schema.Properties["rules"].Properties
	for _, rule := range analyzer.Rules() {
		forms := rules[rule.Name].AnyOf
		if len(forms) != 2 {
			t.Errorf("%s has %d forms", rule.Name, len(forms))
			continue
		}
		for _, c := range rule.Categories {
			if forms[1].Properties[c.Name].Description == "" {
				t.Errorf("%s.%s is not in the schema, or not described", rule.Name, c.Name)
			}
		}
	}
}

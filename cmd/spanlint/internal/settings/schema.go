package settings

import (
	"encoding/json"

	"github.com/spanlint/spanlint/analyzer"
)

// SchemaURL is where editors find the schema.
const SchemaURL = "https://raw.githubusercontent.com/spanlint/spanlint/main/cmd/spanlint/spanlint.schema.json"

// Schema returns the JSON schema of the file, for editors.
func Schema() ([]byte, error) {
	properties := make(map[string]any)
	for _, k := range keys() {
		properties[k.Name] = describe(k.schema, k.Doc)
	}
	data, err := json.MarshalIndent(map[string]any{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"$id":                  SchemaURL,
		"title":                FileName,
		"type":                 "object",
		"additionalProperties": false,
		"properties":           properties,
	}, "", "  ")
	return append(data, '\n'), err
}

func describe(schema map[string]any, doc string) map[string]any {
	out := map[string]any{"description": doc}
	for k, v := range schema {
		out[k] = v
	}
	return out
}

func boolSchema() map[string]any { return map[string]any{"type": "boolean"} }

func listSchema(words []string) map[string]any {
	items := map[string]any{"type": "string", "pattern": "^[^,]+$"}
	if words != nil {
		items = map[string]any{"enum": words}
	}
	return map[string]any{"type": "array", "items": items}
}

// declaredSchema has what config.Declare wants to see, as far as a pattern can say:
// example.com/p.Func or (*example.com/p.Type).Method, an argument, properties.
func declaredSchema() map[string]any {
	const pattern = `^([^\s:,()]+\.[^\s:,().]+|\(\*?[^\s:,()*]+\.[^\s:,().]+\)\.[^\s:,().]+)(:[^\s:,]+)*$`
	return map[string]any{"type": "array", "items": map[string]any{"type": "string", "pattern": pattern}}
}

func rulesSchema() map[string]any {
	rules := make(map[string]any)
	for _, rule := range analyzer.Rules() {
		categories := make(map[string]any)
		for _, c := range rule.Categories {
			categories[c.Name] = describe(boolSchema(), c.Doc)
		}
		rules[rule.Name] = map[string]any{"anyOf": []any{
			boolSchema(),
			map[string]any{"type": "object", "additionalProperties": false, "properties": categories},
		}}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": rules}
}

func pathsSchema() map[string]any {
	return map[string]any{"type": "array", "items": map[string]any{
		"type":                 "object",
		"additionalProperties": false,
		"required":             []string{"path", "disable"},
		"properties": map[string]any{
			"path":    describe(map[string]any{"type": "string"}, "elements of a path as path.Match has them, and ** for any number"),
			"disable": describe(listSchema(ruleNames()), "rules or categories"),
		},
	}}
}

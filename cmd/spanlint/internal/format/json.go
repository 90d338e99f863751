package format

import (
	"encoding/json"
	"fmt"
	"io"
)

// The names and the order of the fields are those of x/tools, whose types for
// them are internal.
type (
	jsonDiagnostic struct {
		Category       string        `json:"category,omitempty"`
		Posn           string        `json:"posn"`
		End            string        `json:"end"`
		Message        string        `json:"message"`
		SuggestedFixes []jsonFix     `json:"suggested_fixes,omitempty"`
		Related        []jsonRelated `json:"related,omitempty"`
	}
	jsonFix struct {
		Message string     `json:"message"`
		Edits   []jsonEdit `json:"edits"`
	}
	jsonEdit struct {
		Filename string `json:"filename"`
		Start    int    `json:"start"`
		End      int    `json:"end"`
		New      string `json:"new"`
	}
	jsonRelated struct {
		Posn    string `json:"posn"`
		End     string `json:"end"`
		Message string `json:"message"`
	}
)

// VetJSON prints the findings as go vet -json does: a tree of packages, rules
// and diagnostics, with absolute paths. (go vet prints such a tree for each
// package, and calls a package with its in-package tests by the package's path.)
func VetJSON(w io.Writer, findings []Finding) error {
	tree := make(map[string]map[string][]jsonDiagnostic)
	for _, f := range findings {
		d := jsonDiagnostic{
			Category: f.Category,
			Posn:     posn(f.File, f.Start),
			End:      posn(f.File, f.End),
			Message:  f.Message,
		}
		if f.Fix != nil {
			var edits []jsonEdit
			for _, e := range f.Fix.Edits {
				edits = append(edits, jsonEdit{e.File, e.Start, e.End, e.New})
			}
			d.SuggestedFixes = []jsonFix{{f.Fix.Message, edits}}
		}
		for _, rel := range f.Related {
			d.Related = append(d.Related, jsonRelated{posn(rel.File, rel.Start), posn(rel.File, rel.End), rel.Message})
		}
		rules := tree[f.Package]
		if rules == nil {
			rules = make(map[string][]jsonDiagnostic)
			tree[f.Package] = rules
		}
		rules[f.Rule] = append(rules[f.Rule], d)
	}
	data, err := json.MarshalIndent(tree, "", "\t")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

func posn(file string, p Pos) string { return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Column) }

package format

import (
	"cmp"
	"encoding/json"
	"go/token"
	"io"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/run"
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

// JSON prints the findings as go vet -json does: a tree of packages, rules and
// diagnostics, with absolute paths. (go vet prints such a tree for each package,
// and calls a package with its in-package tests by the package's path.)
func JSON(w io.Writer, findings []run.Finding) error {
	tree := make(map[string]map[string][]jsonDiagnostic)
	for _, f := range findings {
		fset := f.Package.Fset
		d := jsonDiagnostic{
			Category: f.Category,
			Posn:     f.Pos.String(),
			End:      f.End.String(),
			Message:  f.Message,
		}
		for _, fix := range f.SuggestedFixes {
			var edits []jsonEdit
			for _, edit := range fix.TextEdits {
				start := fset.Position(edit.Pos)
				edits = append(edits, jsonEdit{
					Filename: start.Filename,
					Start:    start.Offset,
					End:      fset.Position(cmp.Or(edit.End, edit.Pos)).Offset,
					New:      string(edit.NewText),
				})
			}
			d.SuggestedFixes = append(d.SuggestedFixes, jsonFix{fix.Message, edits})
		}
		for _, rel := range f.Related {
			d.Related = append(d.Related, jsonRelated{posn(fset, rel.Pos), posn(fset, cmp.Or(rel.End, rel.Pos)), rel.Message})
		}
		rules := tree[f.Package.PkgPath]
		if rules == nil {
			rules = make(map[string][]jsonDiagnostic)
			tree[f.Package.PkgPath] = rules
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

func posn(fset *token.FileSet, pos token.Pos) string { return fset.Position(pos).String() }

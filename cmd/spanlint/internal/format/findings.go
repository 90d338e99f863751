package format

import (
	"encoding/json"
	"io"
)

// schemaVersion changes when a field of the format json goes or gets another
// meaning, and not when one is added.
const schemaVersion = 1

type (
	report struct {
		SchemaVersion int             `json:"schemaVersion"`
		Version       string          `json:"version"`
		Findings      []reportFinding `json:"findings"`
		Ignored       []reportFinding `json:"ignored,omitempty"`
		Summary       reportSummary   `json:"summary"`
		Errors        []string        `json:"errors,omitempty"`
	}
	reportSummary struct {
		Findings int `json:"findings"`
		Fixable  int `json:"fixable"`
		Packages int `json:"packages"`
		Broken   int `json:"broken"`
	}
	reportFinding struct {
		Rule        string          `json:"rule"`
		Category    string          `json:"category"`
		Message     string          `json:"message"`
		Severity    string          `json:"severity"`
		Package     string          `json:"package"`
		File        string          `json:"file"`
		Start       reportPos       `json:"start"`
		End         reportPos       `json:"end"`
		Function    string          `json:"function,omitempty"`
		Fingerprint string          `json:"fingerprint"`
		URL         string          `json:"url,omitempty"`
		Related     []reportRelated `json:"related,omitempty"`
		Fix         *reportFix      `json:"fix,omitempty"`
		Reason      string          `json:"reason,omitempty"`
	}
	// Columns count bytes, as the go command's do.
	reportPos struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	}
	reportRelated struct {
		File    string    `json:"file"`
		Start   reportPos `json:"start"`
		Message string    `json:"message"`
	}
	reportFix struct {
		Message string       `json:"message"`
		Edits   []reportEdit `json:"edits"`
	}
	reportEdit struct {
		File  string    `json:"file"`
		Start reportPos `json:"start"`
		End   reportPos `json:"end"`
		New   string    `json:"new"`
	}
)

// writeJSON writes findings for programs, by a schema of our own.
func writeJSON(w io.Writer, r *Report) error {
	out := report{
		SchemaVersion: schemaVersion,
		Version:       r.Version,
		Findings:      reportFindings(r, r.Findings),
		Ignored:       reportFindings(r, r.Ignored),
		Summary:       reportSummary{Findings: len(r.Findings), Packages: r.Packages, Broken: r.Broken},
		Errors:        r.Errors,
	}
	for _, f := range r.Findings {
		if f.Fix != nil {
			out.Summary.Fixable++
		}
	}
	return writeIndented(w, out)
}

func reportFindings(r *Report, findings []Finding) []reportFinding {
	list := []reportFinding{} // [] and not null
	for _, f := range findings {
		g := reportFinding{
			Rule: f.Rule, Category: f.Category, Message: f.Message, Severity: f.severity().of("error", "warning"),
			Package: f.Package, File: below(r.Dir, f.File), Start: reportPos(f.Start), End: reportPos(f.end()),
			Function: f.Func, Fingerprint: f.Fingerprint, URL: f.URL, Reason: f.Ignored,
		}
		for _, rel := range f.Related {
			g.Related = append(g.Related, reportRelated{below(r.Dir, rel.File), reportPos(rel.Start), rel.Message})
		}
		if f.Fix != nil {
			g.Fix = &reportFix{Message: f.Fix.Message}
			for _, e := range f.Fix.Edits {
				g.Fix.Edits = append(g.Fix.Edits, reportEdit{below(r.Dir, e.File),
					reportPos(r.Sources.Pos(e.File, e.Start)), reportPos(r.Sources.Pos(e.File, e.End)), e.New})
			}
		}
		list = append(list, g)
	}
	return list
}

func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

package format

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/format/html"
)

// writeHTML writes the page for browsers.
func writeHTML(w io.Writer, r *Report) error {
	traces := make(map[string][]analyzer.Trace)
	for name, d := range analyzer.Docs() {
		traces[name], _ = d.Traces() // a picture less, and a test that says so
	}
	p := html.Page{Title: r.Title, Version: r.Version, Trace: func(rule, category string) *analyzer.Trace {
		for i, t := range traces[rule] {
			if slices.Contains(t.Categories, category) {
				return &traces[rule][i]
			}
		}
		return nil
	}}
	for _, f := range r.Findings {
		p.Findings = append(p.Findings, html.Finding{
			Rule: f.Rule, Category: f.Category, Message: f.Message, URL: f.URL,
			Package: f.Package, File: below(r.Dir, f.File),
			Line: f.Start.Line, Column: r.Sources.Column(f.File, f.Start, Runes),
			Func: f.Func, Work: f.work(),
			Source: r.excerpt(f),
			Repair: r.repair(f),
		})
	}
	return html.Write(w, p)
}

// context is how many lines the page shows on either side of a finding.
const context = 4

func (r *Report) excerpt(f Finding) []html.Line {
	var lines []html.Line
	for n := max(f.Start.Line-context, 1); n <= f.Start.Line+context; n++ {
		text := r.Sources.Line(f.File, n)
		if text == nil && n > f.Start.Line {
			break
		}
		line := html.Line{Number: n, Text: string(text)}
		if n == f.Start.Line && 1 <= f.Start.Column && f.Start.Column <= len(text)+1 {
			line.Start, line.End = f.Start.Column-1, len(text)
			if end := f.end(); end.Line == n {
				line.End = min(max(end.Column-1, line.Start), len(text))
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// repair returns the fix as a unified diff, "" if there is none.
func (r *Report) repair(f Finding) string {
	if f.Fix == nil {
		return ""
	}
	var edits []udiff.Edit
	for _, e := range f.Fix.Edits {
		if e.File != f.File {
			return ""
		}
		edits = append(edits, udiff.Edit{Start: e.Start, End: e.End, New: e.New})
	}
	before := string(r.Sources.Text(f.File))
	after, err := udiff.Apply(before, edits)
	if err != nil {
		return ""
	}
	name := filepath.Base(f.File)
	return udiff.Unified(name, name, before, after)
}

// work returns what the repair calls the work: the name of the span it starts.
func (f Finding) work() string {
	if f.Fix == nil {
		return ""
	}
	for _, e := range f.Fix.Edits {
		if _, rest, ok := strings.Cut(e.New, `.Start(`); ok {
			if _, name, ok := strings.Cut(rest, `"`); ok {
				name, _, _ = strings.Cut(name, `"`)
				return name
			}
		}
	}
	return ""
}

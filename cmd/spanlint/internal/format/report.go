package format

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
)

// A Report is what a run has brought, for all formats.
type Report struct {
	Findings []Finding
	// Ignored are findings that directives silence, if they are wanted.
	Ignored []Finding
	Sources *Sources
	// Dir is the directory that people's paths are relative to, Root that of
	// the repository: code hosts know no other.
	Dir, Root string
	// Version says which build of the program this is.
	Version string
	// Packages counts those that were checked, Broken those that could not be.
	Packages, Broken int
	// Fixed counts the fixes that were applied, and Files what they changed.
	Fixed, Files int
	// Color allows escape sequences.
	Color bool
	// Errors are those of the run, one line each.
	Errors []string
	// Title names what was checked.
	Title string
}

// Formats has the formats by name.
var Formats = map[string]func(io.Writer, *Report) error{
	"text":       writeText,
	"json":       writeJSON,
	"sarif":      writeSARIF,
	"github":     writeGitHub,
	"gitlab":     writeGitLab,
	"rdjson":     writeRDJSON,
	"checkstyle": writeCheckstyle,
	"html":       writeHTML,
}

// Names are those of the formats, in the order in which they are listed.
var Names = []string{"text", "json", "sarif", "github", "gitlab", "rdjson", "checkstyle", "html"}

func writeText(w io.Writer, r *Report) error {
	out := &failing{w: w}
	t := &Text{W: out, Dir: r.Dir, Color: r.Color, Sources: r.Sources}
	t.Findings(r.Findings)
	t.Ignored(r.Ignored)
	if r.Fixed > 0 {
		fmt.Fprintf(out, "fixed %s in %s\n", Count(r.Fixed, "finding"), Count(r.Files, "file"))
	}
	t.Summary(r.Findings, r.Packages, r.Broken)
	return out.err
}

// A failing writer remembers its first error.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.err == nil {
		_, f.err = f.w.Write(p)
	}
	return len(p), f.err
}

// below returns the path from dir, with slashes; an absolute one if the file
// lies elsewhere.
func below(dir, name string) string {
	rel, err := filepath.Rel(dir, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		rel = name
	}
	return filepath.ToSlash(rel)
}

// A severity is what a finding is worth where a format asks for it: what the
// user had to ask for does not weigh as much as what everybody gets.
type severity int

const (
	failure severity = iota
	warning
)

func (s severity) of(failing, warns string) string {
	if s == warning {
		return warns
	}
	return failing
}

func (f Finding) severity() severity {
	for _, r := range analyzer.Rules() {
		for _, c := range r.Categories {
			if r.Name == f.Rule && c.Name == f.Category && c.OptIn {
				return warning
			}
		}
	}
	return failure
}

// end returns where the finding ends, no earlier than it begins.
func (f Finding) end() Pos {
	if f.End.Line < f.Start.Line || f.End.Line == f.Start.Line && f.End.Column < f.Start.Column {
		return f.Start
	}
	return f.End
}

// byFile returns the findings of each file, in the order of the findings.
func byFile(findings []Finding) [][]Finding {
	var groups [][]Finding
	for _, f := range findings {
		i := slices.IndexFunc(groups, func(g []Finding) bool { return g[0].File == f.File })
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

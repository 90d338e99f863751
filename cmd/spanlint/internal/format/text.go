// Package format prints findings.
package format

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// A Text prints findings for people, and for the problem matchers of editors
// and CI: a line "path:line:col: message (rule.category)" for each, followed
// by indented lines that show the place.
type Text struct {
	W io.Writer
	// Dir is what paths are relative to.
	Dir string
	// Color allows escape sequences. The text is the same without.
	Color bool
	// Sources are what excerpts are taken from.
	Sources *Sources
}

// Findings prints the findings in their order. Those on one place, as several
// rules can have of one launch, stand together as one block.
func (t *Text) Findings(findings []Finding) {
	for i, f := range findings {
		fmt.Fprintf(t.W, "%s: %s %s\n", t.paint(bold, t.posn(f.File, f.Start)), f.Message, t.paint(dim, "("+f.Code()+")"))
		if i+1 == len(findings) || findings[i+1].File != f.File || findings[i+1].Start != f.Start {
			t.excerpt(f)
		}
		for _, rel := range f.Related {
			fmt.Fprintf(t.W, "    %s: %s\n", t.posn(rel.File, rel.Start), rel.Message)
		}
	}
}

// Ignored prints findings that directives silence, each with its reason.
func (t *Text) Ignored(findings []Finding) {
	for _, f := range findings {
		fmt.Fprintf(t.W, "%s: %s %s\n    ignored: %s\n", t.paint(bold, t.posn(f.File, f.Start)), f.Message, t.paint(dim, "("+f.Code()+")"), f.Ignored)
	}
}

// Summary prints the closing line: the number of packages is that of the
// packages checked, broken that of those that could not be.
func (t *Text) Summary(findings []Finding, packages, broken int) {
	fixable := 0
	for _, f := range findings {
		if f.Fix != nil {
			fixable++
		}
	}
	found := Count(len(findings), "finding")
	if fixable > 0 {
		found += fmt.Sprintf(" (%d fixable with -fix)", fixable)
	}
	in := Count(packages, "package")
	if broken > 0 {
		in += "; " + Count(broken, "package") + " could not be checked"
	}
	fmt.Fprintf(t.W, "%s in %s\n", t.paint(bold, found), in)
}

// excerpt prints the source line of a finding and marks what it is about.
func (t *Text) excerpt(f Finding) {
	line := t.Sources.Line(f.File, f.Start.Line)
	start := f.Start.Column - 1
	if start < 0 || start > len(line) {
		return // the file has changed, or a //line directive points elsewhere
	}
	end := len(line)
	if f.End.Line == f.Start.Line {
		end = min(max(f.End.Column-1, start), len(line))
	}
	margin := len(line) - len(bytes.TrimLeft(line, " \t"))
	if margin > start {
		margin = start
	}
	blank := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(line[margin:start]))
	mark := "^" + strings.Repeat("~", max(utf8.RuneCount(line[start:end])-1, 0))
	fmt.Fprintf(t.W, "    %s\n    %s%s\n", line[margin:], blank, t.paint(green, mark))
}

func (t *Text) posn(file string, p Pos) string {
	return fmt.Sprintf("%s:%d:%d", Relative(t.Dir, file), p.Line, p.Column)
}

const (
	bold  = "1"
	dim   = "2"
	green = "32"
)

func (t *Text) paint(attr, s string) string {
	if !t.Color {
		return s
	}
	return "\x1b[" + attr + "m" + s + "\x1b[0m"
}

// Relative returns the shorter of the name and its path from dir.
func Relative(dir, name string) string {
	rel, err := filepath.Rel(dir, name)
	if err != nil || len(rel) > len(name) {
		return name
	}
	return rel
}

// Count returns "1 thing" or "n things".
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// Package html writes the report that people read in a browser: one page that
// needs nothing else, with the code, the repair, and a picture of the trace for
// each finding.
package html

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
)

// A Page is what the report shows.
type Page struct {
	// Title is the name of what was checked, such as a module path.
	Title string
	// Version says what made the report.
	Version  string
	Findings []Finding
	// Trace returns the picture for findings of a category, nil for none.
	Trace func(rule, category string) *analyzer.Trace
}

// A Finding is one finding, with positions as people count them.
type Finding struct {
	Rule, Category, Message string
	// URL leads to the documentation of the rule, if there is any.
	URL string
	// Package is the import path.
	Package string
	// File is a path with slashes, as it is shown.
	File string
	// Line and Column are 1-based, in characters.
	Line, Column int
	// Func is the function around it, Work what the repair calls the work.
	// Either may be empty; in pictures they stand for "request" and "work".
	Func, Work string
	// Source has some lines around the finding.
	Source []Line
	// Repair is a unified diff, "" if there is no fix.
	Repair string
}

// A Line is a line of source. The part between Start and End, in bytes, is
// marked; it is empty for lines that are only context.
type Line struct {
	Number     int
	Text       string
	Start, End int
}

//go:embed page.html
var pageSource string

//go:embed page.css
var style string

//go:embed page.js
var script string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"diff":    diff,
	"mark":    mark,
	"plural":  plural,
	"anchor":  func(i int) string { return fmt.Sprintf("finding-%d", i+1) },
	"percent": func(n, of int) int { return 100 * n / max(of, 1) },
}).Parse(pageSource))

// Write writes the page. The same findings give the same bytes.
func Write(w io.Writer, p Page) error {
	data := struct {
		Page
		Style        template.CSS
		Script       template.JS
		Items        []item
		Rules        []group
		Packages     []group
		Files, Fixes int
	}{Page: p, Style: template.CSS(style), Script: template.JS(script)}
	files := make(map[string]bool)
	for _, f := range p.Findings {
		it := item{Finding: f}
		if p.Trace != nil {
			if t := p.Trace(f.Rule, f.Category); t != nil {
				it.Now = draw(t, t.Now, f, "now")
				it.Repaired = draw(t, t.Repaired, f, "repaired")
			}
		}
		data.Items = append(data.Items, it)
		files[f.File] = true
		if f.Repair != "" {
			data.Fixes++
		}
	}
	data.Files = len(files)
	data.Rules = groups(p.Findings, Finding.Code)
	data.Packages = groups(p.Findings, func(f Finding) string { return f.Package })
	return page.Execute(w, data)
}

type item struct {
	Finding
	Now, Repaired template.HTML
}

// Code is what switches and directives call the finding.
func (f Finding) Code() string { return f.Rule + "." + f.Category }

// A group is a value that findings share, for the filters.
type group struct {
	Name  string
	Count int
}

// groups counts the findings by a value, in the order of values.
func groups(findings []Finding, by func(Finding) string) []group {
	count := make(map[string]int)
	for _, f := range findings {
		count[by(f)]++
	}
	var list []group
	for name, n := range count {
		list = append(list, group{name, n})
	}
	slices.SortFunc(list, func(a, b group) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// mark returns the line with its marked part in an element of its own.
func mark(l Line) template.HTML {
	start, end := min(max(l.Start, 0), len(l.Text)), min(max(l.End, 0), len(l.Text))
	if start >= end {
		return template.HTML(template.HTMLEscapeString(l.Text))
	}
	return template.HTML(template.HTMLEscapeString(l.Text[:start]) +
		"<mark>" + template.HTMLEscapeString(l.Text[start:end]) + "</mark>" +
		template.HTMLEscapeString(l.Text[end:]))
}

type diffLine struct{ Kind, Text string }

// diff splits a unified diff into lines that can be coloured. The names of
// the files are left out: they stand above.
func diff(unified string) []diffLine {
	var lines []diffLine
	for line := range strings.Lines(unified) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			if len(lines) == 0 {
				continue
			}
		}
		kind := ""
		switch {
		case strings.HasPrefix(line, "@@"):
			kind = "hunk"
		case strings.HasPrefix(line, "+"):
			kind = "add"
		case strings.HasPrefix(line, "-"):
			kind = "del"
		}
		lines = append(lines, diffLine{kind, line})
	}
	return lines
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

package ruledoc

import (
	"go/doc/comment"
	"strings"
)

// URL returns where the page of a rule is, without the anchor of a category.
func URL(rule string) string {
	return "https://github.com/spanlint/spanlint/blob/main/analyzer/" + rule + "/README.md"
}

// Markdown returns the documentation as Markdown, without a title.
func (d *Doc) Markdown() string {
	var b strings.Builder
	b.WriteString(d.Rule + " " + d.Summary + ".\n")
	for _, s := range d.Sections {
		b.WriteString("\n## " + s.Heading + "\n\n")
		b.WriteString(s.Markdown())
	}
	return b.String()
}

// Markdown returns the text of a section as Markdown, code in fences.
func (s Section) Markdown() string {
	var parser comment.Parser
	var printer comment.Printer
	language := "go"
	if s.Heading == traceHeading {
		language = "text"
	}
	var parts []string
	for _, block := range parser.Parse(s.Text).Content {
		if code, ok := block.(*comment.Code); ok {
			parts = append(parts, "```"+language+"\n"+code.Text+"```\n")
			continue
		}
		parts = append(parts, string(printer.Markdown(&comment.Doc{Content: []comment.Block{block}})))
	}
	return strings.Join(parts, "\n")
}

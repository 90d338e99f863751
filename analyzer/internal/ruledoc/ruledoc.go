// Package ruledoc reads the doc.go of a rule, the only place that documents it.
package ruledoc

import (
	"errors"
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Headings are those of every rule's documentation, in this order.
var Headings = []string{
	"What it does",
	"Why is this bad",
	"Example",
	"Fix and its safety",
	"Limits",
	"Configuration",
}

// traceHeading is that of a section which may follow the example. See [Trace].
const traceHeading = "Trace"

// A Doc is the documentation of one rule.
type Doc struct {
	// Rule is the name of the package.
	Rule string
	// Summary says in half a sentence what the rule reports.
	Summary string
	// Sections are in the order of Headings.
	Sections []Section
	// Examples are pieces of code that the rule reports, Instead those that
	// it asks for in their place.
	Examples, Instead []string

	text string // all below the summary
}

// A Section is the text below one heading, in the syntax of doc comments.
type Section struct {
	Heading, Text string
}

// Section returns the text below a heading, "" if there is none.
func (d *Doc) Section(heading string) string {
	for _, s := range d.Sections {
		if s.Heading == heading {
			return s.Text
		}
	}
	return ""
}

// Parse reads the source of a doc.go file.
func Parse(src string) (*Doc, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", src, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		return nil, err
	}
	if file.Doc == nil {
		return nil, fmt.Errorf("package %s has no doc comment", file.Name.Name)
	}
	d := &Doc{Rule: file.Name.Name}
	first, rest, _ := strings.Cut(strings.TrimSpace(file.Doc.Text()), "\n\n")
	summary, ok := strings.CutPrefix(strings.Join(strings.Fields(first), " "), "Package "+d.Rule+" ")
	if !ok {
		return nil, fmt.Errorf("the doc comment does not start with %q", "Package "+d.Rule)
	}
	d.Summary, d.text = strings.TrimSuffix(summary, "."), rest
	return d, d.parseSections()
}

func (d *Doc) parseSections() error {
	parts := strings.Split("\n"+d.text, "\n# ")
	if strings.TrimSpace(parts[0]) != "" {
		return errors.New("there is text before the first heading")
	}
	for _, part := range parts[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		d.Sections = append(d.Sections, Section{strings.TrimSpace(heading), strings.Trim(body, "\n")})
	}
	var got []string
	for _, s := range d.Sections {
		if s.Heading != traceHeading {
			got = append(got, s.Heading)
		}
		if s.Text == "" {
			return fmt.Errorf("section %q is empty", s.Heading)
		}
	}
	if !slices.Equal(got, Headings) {
		return fmt.Errorf("the headings are %q, not %q", got, Headings)
	}
	if _, err := d.Traces(); err != nil {
		return err
	}
	d.parseExamples()
	if len(d.Examples) == 0 || len(d.Instead) == 0 {
		return fmt.Errorf("section %q needs code, the words %q and code again", "Example", useInstead)
	}
	return nil
}

const useInstead = "Use instead:"

// parseExamples takes the code from the section Example.
func (d *Doc) parseExamples() {
	var p comment.Parser
	instead := false
	for _, block := range p.Parse(d.Section("Example")).Content {
		switch block := block.(type) {
		case *comment.Paragraph:
			instead = plain(block.Text) == useInstead
		case *comment.Code:
			if instead {
				d.Instead = append(d.Instead, block.Text)
			} else {
				d.Examples = append(d.Examples, block.Text)
			}
		}
	}
}

func plain(list []comment.Text) string {
	var b strings.Builder
	for _, t := range list {
		if t, ok := t.(comment.Plain); ok {
			b.WriteString(string(t))
		}
	}
	return b.String()
}

// String returns the documentation as analysis.Analyzer.Doc wants it: the
// summary, a blank line, and the rest with its headings.
func (d *Doc) String() string {
	return d.Summary + "\n\n" + d.text
}

// ParseText reads what [Text] has returned, as the Doc of an analyzer has it.
func ParseText(rule, text string) (*Doc, error) {
	summary, rest, _ := strings.Cut(text, "\n\n")
	d := &Doc{Rule: rule, Summary: summary, text: rest}
	return d, d.parseSections()
}

// Text returns what Doc.String does for the source of a doc.go file. For one
// that cannot be read it says why: nothing here may stop a user's build, and
// a test of every rule looks for this.
func Text(src string) string {
	d, err := Parse(src)
	if err != nil {
		return "documentation cannot be read: " + err.Error()
	}
	return d.String()
}

package ruledoc

import (
	"fmt"
	"go/doc/comment"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Trace shows what a finding of some categories makes of a trace, and what
// its repair makes of it: one picture for text and for drawings. It is written
// below the heading "Trace" so:
//
//	canceled, ended:
//
//	    request                |=========|
//	      work                       :...x     its context is canceled
//
//	Repaired:
//
//	    request                |=========|
//	    work -> request              |======|  has a root of its own
//
// A row is a span, |===|, or work without one, :...:, below the row that is
// indented less. The column is the time. It may end in > for one that nobody
// ends, and x marks where a context dies. An arrow is a link.
type Trace struct {
	Categories    []string
	Now, Repaired []Row
}

// A Row is a span, or work without a span.
type Row struct {
	Label string
	Depth int
	// Link is the label of the row that this one links to, "" for none.
	Link string
	// Span is false for work without a span.
	Span bool
	// Open is true where nobody ends it.
	Open bool
	// Start and End are columns, on one scale for all rows of a Trace.
	Start, End int
	// Dies has the column where the context dies, -1 if it does not.
	Dies int
	// Note says what there is to see, "" for nothing.
	Note string
}

// Traces returns the pictures of the documentation, none if it has no section
// of that name.
func (d *Doc) Traces() ([]Trace, error) {
	var (
		traces   []Trace
		repaired bool
		p        comment.Parser
	)
	for _, block := range p.Parse(d.Section(traceHeading)).Content {
		switch block := block.(type) {
		case *comment.Paragraph:
			text, ok := strings.CutSuffix(strings.Join(strings.Fields(plain(block.Text)), " "), ":")
			if !ok {
				continue
			}
			if repaired = text == "Repaired"; !repaired {
				traces = append(traces, Trace{Categories: strings.Split(text, ", ")})
			}
		case *comment.Code:
			if len(traces) == 0 {
				return nil, fmt.Errorf("section %q: a picture stands before the first category", traceHeading)
			}
			rows, err := parseRows(block.Text)
			if err != nil {
				return nil, fmt.Errorf("section %q: %v", traceHeading, err)
			}
			if t := &traces[len(traces)-1]; repaired {
				t.Repaired = rows
			} else {
				t.Now = rows
			}
		}
	}
	for _, t := range traces {
		if len(t.Now) == 0 {
			return nil, fmt.Errorf("section %q: no picture of %s", traceHeading, strings.Join(t.Categories, ", "))
		}
	}
	return traces, nil
}

var rowSyntax = regexp.MustCompile(`^( *)(\S+(?: \S+)*)  +([|:][=.x]*[|:>x]|[|:])(?:  +(\S.*))?$`)

func parseRows(text string) ([]Row, error) {
	var rows []Row
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		m := rowSyntax.FindStringSubmatchIndex(line)
		if m == nil {
			return nil, fmt.Errorf("not a row: %q", line)
		}
		column := func(i int) int { return utf8.RuneCountInString(line[:m[i]]) }
		bar := line[m[6]:m[7]]
		row := Row{
			Depth: (m[3] - m[2]) / 2,
			Span:  bar[0] == '|',
			Open:  strings.HasSuffix(bar, ">"),
			Start: column(6),
			End:   column(7) - 1,
			Dies:  -1,
		}
		row.Label, row.Link, _ = strings.Cut(line[m[4]:m[5]], " -> ")
		if i := strings.Index(bar, "x"); i >= 0 {
			row.Dies = row.Start + i
		}
		if m[8] >= 0 {
			row.Note = line[m[8]:m[9]]
		}
		if row.Link != "" && !slices.ContainsFunc(rows, func(r Row) bool { return r.Label == row.Link }) {
			return nil, fmt.Errorf("there is no row %q above %q to link to", row.Link, row.Label)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

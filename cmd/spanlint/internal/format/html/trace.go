package html

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
)

// What a picture is drawn with, in the units of its viewBox. Widths of letters
// are guessed, as nothing here knows the font.
const (
	width     = 640
	labels    = 176 // where the time begins
	rowHeight = 40
	barHeight = 12
	margin    = 10
	letter    = 6.6
	// On a phone the notes are larger, so that they can be read.
	noteLetter = 8.5
)

// draw returns rows as a picture, "" for none. The names of the finding stand
// in for the general ones. Time runs as fast in both pictures of a trace, so
// that what the repair makes shorter is shorter.
func draw(t *analyzer.Trace, rows []analyzer.TraceRow, f Finding, what string) template.HTML {
	if len(rows) == 0 {
		return ""
	}
	first, last := rows[0].Start, rows[0].End
	for _, r := range slices.Concat(t.Now, t.Repaired) {
		first, last = min(first, r.Start), max(last, r.End)
	}
	x := func(column int) float64 {
		return labels + float64(column-first)*(width-labels-margin)/float64(max(last-first, 1))
	}
	var b strings.Builder
	height := margin + rowHeight*len(rows)
	fmt.Fprintf(&b, `<svg class="trace" viewBox="0 0 %d %d" role="img" aria-label="%s">`,
		width, height, template.HTMLEscapeString("The trace "+what+": "+inWords(rows, f)))
	middle := func(i int) float64 { return margin + float64(rowHeight*i) + barHeight/2 }
	for i, r := range rows {
		y := middle(i)
		for j := range rows[:i] {
			if rows[j].Label == r.Link {
				fmt.Fprintf(&b, `<path class="link" d="M%.1f %.1f V%.1f"/>`, x(r.Start), y-barHeight/2, middle(j)+barHeight/2)
			}
		}
		fmt.Fprintf(&b, `<text class="label" x="%d" y="%.1f">%s</text>`,
			margin+14*r.Depth, y+4, template.HTMLEscapeString(shorten(name(r.Label, f), labels-margin-14*r.Depth)))
		class := "span"
		switch {
		case !r.Span:
			class = "work"
		case r.Open:
			class = "span open"
		case r.Depth == 0 && i > 0:
			class = "span root"
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%d" rx="3"/>`,
			class, x(r.Start), y-barHeight/2, max(x(r.End)-x(r.Start), 4), barHeight)
		if r.Open {
			fmt.Fprintf(&b, `<path class="arrow" d="M%.1f %.1f l8 6 l-8 6 z"/>`, x(r.End)-2, y-6)
		}
		if r.Dies >= 0 {
			fmt.Fprintf(&b, `<path class="dies" d="M%.1f %.1f l10 10 m0 -10 l-10 10"/>`, x(r.Dies)-5, y-5)
		}
		if r.Note != "" {
			// Below the bar, where there is always room, and to the left of its
			// end if it would run out of the picture.
			anchor, at := "start", x(r.Start)
			if at+noteLetter*float64(len(r.Note)) > width {
				anchor, at = "end", width-margin
			}
			fmt.Fprintf(&b, `<text class="note" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`,
				at, y+barHeight/2+13, anchor, template.HTMLEscapeString(r.Note))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// name returns what a row is called for this finding.
func name(label string, f Finding) string {
	switch {
	case label == "request" && f.Func != "":
		return f.Func
	case label == "work" && f.Work != "":
		return f.Work
	}
	return label
}

// shorten cuts a name to the room there is.
func shorten(s string, room int) string {
	r := []rune(s)
	if n := int(float64(room) / letter); len(r) > n {
		return string(r[:max(n-1, 1)]) + "…"
	}
	return s
}

// inWords says what the picture shows, for those who cannot see it.
func inWords(rows []analyzer.TraceRow, f Finding) string {
	var words []string
	for _, r := range rows {
		s := name(r.Label, f)
		if !r.Span {
			s += " without a span"
		}
		if r.Link != "" {
			s += " with a link to " + name(r.Link, f)
		}
		if r.Note != "" {
			s += ", " + r.Note
		}
		words = append(words, s)
	}
	return strings.Join(words, "; ")
}

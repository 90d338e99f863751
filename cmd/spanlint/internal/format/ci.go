package format

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// writeGitHub writes workflow commands, from which GitHub makes annotations,
// and appends a summary to the file that a step has for it. GitHub shows ten
// annotations of a kind; the log shows the messages of all, so these say where
// they belong.
func writeGitHub(w io.Writer, r *Report) error {
	for _, f := range r.Findings {
		end := f.end()
		props := []string{
			"file=" + escapeProperty(below(r.Root, f.File)),
			fmt.Sprintf("line=%d", f.Start.Line),
			fmt.Sprintf("endLine=%d", end.Line),
		}
		// Columns are heeded only within one line.
		if end.Line == f.Start.Line {
			props = append(props,
				fmt.Sprintf("col=%d", r.Sources.Column(f.File, f.Start, Runes)),
				fmt.Sprintf("endColumn=%d", r.Sources.Column(f.File, end, Runes)))
		}
		props = append(props, "title="+escapeProperty("spanlint "+f.Code()))
		message := fmt.Sprintf("%s:%d:%d: %s (%s)", below(r.Root, f.File), f.Start.Line, f.Start.Column, f.Message, f.Code())
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", f.severity().of("error", "warning"), strings.Join(props, ","), escapeData(message)); err != nil {
			return err
		}
	}
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	out, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	_, err = io.WriteString(out, summary(r))
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Data and properties are escaped as the runner's toolkit does.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
)

// maxRows keeps a summary below the megabyte that GitHub takes.
const maxRows = 500

// summary returns the findings as Markdown.
func summary(r *Report) string {
	var b strings.Builder
	fixable := 0
	for _, f := range r.Findings {
		if f.Fix != nil {
			fixable++
		}
	}
	fmt.Fprintf(&b, "### spanlint: %s in %s\n", Count(len(r.Findings), "finding"), Count(r.Packages, "package"))
	if fixable > 0 {
		fmt.Fprintf(&b, "\n%d can be repaired with `spanlint -fix`.\n", fixable)
	}
	if r.Broken > 0 {
		fmt.Fprintf(&b, "\n%s could not be checked.\n", Count(r.Broken, "package"))
	}
	cell := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "`", "'").Replace
	for i, f := range r.Findings {
		if i == 0 {
			b.WriteString("\n| | finding | rule |\n|---|---|---|\n")
		}
		if i == maxRows {
			fmt.Fprintf(&b, "\nand %d more\n", len(r.Findings)-i)
			break
		}
		rule := "`" + f.Code() + "`"
		if f.URL != "" {
			rule = "[" + rule + "](" + f.URL + ")"
		}
		fmt.Fprintf(&b, "| `%s:%d` | %s | %s |\n", cell(below(r.Root, f.File)), f.Start.Line, cell(f.Message), rule)
	}
	b.WriteString("\n")
	return b.String()
}

// writeGitLab writes a Code Quality report.
func writeGitLab(w io.Writer, r *Report) error {
	type lines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	issues := []issue{}
	for _, f := range r.Findings {
		issues = append(issues, issue{f.Message, f.Code(), f.Fingerprint, f.severity().of("major", "minor"),
			location{below(r.Root, f.File), lines{f.Start.Line, f.end().Line}}})
	}
	return writeIndented(w, issues)
}

// writeRDJSON writes what reviewdog reads: its columns count bytes.
func writeRDJSON(w io.Writer, r *Report) error {
	type span struct {
		Start Pos `json:"start"`
		End   Pos `json:"end"`
	}
	type location struct {
		Path  string `json:"path"`
		Range span   `json:"range"`
	}
	type code struct {
		Value string `json:"value"`
		URL   string `json:"url,omitempty"`
	}
	type suggestion struct {
		Range span   `json:"range"`
		Text  string `json:"text"`
	}
	type related struct {
		Message  string   `json:"message"`
		Location location `json:"location"`
	}
	type diagnostic struct {
		Message     string       `json:"message"`
		Location    location     `json:"location"`
		Severity    string       `json:"severity"`
		Code        code         `json:"code"`
		Suggestions []suggestion `json:"suggestions,omitempty"`
		Related     []related    `json:"related_locations,omitempty"`
	}
	type source struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	out := struct {
		Source      source       `json:"source"`
		Severity    string       `json:"severity"`
		Diagnostics []diagnostic `json:"diagnostics"`
	}{source{"spanlint", homepage}, "ERROR", []diagnostic{}}
	for _, f := range r.Findings {
		d := diagnostic{
			Message:  f.Message,
			Location: location{below(r.Dir, f.File), span{f.Start, f.end()}},
			Severity: f.severity().of("ERROR", "WARNING"),
			Code:     code{f.Code(), f.URL},
		}
		for _, rel := range f.Related {
			d.Related = append(d.Related, related{rel.Message, location{below(r.Dir, rel.File), span{rel.Start, rel.End}}})
		}
		for _, e := range r.joined(f) {
			d.Suggestions = append(d.Suggestions, suggestion{span{r.Sources.Pos(e.File, e.Start), r.Sources.Pos(e.File, e.End)}, e.New})
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	return writeIndented(w, out)
}

// maxJoined is how many lines a suggestion may have.
const maxJoined = 30

// joined returns the edits of a finding's file as one, with the text between
// them: reviewdog makes a comment of the first suggestion and cannot place
// others. Edits that are far apart, as that of an import is, stay several.
func (r *Report) joined(f Finding) []Edit {
	if f.Fix == nil {
		return nil
	}
	var edits []Edit
	for _, e := range f.Fix.Edits {
		if e.File == f.File {
			edits = append(edits, e)
		}
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	src := r.Sources.Text(f.File)
	if len(edits) < 2 || r.Sources.Pos(f.File, edits[len(edits)-1].End).Line-r.Sources.Pos(f.File, edits[0].Start).Line >= maxJoined {
		return edits
	}
	one := edits[0]
	for _, e := range edits[1:] {
		if e.Start < one.End || e.End > len(src) {
			return edits
		}
		one.New += string(src[one.End:e.Start]) + e.New
		one.End = e.End
	}
	return []Edit{one}
}

// MarshalJSON writes the names of reviewdog's schema.
func (p Pos) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"line":%d,"column":%d}`, p.Line, p.Column), nil
}

// writeCheckstyle writes the XML of Checkstyle, which many tools read. Its
// columns count characters.
func writeCheckstyle(w io.Writer, r *Report) error {
	type failure struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"`
	}
	type file struct {
		Name   string    `xml:"name,attr"`
		Errors []failure `xml:"error"`
	}
	var out struct {
		XMLName xml.Name `xml:"checkstyle"`
		Version string   `xml:"version,attr"`
		Files   []file   `xml:"file"`
	}
	out.Version = "10.0"
	for _, findings := range byFile(r.Findings) {
		f := file{Name: below(r.Dir, findings[0].File)}
		for _, g := range findings {
			f.Errors = append(f.Errors, failure{g.Start.Line, r.Sources.Column(g.File, g.Start, Runes),
				g.severity().of("error", "warning"), g.Message, "spanlint." + g.Code()})
		}
		out.Files = append(out.Files, f)
	}
	data, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, data)
	return err
}

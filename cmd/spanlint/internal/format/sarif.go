package format

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spanlint/spanlint/analyzer"
)

// The parts of SARIF 2.1.0 that we write.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Version        string      `json:"version"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string             `json:"id"`
		ShortDescription     sarifMultiformat   `json:"shortDescription"`
		FullDescription      sarifMultiformat   `json:"fullDescription"`
		HelpURI              string             `json:"helpUri,omitempty"`
		Help                 sarifMultiformat   `json:"help"`
		DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
		Properties           map[string]any     `json:"properties"`
	}
	sarifConfiguration struct {
		Enabled bool   `json:"enabled"`
		Level   string `json:"level"`
	}
	sarifMultiformat struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		ExecutionSuccessful        bool                `json:"executionSuccessful"`
		ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string       `json:"level"`
		Message sarifMessage `json:"message"`
	}
	sarifResult struct {
		RuleID              string             `json:"ruleId"`
		RuleIndex           int                `json:"ruleIndex"`
		Level               string             `json:"level"`
		Message             sarifMessage       `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		RelatedLocations    []sarifLocation    `json:"relatedLocations,omitempty"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		Fixes               []sarifFix         `json:"fixes,omitempty"`
		Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		ID               int                    `json:"id,omitempty"`
		PhysicalLocation sarifPhysicalLocation  `json:"physicalLocation"`
		LogicalLocations []sarifLogicalLocation `json:"logicalLocations,omitempty"`
		Message          *sarifMessage          `json:"message,omitempty"`
	}
	sarifLogicalLocation struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
	sarifPhysicalLocation struct {
		ArtifactLocation sarifArtifactLocation `json:"artifactLocation"`
		Region           sarifRegion           `json:"region"`
	}
	sarifArtifactLocation struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description     sarifMessage          `json:"description"`
		ArtifactChanges []sarifArtifactChange `json:"artifactChanges"`
	}
	sarifArtifactChange struct {
		ArtifactLocation sarifArtifactLocation `json:"artifactLocation"`
		Replacements     []sarifReplacement    `json:"replacements"`
	}
	sarifReplacement struct {
		DeletedRegion   sarifRegion   `json:"deletedRegion"`
		InsertedContent *sarifMessage `json:"insertedContent,omitempty"`
	}
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	homepage    = "https://github.com/spanlint/spanlint"
)

// writeSARIF writes findings for code hosts and editors: SARIF 2.1.0. Of each
// finding it marks what is wrong and no more, because GitHub shows in a pull
// request only what lies in changed lines as a whole.
func writeSARIF(w io.Writer, r *Report) error {
	rules, index := sarifRules(r)
	out := sarifRun{
		Tool:        sarifTool{sarifDriver{"spanlint", homepage, r.Version, rules}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: len(r.Errors) == 0}},
		ColumnKind:  "utf16CodeUnits",
		Results:     []sarifResult{},
	}
	for _, e := range r.Errors {
		n := &out.Invocations[0].ToolExecutionNotifications
		*n = append(*n, sarifNotification{"error", sarifMessage{e}})
	}
	for _, f := range r.Findings {
		out.Results = append(out.Results, r.sarifResult(f, index[f.Code()]))
	}
	for _, f := range r.Ignored {
		res := r.sarifResult(f, index[f.Code()])
		res.Suppressions = []sarifSuppression{{"inSource", f.Ignored}}
		out.Results = append(out.Results, res)
	}
	return writeIndented(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{out}})
}

// sarifRules describes all categories, and those of findings that come from
// elsewhere.
func sarifRules(r *Report) (rules []sarifRule, index map[string]int) {
	index = make(map[string]int)
	add := func(code, short, full, help, uri string, enabled bool) {
		if _, ok := index[code]; ok {
			return
		}
		index[code] = len(rules)
		level := "error"
		if !enabled {
			level = "warning"
		}
		rules = append(rules, sarifRule{
			ID:                   code,
			ShortDescription:     sarifMultiformat{Text: short},
			FullDescription:      sarifMultiformat{Text: full},
			HelpURI:              uri,
			Help:                 sarifMultiformat{Text: full, Markdown: help},
			DefaultConfiguration: sarifConfiguration{enabled, level},
			Properties:           map[string]any{"tags": []string{"concurrency", "opentelemetry"}, "precision": "high", "problem.severity": level},
		})
	}
	docs := Docs()
	for _, rule := range analyzer.Rules() {
		d := docs[rule.Name]
		for _, c := range rule.Categories {
			add(rule.Name+"."+c.Name, c.Doc, d.Summary, d.Markdown, d.URL+"#"+c.Name, !c.OptIn)
		}
	}
	for _, f := range append(r.Findings[:len(r.Findings):len(r.Findings)], r.Ignored...) {
		add(f.Code(), f.Rule, f.Rule, "", f.URL, true)
	}
	return rules, index
}

func (r *Report) sarifResult(f Finding, rule int) sarifResult {
	at := r.sarifLocation(f.File, f.Start, f.end())
	if f.Func != "" {
		at.LogicalLocations = []sarifLogicalLocation{{f.Package + "." + f.Func, "function"}}
	}
	res := sarifResult{
		RuleID: f.Code(), RuleIndex: rule, Level: f.severity().of("error", "warning"), Message: sarifMessage{f.Message},
		Locations: []sarifLocation{at},
		// GitHub looks at the first, and takes it for the same alert.
		PartialFingerprints: map[string]string{"primaryLocationLineHash": f.Fingerprint, "spanlint/v1": f.Fingerprint},
	}
	for i, rel := range f.Related {
		at := r.sarifLocation(rel.File, rel.Start, rel.End)
		at.ID = i + 1
		at.Message = &sarifMessage{rel.Message}
		res.RelatedLocations = append(res.RelatedLocations, at)
	}
	if f.Fix != nil {
		res.Fixes = []sarifFix{r.sarifFix(f.Fix)}
	}
	return res
}

func (r *Report) sarifFix(fix *Fix) sarifFix {
	out := sarifFix{Description: sarifMessage{fix.Message}}
	for _, e := range fix.Edits {
		n := len(out.ArtifactChanges)
		at := r.sarifArtifact(e.File)
		if n == 0 || out.ArtifactChanges[n-1].ArtifactLocation != at {
			out.ArtifactChanges = append(out.ArtifactChanges, sarifArtifactChange{ArtifactLocation: at})
			n++
		}
		rep := sarifReplacement{DeletedRegion: r.sarifRegion(e.File, r.Sources.Pos(e.File, e.Start), r.Sources.Pos(e.File, e.End))}
		if e.New != "" {
			rep.InsertedContent = &sarifMessage{e.New}
		}
		out.ArtifactChanges[n-1].Replacements = append(out.ArtifactChanges[n-1].Replacements, rep)
	}
	return out
}

func (r *Report) sarifLocation(file string, start, end Pos) sarifLocation {
	return sarifLocation{PhysicalLocation: sarifPhysicalLocation{r.sarifArtifact(file), r.sarifRegion(file, start, end)}}
}

func (r *Report) sarifArtifact(file string) sarifArtifactLocation {
	rel := below(r.Root, file)
	if strings.HasPrefix(rel, "/") || strings.Contains(rel, ":/") {
		return sarifArtifactLocation{URI: (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(rel, "/")}).String()}
	}
	return sarifArtifactLocation{URI: (&url.URL{Path: rel}).EscapedPath(), URIBaseID: "%SRCROOT%"}
}

func (r *Report) sarifRegion(file string, start, end Pos) sarifRegion {
	if end.Line < start.Line {
		end = start
	}
	return sarifRegion{
		max(start.Line, 1), max(r.Sources.Column(file, start, UTF16), 1),
		max(end.Line, 1), max(r.Sources.Column(file, end, UTF16), 1),
	}
}

// A Doc is what formats say of a rule.
type Doc struct {
	Summary, Markdown, URL string
}

// Docs returns what there is to say of the rules, by name.
func Docs() map[string]Doc {
	docs := make(map[string]Doc)
	for name, d := range analyzer.Docs() {
		docs[name] = Doc{
			Summary:  fmt.Sprintf("%s %s.", name, d.Summary),
			Markdown: d.Markdown(),
			URL:      analyzer.URL(name),
		}
	}
	return docs
}

package queuectx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/declare"
	"github.com/spanlint/spanlint/analyzer/internal/model"
	"github.com/spanlint/spanlint/analyzer/internal/plan"
	"github.com/spanlint/spanlint/analyzer/internal/queue"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
)

//go:embed doc.go
var doc string

const (
	noinject  = "noinject"
	noextract = "noextract"
	dropped   = "dropped"
	kind      = "kind"
	job       = "job"
	reextract = "reextract"
)

// Rule names the rule and its categories.
var Rule = config.Rule{Name: "queuectx", Categories: []config.Category{
	{Name: noinject, Doc: "a message is sent below a span that is not put into it"},
	{Name: noextract, Doc: "the span for a message starts on a context that has nothing of it"},
	{Name: dropped, Doc: "a context is extracted, or injected, for nothing"},
	{Name: kind, Doc: "a span that carries a message over has no kind"},
	{Name: job, Doc: "a job crosses a channel without its context"},
	{Name: reextract, Doc: "a parent is extracted over the span of the server"},
}}

// Analyzer is the rule with the default configuration.
var Analyzer = New(model.Default())

// New returns the rule, hung on a set of models.
func New(m *model.Set) *analysis.Analyzer { return m.Rule(Rule, doc, judge) }

func judge(m *model.Models) []plan.Verdict {
	x := queue.New(m.Summary, m.Spans, m.Launch, declare.Queues(m.Config, m.Pass.Pkg))
	if !x.Speaks() {
		return nil
	}
	var out []plan.Verdict
	add := func(category string, n ast.Node, fix *analysis.SuggestedFix, format string, args ...any) {
		v := plan.Verdict{Category: category, Site: n, Pos: n.Pos(), End: n.End(), Message: fmt.Sprintf(format, args...), Fix: fix}
		if c, ok := n.(*ast.CallExpr); ok {
			v.End = c.Lparen // messages fill many lines
		}
		out = append(out, v)
	}
	taken := make(names)
	for _, f := range m.Package.Funcs {
		if m.Package.IsTest(f.Node) {
			continue // the other side of a test is not there to go on
		}
		if !x.Instrumented() && !x.Injects(f) {
			for _, p := range x.Untraced(f) {
				format := "%s sends a message without %s, so its consumer starts another trace"
				if p.Many {
					format = "%s sends messages without %s, so their consumer starts another trace"
				}
				add(noinject, p.Node, inject(m, p, taken), format, types.ExprString(p.By), name(p.Span))
			}
		}
		if !x.Instrumented() {
			for _, c := range x.Fresh(f) {
				add(noextract, c.Span.Call, extract(m, c, taken), "%s starts without what %s carries, so its producer's trace ends there", name(c.Span), c.Message.Name())
			}
		}
		for _, w := range x.Wasted(f) {
			if w.Extract {
				add(dropped, w.Call, keep(m, w), "the context that %s returns is dropped, so the trace does not go on", types.ExprString(w.Call.Fun))
			} else {
				add(dropped, w.Call, nil, "the carrier that %s fills goes nowhere, so the trace does not go on", types.ExprString(w.Call.Fun))
			}
		}
		for _, k := range x.Kindless(f) {
			if k.Publish != nil {
				add(kind, k.Publish, withKind(m, k.Span, "Producer"), "%s sends this message and is not marked as a producer's", name(k.Span))
			} else {
				add(kind, k.Span.Call, withKind(m, k.Span, "Consumer"), "%s goes on with a message and is not marked as a consumer's", name(k.Span))
			}
		}
		for _, j := range x.Jobs(f) {
			add(job, j.Send, nil, "%s is sent without the context of %s, so who takes it starts another trace", article(m, j.Send), name(j.Span))
		}
		again := x.Reextracted(f)
		for _, c := range again {
			add(reextract, c, leave(m, f, c, again), "the server has started a span with this parent, and what is extracted here takes its place")
		}
	}
	return out
}

// name is what a span is called in a message.
func name(s *spans.Start) string {
	if s.Span == nil {
		return "the span"
	}
	return "span " + s.Span.Name()
}

// article names what is sent by its type.
func article(m *model.Models, s *ast.SendStmt) string {
	return "a " + types.TypeString(m.Pass.TypesInfo.TypeOf(s.Value), types.RelativeTo(m.Pass.Pkg))
}

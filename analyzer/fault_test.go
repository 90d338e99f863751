package analyzer_test

import (
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis/checker"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/internal/load/loadtest"
)

const forgottenDefer = `package p

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("p")

func end(span trace.Span, err *error) {
	if *err != nil {
		span.RecordError(*err)
	}
	span.End()
}

func load(ctx context.Context, read func(context.Context) error) (err error) {
	ctx, span := tracer.Start(ctx, "load")
	end(span, &err)
	err = read(ctx)
	return err
}
`

// A fault that two rules see is reported by the one that mends it, and by the
// other only if that one is off.
func TestOneFault(t *testing.T) {
	for _, test := range []struct {
		off  string
		want []string
	}{
		{"", []string{"spanend.manual"}},
		{"spanend.manual", []string{"lostctx.ended"}},
	} {
		cfg := analyzer.NewConfig()
		if test.off != "" {
			if err := cfg.Apply(analyzer.Switches{Rules: map[string]bool{test.off: false}}); err != nil {
				t.Fatal(err)
			}
		}
		loaded := loadtest.Source(t, filepath.Join("..", "testdata", "src"), forgottenDefer)
		graph, err := checker.Analyze(analyzer.New(cfg), loaded.Roots, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, act := range graph.Roots {
			for _, d := range act.Diagnostics {
				got = append(got, act.Analyzer.Name+"."+d.Category)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("without %q: got %q, want %q", test.off, got, test.want)
		}
	}
}

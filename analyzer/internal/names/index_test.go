package names_test

import (
	"go/types"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/names"
	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// index returns the names of a package with this source, checked against the
// real modules of testdata/src.
func index(t *testing.T, src string) *names.Index {
	t.Helper()
	pkg := scopetest.Package(t, scopetest.Src, src)
	return names.Of(summary.Build(pkg, nil, spans.Contribute, names.Contribute))
}

// What a name is made of decides; where it is written does not.
func TestCulprit(t *testing.T) {
	x := index(t, `package p

import (
	"context"
	"fmt"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("p")

type state int

func (s state) String() string { return "a" }

func start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, "p."+name)
}

func handle(w http.ResponseWriter, r *http.Request, n int, s state, template func() string) {
	ctx := r.Context()
	tracer.Start(ctx, "constant")
	tracer.Start(ctx, fmt.Sprintf("state %s", s))
	tracer.Start(ctx, r.Method+template())
	tracer.Start(ctx, fmt.Sprintf("%T", r))
	start(ctx, "constant")
	tracer.Start(ctx, r.Method+r.Pattern)      // r.Method
	tracer.Start(ctx, "a"+r.URL.Path)          // r.URL.Path
	start(ctx, r.Host)                         // r.Host
	for i := range n {
		tracer.Start(ctx, fmt.Sprint("a", i))  // i
	}
}
`)
	var got []string
	for _, n := range x.Names() {
		if p, ok := n.Culprit(); ok {
			got = append(got, types.ExprString(p.Expr))
		}
	}
	want := []string{"r.Method", "r.URL.Path", "r.Host", "i"}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

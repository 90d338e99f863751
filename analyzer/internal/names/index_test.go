package names_test

import (
	"go/types"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/spanlint/spanlint/analyzer/internal/names"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
	"github.com/spanlint/spanlint/internal/load"
)

// index returns the names of a package with this source, checked against the
// real modules of testdata/src.
func index(t *testing.T, src string) *names.Index {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "src", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	loaded, err := load.Load(load.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range loaded.Errors {
		t.Fatal(err)
	}
	p := loaded.Roots[0]
	pkg := scope.Index(loaded.Fset, p.Syntax, p.Types, p.TypesInfo, inspector.New(p.Syntax))
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

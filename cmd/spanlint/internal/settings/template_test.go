package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/spanlint/spanlint/analyzer"
	"github.com/spanlint/spanlint/internal/load"
)

// What a new file says about a code base is what the code does, not how it is
// named.
func TestLook(t *testing.T) {
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(`
-- go.mod --
module example.com/m
go 1.26
-- a.go --
package m

import (
	"context"
	"sync"
)

var wg sync.WaitGroup

func Drain() { wg.Wait() }

func Background(f func()) {
	wg.Add(1)
	go func() { defer wg.Done(); f() }()
}

func Loose(name string, f func()) { go f() }

func Detached(ctx context.Context, f func(context.Context)) { go f(context.WithoutCancel(ctx)) }

func cut(n int, ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

func Plain(f func()) { f(); _ = cut }
-- a_test.go --
package m

func inTest(f func()) { go f() }
`)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := load.Load(load.Config{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	view, err := Look(loaded)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range view.Helpers {
		got = append(got, h.Kind+" "+h.Text)
	}
	want := []string{
		"detachers example.com/m.cut:1",
		"launchers example.com/m.Background:0:tracked",
		"launchers example.com/m.Detached:1:detached",
		"launchers example.com/m.Loose:1",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	text := string(Template(view))
	for _, w := range append(want[1:], "No package here imports a tracing library") {
		if _, helper, ok := strings.Cut(w, "launchers "); ok {
			w = helper
		}
		if !strings.Contains(text, "#   "+w+"\n") && !strings.Contains(text, w) {
			t.Errorf("the file does not say %q", w)
		}
	}
	// What is inferred can be declared in the very words.
	for _, h := range view.Helpers {
		if err := analyzer.NewConfig().Declare(h.Kind, h.Text); err != nil {
			t.Error(err)
		}
	}
}

// A new file changes nothing, and what it proposes is right when the comment
// signs are taken away.
func TestTemplate(t *testing.T) {
	text := Template(&analyzer.View{Tracers: []string{"go.opentelemetry.io/otel/trace"}})
	if args, err := Read("x.yml", text); err != nil || len(args) > 0 {
		t.Errorf("got %q, %v", args, err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "#"); ok && !strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "#  ") && !strings.HasPrefix(line, "#   ") || strings.HasPrefix(line, "#    ") {
			b.WriteString(rest)
		}
	}
	if args, err := Read("x.yml", []byte(b.String())); err != nil || len(args) == 0 {
		t.Errorf("%v\n%s", err, b.String())
	}
}

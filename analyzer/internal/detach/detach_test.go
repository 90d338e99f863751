package detach_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/packages"

	"github.com/spanlint/spanlint/analyzer/internal/config"
	"github.com/spanlint/spanlint/analyzer/internal/detach"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/scope"
	"github.com/spanlint/spanlint/analyzer/internal/spans"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
	"github.com/spanlint/spanlint/internal/load"
)

// site returns the first launch of package p in a module with these files. It
// has the requirements of testdata/src unless it brings its own go.mod.
func site(t *testing.T, files map[string]string) (detach.Site, *packages.Package) {
	t.Helper()
	dir := t.TempDir()
	if files["go.mod"] == "" {
		for _, name := range []string{"go.mod", "go.sum"} {
			data, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "src", name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(data)
		}
	}
	for name, data := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := load.Load(load.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range loaded.Errors {
		t.Fatal(err)
	}
	var p *packages.Package
	for _, root := range loaded.Roots {
		if root.Name == "p" {
			p = root
		}
	}
	pkg := scope.Index(loaded.Fset, p.Syntax, p.Types, p.TypesInfo, inspector.New(p.Syntax))
	x := launch.Of(summary.Build(pkg, nil, spans.Contribute, launch.Contributor()))
	if len(x.Launches()) == 0 || len(x.Launches()[0].Uses()) == 0 {
		t.Fatal("no launch that uses a context")
	}
	pass := &analysis.Pass{Fset: loaded.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo, ReadFile: os.ReadFile}
	if p.Module != nil {
		pass.Module = &analysis.Module{Path: p.Module.Path}
	}
	l := x.Launches()[0]
	u := l.Uses()[0]
	return detach.Site{
		Pass: pass, Config: config.New(nil), Package: pkg, Launch: l, Flow: x.Flow, Use: u, Value: u.Values[0],
		Cut: true, WaitedFor: x.WaitedFor,
	}, p
}

const traced = `package p

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("p")

type store interface{ Save(context.Context) error }

func save(ctx context.Context, s store) {
	go func() { _ = s.Save(ctx) }()
}
`

func TestFix(t *testing.T) {
	s, _ := site(t, map[string]string{"p.go": traced})
	fix := detach.Fix(s)
	if fix == nil {
		t.Fatal("no fix")
	}
	text := ""
	for _, e := range fix.TextEdits {
		text += string(e.NewText)
	}
	for _, want := range []string{"context.WithoutCancel(ctx)", "trace.WithNewRoot()", "defer span.End()"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	s.Config.Detach = config.DetachChild
	for _, e := range detach.Fix(s).TextEdits {
		if strings.Contains(string(e.NewText), "WithNewRoot") {
			t.Error("a child has a parent")
		}
	}
}

// context.WithoutCancel came with Go 1.21.
func TestNoFixInOldFile(t *testing.T) {
	s, p := site(t, map[string]string{"p.go": traced})
	for version, want := range map[string]bool{"go1.20": false, "go1.21": true, "": true} {
		p.TypesInfo.FileVersions[p.Syntax[0]] = version
		if got := detach.Fix(s) != nil; got != want {
			t.Errorf("fix %v in a file of version %q", got, version)
		}
	}
}

func TestNoFixWithoutOpenTelemetry(t *testing.T) {
	untraced := strings.NewReplacer("\n\t\"go.opentelemetry.io/otel\"\n", "", `var tracer = otel.Tracer("p")`, "").Replace(traced)
	s, _ := site(t, map[string]string{"go.mod": "module p\n\ngo 1.26\n", "p.go": untraced})
	if detach.Fix(s) != nil {
		t.Error("the module would need a new requirement")
	}
	// What the module imports elsewhere it has, where this package sees it.
	s, _ = site(t, map[string]string{
		"p.go":         strings.Replace(untraced, `"context"`, "\"context\"\n\n\t_ \"src/sub\"", 1),
		"sub/other.go": "package sub\n\nimport _ \"go.opentelemetry.io/otel\"\n",
	})
	if detach.Fix(s) == nil {
		t.Error("the module imports otel")
	}
}

// A framework's object serves the next request by the time the work runs.
func TestNoFixWithPooledObject(t *testing.T) {
	const gin = "package gin\n\nimport \"context\"\n\ntype Context struct{ context.Context }\n\nfunc (c *Context) Param(string) string { return \"\" }\n"
	mod, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "src", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "src", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]bool{
		"ctx, id := c.Context, c.Param(\"id\"); _ = id; go func() { _ = s.Save(ctx) }()": true,
		"ctx := c.Context; go func() { _ = c.Param(\"id\"); _ = s.Save(ctx) }()":         false,
		"ctx := c.Context; go func(c *gin.Context) { _ = s.Save(ctx) }(c)":               true,
		"ctx := c.Context; go saveFor(ctx, c, s)":                                        false,
		"go func() { _ = s.Save(c) }()":                                                  false,
	} {
		src := strings.Replace(traced, "func save(ctx context.Context, s store) {\n\tgo func() { _ = s.Save(ctx) }()", "func saveFor(ctx context.Context, c *gin.Context, s store) { _ = s.Save(ctx) }\n\nfunc save(c *gin.Context, s store) {\n\t"+body, 1)
		src = strings.Replace(src, "\"context\"\n", "\"context\"\n\n\t\"github.com/gin-gonic/gin\"\n", 1)
		s, _ := site(t, map[string]string{
			"go.mod": string(mod) + "\nrequire github.com/gin-gonic/gin v1.0.0\n\nreplace github.com/gin-gonic/gin => ./gin\n",
			"go.sum": string(sum), "p.go": src,
			"gin/go.mod": "module github.com/gin-gonic/gin\n\ngo 1.26\n", "gin/gin.go": gin,
		})
		if got := detach.Fix(s) != nil; got != want {
			t.Errorf("fix %v: %s", got, body)
		}
	}
}

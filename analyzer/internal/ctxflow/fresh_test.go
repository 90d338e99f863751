package ctxflow_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/ctxflow"
	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

const followed = `package p

import (
	"context"
	"net/http"
	"time"
)

type key struct{}

type holder struct{ ctx context.Context }

var todo = context.TODO()

func use(context.Context)             {}
func send(*http.Request)              {}
func fresh() context.Context          { return context.Background() } // comes to: kept
func same(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, 1) }

func direct()                         { use(context.Background()) } // comes to: use
func variable()                       { c := context.Background(); use(c); use(c) } // comes to: use use
func derived()                        { c, stop := context.WithTimeout(context.Background(), time.Second); defer stop(); use(c) } // comes to: use+cancels
func helper()                         { use(fresh()) } // comes to: use
func through()                        { use(same(context.Background())) } // comes to: same use
func packageVariable()                { use(todo) } // comes to: use
func captured()                       { c := context.Background(); go func() { use(c) }() } // comes to: use
func argument()                       { func(c context.Context) { use(c) }(context.Background()) } // comes to: use
func closure()                        { f := func(c context.Context) { use(c) }; f(context.Background()) } // comes to: use
func stored(h *holder)                { h.ctx = context.Background() } // comes to: kept
func inStruct()                       { _ = holder{context.Background()} } // comes to: kept
func sent(c chan context.Context)     { c <- context.Background() } // comes to: kept
func named() (ctx context.Context)    { ctx = context.Background(); return } // comes to: kept
func overwritten(ctx context.Context) { c := context.Background(); c = ctx; use(c) } // comes to:
func byDefault(ctx context.Context, b bool) { c := context.Background(); if b { c = ctx }; use(c) } // comes to: use(default)
func replaced(ctx context.Context, b bool) { if b { ctx = context.Background() }; use(ctx) } // comes to: use
func detached()                       { use(context.WithoutCancel(context.Background())) } // comes to: use+detaches
func request()                        { r, _ := http.NewRequest("GET", "/", nil); r.Header.Set("a", "b"); send(r) } // comes to: send
func requestContext()                 { r, _ := http.NewRequest("GET", "/", nil); use(r.Context()) } // comes to: use
func withContext(ctx context.Context) { r, _ := http.NewRequest("GET", "/", nil); r = r.WithContext(ctx); send(r) } // comes to:
func compared(ctx context.Context)    { if ctx == context.Background() { use(ctx) } } // comes to:
func inLoop()                         { c := context.Background(); for range 3 { c = context.WithValue(c, key{}, 1) }; use(c) } // comes to: use use
func dropped()                        { _ = context.Background() } // comes to:
func addressed()                      { c := context.Background(); p := &c; use(*p) } // comes to: kept
`

func TestFollow(t *testing.T) {
	pkg := scopetest.Package(t, "", followed)
	flow := ctxflow.New(summary.Build(pkg, nil, launch.Contributor()))

	got := make(map[string][]string)
	for _, f := range pkg.Funcs {
		name := f.Root().Node.(*ast.FuncDecl).Name.Name
		for _, src := range flow.Fresh(f) {
			for _, sink := range flow.Follow(src) {
				got[name] = append(got[name], describe(sink))
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^func (\w+)\(.*// comes to:(.*)$`).FindAllStringSubmatch(followed, -1) {
		want := strings.Fields(m[2])
		if slices.Sort(got[m[1]]); !slices.Equal(got[m[1]], want) {
			t.Errorf("%s: comes to %v, not %v", m[1], got[m[1]], want)
		}
	}
}

// describe says where a context comes to, and what was done to it.
func describe(s ctxflow.Sink) string {
	if s.Kind == ctxflow.Kept {
		return "kept"
	}
	text := fmt.Sprint(s.Call.Fun)
	if s.Value.Has(ctxflow.Cancels) {
		text += "+cancels"
	}
	if s.Value.Has(ctxflow.Detaches) {
		text += "+detaches"
	}
	if s.Default {
		text += "(default)"
	}
	return text
}

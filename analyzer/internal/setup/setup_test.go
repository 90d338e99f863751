package setup_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/setup"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// table returns the summaries of a package with this source, checked against
// the real modules of testdata/src.
func table(t *testing.T, src string) *summary.Table {
	t.Helper()
	pkg := scopetest.Package(t, scopetest.Src, src)
	return summary.Build(pkg, nil, setup.Contribute)
}

const functions = `package p

import (
	"context"
	"log"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
)

var exporter trace.SpanExporter

type holder struct{ tp *trace.TracerProvider }

func (h *holder) Stops(ctx context.Context) error { return h.tp.Shutdown(ctx) }
func (h *holder) Detaches(ctx context.Context) error { return h.tp.Shutdown(context.WithoutCancel(ctx)) }
func (h *holder) Flushes(ctx context.Context) error { return h.tp.ForceFlush(ctx) }
func (h *holder) Launches(ctx context.Context) { go func() { h.tp.Shutdown(ctx) }() }
func (h *holder) StopsByAnother(ctx context.Context) { defer h.Stops(ctx) }

func StopsItsOwn(ctx context.Context) { tp := Provider(); defer tp.Shutdown(ctx) }

func Provider() *trace.TracerProvider { return trace.NewTracerProvider(trace.WithBatcher(exporter)) }
func ProviderAgain() (*trace.TracerProvider, error) { tp := Provider(); return tp, nil }
func Getter(h *holder) *trace.TracerProvider { return h.tp }
func StopFunction() func(context.Context) error { tp := Provider(); Installs(tp); return tp.Shutdown }
func StopFunctionAgain() (int, func(context.Context) error) { stop := StopFunction(); return 1, stop }
func StopRegistered(add func(func(context.Context) error)) func(context.Context) error {
	tp := Provider(); add(tp.Shutdown); return tp.Shutdown
}

func Installs(tp *trace.TracerProvider) { otel.SetTracerProvider(tp) }
func InstallsByAnother() { Installs(Provider()) }

func Exits() { log.Print("no"); os.Exit(1) }
func ExitsByAnother(err error) { if err != nil { log.Fatal(err) }; Exits() }
func MayExit(err error) { if err != nil { Exits() } }
func Panics() { log.Panic("no") }

func Injects(ctx context.Context, c propagation.MapCarrier) { otel.GetTextMapPropagator().Inject(ctx, c) }
func ExtractsByAnother(ctx context.Context) { func() { propagation.TraceContext{}.Extract(ctx, nil) }() }
`

// What a function does for the program's telemetry is what its callers and
// the importers of its package go by.
func TestSummaries(t *testing.T) {
	sums := table(t, functions)
	const stops = summary.StopsProvider | summary.ShutsDown
	want := map[string]struct {
		does summary.SetupUse
		ctx  uint16
		stop map[int]summary.StopResult
	}{
		"Stops":             {stops, 1 << 1, nil},
		"Detaches":          {stops, 0, nil},
		"Flushes":           {summary.StopsProvider, 1 << 1, nil},
		"Launches":          {},
		"StopsByAnother":    {stops, 1 << 1, nil},
		"StopsItsOwn":       {},
		"Provider":          {0, 0, map[int]summary.StopResult{0: summary.OwnedProvider}},
		"ProviderAgain":     {0, 0, map[int]summary.StopResult{0: summary.OwnedProvider}},
		"Getter":            {},
		"StopFunction":      {summary.Installs, 0, map[int]summary.StopResult{0: summary.StopFunction}},
		"StopFunctionAgain": {summary.Installs, 0, map[int]summary.StopResult{1: summary.StopFunction}},
		"StopRegistered":    {},
		"Installs":          {summary.Installs, 0, nil},
		"InstallsByAnother": {summary.Installs, 0, nil},
		"Exits":             {summary.EndsProcess, 0, nil},
		"ExitsByAnother":    {summary.EndsProcess, 0, nil},
		"MayExit":           {summary.EndsOnError, 0, nil},
		"Panics":            {},
		"Injects":           {summary.Injects, 0, nil},
		"ExtractsByAnother": {summary.Extracts, 0, nil},
	}
	for _, f := range sums.Pkg.Funcs {
		if f.Obj == nil {
			continue
		}
		w, ok := want[f.Obj.Name()]
		if !ok {
			t.Errorf("%s is not expected", f.Obj.Name())
			continue
		}
		delete(want, f.Obj.Name())
		got := sums.Of(f)
		if got.Setup.Does != w.does || got.Setup.StopCtx != w.ctx {
			t.Errorf("%s: does %b on contexts %b, want %b on %b", f.Obj.Name(), got.Setup.Does, got.Setup.StopCtx, w.does, w.ctx)
		}
		for i, r := range got.Results {
			if r.Stop != w.stop[i] {
				t.Errorf("%s: result %d is %d, want %d", f.Obj.Name(), i, r.Stop, w.stop[i])
			}
		}
	}
	for name := range want {
		t.Errorf("there is no %s", name)
	}
}

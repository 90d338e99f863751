package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Functions that nothing is known of but what is declared.
const opaque = `package m

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("m")

var errEmpty = errors.New("empty")

type op struct{ n int }

func (o *op) Finish() { hook(o.n) }

var hook func(int)

type tracing interface {
	Begin(ctx context.Context) (context.Context, *op)
	Child(ctx context.Context) trace.Span
}

type store interface{ Save(ctx context.Context, id string) error }

type runner interface {
	Run(name string, task func())
	Keep(ctx context.Context) context.Context
	Handle(topic string, h func(ctx context.Context, msg []byte) error)
}

var (
	t  tracing
	db store
	r  runner
)

func work(ctx context.Context) { _ = db.Save(ctx, "1") }

func lost(ctx context.Context, id string) error {
	ctx, o := t.Begin(ctx)
	if id == "" {
		return errEmpty
	}
	o.Finish()
	return ctx.Err()
}

func lostChild(ctx context.Context, id string) error {
	span := t.Child(ctx) // may be somebody else's
	if id == "" {
		return errEmpty
	}
	span.End()
	return nil
}

type bus interface {
	Publish(ctx context.Context, topic string, body []byte) error
}

var b bus

func send(ctx context.Context, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return b.Publish(ctx, "orders", body)
}

func register() {
	r.Handle("orders", func(ctx context.Context, msg []byte) error {
		r.Run("save", func() { work(ctx) })
		go work(r.Keep(ctx))
		return nil
	})
}

func spans(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "save "+id)
	err := db.Save(ctx, id)
	span.End()
	return err
}
`

const external = `package external

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

func lost(ctx context.Context, tracer trace.Tracer) {
	_, span := tracer.Start(ctx, "lost")
	span.AddEvent("x")
}
`

const legacy = `package legacy

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"
)

type store interface{ Save(ctx context.Context, id string) error }

var db store

var tracer = otel.Tracer("legacy")

func notify(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "notify")
	defer span.End()
	_ = db.Save(ctx, "1")
}

func handle(w http.ResponseWriter, r *http.Request) {
	go notify(r.Context())
}
`

// Each key means the same in .spanlint.yml, as a flag of the command, as a
// flag of go vet, and in the settings of golangci-lint.
func TestKeys(t *testing.T) {
	skipUnlessAsked(t)
	bin, vet, gcl := lookForTool(t), vettool(t), buildGolangci(t)
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(srcDir(t), name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), strings.Replace(string(data), "module src\n", "module m\n", 1))
	}
	write(t, filepath.Join(dir, "m.go"), opaque)
	write(t, filepath.Join(dir, "external", "e.go"), external)
	write(t, filepath.Join(dir, "legacy", "l.go"), legacy)
	const (
		starter  = "(m.tracing).Begin"
		ender    = "(*m.op).Finish"
		launch   = "(m.runner).Run:task"
		handler  = "(m.runner).Handle"
		detacher = "(m.runner).Keep"
	)
	for _, test := range []struct {
		key      string
		flags    []string
		settings map[string]any
		// without is what the settings are compared with, {} if it is nil.
		without map[string]any
	}{
		{"rules", []string{"-orphanspan=false", "-spanname.variable=false"},
			map[string]any{"rules": map[string]any{"orphanspan": false, "spanname": map[string]any{"variable": false}}}, nil},
		{"rules", []string{"-untracked"}, map[string]any{"rules": map[string]any{"untracked": true}}, nil},
		{"enable", []string{"-enable=spanend.phase,spanerror"}, map[string]any{"enable": []string{"spanend.phase", "spanerror"}}, nil},
		{"strict", []string{"-strict"}, map[string]any{"strict": true}, nil},
		{"detach", []string{"-detach=child"}, map[string]any{"detach": "child"}, nil},
		{"unsafe-fixes", []string{"-unsafe-fixes"}, map[string]any{"unsafe-fixes": true}, nil},
		{"first-party", []string{"-first-party=m/ext*"}, map[string]any{"first-party": []string{"m/ext*"}}, nil},
		{"starters", []string{"-starters=(m.tracing).Child"}, map[string]any{"starters": []string{"(m.tracing).Child"}}, nil},
		{"enders", []string{"-starters=" + starter, "-enders=" + ender}, map[string]any{"starters": []string{starter}, "enders": []string{ender}},
			map[string]any{"starters": []string{starter}}},
		{"handlers", []string{"-handlers=" + handler}, map[string]any{"handlers": []string{handler}}, nil},
		{"launchers", []string{"-handlers=" + handler, "-launchers=" + launch}, map[string]any{"handlers": []string{handler}, "launchers": []string{launch}},
			map[string]any{"handlers": []string{handler}}},
		{"detachers", []string{"-handlers=" + handler, "-detachers=" + detacher}, map[string]any{"handlers": []string{handler}, "detachers": []string{detacher}},
			map[string]any{"handlers": []string{handler}}},
		{"queues", []string{"-queues=(m.bus).Publish:body:send"}, map[string]any{"queues": []string{"(m.bus).Publish:body:send"}}, nil},
		{"paths", []string{"-paths=legacy/**=orphanspan,untracked"},
			map[string]any{"paths": []any{map[string]any{"path": "legacy/**", "disable": []string{"orphanspan", "untracked"}}}}, nil},
	} {
		t.Run(test.key, func(t *testing.T) {
			file := func(settings map[string]any) []mistake {
				data, err := json.Marshal(settings) // JSON is YAML
				if err != nil {
					t.Fatal(err)
				}
				name := filepath.Join(dir, ".spanlint.yml")
				write(t, name, string(data))
				defer os.Remove(name)
				return bin.run(t, dir, options{})
			}
			want, without := file(test.settings), file(test.without)
			if slices.Equal(want, without) {
				t.Errorf("makes no difference: %v", want)
			}
			t.Logf("%d findings, %d without", len(want), len(without))
			with := options{flags: test.flags, settings: test.settings}
			same(t, want, bin.run(t, dir, with))
			same(t, want, vet(t, dir, with))
			same(t, want, gcl.run(t, dir, with))
		})
	}
}

// Package docs is where the examples of the rules' documentation are tried.
// They may use what is declared and imported here. A rule whose examples need
// more has a package RULE/docs of its own.
package docs

import (
	"context"
	_ "errors"
	_ "fmt"
	_ "log/slog"
	_ "net/http"
	_ "os"
	"sync"
	_ "time"

	"go.opentelemetry.io/otel"
	_ "go.opentelemetry.io/otel/attribute"
	_ "go.opentelemetry.io/otel/codes"
	_ "go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("src/docs")

// work starts a span.
func work(ctx context.Context) error {
	_, span := tracer.Start(ctx, "work")
	defer span.End()
	return ctx.Err()
}

// query starts none.
func query(ctx context.Context, args ...any) error { return ctx.Err() }

// A server takes orders, and waits for what it has launched.
type server struct {
	background sync.WaitGroup
}

func (s *server) Shutdown() { s.background.Wait() }

func (s *server) place(ctx context.Context) (order string) {
	ctx, span := tracer.Start(ctx, "place")
	defer span.End()
	if err := query(ctx, "insert"); err != nil {
		return ""
	}
	return "order"
}

func (s *server) notify(ctx context.Context, order string) {
	ctx, span := tracer.Start(ctx, "mail")
	defer span.End()
	_ = query(ctx, order)
}

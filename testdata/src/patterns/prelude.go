// Package patterns has what the examples of PATTERNS.md use.
package patterns

import (
	"context"
	"database/sql"
	"iter"
	"net/http"
	"sync"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/singleflight"
)

var tracer = otel.Tracer("patterns")

type order struct{ id string }

// A service takes orders, and waits for what it counts.
type service struct {
	background sync.WaitGroup
	flight     singleflight.Group
	jobs       chan job
	db         *sql.DB
	writer     *kafka.Writer
}

type job struct {
	ctx context.Context
	id  string
}

func (s *service) Close() { s.background.Wait() }

func (s *service) work() {
	for j := range s.jobs {
		ctx, span := tracer.Start(j.ctx, "job", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(j.ctx)))
		_ = load(ctx, j.id)
		span.End()
	}
}

func load(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "load")
	defer span.End()
	return ctx.Err()
}

func notify(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "mail")
	defer span.End()
	_ = load(ctx, o.id)
}

func price(o order) int { return len(o.id) }

func pages(ctx context.Context) iter.Seq[order] { return func(func(order) bool) {} }

func exporter(ctx context.Context) sdktrace.SpanExporter { return nil }

var _ http.Handler

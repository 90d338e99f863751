// Package unsafe has repairs that change what is exported.
//
//ruletest:flags -unsafe-fixes
package unsafe

import (
	"context"
	"fmt"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("unsafe")

func work(ctx context.Context) error { return fmt.Errorf("work: %w", ctx.Err()) }

func formatted(ctx context.Context, orderID string, n int64) error {
	ctx, span := tracer.Start(ctx, fmt.Sprintf("order %s: %d", orderID, n)) // want `span name contains n,`
	defer span.End()
	return work(ctx)
}

func joined(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), "GET "+r.URL.Path, trace.WithSpanKind(trace.SpanKindServer)) // want `span name contains r.URL.Path`
	defer span.End()
}

func value(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), "GET order "+r.PathValue("id")) // want `span name contains r.PathValue`
	defer span.End()
}

// Nothing of the name is left.
func whole(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), r.URL.Path) // want `span name contains r.URL.Path`
	defer span.End()
}

// The value has no type that attributes have.
func failed(ctx context.Context, err error) {
	_, span := tracer.Start(ctx, fmt.Sprintf("failed: %v", err)) // want `span name contains err`
	defer span.End()
}

type store struct{}

func (s *store) Get(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "store.Get")
	defer span.End()
	return work(ctx)
}

func (s *store) Delete(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "store.Get") // want `span of store.Delete has the name of store.Get`
	defer span.End()
	return work(ctx)
}

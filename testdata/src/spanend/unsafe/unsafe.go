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

func work(ctx context.Context) error { return ctx.Err() }

func foreignRemoved(w http.ResponseWriter, r *http.Request) {
	span := trace.SpanFromContext(r.Context())
	defer span.End() // want `belongs to whoever started it`
	span.AddEvent("x")
}

func foreignByHandRemoved(ctx context.Context) error {
	span := trace.SpanFromContext(ctx)
	err := work(ctx)
	span.RecordError(err)
	span.End() // want `belongs to whoever started it, and ending`
	return err
}

// Without the call the variable, or the import, would have no use.

func noFixUnused(ctx context.Context) {
	span := trace.SpanFromContext(ctx)
	defer span.End() // want `the span that trace.SpanFromContext returns belongs`
}

func noFixChained(ctx context.Context) {
	trace.SpanFromContext(ctx).End() // want `the span that trace.SpanFromContext returns`
}

func manualThoughReturnCalls(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End() // want `ended by hand`
	return fmt.Errorf("op: %w", err)
}

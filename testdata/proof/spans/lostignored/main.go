// Lostignored drops the context of a span, above calls that trace.
package main

import (
	"context"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("lostignored")

func query(ctx context.Context, text string) error {
	_, span := tracer.Start(ctx, "query")
	defer span.End()
	return ctx.Err()
}

func handle(ctx context.Context) error {
	_, span := tracer.Start(ctx, "handle")
	defer span.End()
	return query(ctx, "select")
}

// Only the phase is above the query.
func phases(ctx context.Context) error {
	_, span := tracer.Start(ctx, "phase.load")
	err := query(ctx, "load")
	span.End()
	if err != nil {
		return err
	}
	return query(ctx, "rest")
}

func middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "middleware")
		defer span.End()
		next.ServeHTTP(w, r)
	})
}

func main() {
	probe.Run(func(ctx context.Context) {
		ctx, span := tracer.Start(ctx, "root")
		defer span.End()
		_ = handle(ctx)
		_ = phases(ctx)
		h := middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = query(r.Context(), "served")
		}))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	})
}

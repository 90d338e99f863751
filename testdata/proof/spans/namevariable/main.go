// Namevariable has data in the names of spans.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("namevariable")

func handle(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), fmt.Sprintf("order %s", r.URL.Path))
	defer span.End()
	fmt.Fprint(w, "done")
}

func items(ctx context.Context, ids []string) {
	for i, id := range ids {
		_, span := tracer.Start(ctx, fmt.Sprintf("item %d: %s", i, id))
		span.End()
	}
}

func main() {
	probe.Run(func(ctx context.Context) {
		handle(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/7", nil))
		items(ctx, []string{"x", "y"})
	})
}

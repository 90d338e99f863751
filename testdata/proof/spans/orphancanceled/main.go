// Orphancanceled answers, and goes on with the context of the request.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("orphancanceled")

func handle(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() {
		notify(ctx)
	}()
	go remember(r.Context(), "order")
	w.WriteHeader(http.StatusAccepted)
}

func notify(ctx context.Context) { probe.Call(ctx, "mail") }

func remember(ctx context.Context, what string) { probe.Call(ctx, what) }

func main() { probe.Serve(handle, nil) }

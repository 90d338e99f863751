// Freshsync asks others without saying on whose behalf.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("freshsync")

func handle(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracer.Start(r.Context(), "handle")
	defer span.End()
	load(context.TODO())
	save(ctx)
}

func load(ctx context.Context) {
	_, span := tracer.Start(ctx, "load")
	defer span.End()
}

func save(ctx context.Context) {
	_, span := tracer.Start(ctx, "save")
	defer span.End()
}

func main() { probe.Serve(handle, nil) }

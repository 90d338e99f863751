// Orphanended launches work below a span of its own that ends before it.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("orphanended")

func handle(w http.ResponseWriter, r *http.Request) {
	place(context.WithoutCancel(r.Context()))
}

func place(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "place")
	defer span.End()
	go index(ctx)
}

func index(ctx context.Context) {
	probe.Call(ctx, "search")
}

func main() { probe.Serve(handle, nil) }

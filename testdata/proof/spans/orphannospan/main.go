// Orphannospan cuts the cancellation, and leaves the work below spans that
// have ended.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("orphannospan")

func handle(w http.ResponseWriter, r *http.Request) {
	go func(ctx context.Context) {
		notify(ctx)
		render(ctx)
	}(context.WithoutCancel(r.Context()))
}

func notify(ctx context.Context) { probe.Call(ctx, "mail") }

func render(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "render")
	defer span.End()
	probe.Call(ctx, "template")
}

func main() { probe.Serve(handle, nil) }

// Freshasync records what happened, with nothing that leads back.
package main

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"proof/spans/probe"
)

var tracer = otel.Tracer("freshasync")

func handle(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	accept(ctx)
	go func() {
		record(context.Background())
	}()
	go func() {
		ctx, span := tracer.Start(context.Background(), "purge", trace.WithNewRoot())
		defer span.End()
		probe.Call(ctx, "delete")
	}()
}

func accept(ctx context.Context) {
	_, span := tracer.Start(ctx, "accept")
	defer span.End()
}

func record(ctx context.Context) { probe.Call(ctx, "audit") }

func main() { probe.Serve(handle, nil) }

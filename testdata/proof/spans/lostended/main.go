// Lostended uses the contexts of phases that are over.
package main

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("lostended")

func step(ctx context.Context, name string) {
	_, span := tracer.Start(ctx, name)
	defer span.End()
	time.Sleep(time.Millisecond)
}

func phases(ctx context.Context) {
	ctx, load := tracer.Start(ctx, "load")
	step(ctx, "load.read")
	load.End()
	time.Sleep(time.Millisecond)
	ctx, store := tracer.Start(ctx, "store")
	step(ctx, "store.write")
	store.End()
	time.Sleep(time.Millisecond)
	step(ctx, "notify")
}

func assigned(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "first")
	step(ctx, "first.step")
	span.End()
	time.Sleep(time.Millisecond)
	ctx, span = tracer.Start(ctx, "second")
	defer span.End()
	step(ctx, "second.step")
}

func main() {
	probe.Run(func(ctx context.Context) {
		ctx, span := tracer.Start(ctx, "root")
		defer span.End()
		phases(ctx)
		assigned(ctx)
	})
}

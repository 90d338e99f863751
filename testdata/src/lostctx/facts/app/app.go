// Package app calls what traces in another package.
package app

import (
	"context"

	"go.opentelemetry.io/otel"

	"src/lostctx/facts/store"
)

var tracer = otel.Tracer("app")

func ignored(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "ignored") // want `the spans of store.Find hang beside it`
	defer span.End()
	return store.Find(ctx, id)
}

func ignoredThroughInterface(ctx context.Context, r store.Reader, id string) error {
	_, span := tracer.Start(ctx, "interface") // want `the spans of r.Read hang beside it`
	defer span.End()
	return r.Read(ctx, id)
}

func silentLeaf(ctx context.Context) (int, error) {
	_, span := tracer.Start(ctx, "leaf")
	defer span.End()
	return store.Count(ctx)
}

// Package mixed uses two tracers: the work may trace by the other.
package mixed

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.opencensus.io/trace"
)

func silentBelowEither(work func(context.Context) error) {
	old, ctx := opentracing.StartSpanFromContext(context.Background(), "old")
	defer old.Finish()
	go work(ctx)
}

func other(ctx context.Context) {
	_, span := trace.StartSpan(ctx, "new")
	span.End()
}

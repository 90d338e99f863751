// Package hooks has one hook that starts a span and one that ends it: the
// span travels in the context.
package hooks

import (
	"context"

	"go.opencensus.io/trace"
)

type hooks struct{}

func (hooks) begin(ctx context.Context) context.Context {
	ctx, _ = trace.StartSpan(ctx, "query")
	return ctx
}

func (hooks) end(ctx context.Context, err error) {
	span := trace.FromContext(ctx)
	if err != nil {
		span.SetStatus(trace.Status{Code: trace.StatusCodeUnknown})
	}
	span.End()
}

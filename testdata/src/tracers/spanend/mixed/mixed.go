// Package mixed has hooks for one tracer and spans of another: neither is the
// other half of anything.
package mixed

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.opencensus.io/trace"
)

type hooks struct{}

func (hooks) begin(ctx context.Context) context.Context {
	ctx, _ = trace.StartSpan(ctx, "query")
	return ctx
}

func (hooks) end(ctx context.Context) { trace.FromContext(ctx).End() }

func foreignFinish(ctx context.Context) {
	span := opentracing.SpanFromContext(ctx)
	span.SetTag("k", 1)
	span.Finish() // want `the span that opentracing.SpanFromContext returns belongs`
}

// A span of the one does not end that of the other.
func lostBesideOther(ctx context.Context) {
	ctx, outer := trace.StartSpan(ctx, "outer") // want `span outer is never ended`
	outer.AddAttributes(trace.BoolAttribute("k", true))
	span, _ := opentracing.StartSpanFromContext(ctx, "inner")
	defer span.Finish()
}

// Package hooks has pairs of functions one of which starts a span and leaves
// it in a context, where the other one finds and ends it.
package hooks

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("hooks")

type statsHandler struct{}

func (statsHandler) TagRPC(ctx context.Context, method string) context.Context {
	ctx, _ = tracer.Start(ctx, method)
	return ctx
}

func (statsHandler) HandleRPC(ctx context.Context, end bool) {
	span := trace.SpanFromContext(ctx)
	if end {
		span.End()
	}
}

type queryTracer struct{}

func (queryTracer) TraceQueryStart(ctx context.Context, sql string) context.Context {
	ctx, span := tracer.Start(ctx, "query")
	span.AddEvent(sql)
	return ctx
}

func (queryTracer) TraceQueryEnd(ctx context.Context, err error) {
	span := trace.SpanFromContext(ctx)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

func startOp(ctx context.Context) (out context.Context) {
	out, _ = tracer.Start(ctx, "op")
	return
}

func endOp(ctx context.Context) { trace.SpanFromContext(ctx).End() }

func silentPair(ctx context.Context) {
	ctx = startOp(ctx)
	defer endOp(ctx)
}

func silentBegunByHand(ctx context.Context) {
	ctx, _ = tracer.Start(ctx, "op")
	defer endOp(ctx)
}

func silentStored(ctx context.Context, r *request) {
	r.ctx, _ = tracer.Start(ctx, "op")
}

func silentStoredLater(ctx context.Context, r *request) {
	ctx, span := tracer.Start(ctx, "op")
	span.AddEvent("begin")
	r.ctx = ctx
}

type request struct{ ctx context.Context }

func (r *request) done() { trace.SpanFromContext(r.ctx).End() }

func lostOnOnePath(ctx context.Context, ok bool) {
	ctx, _ = tracer.Start(ctx, "op") // want `span started by tracer.Start is not ended on every path`
	if ok {
		endOp(ctx)
	}
}

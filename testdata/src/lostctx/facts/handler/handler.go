// Package handler uses a tracer by its interface.
package handler

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"src/lostctx/facts/events"
)

type handler struct {
	events events.Tracer
	own    own
}

func publish(ctx context.Context) {
	_, span := otel.Tracer("handler").Start(ctx, "publish")
	defer span.End()
}

// Its context would tear the publishing from the request.
func (h *handler) silentReceive(ctx context.Context, e *events.Event) {
	_, span := h.events.Receive(ctx, e)
	defer span.End()
	publish(ctx)
}

func (h *handler) silentDeliver(ctx context.Context, e *events.Event) {
	_, span := h.events.Deliver(ctx, e)
	defer span.End()
	publish(ctx)
}

func (h *handler) handle(ctx context.Context, e *events.Event) {
	_, span := h.events.Handle(ctx, e) // want `context with span is not used`
	defer span.End()
	publish(ctx)
}

// own is an interface with its types in this package.
type own interface {
	Begin(ctx context.Context) (context.Context, trace.Span)
	Go(ctx context.Context) (context.Context, trace.Span)
}

type first struct{}

func (first) Begin(context.Context) (context.Context, trace.Span) {
	return otel.Tracer("handler").Start(context.Background(), "begin")
}

func (first) Go(ctx context.Context) (context.Context, trace.Span) {
	return otel.Tracer("handler").Start(ctx, "go")
}

type second struct{}

func (*second) Begin(ctx context.Context) (context.Context, trace.Span) {
	return otel.Tracer("handler").Start(ctx, "begin")
}

func (*second) Go(ctx context.Context) (context.Context, trace.Span) {
	return otel.Tracer("handler").Start(ctx, "go")
}

func (h *handler) silentOwn(ctx context.Context) {
	_, span := h.own.Begin(ctx)
	defer span.End()
	publish(ctx)
}

func (h *handler) ownGo(ctx context.Context) {
	_, span := h.own.Go(ctx) // want `context with span is not used`
	defer span.End()
	publish(ctx)
}

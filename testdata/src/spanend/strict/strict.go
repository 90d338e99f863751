// Package strict has ends by hand that a panic would skip, and that no
// deferred call could replace.
//
//ruletest:flags -strict
package strict

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("strict")

func work(ctx context.Context) error { return ctx.Err() }

func phases(ctx context.Context) error {
	_, load := tracer.Start(ctx, "load")
	err := work(ctx)
	load.End() // want `span load is ended by hand in the middle of the function, so a panic before that leaves it open`
	if err != nil {
		return err
	}
	_, store := tracer.Start(ctx, "store")
	err = work(ctx)
	store.End() // want `span store is ended by hand in the middle`
	_ = work(ctx)
	return err
}

func inLoop(ctx context.Context, n int) {
	for range n {
		ctx, span := tracer.Start(ctx, "round")
		_ = work(ctx)
		span.End() // want `ended by hand in the middle`
	}
}

func inSelect(ctx context.Context, in <-chan int) {
	select {
	case <-in:
		ctx, span := tracer.Start(ctx, "case")
		_ = work(ctx)
		span.End() // want `ended by hand in the middle`
	case <-ctx.Done():
	}
}

func finish(span trace.Span, err error) error {
	span.End()
	return err
}

func byHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		return finish(span, err) // want `ended by hand in the middle`
	}
	return finish(span, nil)
}

func byClosure(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	end := func() { span.End() }
	err := work(ctx)
	end() // want `ended by hand in the middle`
	return err
}

// Silent even here.

func silentEvent(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "event")
	span.SetAttributes(attribute.String("id", id))
	span.End()
}

func silentEventInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		_, span := tracer.Start(ctx, "event", trace.WithAttributes(attribute.String("id", id)))
		span.End()
	}
}

func silentRetrospective(ctx context.Context, began time.Time) {
	_, span := tracer.Start(ctx, "past", trace.WithTimestamp(began))
	_ = work(ctx)
	span.End(trace.WithTimestamp(began.Add(time.Second)))
}

func silentSafety(ctx context.Context) {
	_, span := tracer.Start(ctx, "op")
	defer span.End()
	_ = work(ctx)
	span.End()
	_ = work(ctx)
}

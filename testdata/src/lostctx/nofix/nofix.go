// Package nofix has contexts that are lost where no repair is sure to be right.
package nofix

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("nofix")

func work(ctx context.Context) error {
	_, span := tracer.Start(ctx, "work")
	defer span.End()
	return ctx.Err()
}

// Is the End too early, or the use too late?
func empty(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "empty")
	span.End() // want `span is ended before anything is done below it, but work gets its context`
	return work(ctx)
}

// The literal from before would see the context of the span when it runs.
func captured(ctx context.Context) error {
	defer func() { _ = work(ctx) }()
	var err error
	if err == nil {
		err = work(ctx)
	}
	var span trace.Span
	_, span = tracer.Start(ctx, "captured") // want `not used`
	defer span.End()
	return work(ctx)
}

// The other context is derived in the span and lives on.
func derived(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "derived")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := work(ctx)
	span.End()
	if err != nil {
		return err
	}
	return work(ctx) // want `work gets ctx`
}

// Whether the span has ended is not the same in every round.
func rounds(ctx context.Context, n int) {
	var span trace.Span
	for range n {
		ctx, span = tracer.Start(ctx, "round") // want `tracer.Start gets ctx`
		_ = work(ctx)
		span.End()
	}
}

// The old context has another name.
func renamed(parent context.Context) error {
	ctx, span := tracer.Start(parent, "renamed")
	err := work(ctx)
	span.End()
	if err != nil {
		return err
	}
	return work(ctx) // want `work gets ctx`
}

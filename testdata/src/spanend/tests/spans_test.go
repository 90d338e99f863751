package tests

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("tests")

var errBoom = errors.New("boom")

func work(ctx context.Context) error { return ctx.Err() }

// Nobody waits for the spans of a test.
func TestSilentLookedAt(t *testing.T) {
	_, span := tracer.Start(t.Context(), "example")
	if !span.IsRecording() {
		t.Fatal("not recording")
	}
}

func TestSilentAfterEnd(t *testing.T) {
	_, span := tracer.Start(t.Context(), "example")
	span.End()
	span.SetName("other")
	span.End()
}

func TestSilentForeign(t *testing.T) {
	handler := func(ctx context.Context) error {
		defer trace.SpanFromContext(ctx).End()
		return work(ctx)
	}
	if err := handler(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A helper that ends it on one of its ways means to end it on all.
func helper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "example") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return errBoom
	}
	span.End()
	return nil
}

func TestHelper(t *testing.T) {
	if err := helper(t.Context()); err != nil {
		t.Fatal(err)
	}
}

package spanend

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// What the rule does not see. Silence is the default.

// The object is dropped with the span in it. Only the field is followed, not
// the objects that have one, and Finish ends it.
func limitObjectDropped(ctx context.Context) (*operation, error) {
	o := &operation{}
	ctx, o.span = tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		return nil, err
	}
	return o, nil
}

// Only spans and functions are followed, not what holds them.
func limitHolderNotFinished(ctx context.Context) error {
	_ = silentOperation(ctx)
	return work(ctx)
}

// Whoever gets it may end it.
func limitUnknownFunction(ctx context.Context, look func(trace.Span)) error {
	ctx, span := tracer.Start(ctx, "op")
	look(span)
	return work(ctx)
}

// A pointer may be used for anything.
func limitPointer(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	looked := &span
	(*looked).AddEvent("x")
	return work(ctx)
}

// A flag of a start says whether there is a span, but not which value of it.
func limitFlag(ctx context.Context, on bool) error {
	ctx, span, ok := startIf(ctx, on)
	if ok {
		span.AddEvent("x")
	}
	return work(ctx)
}

// Equal calls count as equal answers.
func limitSameCallTwice(ctx context.Context, flip func() bool) error {
	var span trace.Span
	if flip() {
		ctx, span = tracer.Start(ctx, "op")
	}
	err := work(ctx)
	if flip() {
		span.End()
	}
	return errOf(err, ctx)
}

// The context may be the first half of a pair of hooks.
func limitReturnedContext(ctx context.Context) context.Context {
	ctx, span := tracer.Start(ctx, "op")
	span.AddEvent("x")
	return ctx
}

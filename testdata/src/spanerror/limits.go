package spanerror

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// What the rule does not see. Silence is the default.

// Whoever gets the span may set its status.
func limitUnknown(ctx context.Context, end func(trace.Span, error)) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	err := work(ctx)
	end(span, err)
	return err
}

// The owner of the end function may look at the error.
func limitEndFunc(ctx context.Context) error {
	ctx, end := func() (context.Context, func()) {
		ctx, span := tracer.Start(ctx, "op")
		return ctx, func() { span.End() }
	}()
	defer end()
	return work(ctx)
}

package spanend

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Reported without a fix: one case for each condition of the fixes.

// On another path somebody else ends it.
func noFixMoved(ctx context.Context) (*operation, error) {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return nil, err
	}
	return &operation{span: span}, nil
}

// The context is used when the function has returned.
func noFixLeaves(ctx context.Context, fail bool) func() error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if fail {
		span.End()
	}
	return func() error { return work(ctx) }
}

// A deferred call would run when the loop is over.
func noFixInLoop(ctx context.Context, ids []string) error {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item") // want `span is not ended on every path`
		if _, err := load(ctx, id); err != nil {
			return err
		}
		span.End()
	}
	return nil
}

func noFixGoto(ctx context.Context, n int) error {
	if n > 3 {
		goto out
	}
	_ = work(ctx)
out:
	_, span := tracer.Start(ctx, "op") // want `span is never ended`
	span.AddEvent("x")
	return nil
}

// A goroutine may still work under it.
func noFixLaunched(ctx context.Context, wg *sync.WaitGroup) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	wg.Go(func() { _ = work(ctx) })
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

// What was deferred before the start runs after what is deferred behind it.
func noFixAnnotatedByEarlierDefer(ctx context.Context) (err error) {
	var span trace.Span
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	ctx, span = tracer.Start(ctx, "op") // want `span is never ended`
	return work(ctx)
}

// Where the start failed there is no span whose End could be deferred.
func noFixNoGuard(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name) // want `span is never ended`
	if err == nil {
		span.AddEvent("x")
	}
	return work(ctx)
}

func noFixErrorDropped(ctx context.Context, name string) error {
	ctx, span, _ := startChecked(ctx, name) // want `span is never ended`
	span.AddEvent("x")
	return work(ctx)
}

// There is no place for a statement.
func noFixInHeader(ctx context.Context) error {
	if ctx, span := tracer.Start(ctx, "op"); work(ctx) != nil { // want `span is not ended on every path`
		return errBoom
	} else {
		span.End()
	}
	return nil
}

// The end function wants an argument.
func noFixArgument(ctx context.Context) error {
	ctx, end := tracedErr(ctx, "op") // want `not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	end(nil)
	return nil
}

// The variable belongs to the function around.
func noFixCaptured(ctx context.Context) error {
	var span trace.Span
	http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		_, span = tracer.Start(ctx, "op") // want `span is never ended`
	}).ServeHTTP(nil, nil)
	span.AddEvent("x")
	return work(ctx)
}

// A context of another scope would be shadowed.
func noFixShadows(ctx context.Context, on bool) error {
	if on {
		ctx, _ = tracer.Start(ctx, "op") // want `span started by tracer.Start is discarded`
	}
	return work(ctx)
}

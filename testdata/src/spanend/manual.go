package spanend

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

func endedAtTheBottom(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	_ = work(ctx)
	span.End() // want `span is ended by hand, so a panic before that leaves it open and it is never exported`
}

func endedBeforeEachReturn(ctx context.Context) error {
	ctx, dbSpan := tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		dbSpan.RecordError(err)
		dbSpan.End() // want `span dbSpan is ended by hand`
		return err
	}
	dbSpan.End()
	return nil
}

func endedBeforeOneReturn(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End() // want `ended by hand`
	return err
}

func endedBeforeConditions(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	v, err := load(ctx, "x")
	span.End() // want `ended by hand`
	if err != nil {
		return err
	}
	if v == "" {
		return errBoom
	}
	return nil
}

// Between End and return something is called: the span would get longer, so
// the fix is not safe.
func endedBeforeReturnThatCalls(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End() // want `span is ended by hand`
	return fmt.Errorf("op: %w", err)
}

func endedBelowAnotherDefer(ctx context.Context, mu *sync.Mutex) error {
	ctx, span := tracer.Start(ctx, "op")
	mu.Lock()
	defer mu.Unlock() // runs after End now, and before it if End was deferred
	err := work(ctx)
	span.End() // want `span is ended by hand`
	return err
}

// os.Exit skips deferred calls.
func endedBelowExit(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	if errors.Is(err, errBoom) {
		os.Exit(1)
	}
	span.End() // want `span is ended by hand`
	return err
}

func endFuncByHand(ctx context.Context) error {
	ctx, end := traced(ctx, "op")
	err := work(ctx)
	end() // want `span started by traced is ended by hand`
	return err
}

func endedInLiteral() func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, span := tracer.Start(ctx, "op")
		err := work(ctx)
		span.End() // want `ended by hand`
		return err
	}
}

func endedAfterTheGuard(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name)
	if err != nil {
		return err
	}
	err = work(ctx)
	span.End() // want `ended by hand`
	return err
}

func endedWhereTheStartHasNoGuard(ctx context.Context, name string) error {
	ctx, span, err := startChecked(ctx, name)
	if err == nil {
		err = work(ctx)
		span.End() // want `span is ended by hand`
	}
	return err
}

func endedInConditional(ctx context.Context, on bool) error {
	if on {
		ctx, span := tracer.Start(ctx, "op")
		err := work(ctx)
		span.End() // want `ended by hand`
		return err
	}
	return work(ctx)
}

func endedWithComment(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // the work itself
	// This is what takes long.
	err := work(ctx)

	span.End() // want `ended by hand`

	// The caller looks at the error.
	return err
}

func endedLastOfTwo(ctx context.Context) error {
	_, span := tracer.Start(ctx, "first")
	_, _ = load(ctx, "x")
	span.End()
	ctx, span = tracer.Start(ctx, "second")
	err := work(ctx)
	span.End() // want `ended by hand, so a panic`
	return err
}

func endedWithStack(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End(trace.WithStackTrace(true)) // want `span is ended by hand`
	return err
}

func deferForgotten(ctx context.Context) (n string, err error) {
	ctx, span := tracer.Start(ctx, "op")
	endWith(span, &err) // want `span is ended here, before the error that endWith looks at is known: a defer is missing`

	n, err = load(ctx, "x")
	if err != nil {
		return "", err
	}
	return n, nil
}

func deferForgottenWithLocal(ctx context.Context) error {
	var err error
	ctx, span := tracer.Start(ctx, "op")
	endWith(span, &err) // want `a defer is missing`
	err = work(ctx)
	return err
}

func silentErrorIsKnown(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	endWith(span, &err)
	return err
}

// Not one deferred call: what follows should not be in the span.

func silentPhase(ctx context.Context) error {
	_, span := tracer.Start(ctx, "phase")
	v, err := load(ctx, "x")
	span.End()
	if err != nil {
		return err
	}
	logf(v)
	return work(ctx)
}

func silentReturnWorks(ctx context.Context) error {
	_, span := tracer.Start(ctx, "phase")
	_, err := load(ctx, "x")
	span.End()
	return errors.Join(err, work(ctx))
}

func silentPhaseInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		_, _ = load(ctx, id)
		span.End()
	}
}

func silentPhaseInSelect(ctx context.Context, in <-chan string) {
	select {
	case id := <-in:
		ctx, span := tracer.Start(ctx, "item")
		_, _ = load(ctx, id)
		span.End()
	case <-ctx.Done():
	}
}

func silentBeforeExit(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End()
	if err != nil {
		log.Fatal(err)
	}
}

func silentHelperByHand(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if _, err := load(ctx, "x"); err != nil {
		return finish(span, err)
	}
	return finish(span, work(ctx))
}

// An event: nothing in it can panic.
func silentEvent(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "event")
	span.AddEvent("seen: " + id)
	span.End()
}

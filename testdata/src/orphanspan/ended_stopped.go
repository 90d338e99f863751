package orphanspan

import (
	"context"
	"time"
)

// A deferred cancel is how a function stops what it has launched: the work is
// told to end before the span is. The contexts are the program's own, so that
// nothing but the span could be wrong.

func init() {
	ctx := context.Background()
	silentStopped(ctx)
	silentStoppedInClosure(ctx)
	silentStoppedByLiteral(ctx)
	silentStoppedMethod(ctx, &service{})
	silentStoppedBeforeTheSpan(ctx)
	silentStoppedByCause(ctx)
	silentStoppedWatcher(ctx, make(chan struct{}))
	_ = silentStoppedInCallback(ctx)
	silentStoppedWithValue(ctx)
	silentStoppedGroup(ctx)
	_ = silentStoppedResult(ctx)
	_ = stoppedByDeadline(ctx, nil)
	stoppedOnError(ctx)
	stoppedOther(ctx)
	stoppedTooLate(ctx)
	stoppedDetached(ctx)
	stoppedAfterEnd(ctx)
	stoppedByWork(ctx)
}

func silentStopped(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { _ = work(inner) }()
	_ = work(ctx)
}

func silentStoppedInClosure(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	func() {
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		go audit(inner, order{})
		_ = work(ctx)
	}()
}

func silentStoppedByLiteral(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	defer func() {
		logf("stopping")
		cancel()
	}()
	go func() { _ = work(inner) }()
	_ = work(ctx)
}

func silentStoppedMethod(ctx context.Context, s *service) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.save(inner, order{})
	_ = work(ctx)
}

func silentStoppedBeforeTheSpan(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	go func() { _ = work(ctx) }()
	_ = work(ctx)
}

func silentStoppedByCause(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(errBoom)
	go func() { _ = work(inner) }()
	_ = work(ctx)
}

func silentStoppedWatcher(ctx context.Context, events <-chan struct{}) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-inner.Done():
		case <-events:
			_ = work(inner)
		}
	}()
	_ = work(ctx)
}

func retry(f func() error) error { return f() }

func silentStoppedInCallback(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	return retry(func() error {
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		go audit(inner, order{})
		return work(ctx)
	})
}

func silentStoppedWithValue(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx = context.WithValue(ctx, keyOf{}, 1)
	go func() { _ = work(ctx) }()
	_ = work(ctx)
}

func silentStoppedGroup(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range 3 {
		go func() { _ = work(ctx) }()
	}
	_ = work(ctx)
}

func silentStoppedResult(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		span.RecordError(err)
		span.End()
	}()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { _ = work(inner) }()
	return work(ctx)
}

// A deadline is there for the work, and its cancel to release it.
func stoppedByDeadline(ctx context.Context, names []string) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	go func() { _ = work(inner) }() // want `goroutine goes on after the span in inner has ended`
	return named(names)
}

func stoppedOnError(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	go func() { _ = work(inner) }() // want `goroutine goes on after the span in inner has ended`
	if err := work(ctx); err != nil {
		cancel()
	}
}

func stoppedOther(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	_ = work(inner)
	go func() { _ = work(ctx) }() // want `goroutine goes on after the span in ctx has ended`
}

// The span is long over when the cancel runs.
func stoppedTooLate(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	func() {
		ctx, span := tracer.Start(ctx, "op")
		defer span.End()
		go func() { _ = work(ctx) }() // want `goroutine goes on after the span in ctx has ended`
	}()
	_ = work(ctx)
}

// The span of the start is over, and the work goes on until the function returns.
func stoppedAfterEnd(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx, span := tracer.Start(ctx, "start")
	go func() { _ = work(ctx) }() // want `goroutine goes on after the span in ctx has ended`
	span.End()
	<-ctx.Done()
}

func stoppedDetached(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { audit(context.WithoutCancel(inner), order{}) }() // want `goroutine is detached but has no span of its own`
}

func stoppedByWork(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	inner, cancel := context.WithCancel(ctx)
	go func() { // want `goroutine goes on after the span in inner has ended`
		defer cancel()
		_ = work(inner)
	}()
}

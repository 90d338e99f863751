package spanend

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
)

func annotatedAfterEnd(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End() // want `span is ended here and annotated later, so the annotation is dropped`
	if err != nil {
		span.RecordError(err)
	}
	return err
}

func statusAfterEnd(ctx context.Context) error {
	ctx, dbSpan := tracer.Start(ctx, "op")
	err := work(ctx)
	dbSpan.End() // want `span dbSpan is ended here and annotated later`
	dbSpan.SetStatus(codes.Ok, "")
	return err
}

func endedTwice(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	if err != nil {
		span.RecordError(err)
		span.End() // want `span is ended here and once more later, so its time is cut short or the later end does nothing`
	}
	_ = work(ctx)
	span.End()
	return err
}

func annotatedByEarlierDefer(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	defer span.End() // want `span is ended by a deferred call that runs before an earlier one annotates it, so the annotation is dropped`
	return work(ctx)
}

func annotatedByEarlierDeferredCall(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.AddEvent("last")
	defer span.End() // want `before an earlier one annotates it`
	return work(ctx)
}

func recordErr(span trace.Span, err *error) {
	if *err != nil {
		span.RecordError(*err)
	}
}

func annotatedByEarlierDeferredHelper(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer recordErr(span, &err)
	defer span.End() // want `before an earlier one annotates it`
	return work(ctx)
}

func annotatedByDeferAfterHand(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		if err != nil {
			span.RecordError(err)
		}
	}()
	err = work(ctx)
	span.End() // want `span is ended here and annotated later`
	return err
}

func annotatedAfterHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := finish(span, work(ctx)) // want `ended here and annotated later`
	span.SetAttributes(attribute.Bool("ok", err == nil))
	return err
}

func endedInEachRound(ctx context.Context, ids []string) {
	ctx, span := tracer.Start(ctx, "op")
	for i := 0; ; i++ {
		_, _ = load(ctx, ids[i])
		span.AddEvent(ids[i])
		span.End() // want `ended here and annotated later`
		if i == len(ids) {
			return
		}
	}
}

func endedByManyGoroutines(ctx context.Context, ids []string) {
	ctx, span := tracer.Start(ctx, "op")
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer span.End() // want `span is ended here by several goroutines, so it ends with the first of them`
			_, _ = load(ctx, id)
		}()
	}
	wg.Wait()
}

func endedByTwoGoroutines(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	var g errgroup.Group
	g.Go(func() error {
		defer span.End() // want `ended here by several goroutines`
		return work(ctx)
	})
	g.Go(func() error {
		defer span.End()
		return work(ctx)
	})
	return g.Wait()
}

// Silent.

func silentSafetyDefer(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "startup")
	defer span.End()
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	select {}
}

func silentAnnotatedByLaterDefer(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	return work(ctx)
}

func silentOnOtherPath(ctx context.Context, early bool) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if early {
		span.End()
		return nil
	}
	span.AddEvent("late")
	return work(ctx)
}

func silentTwoSpansInOneVariable(ctx context.Context) error {
	_, span := tracer.Start(ctx, "a")
	_ = work(ctx)
	span.End()
	_, span = tracer.Start(ctx, "b")
	span.AddEvent("b")
	err := work(ctx)
	span.End()
	return errOf(err, ctx)
}

func errOf(err error, ctx context.Context) error { return err }

func silentSecondEndAfterHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := finish(span, work(ctx))
	span.End()
	return errOf(err, ctx)
}

func silentExclusiveBranches(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	if err != nil {
		span.RecordError(err)
		span.End()
	}
	if err == nil {
		span.AddEvent("fine")
		span.End()
	}
	return errOf(err, ctx)
}

func silentOneGoroutineOfMany(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		go func() {
			defer span.End()
			_, _ = load(ctx, id)
		}()
	}
}

func silentEndedByTheWaiter(ctx context.Context, ids []string) {
	ctx, span := tracer.Start(ctx, "op")
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			span.AddEvent(id)
			_, _ = load(ctx, id)
		}()
	}
	go func() { wg.Wait(); span.End() }()
}

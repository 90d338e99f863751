package spanend

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Work that goes on when the deferred End has run annotates for nothing.

func annotatedByWorkThatGoesOn(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "answer")
	defer span.End()
	go func() {
		if err := work(context.WithoutCancel(ctx)); err != nil {
			span.RecordError(err) // want `span is annotated here by work that goes on when the deferred End has run, so the annotation may be dropped`
		}
	}()
}

func annotatedInADeferOfTheWork(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "answer")
	defer span.End()
	go func() {
		defer span.AddEvent("done") // want `span is annotated here by work that goes on`
		_ = work(context.WithoutCancel(ctx))
	}()
}

func silentWhenTheWorkIsJoined(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "fan out")
	defer span.End()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		if err := work(ctx); err != nil {
			span.RecordError(err)
		}
	}()
	wg.Wait()
}

func silentWhenTheWorkEndsTheSpan(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "hand over")
	go func() {
		defer span.End()
		if err := work(context.WithoutCancel(ctx)); err != nil {
			span.RecordError(err)
		}
	}()
}

func silentWhenTheWorkHasItsOwn(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "answer")
	defer span.End()
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "later", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		if err := work(ctx); err != nil {
			span.RecordError(err)
		}
	}()
}

// It sees the end of the context while the function still returns.
func silentForAWatcherOfTheSpan(ctx context.Context, serve func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx, span := tracer.Start(ctx, "serve")
	defer span.End()
	go func() {
		<-ctx.Done()
		span.AddEvent("stopping")
	}()
	return serve(ctx)
}

func silentForALoopThatIsStopped(ctx context.Context, beats <-chan int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx, span := tracer.Start(ctx, "long")
	defer span.End()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case n := <-beats:
				span.AddEvent("beat", trace.WithAttributes(attribute.Int("n", n)))
			}
		}
	}()
	return work(ctx)
}

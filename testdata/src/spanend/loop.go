package spanend

import (
	"context"
	"fmt"
	"io"
	"iter"
	"sync"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
)

func deferInRange(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `deferred End of span in a loop runs when the function returns, so every round leaves one more span open`
		_, _ = load(ctx, id)
	}
}

func deferInEndlessLoop(ctx context.Context, in <-chan string) error {
	for {
		id := <-in
		ctx, itemSpan := tracer.Start(ctx, "item")
		defer itemSpan.End() // want `deferred End of span itemSpan in a loop`
		if _, err := load(ctx, id); err != nil {
			return err
		}
	}
}

func deferInLoopWithContinue(ctx context.Context, ids []string) error {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		if id == "" {
			continue
		}
		if _, err := load(ctx, id); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	return nil
}

func deferredClosureInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer func() { // want `in a loop`
			span.AddEvent("done")
			span.End()
		}()
		_, _ = load(ctx, id)
	}
}

func deferredHelperInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer finish(span, nil) // want `in a loop`
		_, _ = load(ctx, id)
	}
}

func deferredEndFuncInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, end := traced(ctx, "item")
		defer end() // want `deferred End of span started by traced in a loop`
		_, _ = load(ctx, id)
	}
}

func deferredCallOfEndFuncInLoop(ctx context.Context, ids []string) {
	for range ids {
		defer timed(ctx)() // want `in a loop`
		_ = work(ctx)
	}
}

func deferInBlockOfLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		if id != "" {
			ctx, span := tracer.Start(ctx, "item")
			defer span.End() // want `in a loop`
			_, _ = load(ctx, id)
		}
		logf(id)
	}
}

func deferInRangeOverFunc(ctx context.Context, ids iter.Seq[string]) {
	for id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		_, _ = load(ctx, id)
	}
}

func deferInGotoLoop(ctx context.Context, n int) {
again:
	ctx2, span := tracer.Start(ctx, "round")
	defer span.End() // want `in a loop`
	_ = work(ctx2)
	if n--; n > 0 {
		goto again
	}
}

// No fix: the ways out of the round are too many.

func noFixBreak(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		if _, err := load(ctx, id); err != nil {
			break
		}
	}
}

func noFixTwoResults(ctx context.Context, ids []string) (string, error) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		if v, err := load(ctx, id); err == nil {
			return v, nil
		}
	}
	return "", errBoom
}

func noFixReturnsNil(ctx context.Context, ids []string) error {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		if _, err := load(ctx, id); err == nil {
			return nil
		}
	}
	return errBoom
}

func noFixAnotherDefer(ctx context.Context, ids []string, mu *sync.Mutex) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		mu.Lock()
		defer mu.Unlock()
		_, _ = load(ctx, id)
	}
}

func noFixGoroutine(ctx context.Context, ids []string, wg *sync.WaitGroup) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, _ = load(ctx, id)
		}()
	}
	wg.Wait()
}

func noFixOuterVariable(ctx context.Context, ids []string) {
	var span trace.Span
	for _, id := range ids {
		ctx, span = tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		_, _ = load(ctx, id)
	}
}

// The spans last until the group is waited for; in a function of the round
// they would not.
func noFixGroup(ctx context.Context, ids []string) error {
	var g errgroup.Group
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "item")
		defer span.End() // want `in a loop`
		g.Go(func() error {
			_, err := load(ctx, id)
			return err
		})
	}
	return g.Wait()
}

// Silent.

func open(ctx context.Context, id string) (io.ReadCloser, error) { return nil, ctx.Err() }

// The readers are read when the loop is over, under their spans.
func silentReaders(ctx context.Context, ids []string) error {
	var readers []io.Reader
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "read")
		defer span.End()
		r, err := open(ctx, id)
		if err != nil {
			return err
		}
		readers = append(readers, r)
	}
	_, err := io.Copy(io.Discard, io.MultiReader(readers...))
	return err
}

func silentClosureInLoop(ctx context.Context, ids []string) {
	for _, id := range ids {
		func() {
			ctx, span := tracer.Start(ctx, "item")
			defer span.End()
			_, _ = load(ctx, id)
		}()
	}
}

func silentLoopLeftAtOnce(ctx context.Context, ids []string) (string, error) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		ctx, span := tracer.Start(ctx, "first")
		defer span.End()
		return load(ctx, id)
	}
	return "", nil
}

func silentLoopBroken(ctx context.Context) error {
	for {
		ctx, span := tracer.Start(ctx, "once")
		defer span.End()
		if err := work(ctx); err != nil {
			return err
		}
		break
	}
	return nil
}

func silentGoroutineInLoop(ctx context.Context, ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			ctx, span := tracer.Start(ctx, "item")
			defer span.End()
			_, _ = load(ctx, id)
		})
	}
	wg.Wait()
}

package orphanspan

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
)

// Work below a span that ends before the work does. The contexts are the
// program's own here, so nothing but the span is wrong.

func init() {
	ctx := context.Background()
	endedByDefer(ctx)
	_ = endedArgument(ctx, order{})
	endedByHand(ctx)
	endedServes(ctx, true)
}

func endedByDefer(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	go func() { // want `goroutine goes on after the span in ctx has ended, so its spans hang below a parent that is gone`
		_ = work(ctx)
	}()
}

func endedArgument(ctx context.Context, o order) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	go audit(ctx, o) // want `goroutine goes on after the span in ctx has ended`
	return nil
}

func endedByHand(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	go work(ctx) // want `goroutine goes on after the span in ctx has ended`
	span.End()
}

func endedFromBackground(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	go audit(ctx, o) // want `goroutine goes on after the span in ctx has ended`
}

func endedInLoop(orders []order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	for _, o := range orders {
		go audit(ctx, o) // want `goroutine goes on after the span in ctx has ended`
	}
}

func startOp(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name)
}

func endedThroughHelper(o order) {
	ctx, span := startOp(context.Background(), "op")
	defer span.End()
	go audit(ctx, o) // want `goroutine goes on after the span in ctx has ended`
}

func endedAfterFunc(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	time.AfterFunc(time.Second, func() { audit(ctx, o) }) // want `callback goes on after the span in ctx has ended`
}

func (s *service) endedTracked(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	s.background.Go(func() { audit(ctx, o) }) // want `goroutine goes on after the span in ctx has ended`
}

func (s *service) endedSent(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	s.tasks <- func() { audit(ctx, o) } // want `work sent to another goroutine goes on after the span in ctx has ended`
}

func endedInLauncher(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	safeGo(func() { audit(ctx, o) }) // want `goroutine goes on after the span in ctx has ended`
}

func endedClosure(o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	task := func() { audit(ctx, o) }
	go task() // want `goroutine goes on after the span in ctx has ended`
}

func endedMethod(s *service, o order) {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	ctx = context.WithValue(ctx, userKey{}, "me")
	go s.save(ctx, o) // want `goroutine goes on after the span in ctx has ended`
}

// Joined, but after the End.

func endedBeforeDeferredWait(orders []order) {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	for _, o := range orders {
		wg.Add(1)
		go func() { // want `goroutine goes on after the span in ctx has ended`
			defer wg.Done()
			audit(ctx, o)
		}()
	}
}

func endedByHandBeforeWait(orders []order) error {
	ctx, span := tracer.Start(context.Background(), "op")
	var g errgroup.Group
	for _, o := range orders {
		g.Go(func() error { return db.Save(ctx, o) }) // want `goroutine goes on after the span in ctx has ended`
	}
	span.End()
	return g.Wait()
}

func endedByHandBeforeReceive(o order) error {
	ctx, span := tracer.Start(context.Background(), "op")
	done := make(chan error, 1)
	go func() { // want `goroutine goes on after the span in ctx has ended`
		done <- db.Save(ctx, o)
	}()
	span.End()
	return <-done
}

// A return jumps over the wait.
func endedEarlyReturn(o order) error {
	ctx, span := tracer.Start(context.Background(), "op")
	defer span.End()
	var wg sync.WaitGroup
	wg.Go(func() { audit(ctx, o) }) // want `goroutine goes on after the span in ctx has ended`
	if o.id == "" {
		return errBoom
	}
	wg.Wait()
	return nil
}

// A loop gets a span per round instead of one for ever.
func endedLoop(s *service) {
	ctx, span := tracer.Start(context.Background(), "start")
	defer span.End()
	go func() { // want `goroutine goes on after the span in ctx has ended, so its spans hang below a parent that is gone; start a span in each round`
		for {
			time.Sleep(s.retry)
			audit(ctx, order{})
		}
	}()
}

// A span that ends when the process is told to stop has what is launched below it.

func silentServes(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "serve")
	defer span.End()
	go audit(ctx, order{})
	until(ctx)
}

func until(ctx context.Context) {
	<-ctx.Done()
}

func silentWaits(ctx context.Context, g *errgroup.Group) error {
	ctx, span := tracer.Start(ctx, "wait")
	defer span.End()
	g.Go(func() error { return work(ctx) })
	<-ctx.Done()
	return ctx.Err()
}

// On one path it does not.
func endedServes(ctx context.Context, ready bool) {
	ctx, span := tracer.Start(ctx, "serve")
	defer span.End()
	go audit(ctx, order{}) // want `goroutine goes on after the span in ctx has ended`
	if ready {
		until(ctx)
	}
}

func endedInAContextMadeByHand(work func(context.Context) error) {
	_, span := tracer.Start(context.Background(), "all")
	defer span.End()
	ctx := trace.ContextWithSpan(context.Background(), span)
	go work(ctx) // want `goroutine goes on after the span in ctx has ended`
}

// The span is its caller's, who may wait for the work.
func silentBelowABorrowedSpan(parent trace.Span, work func(context.Context) error) {
	go work(trace.ContextWithSpan(context.Background(), parent))
}

// Whoever has the other end of the work may wait for it, but the span does not.

func endedGenerator(ctx context.Context, ids []string) <-chan order {
	ctx, span := tracer.Start(ctx, "list")
	defer span.End()
	out := make(chan order)
	go func() { // want `goroutine goes on after the span in ctx has ended`
		defer close(out)
		for _, id := range ids {
			o, err := db.Load(ctx, id)
			if err != nil {
				return
			}
			out <- o
		}
	}()
	return out
}

func endedBehindTheCallersChannel(ctx context.Context, done chan<- error, o order) {
	ctx, span := tracer.Start(ctx, "answer later")
	defer span.End()
	go func() { // want `goroutine goes on after the span in ctx has ended`
		done <- db.Save(ctx, o)
	}()
}

func silentGeneratorThatEndsIt(ctx context.Context, ids []string) <-chan order {
	ctx, span := tracer.Start(ctx, "list")
	out := make(chan order)
	go func() {
		defer span.End()
		defer close(out)
		for _, id := range ids {
			o, err := db.Load(ctx, id)
			if err != nil {
				return
			}
			out <- o
		}
	}()
	return out
}

func silentGeneratorBesideTheSpan(ctx context.Context, ids []string) <-chan order {
	_, span := tracer.Start(ctx, "open")
	defer span.End()
	out := make(chan order)
	go func() {
		defer close(out)
		for _, id := range ids {
			o, err := db.Load(ctx, id)
			if err != nil {
				return
			}
			out <- o
		}
	}()
	return out
}

// The work is done when the function returns, and its result is handed out.
func silentFilledBeforeReturn(ctx context.Context, o order) <-chan error {
	ctx, span := tracer.Start(ctx, "fill")
	defer span.End()
	out := make(chan error, 1)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		out <- db.Save(ctx, o)
	}()
	wg.Wait()
	return out
}

package exitflush

import (
	"context"
	"os"
	"sync"
	"time"
)

// A page is asked whether it is being closed; nobody waits for that.
type page struct {
	closing, leaving chan struct{}
	once             sync.Once
}

func (p *page) isClosing() bool {
	select {
	case <-p.closing:
		return true
	default:
		return false
	}
}

func (p *page) silentAskedOnly(ctx context.Context) {
	p.once.Do(func() {
		_, span := tracer.Start(ctx, "close")
		defer span.End()
		close(p.closing)
		_ = ping(ctx)
	})
}

func (p *page) gone() <-chan struct{} { return p.leaving }

func (p *page) isGone() bool {
	select {
	case _, open := <-p.gone():
		return !open
	default:
		return false
	}
}

func (p *page) silentAskedByMethod(ctx context.Context) {
	_, span := tracer.Start(ctx, "close")
	defer span.End()
	defer close(p.leaving)
	_ = ping(ctx)
}

// Nobody receives at all.
type unheard struct{ gone chan struct{} }

func (u *unheard) silentUnheard(ctx context.Context) {
	_, span := tracer.Start(ctx, "go")
	defer span.End()
	close(u.gone)
	_ = ping(ctx)
}

// Nobody waits for the group: untracked says so.
type counted struct{ running, joined sync.WaitGroup }

func (c *counted) silentUnwaited(ctx context.Context) {
	_, span := tracer.Start(ctx, "go")
	defer span.End()
	defer c.running.Done()
	_ = ping(ctx)
}

func (c *counted) releasedToAMethod(ctx context.Context) {
	_, span := tracer.Start(ctx, "go")
	defer span.End()
	defer c.joined.Done() // want "c.joined.Done runs before span.End"
	_ = ping(ctx)
}

func (c *counted) Close() { c.joined.Wait() }

// A worker is told to stop, and its end lets nobody go but the one who told it.
type worker struct {
	quit, stop, halt, drop chan struct{}
	jobs                   chan string
	wg                     sync.WaitGroup
}

func (w *worker) start(ctx context.Context) {
	w.wg.Add(1)
	go w.loop(ctx)
	go func() {
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(time.Second):
				_ = ping(ctx)
			}
		}
	}()
	go func() {
		for {
			select {
			case <-w.halt:
				return
			default:
				_ = ping(ctx)
			}
		}
	}()
	go func() {
		<-w.halt
		_ = os.Remove("lock")
	}()
}

func (w *worker) loop(ctx context.Context) {
	defer w.wg.Done()
	for w.step(ctx) {
	}
}

func (w *worker) step(ctx context.Context) bool {
	select {
	case <-w.quit:
		return false
	case <-w.jobs:
		_ = ping(ctx)
	}
	return true
}

func (w *worker) Serve(ctx context.Context) error {
	for {
		select {
		case <-w.quit:
			return nil
		case <-w.jobs:
			_ = ping(ctx)
		}
	}
}

func (w *worker) Enqueue(job string) bool {
	select {
	case <-w.drop:
		return false
	case w.jobs <- job:
		return true
	}
}

func (w *worker) silentToldToStop(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "stop")
	defer span.End()
	close(w.quit)
	w.wg.Wait()
	_ = ping(ctx)
}

func (w *worker) silentLiteralToldToStop(ctx context.Context) {
	_, span := tracer.Start(ctx, "stop")
	defer span.End()
	defer close(w.stop)
	_ = ping(ctx)
}

func (w *worker) silentAskedInALoop(ctx context.Context) {
	_, span := tracer.Start(ctx, "stop")
	defer span.End()
	close(w.halt)
}

func (w *worker) silentInterrupted(ctx context.Context) {
	_, span := tracer.Start(ctx, "stop")
	defer span.End()
	close(w.drop)
}

// The channel is handed to the work that it stops.
func silentHandedToWork(ctx context.Context) {
	quit := make(chan struct{})
	go consume(ctx, quit)
	stopConsuming(ctx, quit)
}

func consume(ctx context.Context, quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		case <-time.Tick(time.Second):
			_ = ping(ctx)
		}
	}
}

func stopConsuming(ctx context.Context, quit chan struct{}) {
	_, span := tracer.Start(ctx, "stop")
	defer span.End()
	close(quit)
}

// Somebody waits for the work, and goes on when it is released.
type task struct {
	done, end, over, idle, ready, chained, last, main, watched chan struct{}
	Left                                                       chan struct{}
	wg                                                         sync.WaitGroup
}

func (t *task) Wait(ctx context.Context) error {
	select {
	case <-t.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *task) releasedInAMethod(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "task")
	defer span.End()
	_ = ping(ctx)
	close(t.done) // want "close.t.done. runs before span.End"
}

func (t *task) ended() <-chan struct{} { return t.end }

func (t *task) Join() { <-t.ended() }

func (t *task) releasedByMethod(ctx context.Context) {
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	defer close(t.end) // want "close.t.end. runs before span.End"
}

func (t *task) Over() <-chan struct{} { return t.over }

func (t *task) releasedElsewhere(ctx context.Context) {
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	defer close(t.over) // want "close.t.over. runs before span.End"
}

func (t *task) releasedByAnExportedField(ctx context.Context) {
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	defer close(t.Left) // want "close.t.Left. runs before span.End"
}

// Whoever has made the channel or the group is not in view, and most often waits
// for what comes with it.
func ReleasedParameter(ctx context.Context, done chan struct{}) {
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	defer close(done)
}

func releasedWorker(results chan<- error) func(context.Context, *sync.WaitGroup) {
	return func(ctx context.Context, wg *sync.WaitGroup) {
		ctx, span := tracer.Start(ctx, "worker")
		defer span.End()
		defer wg.Done()
		results <- ping(ctx)
	}
}

func (t *task) releasedByProgress(ctx context.Context) { go releasedArgument(ctx, t.watched) }

func (t *task) Watch(ctx context.Context) {
	for {
		select {
		case <-t.watched:
			return
		case <-time.After(time.Second):
			_ = ping(ctx)
		}
	}
}

func releasedArgument(ctx context.Context, done chan<- struct{}) {
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	defer close(done) // want "close.done. runs before span.End"
	_ = ping(ctx)
}

// The one that is let go stops the provider itself.
func releasedToStop(ctx context.Context, t *task) {
	tp := newProvider()
	go func() {
		for {
			select {
			case <-t.idle:
				_ = tp.Shutdown(context.Background())
				return
			case <-time.After(time.Second):
				_ = ping(ctx)
			}
		}
	}()
	go func() {
		_, span := tracer.Start(ctx, "task")
		defer span.End()
		defer close(t.idle) // want "close.t.idle. runs before span.End"
		_ = ping(ctx)
	}()
}

func releasedToExit(ctx context.Context, t *task) {
	go func() {
		<-t.ready
		os.Exit(0)
	}()
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	close(t.ready) // want "close.t.ready. runs before span.End"
}

// One is let go and lets the next one go.
func releasedInAChain(ctx context.Context, t *task) {
	go func() {
		<-t.chained
		close(t.last)
	}()
	go func() {
		_, span := tracer.Start(ctx, "task")
		defer span.End()
		defer close(t.chained) // want "close.t.chained. runs before span.End"
		_ = ping(ctx)
	}()
}

func (t *task) Last() { <-t.last }

func releasedFromARange(ctx context.Context, tasks []*task) {
	for _, t := range tasks {
		t.wg.Add(1)
		go func() {
			_, span := tracer.Start(ctx, "task")
			defer span.End()
			defer close(t.main) // want "close.t.main. runs before span.End"
		}()
	}
}

func drain(tasks []*task) {
	for _, t := range tasks {
		for range t.main {
		}
	}
}

// The result of a method is had through an interface.
type ending interface{ finished() <-chan struct{} }

func (w *watched) finished() <-chan struct{} { return w.end }

type watched struct{ end chan struct{} }

func await(e ending) { <-e.finished() }

func (w *watched) releasedThroughAnInterface(ctx context.Context) {
	_, span := tracer.Start(ctx, "task")
	defer span.End()
	defer close(w.end) // want "close.w.end. runs before span.End"
}

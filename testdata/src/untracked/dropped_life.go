package untracked

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"src/untracked/watching"
)

// What is begun when a program is set up, and is told by a channel when that
// ends, need not be waited for by whoever has begun it.

type digests struct{ items chan string }

func (q *digests) run(stop <-chan struct{}, workers int) <-chan struct{} {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for item := range q.items {
				slog.Info("item", "id", item)
			}
		})
	}
	go func() {
		<-stop
		close(q.items)
	}()
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

func every(stop <-chan struct{}) (cancel func()) {
	quit := make(chan struct{})
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				slog.Info("tick")
			case <-stop:
				return
			case <-quit:
				return
			}
		}
	}()
	return func() { close(quit) }
}

type reconciler struct {
	queue *digests
	stop  <-chan struct{}
	end   context.CancelFunc
}

func (r *reconciler) Reconcile(ctx context.Context, id string) error {
	r.queue.items <- id
	return ctx.Err()
}

func silentNewReconciler(ctx context.Context) *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	r.queue.run(ctx.Done(), 3)
	return r
}

func silentNewByVariable(ctx context.Context) (*reconciler, error) {
	r := new(reconciler)
	stop := ctx.Done()
	_ = r.queue.run(stop, 3)
	return r, ctx.Err()
}

func silentNewWithStop(stop <-chan struct{}) *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	r.queue.run(stop, 3)
	every(stop)
	return r
}

func silentNewDerived(ctx context.Context) *reconciler {
	ctx, cancel := context.WithCancel(ctx)
	r := &reconciler{queue: &digests{items: make(chan string)}, end: cancel}
	r.queue.run(ctx.Done(), 3)
	return r
}

func silentNewInLiteral(ctx context.Context) *reconciler {
	r := &reconciler{}
	func() {
		r.queue = &digests{items: make(chan string)}
		r.queue.run(ctx.Done(), 3)
	}()
	return r
}

func (r *reconciler) silentStart(ctx context.Context) error {
	r.queue.run(ctx.Done(), 3)
	every(r.stop)
	return nil
}

func silentProvider(ctx context.Context) *sdktrace.TracerProvider {
	every(ctx.Done())
	return sdktrace.NewTracerProvider()
}

type typed[T any] struct {
	*reconciler
	value T
}

func (t *typed[T]) Get(ctx context.Context) (T, error) { return t.value, ctx.Err() }

func silentNewTyped[T any](ctx context.Context, v T) *typed[T] {
	t := &typed[T]{value: v}
	watching.Watch(ctx.Done())
	return t
}

// Their neighbours: a request, a program that ends, nobody who tells.

func droppedByHandler(w http.ResponseWriter, r *http.Request) {
	every(r.Context().Done()) // want `every returns the function that ends its work, which is dropped here, so nobody can end it`
}

func droppedByProgram(ctx context.Context) {
	q := &digests{items: make(chan string)}
	q.run(ctx.Done(), 3) // want `run returns the channel that its work closes, which is dropped here, so nobody can wait for it`
	slog.Info("running")
}

func droppedOwnChannel(ctx context.Context) *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	quit := make(chan struct{})
	r.queue.run(quit, 3) // want `run returns the channel that its work closes`
	return r
}

func droppedBackground() *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	r.queue.run(context.Background().Done(), 3) // want `run returns the channel that its work closes`
	return r
}

func droppedDetached(ctx context.Context) *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	r.queue.run(context.WithoutCancel(ctx).Done(), 3) // want `run returns the channel that its work closes`
	return r
}

func droppedAtOnce(ctx context.Context) *reconciler {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &reconciler{queue: &digests{items: make(chan string)}}
	r.queue.run(ctx.Done(), 3) // want `run returns the channel that its work closes`
	return r
}

func droppedAfterAMinute(ctx context.Context) *reconciler {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	r := &reconciler{queue: &digests{items: make(chan string)}, end: cancel}
	r.queue.run(ctx.Done(), 3) // want `run returns the channel that its work closes`
	return r
}

func droppedUntold(ctx context.Context) *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	startTicker() // want `startTicker returns the function that ends its work`
	return r
}

func droppedLater(ctx context.Context, mux *http.ServeMux) *reconciler {
	r := &reconciler{queue: &digests{items: make(chan string)}}
	mux.HandleFunc("/flush", func(w http.ResponseWriter, req *http.Request) {
		r.queue.run(req.Context().Done(), 3) // want `run returns the channel that its work closes`
	})
	return r
}

func droppedForData(ctx context.Context, ids []string) ([]string, error) {
	every(ctx.Done()) // want `every returns the function that ends its work`
	return ids, ctx.Err()
}

package orphanspan

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Work that is waited for elsewhere, on a context that lasts as long.

type tracked struct {
	wg         sync.WaitGroup
	ctx        context.Context
	cancel     context.CancelFunc
	terminated chan struct{}
}

func newTracked() *tracked {
	ctx, cancel := context.WithCancel(context.Background())
	return &tracked{ctx: ctx, cancel: cancel, terminated: make(chan struct{})}
}

func (t *tracked) silentGroupKept(o order) {
	t.wg.Add(1)
	go func() {
		defer t.wg.Done()
		notify(t.ctx, o)
	}()
}

func (t *tracked) silentTerminated(o order) {
	go func() {
		defer close(t.terminated)
		notify(t.ctx, o)
	}()
}

func (t *tracked) Stop() {
	t.cancel()
	t.wg.Wait()
	<-t.terminated
}

// The context of the launch is detached; whoever releases tracks.
type inFlight struct {
	mu sync.Mutex
	n  map[string]int
}

func (f *inFlight) record(id string) (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n[id]++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.n[id]--
	}
}

func silentReleased(ctx context.Context, f *inFlight, o order) {
	release := f.record(o.id)
	go func() {
		defer release()
		ctx, span := startDetached(ctx, "notify")
		defer span.End()
		audit(ctx, o)
	}()
}

func silentSemaphore(ctx context.Context, sem *semaphore.Weighted, o order) error {
	if err := sem.Acquire(ctx, 1); err != nil {
		return err
	}
	go func() {
		defer sem.Release(1)
		ctx, span := startDetached(ctx, "notify")
		defer span.End()
		audit(ctx, o)
	}()
	return nil
}

// The global group that is waited for at exit.
var exits sync.WaitGroup

func goAtExit(f func()) { exits.Go(f) }

func silentGlobalGroup(ctx context.Context, o order) {
	defer goAtExit(func() {
		ctx, span := startDetached(ctx, "notify")
		defer span.End()
		audit(ctx, o)
	})
	_ = work(ctx)
}

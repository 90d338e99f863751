package exitflush

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Whoever waits for the work goes on with what it was called for.

func silentOwnWork(ctx context.Context, names []string) {
	var wg sync.WaitGroup
	wg.Add(len(names))
	for range names {
		go func() {
			ctx, span := tracer.Start(ctx, "one")
			defer span.End()
			_ = ping(ctx)
			wg.Done()
		}()
	}
	wg.Wait()
}

func SilentOwnWorkOfALibrary(ctx context.Context, names []string) error {
	var wg sync.WaitGroup
	for range names {
		wg.Add(1)
		go silentOne(ctx, &wg)
	}
	wg.Wait()
	return ctx.Err()
}

func silentOne(ctx context.Context, wg *sync.WaitGroup) {
	ctx, span := tracer.Start(ctx, "one")
	defer span.End()
	defer wg.Done()
	_ = ping(ctx)
}

func silentOwnWorkDeeper(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		silentPart(ctx, &wg)
	}()
	wg.Wait()
}

func silentPart(ctx context.Context, wg *sync.WaitGroup) {
	ctx, span := tracer.Start(ctx, "part")
	defer span.End()
	defer wg.Done()
	_ = ping(ctx)
}

func silentOwnChannel(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		ctx, span := tracer.Start(ctx, "one")
		defer span.End()
		defer close(done)
		_ = ping(ctx)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(time.Second):
		return io.ErrNoProgress
	}
}

func silentWaitInDefer(ctx context.Context) {
	var wg sync.WaitGroup
	defer func() { wg.Wait() }()
	wg.Add(1)
	go func() {
		ctx, span := tracer.Start(ctx, "one")
		defer span.End()
		defer wg.Done()
		_ = ping(ctx)
	}()
}

func silentFannedIn(ctx context.Context, names []string) <-chan string {
	out := make(chan string)
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() {
			_, span := tracer.Start(ctx, "one")
			defer span.End()
			defer wg.Done()
			out <- name
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

// A server whose requests wait for one another.
type pulls struct {
	mu      sync.Mutex
	running map[string]*pull
	flushed sync.WaitGroup
}

type pull struct {
	wg, other sync.WaitGroup
	err       error
}

func (p *pulls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracer.Start(r.Context(), "pull")
	defer span.End()
	name := r.FormValue("name")
	p.mu.Lock()
	op, running := p.running[name]
	if !running {
		op = &pull{}
		p.running[name] = op
		op.wg.Add(1)
		defer op.wg.Done()
	}
	p.mu.Unlock()
	if running {
		op.wg.Wait()
	} else {
		op.err = ping(ctx)
	}
}

func (p *pulls) silentOtherRequestWaits(ctx context.Context, op *pull) {
	op.other.Add(1)
	go func() {
		ctx, span := tracer.Start(ctx, "pull")
		defer span.End()
		defer op.other.Done()
		_ = ping(ctx)
	}()
}

func (p *pulls) Status(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, p.result(r.FormValue("name")))
}

func (p *pulls) result(name string) string {
	op := p.running[name]
	op.other.Wait()
	return name
}

func (p *pulls) silentLookedUp(ctx context.Context) {
	p.flushed.Add(1)
	go func() {
		ctx, span := tracer.Start(ctx, "flush")
		defer span.End()
		defer p.flushed.Done()
		_ = ping(ctx)
	}()
}

// A query waits, as nothing but a request asks for one.
func (p *pulls) Lookup(ctx context.Context, name string) (*pull, error) {
	p.flushed.Wait()
	return p.running[name], ctx.Err()
}

// A service that tracks its background work, and waits for it when it stops.
type service struct {
	background, closing, stopping, inner sync.WaitGroup
	Jobs                                 sync.WaitGroup
}

func (s *service) releasedToShutdown(ctx context.Context) {
	s.background.Add(1)
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "notify")
		defer span.End()
		defer s.background.Done() // want "s.background.Done runs before span.End"
		_ = ping(ctx)
	}()
}

func (s *service) Shutdown(ctx context.Context) error {
	s.background.Wait()
	return ctx.Err()
}

func (s *service) releasedToClose(ctx context.Context) {
	s.closing.Add(1)
	go s.notify(ctx)
}

func (s *service) notify(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "notify")
	defer span.End()
	_ = ping(ctx)
	s.closing.Done() // want "s.closing.Done runs before span.End"
}

func (s *service) Close() error {
	s.closing.Wait()
	return nil
}

// The wait has a time.
func (s *service) Stop(ctx context.Context, grace time.Duration) error {
	done := make(chan struct{})
	go func() {
		s.stopping.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(grace):
		return ctx.Err()
	}
}

func (s *service) releasedToStop(ctx context.Context) {
	s.stopping.Add(1)
	go func() {
		ctx, span := tracer.Start(ctx, "notify")
		defer span.End()
		defer s.stopping.Done() // want "s.stopping.Done runs before span.End"
		_ = ping(ctx)
	}()
}

// Others may wait for it.
func (s *service) releasedExported(ctx context.Context) {
	s.Jobs.Add(1)
	go func() {
		ctx, span := tracer.Start(ctx, "job")
		defer span.End()
		defer s.Jobs.Done() // want "s.Jobs.Done runs before span.End"
		_ = ping(ctx)
	}()
}

// The function that waits stops the provider.
func (s *service) releasedAndStopped(ctx context.Context) {
	tp := newProvider()
	defer func() { _ = tp.Shutdown(context.Background()) }()
	s.inner.Add(1)
	go func() {
		ctx, span := tracer.Start(ctx, "job")
		defer span.End()
		defer s.inner.Done() // want "s.inner.Done runs before span.End"
		_ = ping(ctx)
	}()
	s.inner.Wait()
}

// It works until it is told to stop, and then waits: that is a shutdown.
func (s *service) Run(ctx context.Context, jobs <-chan string) error {
	var wg sync.WaitGroup
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return ctx.Err()
		case <-jobs:
			wg.Add(1)
			go func() {
				ctx, span := tracer.Start(context.WithoutCancel(ctx), "job")
				defer span.End()
				defer wg.Done() // want "wg.Done runs before span.End"
				_ = ping(ctx)
			}()
		}
	}
}

func (s *service) Listen(ctx context.Context, quit chan struct{}, jobs chan string) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-quit:
			return
		case <-jobs:
			wg.Add(1)
			go func() {
				ctx, span := tracer.Start(context.WithoutCancel(ctx), "job")
				defer span.End()
				defer wg.Done() // want "wg.Done runs before span.End"
				_ = ping(ctx)
			}()
		}
	}
}

func (s *service) silentUntilAllAreRead(ctx context.Context, jobs <-chan string) {
	var wg sync.WaitGroup
	for range jobs {
		wg.Add(1)
		go func() {
			ctx, span := tracer.Start(ctx, "job")
			defer span.End()
			defer wg.Done()
			_ = ping(ctx)
		}()
	}
	wg.Wait()
}

func silentProgress(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		_, span := tracer.Start(ctx, "one")
		defer span.End()
		defer close(done)
		_ = ping(ctx)
	}()
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
			_ = ping(ctx)
		}
	}
}

// It counts itself for as long as it is called.
func (s *service) countsItself(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "call")
	defer span.End()
	s.Jobs.Add(1)
	defer s.Jobs.Done()
	return ping(ctx)
}

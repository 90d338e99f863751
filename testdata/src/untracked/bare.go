package untracked

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"src/untracked/service"
)

func (s *server) literal(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine, so a shutdown cuts it off; s.background, which Shutdown waits for, does not count it \(untracked.bare\)`
		_ = s.mail(ctx, "literal")
	}()
}

func (s *server) byName(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go s.mail(ctx, id(r)) // want `nobody can wait for this goroutine`
}

// Comments stay where they are.
func (s *server) commented(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	// The mail may take long.
	go func() { // want `nobody can wait for this goroutine`
		// It is the last thing we do.
		_ = s.mail(ctx, "commented") // and it may fail
	}() // nobody waits
}

// A function given to WaitGroup.Go must not panic; this one expects to.
func (s *server) recovers(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine`
		defer func() { _ = recover() }()
		_ = s.mail(ctx, "recovers")
	}()
}

func (s *server) withArguments(w http.ResponseWriter, r *http.Request) {
	for _, id := range r.URL.Query()["id"] {
		go func(ctx context.Context) { // want `nobody can wait for this goroutine`
			_ = s.mail(ctx, id)
		}(context.WithoutCancel(r.Context()))
	}
}

func (s *server) reassigned(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	id := r.PathValue("id")
	if id == "" {
		id = "none"
	}
	go s.mail(ctx, id) // want `nobody can wait for this goroutine`
}

func (s *server) inSwitch(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		go s.store.Delete(id(r)) // want `nobody can wait for this goroutine`
	}
}

func (s *server) inDefer(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	defer func() {
		go s.mail(ctx, "deferred") // want `nobody can wait for this goroutine`
	}()
}

func (s *server) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	go s.mail(context.WithoutCancel(ctx), "unary") // want `nobody can wait for this goroutine`
	return next(ctx, req)
}

// Presumed request code: it has a context, and does not keep it.
func (s *server) Create(ctx context.Context, id string) error {
	if err := s.mail(ctx, id); err != nil {
		return err
	}
	go s.mail(context.WithoutCancel(ctx), id) // want `nobody can wait for this goroutine`
	return nil
}

// A parameter and a package variable can be the group, too.
func parameter(w http.ResponseWriter, r *http.Request, wg *sync.WaitGroup) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine, so a shutdown cuts it off; wg does not count it`
		_ = work(ctx)
	}()
}

// The outer launch does nothing but launch; the inner one is reported.
func (s *server) nested(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		slog.Info("begun")
		go func() { // want `nobody can wait for this goroutine`
			_ = s.mail(ctx, "nested")
		}()
	}()
}

// The inner launch is waited for by the outer one; that one is reported.
func (s *server) joinedInside(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine`
		var wg sync.WaitGroup
		wg.Go(func() { _ = s.mail(ctx, "inside") })
		wg.Wait()
	}()
}

// What is acquired inside tracks nothing, and neither do locks, gauges, and
// files that are closed.
func (s *server) notATracker(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	mu.Lock()
	count++
	mu.Unlock()
	go func() { // want `nobody can wait for this goroutine`
		mu.Lock()
		defer mu.Unlock()
		_ = s.mail(ctx, "locked")
	}()
}

var (
	mu    sync.Mutex
	count int
)

// In none of these cases is there a group, so there is no fix.

func (p *plain) noGroup(w http.ResponseWriter, r *http.Request) {
	go p.save(context.WithoutCancel(r.Context()), "none") // want `no group that somebody waits for is in reach`
}

// No context, and still half a file.
func (p *plain) file(w http.ResponseWriter, r *http.Request) {
	go func() { // want `no group that somebody waits for is in reach`
		if err := p.write("name"); err != nil {
			slog.Error("not written", "err", err)
		}
	}()
}

func (p *plain) later(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	time.AfterFunc(time.Minute, func() { p.save(ctx, "later") }) // want `nobody can wait for this callback`
}

func (p *plain) delayed(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine`
		time.Sleep(time.Second)
		p.save(ctx, "delayed")
	}()
}

// The helper launches and tracks nothing: its callers are at fault.
func safely(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

func (s *server) helped(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	safely(func() { _ = s.mail(ctx, "helped") }) // want `nobody can wait for this goroutine`
}

var running atomic.Int64

func (s *server) helpedByAnother(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	service.Safely(func() { _ = s.mail(ctx, "helped") }) // want `nobody can wait for this goroutine`
}

func handler(s *server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		go s.mail(context.WithoutCancel(r.Context()), "handler") // want `nobody can wait for this goroutine`
	}
}

// A helper three calls down.
func (s *server) below(w http.ResponseWriter, r *http.Request) { s.oneDown(r.Context()) }

func (s *server) oneDown(ctx context.Context) { s.twoDown(ctx) }

func (s *server) twoDown(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	go s.mail(ctx, "below") // want `nobody can wait for this goroutine`
}

// A counter for a metric is polled by nobody.
func (p *plain) gauge(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	running.Add(1)
	go func() { // want `nobody can wait for this goroutine`
		defer running.Add(-1)
		p.save(ctx, "gauge")
	}()
}

// A semaphore bounds the work, and nobody takes all of its slots.
func (l *limited) bounded(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	l.slots <- struct{}{}
	go func() { // want `nobody can wait for this goroutine`
		defer func() { <-l.slots }()
		l.save(ctx, "bounded")
	}()
}

type limited struct {
	plain
	slots chan struct{}
}

// A group counts, but in a type that keeps it to itself; this type's own Stop
// could wait, and has nothing to wait for.
type stoppable struct {
	store store
}

func (s *stoppable) Stop() {}

func (s *stoppable) handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `stoppable has no wait group that its Stop waits for`
		_ = s.store.Save(ctx, "stoppable")
	}()
}

// That a client need not wait says nothing about a shutdown.
func (s *server) explained(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	// Asynchronously in the background, so the client doesn't wait.
	go work(ctx) // want `nobody can wait for this goroutine`
}

// The handler does nothing more, so the cancel bounds nothing.
func (p *plain) cutOff(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go p.save(ctx, "cut off") // want `nobody can wait for this goroutine`
}

// One part of the work goes on when the handler has ended the other.
func (p *plain) halfBounded(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() { // want `nobody can wait for this goroutine`
		p.save(ctx, "bounded")
		p.save(context.WithoutCancel(ctx), "not bounded")
	}()
	p.save(ctx, "beside")
}

// Nobody else finds the queue, and who drains it gets no more of it.
func (f foreman) ownQueue(ctx context.Context, kind string) {
	queue := make(chan string, 1)
	queue <- kind
	go f.solver.Solve(ctx, kind, queue) // want `nobody can wait for this goroutine`
}

// Work that waits for a group cannot be counted by it.

type link struct {
	streams sync.WaitGroup
	server
}

func (l *link) Close() { l.streams.Wait() }

func (l *link) reset(ctx context.Context) {
	l.streams.Wait()
	_ = l.mail(ctx, "reset")
}

func (l *link) resetLater(ctx context.Context) error {
	l.reset(ctx)
	return nil
}

func (l *link) resets(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go l.reset(ctx)      // want `so a shutdown cuts it off; no group that somebody waits for is in reach`
	go l.resetLater(ctx) // want `so a shutdown cuts it off; no group that somebody waits for is in reach`
	go func() {          // want `so a shutdown cuts it off; no group that somebody waits for is in reach`
		l.streams.Wait()
		_ = l.mail(ctx, "reset")
	}()
	go l.mail(ctx, "next") // want `l.streams, which Close waits for, does not count it`
}

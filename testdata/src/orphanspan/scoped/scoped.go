// Package scoped has work that is counted by something that lives as long as
// one request, and is waited for before that ends; and work that only seems to.
package scoped

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

type store interface {
	Save(ctx context.Context, id string) error
}

var db store

func save(ctx context.Context, id string) { _ = db.Save(ctx, id) }

// A middleware makes it, hands it on in the context, and waits.

type tasks struct {
	mu     sync.Mutex
	wg     sync.WaitGroup
	closed bool
}

type tasksKey struct{}

func silentMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(withTasks(r.Context()))
		defer waitForTasks(r.Context())
		next.ServeHTTP(w, r)
	})
}

func withTasks(ctx context.Context) context.Context {
	t, ok := tasksOf(ctx)
	if !ok {
		t = &tasks{}
	}
	return context.WithValue(ctx, tasksKey{}, t)
}

func tasksOf(ctx context.Context) (*tasks, bool) {
	t, ok := ctx.Value(tasksKey{}).(*tasks)
	return t, ok && t != nil
}

func waitForTasks(ctx context.Context) {
	if t, ok := tasksOf(ctx); ok {
		t.wait()
	}
}

func (t *tasks) wait() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.wg.Wait()
}

func (t *tasks) run(ctx context.Context, id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return errors.New("closed")
	}
	t.wg.Add(1)
	go func() {
		defer t.wg.Done()
		save(ctx, id)
	}()
	return nil
}

func silentInTask(w http.ResponseWriter, r *http.Request) {
	if t, ok := tasksOf(r.Context()); ok {
		_ = t.run(r.Context(), "task")
	}
}

// The literal that serves waits itself.

type scope struct {
	name string
	wg   sync.WaitGroup
}

type scopeKey struct{}

func silentLiteral(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := &scope{name: r.URL.Path}
		if s.name == "/health" {
			w.WriteHeader(http.StatusOK)
			return
		}
		defer s.wg.Wait()
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), scopeKey{}, s)))
	}
}

func inScope(ctx context.Context, id string) {
	s := ctx.Value(scopeKey{}).(*scope)
	s.wg.Go(func() { save(ctx, id) })
}

func handleInScope(w http.ResponseWriter, r *http.Request) { inScope(r.Context(), "scope") }

// A handler makes it, in a field of something of its own.

type jobs struct{ wg sync.WaitGroup }

type session struct{ jobs *jobs }

func (j *jobs) start(ctx context.Context, id string) {
	j.wg.Go(func() { save(ctx, id) })
}

func (s *session) begin(ctx context.Context) { s.jobs.start(ctx, "session") }

func (s *session) finish() { s.jobs.wg.Wait() }

func silentSession(w http.ResponseWriter, r *http.Request) {
	s := &session{jobs: new(jobs)}
	defer func() {
		w.WriteHeader(http.StatusOK)
		s.finish()
	}()
	s.begin(r.Context())
}

// A value that is waited for on each way out, by a helper.

type steps struct{ wg sync.WaitGroup }

func (s *steps) step(ctx context.Context, id string) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		save(ctx, id)
	}()
}

func finished(s *steps) error {
	s.wg.Wait()
	return nil
}

func silentSteps(w http.ResponseWriter, r *http.Request) {
	var s steps
	s.step(r.Context(), "first")
	if r.ContentLength > 0 {
		_ = finished(&s)
		return
	}
	s.step(r.Context(), "second")
	if err := finished(&s); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// The waiter is a method value.

type parts struct{ wg sync.WaitGroup }

func (p *parts) part(ctx context.Context, id string) { p.wg.Go(func() { save(ctx, id) }) }
func (p *parts) wait()                               { p.wg.Wait() }

func silentMethodValue(w http.ResponseWriter, r *http.Request) {
	p := &parts{}
	wait := p.wait
	defer wait()
	p.part(r.Context(), "value")
}

func silentHandedMethodValue(w http.ResponseWriter, r *http.Request) {
	p := new(parts)
	defer call(p.wait)
	p.part(r.Context(), "handed")
}

func call(f func()) { f() }

// An errgroup.

type batch struct {
	group errgroup.Group
	max   int
}

func newBatch(ctx context.Context) *batch {
	b := &batch{max: 4}
	b.group.SetLimit(b.max)
	return b
}

func (b *batch) add(ctx context.Context, id string) {
	b.group.Go(func() error { return db.Save(ctx, id) })
}

func silentBatch(w http.ResponseWriter, r *http.Request) {
	b := newBatch(r.Context())
	for _, id := range r.URL.Query()["id"] {
		b.add(r.Context(), id)
	}
	if err := b.group.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// The group is older than the request, and each caller waits for it.

type service struct {
	wg     sync.WaitGroup
	closed sync.WaitGroup
	rounds sync.WaitGroup
	asked  sync.WaitGroup
}

func newService() *service {
	s := &service{}
	go s.loop()
	return s
}

func (s *service) launch(ctx context.Context, id string) {
	s.wg.Go(func() { save(ctx, id) })
}

func (s *service) silentCallerWaits(w http.ResponseWriter, r *http.Request) {
	s.launch(r.Context(), "first")
	s.launch(r.Context(), "second")
	s.wg.Wait()
}

func (s *service) silentOtherWaits(w http.ResponseWriter, r *http.Request) {
	defer s.wg.Wait()
	s.silentBetween(r.Context())
}

func (s *service) silentBetween(ctx context.Context) { s.launch(ctx, "between") }

// Only the service waits, when it is closed.

func (s *service) launchClosed(ctx context.Context, id string) {
	s.closed.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func (s *service) Close() { s.closed.Wait() }

func (s *service) handleClosed(w http.ResponseWriter, r *http.Request) {
	s.launchClosed(r.Context(), "closed")
}

// A loop in the background waits.

func (s *service) launchRound(ctx context.Context, id string) {
	s.rounds.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func (s *service) loop() {
	for range time.Tick(time.Minute) {
		s.rounds.Wait()
	}
}

func (s *service) handleRound(w http.ResponseWriter, r *http.Request) {
	s.launchRound(r.Context(), "round")
}

// Another request waits.

func (s *service) launchAsked(ctx context.Context, id string) {
	s.asked.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func (s *service) handleAsked(w http.ResponseWriter, r *http.Request) {
	s.launchAsked(r.Context(), "asked")
}

func (s *service) flush(w http.ResponseWriter, r *http.Request) { s.asked.Wait() }

// The service's own group rides in the context.

type shared struct{ wg sync.WaitGroup }

func newShared() *shared { return &shared{} }

func (s *shared) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tasksKey{}, s)))
	})
}

func (s *shared) run(ctx context.Context, id string) {
	s.wg.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func (s *shared) Shutdown() { s.wg.Wait() }

func handleShared(w http.ResponseWriter, r *http.Request) {
	if s, ok := r.Context().Value(tasksKey{}).(*shared); ok {
		s.run(r.Context(), "shared")
	}
}

// It is waited for in the background, on one path, or not by everybody who
// makes one.

type loose struct{ wg sync.WaitGroup }

func (l *loose) run(ctx context.Context, id string) {
	l.wg.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func (l *loose) wait() { l.wg.Wait() }

func handleInBackground(w http.ResponseWriter, r *http.Request) {
	l := &loose{}
	l.run(r.Context(), "background")
	go l.wait()
}

type half struct{ wg sync.WaitGroup }

func (h *half) run(ctx context.Context, id string) {
	h.wg.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func handleHalf(w http.ResponseWriter, r *http.Request) {
	h := &half{}
	h.run(r.Context(), "half")
	if r.ContentLength > 0 {
		h.wg.Wait()
	}
}

type forgotten struct{ wg sync.WaitGroup }

func (f *forgotten) run(ctx context.Context, id string) {
	f.wg.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func handleKnown(w http.ResponseWriter, r *http.Request) {
	f := &forgotten{}
	defer f.wg.Wait()
	f.run(r.Context(), "known")
}

func handleForgotten(w http.ResponseWriter, r *http.Request) {
	f := &forgotten{}
	f.run(r.Context(), "forgotten")
}

type early struct{ wg sync.WaitGroup }

func (e *early) run(ctx context.Context, id string) {
	e.wg.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func handleEarly(w http.ResponseWriter, r *http.Request) {
	e := &early{}
	if r.ContentLength > 0 {
		e.run(r.Context(), "early")
		return
	}
	defer e.wg.Wait()
	e.run(r.Context(), "late")
}

// What one request has made the next ones find as well.

type lazy struct{ wg sync.WaitGroup }

type server struct{ lazy *lazy }

func (l *lazy) run(ctx context.Context, id string) {
	l.wg.Go(func() { save(ctx, id) }) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
}

func (s *server) handleLazy(w http.ResponseWriter, r *http.Request) {
	if s.lazy == nil {
		s.lazy = &lazy{}
		defer s.lazy.wg.Wait()
	}
	s.lazy.run(r.Context(), "lazy")
}

// Package hooks calls functions that its fields hold.
package hooks

import (
	"context"
	"net/http"

	"src/orphanspan/facts/jobs"
)

type service struct {
	notify   func(ctx context.Context, id string)
	enqueue  func(ctx context.Context, id string)
	detach   func(ctx context.Context) context.Context
	wait     func(ctx context.Context, id string)
	given    func(ctx context.Context, id string)
	swapped  func(ctx context.Context, id string)
	either   func(ctx context.Context, id string)
	loop     func(ctx context.Context)
	spawn    func(f func())
	Exported func(ctx context.Context, id string)
}

func newService(q *jobs.Queue, given, passed func(ctx context.Context, id string)) *service {
	s := &service{
		notify: func(ctx context.Context, id string) {
			go save(ctx, id) // want `goroutine outlives the request but works with ctx`
		},
		enqueue: q.Later,
		wait:    q.Now,
		given:   given,
		swapped: passed,
		loop:    jobs.Start,
		spawn:   func(f func()) { go f() },
	}
	s.detach = func(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
	s.either = q.Now
	if given != nil {
		s.either = s.second
	}
	s.Exported = q.Later
	return s
}

func save(ctx context.Context, id string) { _ = jobs.DB.Save(ctx, id) }

func (s *service) second(ctx context.Context, id string) {
	go save(ctx, id) // want `goroutine outlives the request`
}

// New is called with whatever its callers have.
func New(q *jobs.Queue, hook func(ctx context.Context, id string)) *service {
	return newService(q, push, hook)
}

func push(ctx context.Context, id string) {
	go save(ctx, id) // want `goroutine outlives the request but works with ctx`
}

func (s *service) canceledInLiteral(w http.ResponseWriter, r *http.Request) {
	s.notify(r.Context(), "id")
}

func (s *service) canceledMethodValue(w http.ResponseWriter, r *http.Request) {
	s.enqueue(r.Context(), "id") // want `work launched by Queue.Later goes on working with r.Context\(\)`
}

func (s *service) canceledThroughConstructor(w http.ResponseWriter, r *http.Request) {
	s.given(r.Context(), "id")
}

func (s *service) canceledEither(w http.ResponseWriter, r *http.Request) {
	s.either(r.Context(), "id")
}

func (s *service) canceledLaunched(w http.ResponseWriter, r *http.Request) {
	go s.wait(r.Context(), "id") // want `goroutine outlives the request`
}

func (s *service) canceledSpawned(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.spawn(func() { save(ctx, "id") }) // want `goroutine outlives the request`
}

func (s *service) silentDetached(w http.ResponseWriter, r *http.Request) {
	go save(s.detach(r.Context()), "id")
	ctx := s.detach(r.Context())
	s.enqueue(ctx, "id")
}

func (s *service) silentWaits(w http.ResponseWriter, r *http.Request) {
	s.wait(r.Context(), "id")
}

func (s *service) silentLoop(w http.ResponseWriter, r *http.Request) {
	go s.loop(r.Context())
	s.loop(r.Context())
}

// Other packages decide what these are.
func (s *service) silentFromOutside(w http.ResponseWriter, r *http.Request) {
	s.swapped(r.Context(), "id")
	s.Exported(r.Context(), "id")
}

type table struct {
	run  func(ctx context.Context, id string)
	name string
}

var tables = []table{{func(ctx context.Context, id string) {
	go save(ctx, id) // want `goroutine outlives the request`
}, "positional"}}

func canceledPositional(w http.ResponseWriter, r *http.Request) {
	for _, t := range tables {
		t.run(r.Context(), t.name)
	}
}

var hook = push

func canceledPackageVariable(w http.ResponseWriter, r *http.Request) { hook(r.Context(), "id") }

func canceledLocal(w http.ResponseWriter, r *http.Request) {
	later := func(ctx context.Context) {
		go save(ctx, "id") // want `goroutine outlives the request`
	}
	later(r.Context())
}

// What a closure has kept of its maker is not the request's of who calls it.
type flusher struct{ flush func() }

func newFlusher(ctx context.Context) *flusher {
	return &flusher{flush: func() { save(ctx, "flush") }}
}

func (f *flusher) silentKept(w http.ResponseWriter, r *http.Request) { go f.flush() }

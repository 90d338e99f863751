// Package loop has interfaces, and is the one that calls their methods.
package loop

import (
	"context"
	"net/http"
	"time"
)

// A Store has what listeners are told of.
type Store struct{ listeners []Listener }

// A Listener is told by the loop, whose context lasts.
type Listener interface {
	OnChange(ctx context.Context, s *Store) error
}

// Run tells the listeners until the context is done.
func (s *Store) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
			s.tell(ctx)
		}
	}
}

func (s *Store) tell(ctx context.Context) {
	for _, l := range s.listeners {
		_ = l.OnChange(ctx, s)
	}
}

// A Visitor is called for each request.
type Visitor interface {
	OnVisit(ctx context.Context, path string, s *Store) bool
}

// ServeHTTP serves.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, l := range s.listeners {
		if v, ok := l.(Visitor); ok && v.OnVisit(r.Context(), r.URL.Path, s) {
			return
		}
	}
}

// A Writer is called by others, with contexts of theirs, and by Copy.
type Writer interface {
	Write(ctx context.Context, s *Store) error
}

// Copy writes to each of them.
func Copy(ctx context.Context, s *Store, to ...Writer) error {
	for _, w := range to {
		if err := w.Write(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// A Keeper is called by nobody here.
type Keeper interface {
	Keep(ctx context.Context, s *Store) error
}

// A Worker is called for each job of a queue.
type Worker interface {
	Work(ctx context.Context, s *Store) error
}

// Drain hands the jobs out, with a context for each.
func Drain(jobs <-chan *Store, w Worker) {
	for s := range jobs {
		_ = w.Work(context.Background(), s)
	}
}

// A Message has a context.
type Message struct {
	Ctx  context.Context
	Body *Store
}

// A Carrier is called for each message.
type Carrier interface {
	Carry(ctx context.Context, s *Store)
}

// Deliver hands the messages out.
func Deliver(messages <-chan Message, c Carrier) {
	for m := range messages {
		c.Carry(m.Ctx, m.Body)
	}
}

// A Prober is called in each round, with a deadline.
type Prober interface {
	Probe(ctx context.Context, s *Store) error
}

// Watch calls it until the context is done.
func (s *Store) Watch(ctx context.Context, p Prober) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for ctx.Err() == nil {
		s.probe(ctx, p)
		time.Sleep(time.Second)
	}
}

func (s *Store) probe(ctx context.Context, p Prober) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = p.Probe(ctx, s)
}

// Package goroutines has work that outlives what it belongs to.
package goroutines

import (
	"context"
	"errors"
	"log"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

var tracer = otel.Tracer("bench/goroutines")

var errMany = errors.New("too many orders")

type server struct {
	background sync.WaitGroup
	flight     singleflight.Group
}

func (s *server) stop() { s.background.Wait() }

func notify(ctx context.Context, order string) {
	ctx, span := tracer.Start(ctx, "goroutines.notify")
	defer span.End()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://mail.example.com/"+order, nil)
	if err == nil {
		_, err = http.DefaultClient.Do(req)
	}
	if err != nil {
		log.Print(err)
	}
}

//bench:wrong works with the context of the request, which is over
func (s *server) canceled(w http.ResponseWriter, r *http.Request) {
	s.background.Go(func() { notify(r.Context(), r.URL.Path) })
	w.WriteHeader(http.StatusAccepted)
}

// later launches work, and does not wait for it.
//
//bench:wrong hands the context of the request to a function that launches
func (s *server) later(ctx context.Context, order string) {
	s.background.Go(func() { notify(ctx, order) })
}

//bench:wrong hands the context of the request to a function that launches
func (s *server) canceledInHelper(w http.ResponseWriter, r *http.Request) {
	s.later(r.Context(), r.URL.Path)
	w.WriteHeader(http.StatusAccepted)
}

//bench:wrong a timer works with the context of the request
func (s *server) canceledByTimer(w http.ResponseWriter, r *http.Request) {
	ctx, order := r.Context(), r.URL.Path
	time.AfterFunc(time.Second, func() { notify(ctx, order) })
	w.WriteHeader(http.StatusAccepted)
}

//bench:wrong a deferred cancel ends the context of the work
func (s *server) canceledByDefer(ctx context.Context, order string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	s.background.Go(func() { notify(ctx, order) })
}

//bench:wrong outlives the span that it works below
func (s *server) ended(ctx context.Context, order string) {
	ctx, span := tracer.Start(ctx, "goroutines.ended")
	defer span.End()
	ctx = context.WithoutCancel(ctx)
	s.background.Go(func() {
		notify(ctx, order)
		notify(ctx, "archive")
	})
}

//bench:wrong detached, and each step of it hangs below the request by itself
func (s *server) nospan(w http.ResponseWriter, r *http.Request) {
	ctx, order := context.WithoutCancel(r.Context()), r.URL.Path
	s.background.Go(func() {
		notify(ctx, order)
		notify(ctx, "archive")
	})
	w.WriteHeader(http.StatusAccepted)
}

//bench:wrong context.Background() in work that a request has launched
func (s *server) fresh(w http.ResponseWriter, r *http.Request) {
	order := r.URL.Path
	s.background.Go(func() { notify(context.Background(), order) })
	w.WriteHeader(http.StatusAccepted)
}

//bench:wrong the same, in a go statement
func (s *server) freshGo(w http.ResponseWriter, r *http.Request) {
	ctx, order := r.Context(), r.URL.Path
	s.background.Add(1)
	go func() {
		defer s.background.Done()
		notify(context.Background(), order)
	}()
	log.Print(ctx.Err())
	w.WriteHeader(http.StatusAccepted)
}

//bench:wrong a request launches work that nobody can wait for
func untracked(w http.ResponseWriter, r *http.Request) {
	ctx, order := r.Context(), r.URL.Path
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "goroutines.untracked", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		notify(ctx, order)
	}()
	w.WriteHeader(http.StatusAccepted)
}

//bench:wrong a group that counts and is not waited for on some path
func unwaited(ctx context.Context, orders []string) error {
	var group sync.WaitGroup
	for _, order := range orders {
		group.Go(func() { notify(ctx, order) })
	}
	if len(orders) > 100 {
		return errMany
	}
	group.Wait()
	return nil
}

//bench:wrong work for many callers, on the context of the first
func (s *server) shared(ctx context.Context, order string) error {
	_, err, _ := s.flight.Do(order, func() (any, error) {
		notify(ctx, order)
		return nil, nil
	})
	return err
}

//bench:right waited for
func waited(ctx context.Context, orders []string) {
	ctx, span := tracer.Start(ctx, "goroutines.waited")
	defer span.End()
	var group sync.WaitGroup
	for _, order := range orders {
		group.Go(func() { notify(ctx, order) })
	}
	group.Wait()
}

//bench:right waited for by an errgroup
func grouped(w http.ResponseWriter, r *http.Request) {
	group, ctx := errgroup.WithContext(r.Context())
	for _, order := range r.URL.Query()["order"] {
		group.Go(func() error {
			notify(ctx, order)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

//bench:right detached, with a span of its own that links to its origin
func (s *server) detached(w http.ResponseWriter, r *http.Request) {
	ctx, order := r.Context(), r.URL.Path
	s.background.Go(func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "goroutines.detached", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		notify(ctx, order)
	})
	w.WriteHeader(http.StatusAccepted)
}

//bench:right only logs with the context of the request
func (s *server) logs(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.background.Go(func() { log.Print(ctx.Value(http.ServerContextKey)) })
	w.WriteHeader(http.StatusAccepted)
}

//bench:right answered by the work that it waits for
func answered(ctx context.Context, order string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		notify(ctx, order)
	}()
	<-done
}

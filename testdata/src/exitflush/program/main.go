// Command program has all callers in view, and the end of the program.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"golang.org/x/sync/errgroup"
)

var tracer = otel.Tracer("program")

type server[T any] struct {
	Polled, quit, stop chan struct{}
	kept               struct{ gone chan struct{} }
	jobs               chan T
}

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	quit := make(chan struct{})
	s := &server[string]{quit: quit, jobs: make(chan string)}
	s.kept.gone = make(chan struct{})
	go func() {
		<-ctx.Done()
		s.releasedMain(context.WithoutCancel(ctx))
		s.silentPolled(ctx)
		s.silentGroup(ctx)
	}()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(s.consume)
	gone := s.kept.gone
	go s.releasedByAlias(ctx)
	_ = all(ctx)
	http.HandleFunc("/each", silentEach)
	for !s.run(ctx) {
		time.Sleep(time.Second)
	}
	if waitFor(gone) {
		return
	}
}

// run works until it is told to stop, and main returns after it.
func (s *server[T]) run(ctx context.Context) bool {
	for {
		select {
		case <-s.quit:
			return true
		case <-s.jobs:
			s.serve(ctx)
		}
	}
}

func (s *server[T]) serve(ctx context.Context) {
	_, span := tracer.Start(ctx, "serve")
	defer span.End()
	select {
	case <-s.Polled:
		return
	default:
	}
}

func (s *server[T]) consume() error {
	for {
		select {
		case <-s.stop:
			return nil
		case <-s.jobs:
		}
	}
}

func waitFor(ch <-chan struct{}) bool {
	_, open := <-ch
	return !open
}

func (s *server[T]) releasedMain(ctx context.Context) {
	_, span := tracer.Start(ctx, "shutdown")
	defer span.End()
	close(s.quit) // want "close.s.quit. runs before span.End"
	time.Sleep(time.Second)
}

func (s *server[T]) releasedByAlias(ctx context.Context) {
	_, span := tracer.Start(ctx, "go")
	defer span.End()
	defer func() { close(s.kept.gone) }() // want "close.s.kept.gone. runs before span.End"
}

func (s *server[T]) silentPolled(ctx context.Context) {
	_, span := tracer.Start(ctx, "shutdown")
	defer span.End()
	close(s.Polled)
}

func (s *server[T]) silentGroup(ctx context.Context) {
	_, span := tracer.Start(ctx, "shutdown")
	defer span.End()
	close(s.stop)
}

// all is what the program does, and it ends after that.
func all(ctx context.Context) error {
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			_, span := tracer.Start(ctx, "one")
			defer span.End()
			defer wg.Done() // want "wg.Done runs before span.End"
		}()
	}
	wg.Wait()
	return ctx.Err()
}

func silentEach(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			_, span := tracer.Start(ctx, "one")
			defer span.End()
			defer wg.Done()
		}()
	}
	wait(&wg)
}

func wait(wg *sync.WaitGroup) { wg.Wait() }

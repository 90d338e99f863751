package untracked

import (
	"context"
	"net/http"
	"sync"
)

// Groups that hear of their work too late.

func (s *server) addedInTheWork(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `s.background counts this work only once it runs, so a Wait may be over before that`
		s.background.Add(1)
		defer s.background.Done()
		_ = s.mail(ctx, id(r))
	}()
}

func addedInTheLoop(ids []string) {
	var wg sync.WaitGroup
	for range ids {
		go func() { // want `wg counts this work only once it runs`
			wg.Add(1)
			defer wg.Done()
			_ = work(context.Background())
		}()
	}
	wg.Wait()
}

func countsItself(wg *sync.WaitGroup, id string) {
	wg.Add(1)
	defer wg.Done()
	_ = work(context.Background())
}

func addedInTheCallee(ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		go countsItself(&wg, id) // want `wg counts this work only once it runs`
	}
	wg.Wait()
}

func (s *server) poll(stop <-chan struct{}) {
	s.background.Add(1)
	defer s.background.Done()
	<-stop
}

func (s *server) addedInTheMethod(stop <-chan struct{}) {
	go s.poll(stop) // want `s.background counts this work only once it runs`
}

// The caller counts it, and the work what it does more.
func silentCountedByBoth(ids []string) {
	var wg sync.WaitGroup
	wg.Add(len(ids))
	for _, id := range ids {
		go func() {
			defer wg.Done()
			countsItself(&wg, id)
		}()
	}
	wg.Wait()
}

func silentCalledInPlace(ids []string) {
	var wg sync.WaitGroup
	for _, id := range ids {
		countsItself(&wg, id)
	}
	wg.Wait()
}

// The work is counted, and counts what it launches itself.
func silentAddedForMore(ids []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		wg.Add(len(ids))
		for range ids {
			go func() {
				defer wg.Done()
				_ = work(context.Background())
			}()
		}
	}()
	wg.Wait()
}

// Futures that nobody waits for.

type future struct {
	done chan struct{}
	err  error
}

func (f *future) Wait() error {
	<-f.done
	return f.err
}

func promise(work func() error) *future {
	f := &future{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.err = work()
	}()
	return f
}

func futureDropped(s store) {
	promise(func() error { return s.Delete("1") }) // want `promise returns what its work can be waited for by, which is dropped here, so nobody can wait for it`
}

func silentFutureAwaited(s store) error {
	return promise(func() error { return s.Delete("1") }).Wait()
}

func silentFutureKept(s store) error {
	f := promise(func() error { return s.Delete("1") })
	if err := s.Delete("2"); err != nil {
		return err
	}
	return f.Wait()
}

// A watch goes on until it is closed, and nobody wants to wait for it.
type watch struct{ quit, done chan struct{} }

func (w *watch) Close() {
	close(w.quit)
	<-w.done
}

func startWatch(ctx context.Context) *watch {
	w := &watch{make(chan struct{}), make(chan struct{})}
	go func() {
		defer close(w.done)
		<-w.quit
	}()
	return w
}

func silentWatch(ctx context.Context) { startWatch(ctx) }

//ruletest:flags -enable=untracked.stop

// Package stop has types whose stop does not wait.
package stop

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"
)

type flusher struct {
	flush func(context.Context) error
	quit  chan struct{}
}

// The loop goes on while stop flushes.
func (f *flusher) start(ctx context.Context) {
	go f.loop(ctx) // want `stop of flusher does not wait for this goroutine \(untracked.stop\)`
}

func (f *flusher) loop(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := f.flush(ctx); err != nil {
				slog.Error("flush", "err", err)
			}
		case <-f.quit:
			return
		}
	}
}

func (f *flusher) stop(ctx context.Context) error {
	close(f.quit)
	return f.flush(ctx)
}

// The constructor launches.
type writer struct {
	file  *os.File
	lines chan string
}

func newWriter(file *os.File) *writer {
	w := &writer{file: file, lines: make(chan string)}
	go func() { // want `Close of writer does not wait for this goroutine`
		for line := range w.lines {
			_, _ = w.file.WriteString(line)
		}
	}()
	return w
}

func (w *writer) Close() error {
	close(w.lines)
	return w.file.Close()
}

// Close runs when the function returns, and the work may still write.
func deferred(lines []string) error {
	file, err := os.Create("lines")
	if err != nil {
		return err
	}
	defer file.Close()
	go func() { // want `the deferred Close of file does not wait for this goroutine, which uses it`
		for _, line := range lines {
			_, _ = file.WriteString(line)
		}
	}()
	return nil
}

// This one waits.
type sound struct {
	wg   sync.WaitGroup
	done chan struct{}
	quit chan struct{}
	dir  string
}

func (s *sound) Start() {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = os.Remove(s.dir)
	}()
	go func() {
		defer close(s.done)
		for range s.quit {
			_ = os.Remove(s.dir)
		}
	}()
}

func (s *sound) Stop() {
	close(s.quit)
	<-s.done
	s.wg.Wait()
}

// A server ends by Shutdown, and a file that is closed inside is not shared.
type serving struct{ srv *http.Server }

func (s *serving) Start() {
	go func() { _ = s.srv.ListenAndServe() }()
}

func (s *serving) Shutdown(ctx context.Context) error { return s.srv.Shutdown(ctx) }

// The work does not use what is closed.
func unrelated() error {
	file, err := os.Create("unrelated")
	if err != nil {
		return err
	}
	defer file.Close()
	go func() { _ = os.Remove("other") }()
	return nil
}

// A type without a stop has nothing to wait with.
type endless struct{ flusher *flusher }

func (e *endless) start(ctx context.Context) {
	go e.flusher.loop(ctx)
}

// ListenAndServe returns when Shutdown begins.
func servesAndLeaves(ctx context.Context, srv *http.Server) error {
	go func() { // want `servesAndLeaves returns when this goroutine begins to shut srv down, and does not wait until that is done`
		<-ctx.Done()
		_ = srv.Shutdown(context.WithoutCancel(ctx))
	}()
	return srv.ListenAndServe()
}

func servesAndWaits(ctx context.Context, srv *http.Server) error {
	down := make(chan struct{})
	go func() {
		defer close(down)
		<-ctx.Done()
		_ = srv.Shutdown(context.WithoutCancel(ctx))
	}()
	err := srv.ListenAndServe()
	<-down
	return err
}

// Another server goes on.
func servesAnother(ctx context.Context, srv, admin *http.Server) error {
	go func() {
		<-ctx.Done()
		_ = admin.Shutdown(context.WithoutCancel(ctx))
	}()
	return srv.ListenAndServe()
}

//ruletest:flags -unsafe-fixes

// Package unsafe has types whose stop can wait.
package unsafe

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
)

type server struct {
	dir string
	log *os.File
}

func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	go s.write(r.PathValue("id")) // want `server has no wait group that its Close waits for`
}

func (s *server) other(w http.ResponseWriter, r *http.Request) {
	go func() { // want `server has no wait group that its Close waits for`
		if err := s.write("other"); err != nil {
			slog.Error("not written", "err", err)
		}
	}()
}

func (s *server) write(id string) error { return os.WriteFile(s.dir+"/"+id, nil, 0o600) }

// Close closes the log.
func (s *server) Close() error {
	return s.log.Close()
}

type journal struct {
	pending sync.WaitGroup
	file    *os.File
}

func (j *journal) note(text string) {
	j.pending.Add(1)
	go func() { // want `j.pending counts this work, but nobody waits for it`
		defer j.pending.Done()
		_, _ = j.file.WriteString(text)
	}()
}

func (j *journal) Close() error { return j.file.Close() }

// Shutdown ends the loop; a wait before that would never end.
type looping struct {
	wg   sync.WaitGroup
	quit chan struct{}
}

func (l *looping) Start() {
	l.wg.Add(1)
	go func() { // want `l.wg counts this work, but nobody waits for it`
		defer l.wg.Done()
		for range l.quit {
			slog.Info("again")
		}
	}()
}

func (l *looping) Shutdown(context.Context) { close(l.quit) }

// Its Stop is for copies, and waits for nothing.
type copied struct{ dir string }

func (c *copied) handle(w http.ResponseWriter, r *http.Request) {
	go os.Remove(c.dir) // want `no group that somebody waits for is in reach`
}

func (c copied) Stop() {}

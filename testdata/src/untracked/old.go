//go:build go1.24

package untracked

import (
	"context"
	"net/http"
)

// WaitGroup.Go is newer than this file.

func (s *server) oldLiteral(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine`
		_ = s.mail(ctx, "old")
	}()
}

func (s *server) oldName(w http.ResponseWriter, r *http.Request) {
	go s.mail(context.WithoutCancel(r.Context()), "old") // want `nobody can wait for this goroutine`
}

// Package server is below a directory for tests: nothing of it is reported.
package server

import (
	"context"
	"net/http"
)

type store interface {
	Get(ctx context.Context, id string) (string, error)
}

type server struct{ store store }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = s.store.Get(context.Background(), r.PathValue("id"))
	go func() { _, _ = s.store.Get(context.Background(), r.PathValue("id")) }()
}

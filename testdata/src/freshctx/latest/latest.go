// Package latest has what looks like code for tests and is not: a name that
// ends in test, the import of package testing by a program that wants to know
// whether it is being tested, and functions about tests.
package latest

import (
	"context"
	"net/http"
	"testing"
)

type store interface {
	Get(ctx context.Context, id string) (string, error)
}

type server struct{ store store }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if testing.Testing() {
		return
	}
	_, _ = s.store.Get(context.Background(), r.PathValue("id")) // want `call starts over from context.Background`
}

// A T is the test of a customer, not Go's.
type T struct{ Name string }

func (s *server) run(w http.ResponseWriter, r *http.Request, t *T) {
	_, _ = s.store.Get(context.Background(), t.Name) // want `call starts over from context.Background`
}

// Who measures with package testing is no test either.
func measure(f func(*testing.B)) testing.BenchmarkResult { return testing.Benchmark(f) }

// Package reads calls what has no other use for a context than to read it.
package reads

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"src/freshctx/reads/jobs"
)

type server struct {
	jobs   *jobs.Factory
	reader *jobs.Reader
	log    *slog.Logger
}

// A log field is all that is lost.
func (s *server) silentCreate(w http.ResponseWriter, r *http.Request) {
	if err := s.jobs.Create(jobs.With(context.Background(), s.log), "a"); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *server) silentCreateByVariable(w http.ResponseWriter, r *http.Request) {
	ctx := jobs.With(context.Background(), s.log)
	create := s.jobs.Create
	_ = create(ctx, "a")
	jobs.Each(ctx, []int{1}, func(int) {})
}

func (s *server) silentLocal(w http.ResponseWriter, r *http.Request) {
	s.note(jobs.With(context.Background(), s.log))
}

func (s *server) note(ctx context.Context) { jobs.From(ctx).Info("note") }

// Nothing is traced while it sleeps, and it is to sleep in any case.
func (s *server) silentSleep(w http.ResponseWriter, r *http.Request) {
	if err := jobs.Sleep(context.Background(), time.Second); err != nil {
		panic(err)
	}
	_ = jobs.Nap(context.Background())
}

// What else it may come to do is not known.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	_ = jobs.Ready(context.Background()) // want `although r.Context\(\) is at hand`
}

// Somebody else works while it waits.
func (s *server) read(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // want `although r.Context\(\) is at hand`
	defer cancel()
	_ = s.reader.Read(ctx)
}

func (s *server) worksToo(w http.ResponseWriter, r *http.Request) {
	_ = s.jobs.Do(jobs.With(context.Background(), s.log), "a") // want `although r.Context\(\) is at hand`
}

func (s *server) worksInLiteral(w http.ResponseWriter, r *http.Request) {
	_ = s.jobs.All(context.Background(), []string{"a"}) // want `although r.Context\(\) is at hand`
}

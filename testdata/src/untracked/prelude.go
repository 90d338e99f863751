// Package untracked has work that somebody waits for, and work that nobody does.
package untracked

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/untracked")

type store interface {
	Save(ctx context.Context, id string) error
	Delete(id string) error
}

// A server has a group that Shutdown waits for.
type server struct {
	store      store
	background sync.WaitGroup
}

func (s *server) Shutdown() { s.background.Wait() }

func (s *server) mail(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "mail")
	defer span.End()
	return s.store.Save(ctx, id)
}

// A plain has none.
type plain struct {
	store store
	dir   string
}

func (p *plain) save(ctx context.Context, id string) {
	if err := p.store.Save(ctx, id); err != nil {
		slog.Error("not saved", "id", id, "err", err)
	}
}

func (p *plain) write(id string) error { return os.WriteFile(p.dir+"/"+id, nil, 0o600) }

func id(r *http.Request) string { return r.PathValue("id") }

func work(ctx context.Context) error { return ctx.Err() }

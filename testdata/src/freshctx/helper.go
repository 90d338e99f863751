package freshctx

import (
	"context"
	"net/http"
	"testing"
)

func silentForTests(t *testing.T, ctx context.Context, s *service) {
	_, _ = s.store.Get(ctx, "a")
	_, _ = s.store.Get(context.Background(), "b")
}

// A fake is what such a helper starts: nothing in this file is a server.
type fake struct{ service }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = f.store.Get(context.Background(), r.PathValue("id"))
}

func startFake(tb testing.TB) *fake { return new(fake) }

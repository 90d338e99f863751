//ruletest:flags -enable=freshctx.hidden

// Package web has requests.
package web

import (
	"context"
	"net/http"

	"src/freshctx/facts/repo"
	"src/freshctx/facts/store"
)

type handler struct {
	repo  *repo.Repo
	store *store.Store
}

func (h *handler) hiddenTwoPackagesDown(w http.ResponseWriter, r *http.Request) {
	_ = h.repo.Put("id") // want `Store.save starts over from a context of its own although r.Context\(\) is at hand`
}

func (h *handler) hiddenNextDoor(ctx context.Context) error {
	return h.store.Save("id") // want `Store.save starts over from a context of its own although ctx is at hand`
}

func (h *handler) hiddenInLiteral(ctx context.Context) {
	save := func() error { return h.store.Save("id") } // want `Store.save starts over`
	_ = save()
}

func (h *handler) silentOthers(ctx context.Context) {
	h.store.Log("id")
	h.store.Later("id")
	_ = h.store.SaveContext(ctx, "id")
	if s, err := store.Open("name"); err == nil {
		defer s.Close()
	}
}

func (h *handler) silentDeferred(ctx context.Context) {
	defer h.store.Save("id")
}

func (h *handler) silentWithoutContext() { _ = h.store.Save("id") }

// Package use launches by means of another package.
package use

import (
	"context"
	"net/http"
	"sync"

	"src/untracked/facts/safe"
)

type store interface {
	Save(ctx context.Context, id string) error
}

type handler struct {
	store store
	tasks safe.Registry
	wg    sync.WaitGroup
}

func (h *handler) save(ctx context.Context, id string) {
	_ = h.store.Save(context.WithoutCancel(ctx), id)
}

func (h *handler) bareHelped(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	safe.Go(func() { h.save(ctx, "id") }) // want `nobody can wait for this goroutine`
}

func (h *handler) silentTracked(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	safe.Tracked(func() { h.save(ctx, "id") })
}

func (h *handler) silentReleased(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	release := h.tasks.Begin()
	go func() {
		defer release()
		h.save(ctx, "id")
	}()
}

func (h *handler) silentWaitedByHelper(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		h.save(ctx, "id")
	}()
	safe.WaitFor(&wg)
}

func (h *handler) silentInline(w http.ResponseWriter, r *http.Request) {
	safe.Now(func() { h.save(r.Context(), "id") })
}

// The group of a field is waited for by a function of another package.
func (h *handler) silentCounted(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	h.wg.Go(func() { h.save(ctx, "id") })
}

func (h *handler) Close() { safe.WaitFor(&h.wg) }

func droppedStop(ids []string) {
	safe.Poll(func() {}) // want `Poll returns the function that ends its work, which is dropped here`
}

func droppedGroup(ids []string) {
	_ = safe.Each(ids, func(string) {}) // want `Each returns the group that counts its work, which is dropped here`
}

func silentStopped() func() { return safe.Poll(func() {}) }

func silentDeferred(ids []string) {
	defer safe.Poll(func() {})()
	safe.Each(ids, func(string) {}).Wait()
}

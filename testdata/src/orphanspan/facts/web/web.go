// Package web has the requests.
package web

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"

	"src/orphanspan/facts/jobs"
	"src/orphanspan/facts/service"
)

var tracer = otel.Tracer("web")

type handler struct {
	service *service.Service
	queue   *jobs.Queue
}

// The service hands the context to a goroutine that is launched three calls
// down, in another package.
func (h *handler) canceledDeepDown(w http.ResponseWriter, r *http.Request) {
	h.service.Place(r.Context(), "id") // want `work launched by Queue.Later goes on working with r.Context\(\), which is cancelled when the handler returns`
}

func (h *handler) canceledNextDoor(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	h.queue.Later(ctx, "id") // want `work launched by Queue.Later goes on working with ctx`
}

func (h *handler) canceledCounted(w http.ResponseWriter, r *http.Request) {
	h.queue.Counted(r.Context(), "id") // want `work launched by Queue.Counted`
}

func (h *handler) canceledSeveral(w http.ResponseWriter, r *http.Request) {
	h.queue.Several(r.Context()) // want `work launched by Queue.Later`
}

func (h *handler) canceledBelowSpan(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracer.Start(r.Context(), "handle")
	defer span.End()
	h.queue.Later(ctx, "id") // want `work launched by Queue.Later`
}

// The type is one of a package that is not imported here.
func canceledIndirect(s *service.Service) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.Queue().Later(r.Context(), "id") // want `work launched by Queue.Later`
	}
}

func (h *handler) canceledByHelper(w http.ResponseWriter, r *http.Request) {
	h.enqueue(r.Context())
}

// The handler is in view, so this function has the context of a request.
func (h *handler) enqueue(ctx context.Context) {
	h.queue.Later(ctx, "id") // want `work launched by Queue.Later`
}

func (h *handler) canceledHelped(w http.ResponseWriter, r *http.Request) {
	jobs.Go(r.Context(), func(ctx context.Context) { // want `goroutine outlives the request but works with ctx`
		_ = jobs.DB.Save(ctx, "id")
	})
}

func (h *handler) canceledHelpedValue(w http.ResponseWriter, r *http.Request, f func(context.Context)) {
	jobs.Go(r.Context(), f) // want `work launched by jobs.Go`
}

func (h *handler) canceledGeneric(w http.ResponseWriter, r *http.Request) {
	jobs.Generic(r.Context(), 1, func(ctx context.Context, n int) { // want `goroutine outlives the request`
		_ = jobs.DB.Save(ctx, "id")
	})
}

func endedInWorker(ids chan string, q *jobs.Queue) {
	for id := range ids {
		ended(q, id)
	}
}

func ended(q *jobs.Queue, id string) {
	ctx, span := tracer.Start(context.Background(), "message")
	defer span.End()
	q.Later(ctx, id) // want `work launched by Queue.Later goes on after the span in ctx has ended`
}

func (h *handler) silentSettled(w http.ResponseWriter, r *http.Request) {
	jobs.Record(r.Context(), "id")
	h.service.Record(r.Context(), "id")
}

func (h *handler) silentDetached(w http.ResponseWriter, r *http.Request) {
	h.queue.Detached(r.Context(), "id")
	h.queue.Root(r.Context(), "id")
	h.service.Detached(r.Context(), "id")
	h.service.Cut(r.Context(), "id")
	h.queue.Later(context.WithoutCancel(r.Context()), "id")
}

func (h *handler) silentJoined(w http.ResponseWriter, r *http.Request) {
	h.queue.Now(r.Context(), "id")
	h.service.Wait(r.Context(), "id")
	jobs.Each(r.Context(), []string{"a"}, func(ctx context.Context, id string) { _ = jobs.DB.Save(ctx, id) })
}

func (h *handler) silentJoinedHere(w http.ResponseWriter, r *http.Request) {
	q := jobs.New(r.Context())
	q.Counted(r.Context(), "id")
	q.Wait()
}

func (h *handler) silentKept(w http.ResponseWriter, r *http.Request) {
	h.queue.Kept(r.Context(), "id")
}

func (h *handler) silentFuture(w http.ResponseWriter, r *http.Request) {
	if <-h.queue.Future(r.Context(), "id") == "" {
		w.WriteHeader(http.StatusTeapot)
	}
}

func (h *handler) silentLife(w http.ResponseWriter, r *http.Request) {
	jobs.Start(r.Context())
	h.service.Refresh(r.Context())
}

func silentWithoutRequest(q *jobs.Queue) { q.Later(context.Background(), "id") }

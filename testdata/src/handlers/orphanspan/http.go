package orphanspan

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/julienschmidt/httprouter"
)

// Every way to register a handler with net/http ends in ServeHTTP, after which
// the server cancels the request's context.

type api struct{ next http.Handler }

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	go work(r.Context()) // want `goroutine outlives the request but works with r.Context\(\), which is cancelled when the handler returns`
	a.next.ServeHTTP(w, r)
}

func (a *api) list(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go work(ctx) // want `goroutine outlives the request`
}

func (a *api) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", a.list)
	mux.Handle("/timeout", http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go work(r.Context()) // want `goroutine outlives the request`
	}), time.Second, "too slow"))
	r := chi.NewRouter()
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			go work(r.Context()) // want `goroutine outlives the request`
			next.ServeHTTP(w, r)
		})
	})
	r.Get("/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		id := chi.URLParam(r, "id")
		go db.Save(r.Context(), order{id}) // want `goroutine outlives the request`
	})
	r.Mount("/", mux)
	return r
}

func routed() *httprouter.Router {
	r := httprouter.New()
	r.GET("/orders/:id", func(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
		go db.Save(r.Context(), order{p.ByName("id")}) // want `goroutine outlives the request`
	})
	return r
}

// A constructor returns the handler; its own parameters last.
func handle(ctx context.Context, s store) http.HandlerFunc {
	go s.Save(ctx, order{})
	return func(w http.ResponseWriter, r *http.Request) {
		go s.Save(r.Context(), order{}) // want `goroutine outlives the request`
	}
}

type errorHandler func(w http.ResponseWriter, r *http.Request) error

func (h errorHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		go work(r.Context()) // want `goroutine outlives the request`
	}
}

var static = map[string]errorHandler{
	"/": func(w http.ResponseWriter, r *http.Request) error {
		go work(r.Context()) // want `goroutine outlives the request`
		return nil
	},
}

// go-kit, and others, have the context beside the request.
func withContext(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	go work(ctx) // want `goroutine outlives withContext but works with its ctx`
}

func joinedHandler(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	go func() { done <- work(r.Context()) }()
	<-done
}

func detachedHandler(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		ctx, span := tracer.Start(ctx, "work")
		defer span.End()
		_ = work(ctx)
	}()
}

// A request that goes out is none, and its transport is no handler.
func sign(r *http.Request) {
	go work(r.Context())
}

type transport struct{ base http.RoundTripper }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	go work(r.Context())
	return t.base.RoundTrip(r)
}

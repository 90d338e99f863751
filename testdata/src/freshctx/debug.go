package freshctx

import (
	"context"
	"net/http"
)

// Handlers below /debug/ serve who operates the program.

func (s *service) debug(mux *http.ServeMux) {
	http.HandleFunc("/debug/store", func(w http.ResponseWriter, r *http.Request) {
		_ = s.store.Put(context.Background(), order{})
	})
	mux.Handle("POST /debug/rebuild", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = s.store.Put(context.Background(), order{})
	}))
	mux.HandleFunc("/debug/reset", s.silentReset)
	mux.HandleFunc("/debug", http.HandlerFunc(silentUsage))
	mux.Handle("/debugger", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = s.store.Put(context.Background(), order{}) // want `call starts over from context.Background\(\) although r.Context\(\) is at hand`
	}))
}

func (s *service) silentReset(w http.ResponseWriter, r *http.Request) {
	go func() { _ = s.store.Put(context.Background(), order{}) }()
}

func silentUsage(w http.ResponseWriter, r *http.Request) {
	_ = stock.Put(context.TODO(), order{})
}

var stock store

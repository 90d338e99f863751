// Package web hands contexts of requests to work that is judged elsewhere.
package web

import (
	"net/http"

	"src/orphanspan/ignored/jobs"
)

// What is silenced where the work is launched is settled, as what is reported
// there is.
func silentSettled(w http.ResponseWriter, r *http.Request) {
	jobs.Mail(r.Context(), "you")
	jobs.Post(r.Context(), "you")
}

func ignoredHere(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go work(ctx) //spanlint:ignore orphanspan it returns when the request ends
}

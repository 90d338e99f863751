// Package contexts has contexts that are left behind, lost or not cancelled.
package contexts

import (
	"context"
	"database/sql"
	"log"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("bench/contexts")

var db *sql.DB

func save(ctx context.Context, key string) {
	ctx, span := tracer.Start(ctx, "contexts.save")
	defer span.End()
	if _, err := db.ExecContext(ctx, "insert into keys values (?)", key); err != nil {
		log.Print(err)
	}
}

//bench:wrong context.Background() although a context is at hand
func background(ctx context.Context, key string) {
	save(ctx, key)
	save(context.Background(), key+".copy")
}

//bench:wrong context.Background() in a variable
func backgroundVariable(ctx context.Context, key string) {
	save(ctx, key)
	timeout, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	save(timeout, key+".copy")
}

// store has no context, so its callers cannot hand theirs over.
//
//bench:wrong context.Background() in a helper that takes no context
func store(key string) { save(context.Background(), key) }

//bench:wrong context.Background() in a helper that takes no context
func throughHelper(ctx context.Context, key string) {
	save(ctx, key)
	store(key + ".copy")
}

// check takes a context, and neither traces nor does I/O.
func check(ctx context.Context, key string) bool { return ctx.Err() == nil && key != "" }

//bench:wrong context.Background() for a function that neither traces nor does I/O
func untraced(ctx context.Context, key string) bool {
	return ctx.Err() == nil && check(context.Background(), key)
}

//bench:wrong an HTTP request without the context at hand
func request(ctx context.Context, url string) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

//bench:wrong a database query that takes no context
func query(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := db.Exec("insert into keys values (?)", key)
	return err
}

//bench:wrong a cancel function that is dropped
func cancelDropped(ctx context.Context, key string) {
	ctx, _ = context.WithTimeout(ctx, time.Second)
	save(ctx, key)
}

//bench:wrong a cancel function that is not called on some path
func lostCancel(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if key == "" {
		return
	}
	save(ctx, key)
	cancel()
}

//bench:wrong a context that grows with each round of a loop
func fat(ctx context.Context, keys []string) {
	for _, key := range keys {
		ctx = context.WithValue(ctx, contextKey{}, key)
		save(ctx, key)
	}
}

type contextKey struct{}

//bench:wrong a loop that nothing can stop
func endless(ctx context.Context, key string) {
	for {
		save(ctx, key)
		time.Sleep(time.Second)
	}
}

//bench:wrong the context of the span is dropped, and what traces below gets the old one
func ignored(ctx context.Context, key string) {
	_, span := tracer.Start(ctx, "contexts.ignored")
	defer span.End()
	save(ctx, key)
}

//bench:wrong the context of a span that has ended is the parent of the next
func ended(ctx context.Context, key string) {
	ctx, span := tracer.Start(ctx, "contexts.first")
	save(ctx, key)
	span.End()
	ctx, span = tracer.Start(ctx, "contexts.second")
	defer span.End()
	save(ctx, key)
}

//bench:right handed on
func handedOn(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	save(ctx, key)
}

//bench:right detached on purpose, and the trace goes on
func detached(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	save(ctx, key)
}

//bench:right the cancel function is returned
func cancelReturned(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	return ctx, cancel
}

//bench:right no context is at hand
func nightly() { save(context.Background(), "nightly") }

//bench:right shutdown, once the context at hand is over
func serve(ctx context.Context, server *http.Server) error {
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return server.Shutdown(grace)
}

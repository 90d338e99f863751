// Package testutil is for tests by its name: nothing of it is reported.
package testutil

import (
	"context"
	"net/http"
	"sync"
)

type recorder struct {
	wg   sync.WaitGroup
	send func(ctx context.Context, id string) error
}

func (c *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go c.send(ctx, "a")
	c.wg.Go(func() { _ = c.send(ctx, "b") })
}

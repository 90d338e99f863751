// Package flying uses another package's groups.
package flying

import (
	"context"
	"net/http"
	"os"

	"golang.org/x/sync/singleflight"

	"src/orphanspan/facts/flights"
)

type orders interface {
	Load(ctx context.Context, id string) (string, error)
}

type reader struct {
	orders
	typed flights.Group[string]
	group singleflight.Group
}

func (r *reader) silentGroupTriesAgain(ctx context.Context, id string) (string, error) {
	return r.typed.Do(ctx, id, func() (string, error) { return r.Load(ctx, id) })
}

func (r *reader) silentAskedElsewhere(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	if flights.Canceled(err) && ctx.Err() == nil {
		return r.silentAskedElsewhere(ctx, id)
	}
	return v, err
}

func (r *reader) sharedByGroup(ctx context.Context, id string) (string, error) {
	return r.typed.Once(ctx, id, func() (string, error) {
		return r.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one, whose cancellation fails the others`
	})
}

// What another package says of an error is not known.
func (r *reader) silentOnlyAskedElsewhere(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	if flights.Canceled(err) {
		return r.silentOnlyAskedElsewhere(ctx, id)
	}
	return v, err
}

// What the standard library says of it is.
func (r *reader) sharedTimeout(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
	if os.IsTimeout(err) {
		return r.sharedTimeout(ctx, id)
	}
	return v, err
}

func handler(r *reader) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		ctx := req.Context()
		_, _ = r.silentGroupTriesAgain(ctx, "1")
		_, _ = r.silentAskedElsewhere(ctx, "1")
		_, _ = r.sharedByGroup(ctx, "1")
		_, _ = r.silentOnlyAskedElsewhere(ctx, "1")
		_, _ = r.sharedTimeout(ctx, "1")
	}
}

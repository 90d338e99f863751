package orphanspan

import (
	"context"
	"net/http"
)

// What a request makes is data, and who makes it serves the request.

type receipt struct{ id, text string }

func (r *receipt) String() string { return r.id + r.text }

func place(ctx context.Context, o order) (*receipt, error) {
	r := &receipt{id: o.id}
	go notify(ctx, o) // want `goroutine outlives place but works with its ctx`
	return r, nil
}

// A method makes what somebody asks its service for.
func (s *service) open(ctx context.Context, id string) (*registry, error) {
	r := &registry{store: s.store}
	go r.register(ctx) // want `goroutine outlives open but works with its ctx`
	return r, nil
}

// It makes a registry, and returns something else.
func settle(ctx context.Context, s store, o order) (*receipt, error) {
	r := &registry{store: s}
	if err := r.Lookup(ctx, o.id); err != nil {
		return nil, err
	}
	go notify(ctx, o) // want `goroutine outlives settle but works with its ctx`
	return &receipt{id: o.id}, nil
}

// A handler that calls a constructor hands it the context of its request.
func handleMade(w http.ResponseWriter, r *http.Request) {
	s := newRegistry(r.Context(), db)
	_ = s.Lookup(r.Context(), "1")
}

func newRegistry(ctx context.Context, s store) *registry {
	r := &registry{store: s}
	go r.register(ctx) // want `goroutine outlives the request but works with ctx`
	return r
}

// A parcel carries its context, which is all that its methods do with one.
type parcel struct {
	ctx context.Context
	id  string
}

func (p parcel) with(ctx context.Context) parcel { return parcel{ctx, p.id} }

func pack(ctx context.Context, o order) parcel {
	p := parcel{id: o.id}
	go notify(ctx, o) // want `goroutine outlives pack but works with its ctx`
	return p
}

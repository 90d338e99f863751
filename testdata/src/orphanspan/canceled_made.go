package orphanspan

import (
	"context"
	"log/slog"
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

// The channel is given to the constructor, and nobody receives from it.
func canceledMadeOfChannel(ctx context.Context, o order) {
	done := make(chan error, 1)
	s := makeDoneSender(done)
	go s.Send(ctx, o) // want `goroutine outlives canceledMadeOfChannel`
}

// What is received from is none that the work has to do with.
func canceledMadeOfOther(ctx context.Context, o order) error {
	done, other := make(chan error, 1), make(chan error, 1)
	s, t := makeDoneSender(done), makeDoneSender(other)
	go s.Send(ctx, o) // want `goroutine outlives canceledMadeOfOther`
	t.Send(ctx, o)
	return <-other
}

// Nobody asks for its result.
func (t *team) canceledDispatch(ctx context.Context, n int) {
	go t.with.Dispatch(ctx, n) // want `goroutine outlives canceledDispatch`
	t.with.Stop()
}

// It sends nothing, and what is asked for is the result of something else.
func (t *team) canceledAudit(ctx context.Context, o order) error {
	go t.with.Audit(ctx, o) // want `goroutine outlives canceledAudit`
	_, err := t.with.Result(ctx)
	return err
}

// Another one is asked than has been sent to.
func canceledOther(ctx context.Context, a, b collaborator) error {
	go a.Dispatch(ctx, 1) // want `goroutine outlives canceledOther`
	_, err := b.Result(ctx)
	return err
}

// A handler's context ends with the request, whatever is built with it.
func canceledWindowOfHandler(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	b := &button{label: "search"}
	b.onTap = func() {
		go func() { _ = work(ctx) }() // want `goroutine outlives the request`
	}
	b.draw()
}

// A step of some work is no callback.
type inSteps struct {
	step    func() error
	onError func(error)
}

func (r inSteps) run() error { return r.step() }

func canceledSteps(ctx context.Context, o order) error {
	go notify(ctx, o) // want `goroutine outlives canceledSteps`
	return inSteps{
		step:    func() error { return db.Save(ctx, o) },
		onError: func(err error) { slog.ErrorContext(ctx, err.Error()) },
	}.run()
}

func eachOf(orders []order, do func(order)) widget {
	for _, o := range orders {
		do(o)
	}
	return nil
}

func canceledEach(ctx context.Context, orders []order) {
	go work(ctx) // want `goroutine outlives canceledEach`
	eachOf(orders, func(o order) { _ = db.Save(ctx, o) })
}

// A desk can be closed, and is asked for something before that.
type desk struct{ store store }

func (d *desk) Close() error { return nil }

func (d *desk) take(ctx context.Context, o order) error {
	go notify(ctx, o) // want `goroutine outlives take but works with its ctx`
	return nil
}

func (d *desk) next(ctx context.Context) (order, error) {
	o, err := d.store.Load(ctx, "next")
	go notify(ctx, o) // want `goroutine outlives next but works with its ctx`
	return o, err
}

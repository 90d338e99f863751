package lives

import (
	"context"

	"src/freshctx/lives/cleaner"
)

// What a function keeps in a closure of its own runs when somebody else
// decides, and that may be when the context at hand has ended.

type host struct {
	store store
	bus   bus
}

// A bus is another's: when it calls, nobody here knows.
type bus interface {
	OnEvict(f func(id string))
}

func (h *host) Get(ctx context.Context, id string) (string, error) { return h.store.Get(ctx, id) }

func (h *host) stop(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "stop")
	defer span.End()
	_, err := h.store.Get(ctx, id)
	return err
}

func (h *host) silentKept(ctx context.Context, c *cleaner.Cleaner, id string) error {
	c.Add("host", func() error { return h.stop(context.Background(), id) })
	c.Push(func() error { return h.stop(context.Background(), id) })
	c.Onward(func() error { return h.stop(context.Background(), id) })
	return ctx.Err()
}

// What is sent is work of this request, for whoever is ready.
func (h *host) offered(ctx context.Context, c *cleaner.Cleaner, id string) error {
	c.Offer(func() error { return h.stop(context.Background(), id) }) // want `starts over`
	return ctx.Err()
}

func (h *host) silentKeptByName(ctx context.Context, ids []string) error {
	ctx, span := tracer.Start(ctx, "restore")
	defer span.End()
	c := &cleaner.Cleaner{}
	for _, id := range ids {
		f := func() error {
			err := h.stop(context.Background(), id)
			return err
		}
		c.Add(id, f)
	}
	go func() { _ = c.Clean() }()
	return ctx.Err()
}

func (h *host) calledAtOnce(ctx context.Context, c *cleaner.Cleaner, id string) error {
	if err := c.Now(func() error { return h.stop(context.Background(), id) }); err != nil { // want `although ctx is at hand`
		return err
	}
	f := func() error { return h.stop(context.Background(), id) } // want `although ctx is at hand`
	if err := c.Now(f); err != nil {
		return err
	}
	return ctx.Err()
}

// newHost has its start in another function.
func newHost(ctx context.Context, s store, b bus) (*host, error) {
	h := &host{store: s, bus: b}
	if err := h.silentRestore(ctx); err != nil {
		return nil, err
	}
	return h, h.restore(ctx)
}

// newTracedHost has a span for its start, which is over when the bus calls.
func newTracedHost(ctx context.Context, s store, b bus) (*host, error) {
	ctx, span := tracer.Start(ctx, "newTracedHost")
	defer span.End()
	h := &host{store: s, bus: b}
	b.OnEvict(func(id string) { _ = h.stop(context.Background(), id) })
	if err := h.silentTracedRestore(ctx); err != nil {
		return nil, err
	}
	return h, h.stop(context.Background(), "all") // want `although ctx is at hand`
}

func (h *host) silentTracedRestore(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "restore")
	defer span.End()
	h.bus.OnEvict(func(id string) { _ = h.stop(context.Background(), id) })
	return ctx.Err()
}

// In a request the job is that of the request.
func (h *host) registered(ctx context.Context, name string) error {
	ctx, span := tracer.Start(ctx, "register")
	defer span.End()
	h.bus.OnEvict(func(id string) { _ = h.stop(context.Background(), id) }) // want `although ctx is at hand`
	return ctx.Err()
}

func (h *host) silentRestore(ctx context.Context) error {
	h.bus.OnEvict(func(id string) { _ = h.stop(context.Background(), id) })
	return ctx.Err()
}

func (h *host) restore(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return h.stop(context.Background(), "all") // want `although ctx is at hand`
}

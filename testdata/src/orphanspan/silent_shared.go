package orphanspan

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/singleflight"
)

// Work for many on a context of its own.

func (r *reader) silentSharedDetached(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(context.WithoutCancel(ctx), id)
	})
	return v, err
}

func (r *reader) silentSharedDetachedBefore(ctx context.Context, id string) (any, error) {
	detachedCtx := context.WithoutCancel(ctx)
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(detachedCtx, id) })
	return v, err
}

func (r *reader) silentSharedBackground(id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(context.Background(), id) })
	return v, err
}

func (r *reader) silentSharedOnlyLogs(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		logCtx(ctx, "loading %s", id)
		return r.Load(context.Background(), id)
	})
	return v, err
}

func (r *reader) silentSharedNoContext(ctx context.Context, id string) (any, error) {
	if err := work(ctx); err != nil {
		return nil, err
	}
	v, err, _ := r.group.Do(id, func() (any, error) { return id, nil })
	return v, err
}

// Within one call nothing is shared.
func silentLocalGroup(ctx context.Context, orders []order) {
	var g singleflight.Group
	var wg sync.WaitGroup
	for _, o := range orders {
		wg.Go(func() {
			_, _, _ = g.Do(o.id, func() (any, error) { return db.Load(ctx, o.id) })
		})
	}
	wg.Wait()
}

func silentLocalOnce(w http.ResponseWriter, r *http.Request) {
	var once sync.Once
	once.Do(func() { _ = work(r.Context()) })
}

func silentLocalOnceValue(w http.ResponseWriter, r *http.Request) {
	load := sync.OnceValues(func() (order, error) { return db.Load(r.Context(), "1") })
	_, _ = load()
}

// Start-up code is written like this, too.
func (r *reader) silentOnceAtStart(ctx context.Context) {
	r.once.Do(func() { r.conf, _ = r.Load(ctx, "conf") })
}

// A callback that receives its own context.
type detachingGroup struct{ group singleflight.Group }

func (g *detachingGroup) Do(ctx context.Context, key string, f func(context.Context) (any, error)) (any, error) {
	v, err, _ := g.group.Do(key, func() (any, error) { return f(context.WithoutCancel(ctx)) })
	return v, err
}

func (r *reader) silentOwnContext(ctx context.Context, g *detachingGroup, id string) (any, error) {
	return g.Do(ctx, id, func(ctx context.Context) (any, error) { return r.Load(ctx, id) })
}

// The wrapper span is the callers' own affair; what is shared is detached.
func (r *reader) silentSharedSpan(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		ctx, span := startDetached(ctx, "load")
		defer span.End()
		return r.Load(ctx, id)
	})
	return v, err
}

// silentSharedByDoc loads once for all who ask at a time. Only the context of
// the first is passed on.
func (r *reader) silentSharedByDoc(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	return v, err
}

func (r *reader) silentSharedByNote(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		// NOTE: the first caller's ctx is good enough here.
		return r.Load(ctx, id)
	})
	return v, err
}

// silentSharedByLeader shares one load among those who ask at a time; the
// leader's context governs it, which is good enough for what takes no time.
func (r *reader) silentSharedByLeader(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	return v, err
}

// The next one is told of no failure.
func (l *lazy) silentFailureReturned(ctx context.Context) (err error) {
	l.once.Do(func() {
		l.found, err = l.store.Load(ctx, "conf")
	})
	return err
}

func (l *lazy) silentFailureDetached(ctx context.Context) error {
	l.once.Do(func() {
		l.found, l.err = l.store.Load(context.WithoutCancel(ctx), "conf")
	})
	return l.err
}

// A program begins, and keeps its context for as long as it runs.
func (l *lazy) silentLife(ctx context.Context) error {
	l.once.Do(func() {
		l.err = work(ctx)
	})
	<-ctx.Done()
	return l.err
}

func (fs *fillings) silentMapDetached(ctx context.Context, id string) *filled {
	if f, ok := fs.calls[id]; ok {
		return f
	}
	f := &filled{done: make(chan struct{})}
	fs.calls[id] = f
	go func() {
		defer close(f.done)
		f.order, f.err = fs.store.Load(context.WithoutCancel(ctx), id)
	}()
	return f
}

// Nobody else gets what is found: there is to be one at a time.
func (fs *fillings) silentOneAtATime(ctx context.Context, id string) error {
	if _, ok := fs.calls[id]; ok {
		return errBoom
	}
	f := &filled{done: make(chan struct{})}
	fs.calls[id] = f
	go func() {
		defer close(f.done)
		f.order, f.err = fs.store.Load(ctx, id)
	}()
	<-f.done
	return f.err
}

// A map of its own has no other readers.
func (fs *fillings) silentOwnMap(ctx context.Context, ids []string) (orders []order) {
	calls := make(map[string]*filled)
	for _, id := range ids {
		f := &filled{done: make(chan struct{})}
		calls[id] = f
		go func() {
			defer close(f.done)
			f.order, f.err = fs.store.Load(ctx, id)
		}()
	}
	for _, id := range ids {
		f := calls[id]
		<-f.done
		orders = append(orders, f.order)
	}
	return orders
}

var (
	soleOnce sync.Once
	sole     *service
	soleErr  error
)

// A program starts like this what it has one of.
func silentOnceOfPackage(ctx context.Context) (*service, error) {
	soleOnce.Do(func() {
		sole = new(service)
		soleErr = sole.save(ctx, order{})
	})
	return sole, soleErr
}

// A look-up has a context of its own type, and what it makes lives no longer.
type lookupContext struct{ context.Context }

type pattern struct {
	once sync.Once
	err  error
}

func (p *pattern) silentOncePerLookup(c *lookupContext) error {
	p.once.Do(func() { p.err = work(c) })
	return p.err
}

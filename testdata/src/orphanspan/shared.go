package orphanspan

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/singleflight"
)

// Work for many that runs on the context of the first.

type reader struct {
	store
	group singleflight.Group
	ptr   *singleflight.Group
	once  sync.Once
	conf  order
}

func (r *reader) sharedDo(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one, whose cancellation fails the others`
	})
	return v, err
}

func (r *reader) sharedDoChan(ctx context.Context, id string) (any, error) {
	ch := r.group.DoChan(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one`
	})
	select {
	case res := <-ch:
		return res.Val, res.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *reader) sharedPointer(ctx context.Context, id string) (any, error) {
	v, err, _ := r.ptr.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
	return v, err
}

func (r *reader) sharedClosure(ctx context.Context, id string) (any, error) {
	load := func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	}
	v, err, _ := r.group.Do(id, load)
	return v, err
}

func (r *reader) sharedDerived(ctx context.Context, id string) (any, error) {
	ctx = context.WithValue(ctx, userKey{}, id)
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.loadTwice(ctx, id) // want `work shared by all callers`
	})
	return v, err
}

func (r *reader) loadTwice(ctx context.Context, id string) (order, error) {
	if o, err := r.Load(ctx, id); err == nil {
		return o, nil
	}
	return r.Load(ctx, id)
}

func (r *reader) sharedHandler(w http.ResponseWriter, req *http.Request) {
	_, _, _ = r.group.Do("all", func() (any, error) {
		return r.Load(req.Context(), "all") // want `work shared by all callers runs on req.Context\(\) of the first one`
	})
}

var flights singleflight.Group

func sharedPackageGroup(ctx context.Context, id string) (any, error) {
	v, err, _ := flights.Do(id, func() (any, error) {
		return db.Load(ctx, id) // want `work shared by all callers`
	})
	return v, err
}

// flight is a generic wrapper, as many programs have one.
type flight[T any] struct{ group singleflight.Group }

func (f *flight[T]) Do(key string, fn func() (T, error)) (T, error) {
	v, err, _ := f.group.Do(key, func() (any, error) { return fn() })
	return v.(T), err
}

type readerWithFlight struct {
	store
	flight flight[order]
}

func (r *readerWithFlight) sharedGeneric(ctx context.Context, id string) (order, error) {
	return r.flight.Do(id, func() (order, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
}

// Once is for ever, so only a proven request is at fault.

func (r *reader) sharedOnce(w http.ResponseWriter, req *http.Request) {
	r.once.Do(func() {
		r.conf, _ = r.Load(req.Context(), "conf") // want `work shared by all callers`
	})
}

var confOnce sync.Once

func sharedPackageOnce(w http.ResponseWriter, req *http.Request) {
	confOnce.Do(func() {
		_, _ = db.Load(req.Context(), "conf") // want `work shared by all callers`
	})
}

func (r *reader) sharedOnceThroughHelper(w http.ResponseWriter, req *http.Request) {
	r.configure(req.Context())
}

func (r *reader) configure(ctx context.Context) {
	r.once.Do(func() {
		r.conf, _ = r.Load(ctx, "conf") // want `work shared by all callers`
	})
}

func (r *reader) sharedTwoUses(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		logf("load %v", ctx.Err())
		if _, err := r.Load(context.WithoutCancel(ctx), id); err != nil {
			return nil, err
		}
		return nil, r.Save(ctx, order{id}) // want `work shared by all callers`
	})
	return v, err
}

// sharedFirstTry loads once for all who ask at a time.
func (r *reader) sharedFirstTry(ctx context.Context, id string) (any, error) {
	// First without the store. Its context has nothing to do with that.
	if o, err := r.Load(ctx, id); err == nil {
		return o, nil
	}
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) }) // want `work shared by all callers runs on ctx of the first one`
	return v, err
}

// Who comes first decides for ever whether it has failed.

type lazy struct {
	once  sync.Once
	store store
	found order
	err   error
}

func (l *lazy) sharedFailure(ctx context.Context) (order, error) {
	l.once.Do(func() {
		l.found, l.err = l.store.Load(ctx, "conf") // want `work shared by all callers runs on ctx of the first one`
	})
	return l.found, l.err
}

func (l *lazy) sharedFailureByHand(ctx context.Context) (order, error) {
	l.once.Do(func() {
		found, err := l.store.Load(ctx, "conf") // want `work shared by all callers runs on ctx of the first one`
		if err != nil {
			l.err = err
			return
		}
		l.found = found
	})
	return l.found, l.err
}

// A constructor that shares its work is called by many at a time.
type verifier struct{ keys string }

func (v *verifier) verify(ctx context.Context, token string) error { return work(ctx) }

func newVerifier(ctx context.Context, r *reader, id string) (*verifier, error) {
	keys, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) }) // want `work shared by all callers runs on ctx of the first one`
	if err != nil {
		return nil, err
	}
	return &verifier{keys: keys.(order).id}, nil
}

// What the first caller starts, the others find in a map.

type filled struct {
	done  chan struct{}
	group sync.WaitGroup
	order order
	err   error
}

type fillings struct {
	mu    sync.Mutex
	store store
	calls map[string]*filled
}

func (fs *fillings) sharedByMap(ctx context.Context, id string) (order, error) {
	fs.mu.Lock()
	f, ok := fs.calls[id]
	if !ok {
		f = &filled{done: make(chan struct{})}
		fs.calls[id] = f
		go func() {
			defer close(f.done)
			f.order, f.err = fs.store.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one, whose cancellation fails the others`
		}()
	}
	fs.mu.Unlock()
	select {
	case <-f.done:
		return f.order, f.err
	case <-ctx.Done():
		return order{}, ctx.Err()
	}
}

func (fs *fillings) sharedAndReturned(ctx context.Context, id string) *filled {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f, ok := fs.calls[id]; ok {
		return f
	}
	f := new(filled)
	f.group.Add(1)
	fs.calls[id] = f
	go func() {
		defer f.group.Done()
		f.order, f.err = fs.store.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one`
	}()
	return f
}

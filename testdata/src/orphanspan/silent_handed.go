package orphanspan

import (
	"context"
	"io"
	"iter"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Work whose other end the caller holds: generators, pipes, futures.

func silentGenerator(ctx context.Context, ids []string) <-chan order {
	out := make(chan order)
	go func() {
		defer close(out)
		for _, id := range ids {
			if o, err := db.Load(ctx, id); err == nil {
				out <- o
			}
		}
	}()
	return out
}

func silentTwoChannels(ctx context.Context, id string) (<-chan order, <-chan error) {
	out, errs := make(chan order), make(chan error, 1)
	go func() {
		defer close(out)
		o, err := db.Load(ctx, id)
		if err != nil {
			errs <- err
			return
		}
		out <- o
	}()
	return out, errs
}

func silentChannelParameter(ctx context.Context, ids []string, out chan<- order) {
	go func() {
		defer close(out)
		for _, id := range ids {
			if o, err := db.Load(ctx, id); err == nil {
				out <- o
			}
		}
	}()
}

func produce(ctx context.Context, ids []string, out chan<- order) {
	defer close(out)
	for _, id := range ids {
		if o, err := db.Load(ctx, id); err == nil {
			out <- o
		}
	}
}

func silentGeneratorInCallee(ctx context.Context, ids []string) <-chan order {
	out := make(chan order)
	go produce(ctx, ids, out)
	return out
}

func silentNamedResult(ctx context.Context, id string) (out chan order) {
	out = make(chan order, 1)
	go func() {
		if o, err := db.Load(ctx, id); err == nil {
			out <- o
		}
	}()
	return
}

func silentPipe(ctx context.Context, id string) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		o, err := db.Load(ctx, id)
		if err == nil {
			_, err = io.WriteString(w, o.id)
		}
		w.CloseWithError(err)
	}()
	return r
}

type results struct {
	orders chan order
	stop   context.CancelFunc
}

func silentIteratorObject(ctx context.Context, ids []string) *results {
	ctx, cancel := context.WithCancel(ctx)
	res := &results{orders: make(chan order), stop: cancel}
	go produce(ctx, ids, res.orders)
	return res
}

type future struct {
	mu   sync.Mutex
	err  error
	done chan struct{}
}

func (f *future) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
	close(f.done)
}

func silentFuture(ctx context.Context, o order) *future {
	f := &future{done: make(chan struct{})}
	go func() { f.set(db.Save(ctx, o)) }()
	return f
}

type versions struct {
	mu      sync.Mutex
	futures map[string]*future
}

// A future that is kept for whoever asks.
func (v *versions) silentFutureKept(ctx context.Context, o order) *future {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.futures[o.id]; !ok {
		f := &future{done: make(chan struct{})}
		v.futures[o.id] = f
		go func() { f.set(db.Save(ctx, o)) }()
	}
	return v.futures[o.id]
}

func silentWaitReturned(ctx context.Context, o order) (wait func()) {
	var wg sync.WaitGroup
	wg.Go(func() { notify(ctx, o) })
	return wg.Wait
}

func silentWaitReturnedInClosure(ctx context.Context, o order) func() error {
	var g errgroup.Group
	g.Go(func() error { return db.Save(ctx, o) })
	return func() error { return g.Wait() }
}

func silentGroupParameter(ctx context.Context, g *errgroup.Group, o order) {
	if g == nil {
		return
	}
	done := make(chan error, 1)
	g.Go(func() error { err := db.Save(ctx, o); done <- err; return err })
	<-done
}

func silentIterator(ctx context.Context, ids []string) iter.Seq[order] {
	return func(yield func(order) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		orders := silentGenerator(ctx, ids)
		for o := range orders {
			if !yield(o) {
				return
			}
		}
	}
}

// It sends to a channel of the object, which others drain.
type feed struct{ orders chan order }

func (f *feed) silentFeeds(ctx context.Context, id string) {
	go func() {
		if o, err := db.Load(ctx, id); err == nil {
			f.orders <- o
		}
	}()
}

// The result of a worker comes back on the job's own channel.
type query struct {
	ctx    context.Context
	id     string
	answer chan order
}

type asker struct{ queries chan query }

func (a *asker) silentAsk(w http.ResponseWriter, r *http.Request) {
	q := query{r.Context(), "1", make(chan order)}
	a.queries <- q
	<-q.answer
}

func (a *asker) answer() {
	for q := range a.queries {
		if o, err := db.Load(q.ctx, q.id); err == nil {
			q.answer <- o
		}
	}
}

// The caller of the body it got holds the context's other end.
func silentBodyAndCancel(ctx context.Context, url string) (io.ReadCloser, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return resp.Body, cancel, nil
}

// What is read before the return depends on nothing.
func silentBodyRead(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// The answer is that of the object that the work fills.
func (s *gatherer) silentWhenAsked(ctx context.Context) ([]order, error) {
	go func() { s.found <- s.load(ctx) }()
	return s.all()
}

type gatherer struct{ found chan []order }

func (s *gatherer) load(ctx context.Context) []order { _ = work(ctx); return nil }

func (s *gatherer) all() ([]order, error) { return <-s.found, nil }

package orphanspan

import (
	"context"
	"io"
	"net/http"
	"time"
)

// A deferred cancel belongs to the paths on which it has been registered.

type controller struct {
	ctx    context.Context
	cancel context.CancelFunc
	store  store
}

func silentCancelOfFailures(ctx context.Context, s store) (*controller, error) {
	ctx, cancel := context.WithCancel(ctx)
	o, err := s.Load(ctx, "1")
	if err != nil {
		defer func() {
			cancel()
		}()
		if o.id != "" {
			return nil, errBoom
		}
		return nil, err
	}
	return &controller{ctx: ctx, cancel: cancel, store: s}, nil
}

func silentCancelOfOneFailure(ctx context.Context, s store) (context.Context, error) {
	ctx, cancel := context.WithCancel(ctx)
	if _, err := s.Load(ctx, "1"); err != nil {
		defer cancel()
		logf("%v", s.Save(ctx, order{}))
		return nil, err
	}
	s.Save(ctx, order{})
	return ctx, nil
}

func silentCancelInCase(ctx context.Context, mode int) func() error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	switch mode {
	case 0:
		defer cancel()
		_ = work(ctx)
		return nil
	default:
		return func() error {
			defer cancel()
			return work(ctx)
		}
	}
}

func silentCancelInSelect(ctx context.Context, ready <-chan struct{}, quit <-chan struct{}) (*controller, error) {
	ctx, cancel := context.WithCancel(ctx)
	select {
	case <-quit:
		defer cancel()
		return nil, work(ctx)
	case <-ready:
	}
	return &controller{ctx: ctx, cancel: cancel}, nil
}

// What is returned before the defer is not cancelled by it.
func silentReturnedBefore(ctx context.Context, keep bool) (*controller, error) {
	ctx, cancel := context.WithCancel(ctx)
	if keep {
		return &controller{ctx: ctx, cancel: cancel}, nil
	}
	defer cancel()
	return nil, work(ctx)
}

func silentBodyOfSuccess(ctx context.Context, url string) (io.ReadCloser, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		defer cancel()
		return nil, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return resp.Body, cancel, nil
}

// Each round has its own, and only those that fail are cancelled.
func silentCancelOfEarlierRounds(ctx context.Context, ids []string) (context.Context, error) {
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		if _, err := db.Load(ctx, id); err != nil {
			defer cancel()
			continue
		}
		time.AfterFunc(time.Second, cancel)
		return ctx, nil
	}
	return nil, errBoom
}

func silentCancelInLiteralOfEarlierRounds(ctx context.Context, ids []string) (context.Context, error) {
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		if _, err := db.Load(ctx, id); err != nil {
			defer func() { cancel() }()
			continue
		}
		time.AfterFunc(time.Second, cancel)
		return ctx, nil
	}
	return nil, errBoom
}

type holder[T any] struct {
	value T
	ctx   context.Context
	stop  context.CancelFunc
}

func silentCancelInGeneric[T any](ctx context.Context, load func(context.Context) (T, error)) (*holder[T], error) {
	ctx, cancel := context.WithCancel(ctx)
	v, err := load(ctx)
	if err != nil {
		defer cancel()
		return nil, err
	}
	return &holder[T]{v, ctx, cancel}, nil
}

// Inside of a literal the same holds.
func silentCancelInLiteral(ctx context.Context) func() (*controller, error) {
	open := func() (*controller, error) {
		ctx, cancel := context.WithCancel(ctx)
		if err := work(ctx); err != nil {
			defer cancel()
			return nil, err
		}
		return &controller{ctx: ctx, cancel: cancel}, nil
	}
	return open
}

// Work, too, is cancelled only where the defer is registered.

func silentLaunchedBesideTheDefer(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	if r.Method == http.MethodHead {
		defer cancel()
		_ = work(ctx)
		return
	}
	go func() {
		defer cancel()
		notify(ctx, order{})
	}()
}

func silentLaunchedAndReturned(ctx context.Context, async bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	if async {
		go func() {
			defer cancel()
			notify(ctx, order{})
		}()
		return nil
	}
	defer cancel()
	return work(ctx)
}

func (x *indexer) silentHandedBesideTheDefer(o order, async bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(context.Background()), time.Minute)
	if !async {
		defer cancel()
		return x.store.Save(ctx, o)
	}
	context.AfterFunc(ctx, cancel)
	return x.build(ctx, o, async)
}

// Their neighbours: the defer is on the path.

func canceledOnThePath(ctx context.Context, s store) (*controller, error) {
	ctx, cancel := context.WithCancel(ctx)
	if _, err := s.Load(ctx, "1"); err != nil {
		cancel()
		return nil, err
	}
	defer cancel() // want `deferred call cancels ctx when canceledOnThePath returns, but what it returns still depends on it`
	return &controller{ctx: ctx, store: s}, nil
}

func canceledInThatBranch(ctx context.Context, s store) (*controller, error) {
	ctx, cancel := context.WithCancel(ctx)
	if _, err := s.Load(ctx, "1"); err != nil {
		defer cancel() // not where the result leaves
		return nil, work(ctx)
	}
	if err := work(ctx); err == nil {
		defer cancel() // want `deferred call cancels ctx when canceledInThatBranch returns`
		return &controller{ctx: ctx, store: s}, nil
	}
	return nil, errBoom
}

func canceledFallingThrough(ctx context.Context, once bool) *controller {
	ctx, cancel := context.WithCancel(ctx)
	if once {
		defer cancel() // want `deferred call cancels ctx when canceledFallingThrough returns`
		_ = work(ctx)
	}
	return &controller{ctx: ctx, cancel: cancel}
}

func canceledInCase(ctx context.Context, mode int) func() error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	switch mode {
	case 0:
		return nil
	case 1:
		defer func() { cancel() }() // want `deferred call cancels ctx when canceledInCase returns`
		fallthrough
	default:
		return func() error { return work(ctx) }
	}
}

func canceledInRound(ctx context.Context, ids []string) (context.Context, error) {
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel() // want `deferred call cancels ctx when canceledInRound returns`
		if _, err := db.Load(ctx, id); err == nil {
			return ctx, nil
		}
	}
	return nil, errBoom
}

// The literal finds the function of the last one.
func canceledByVariable(ctx context.Context, ids []string) (last context.Context, err error) {
	var cancel context.CancelFunc
	defer func() { cancel() }() // want `deferred call cancels last when canceledByVariable returns`
	last, cancel = context.WithCancel(ctx)
	return last, work(last)
}

func canceledInGeneric[T any](ctx context.Context, load func(context.Context) (T, error)) (*holder[T], error) {
	ctx, cancel := context.WithCancel(ctx)
	v, err := load(ctx)
	if err == nil {
		defer cancel() // want `deferred call cancels ctx when canceledInGeneric returns`
	}
	return &holder[T]{v, ctx, nil}, err
}

func launchedOnThePath(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	if r.Method == http.MethodHead {
		defer cancel()
	}
	go notify(ctx, order{}) // want `goroutine outlives launchedOnThePath but works with ctx, which the deferred cancel ends`
}

func launchedBeforeTheDefer(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	go notify(ctx, order{}) // want `goroutine outlives launchedBeforeTheDefer but works with ctx, which the deferred cancel ends`
	defer cancel()
}

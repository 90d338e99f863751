package orphanspan

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Who is told of another one's cancellation tries again.

func retriedHandler(r *reader, rr *retryingReader, tr *tellingReader) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		ctx := req.Context()
		r.silentRetryInLoop(ctx, "1")
		r.silentRetryUnless(ctx, "1")
		r.silentRetryChan(ctx, "1")
		r.silentRetryBySelect(ctx, "1")
		r.silentRetryBySwitch(ctx, "1")
		r.silentRetryByTag(ctx, "1")
		r.silentRetryByHelper(ctx, "1")
		r.silentRetryByVariable(ctx, "1")
		r.silentOwnLoad(ctx, "1")
		r.silentOwnLoadByClosure(ctx, "1")
		r.silentRetryForEach(ctx, []string{"1"})
		r.silentRetryAround(ctx, "1")
		rr.silentGenericGroup(ctx, "1")
		rr.silentRetryOfGenericGroup(ctx, "1")
		r.canceledOnlyLogged(ctx, "1")
		r.canceledOnlyReturned(ctx, "1")
		r.canceledOwn(ctx, "1")
		r.canceledOtherError(ctx, "1")
		r.canceledDeadline(ctx, "1")
		r.canceledNext(ctx, []string{"1"})
		r.canceledNextReceived(ctx, make(chan string))
		r.canceledThenWork(ctx, "1")
		r.canceledPoll(ctx, "1")
		r.canceledByHelper(ctx, "1")
		r.silentRetryOfOne(ctx, "1")
		r.silentNoRetry(ctx, "1")
		tr.canceledGenericGroup(ctx, "1")
	}
}

func (r *reader) silentRetryInLoop(ctx context.Context, id string) (any, error) {
	for {
		v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
		if errors.Is(err, context.Canceled) && ctx.Err() == nil {
			continue
		}
		if err == nil {
			return v, nil
		}
		return nil, err
	}
}

func (r *reader) silentRetryUnless(ctx context.Context, id string) (v any, err error) {
	for range 3 {
		v, err, _ = r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
		if !errors.Is(err, context.Canceled) || ctx.Err() != nil {
			break
		}
	}
	return v, err
}

func (r *reader) silentRetryChan(ctx context.Context, id string) (any, error) {
	for {
		ch := r.group.DoChan(id, func() (any, error) { return r.Load(ctx, id) })
		select {
		case res := <-ch:
			if errors.Is(res.Err, context.Canceled) && ctx.Err() == nil {
				continue
			}
			return res.Val, res.Err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (r *reader) silentRetryBySelect(ctx context.Context, id string) (any, error) {
	for {
		v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
		if err == nil {
			return v, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		default:
		}
	}
}

func (r *reader) silentRetryBySwitch(ctx context.Context, id string) (any, error) {
	for {
		v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
		switch {
		case err == nil:
			return v, nil
		case errors.Is(err, context.Canceled) && context.Cause(ctx) == nil:
			logf("again %s", id)
		default:
			return nil, err
		}
	}
}

func (r *reader) silentRetryByTag(ctx context.Context, id string) (any, error) {
again:
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	switch err {
	case context.Canceled:
		if ctx.Err() == nil {
			goto again
		}
	}
	return v, err
}

func isCanceled(err error) bool {
	if err == nil {
		return false
	}
	return errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled
}

func (r *reader) othersFault(ctx context.Context, err error) bool {
	return ctx.Err() == nil && isCanceled(err)
}

func (r *reader) silentRetryByHelper(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	if r.othersFault(ctx, err) {
		return r.silentRetryByHelper(ctx, id)
	}
	return v, err
}

func (r *reader) silentRetryByVariable(ctx context.Context, id string) (any, error) {
	foreign := func(err error) bool { return isCanceled(err) && !isCanceled(ctx.Err()) }
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	again := foreign(err)
	if again {
		v, err, _ = r.group.Do(id, func() (any, error) { return r.Load(context.WithoutCancel(ctx), id) })
	}
	return v, err
}

func (r *reader) silentOwnLoad(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.loadTwice(ctx, id) })
	if err != nil && errors.Is(err, context.Canceled) && ctx.Err() == nil {
		return r.loadTwice(ctx, id)
	}
	return v, err
}

func (r *reader) silentOwnLoadByClosure(ctx context.Context, id string) (any, error) {
	load := func() (any, error) {
		o, err := r.Load(ctx, id)
		return o, err
	}
	v, err, _ := r.group.Do(id, load)
	if err != nil && ctx.Err() == nil {
		v, err = load()
	}
	return v, err
}

func (r *reader) silentRetryForEach(ctx context.Context, ids []string) (found []any, err error) {
	for _, id := range ids {
		key := "order/" + id
		for ctx.Err() == nil {
			v, err, _ := r.group.Do(key, func() (any, error) { return r.Load(ctx, id) })
			if err == nil {
				found = append(found, v)
			}
			if !isCanceled(err) {
				break
			}
		}
	}
	return found, err
}

// The caller of a helper tries again.

func (r *reader) loadOnce(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) { return r.Load(ctx, id) })
	return v, err
}

func (r *reader) silentRetryAround(ctx context.Context, id string) (any, error) {
	for {
		v, err := r.loadOnce(ctx, id)
		if isCanceled(err) && ctx.Err() == nil {
			continue
		}
		return v, err
	}
}

// A group of its own type does so for all.

type flights2[K comparable, V any] struct {
	mu    sync.Mutex
	group singleflight.Group
	key   func(K) string
}

func (f *flights2[K, V]) Do(ctx context.Context, key K, fn func() (V, error)) (V, error) {
	for {
		v, err, _ := f.group.Do(f.key(key), func() (any, error) { return fn() })
		if errors.Is(err, context.Canceled) && ctx.Err() == nil {
			continue
		}
		out, _ := v.(V)
		return out, err
	}
}

type retryingReader struct {
	store
	flights flights2[string, order]
	plain   flight[order]
}

func (r *retryingReader) silentGenericGroup(ctx context.Context, id string) (order, error) {
	return r.flights.Do(ctx, id, func() (order, error) { return r.Load(ctx, id) })
}

func (r *retryingReader) silentRetryOfGenericGroup(ctx context.Context, id string) (order, error) {
	for {
		o, err := r.plain.Do(id, func() (order, error) { return r.Load(ctx, id) })
		if isCanceled(err) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
			continue
		}
		return o, err
	}
}

// Who only asks does not try again.

func (r *reader) canceledOnlyLogged(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one, whose cancellation fails the others`
	})
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		logf("cancelled by somebody else: %v", err)
	}
	return v, err
}

func (r *reader) canceledOnlyReturned(ctx context.Context, id string) (any, error) {
	for {
		v, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		})
		if errors.Is(err, context.Canceled) {
			return nil, err
		}
		if err != nil {
			continue
		}
		return v, nil
	}
}

// Its own cancellation is what it asks for.
func (r *reader) canceledOwn(ctx context.Context, id string) (any, error) {
	for {
		v, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		})
		if isCanceled(ctx.Err()) {
			continue
		}
		return v, err
	}
}

func (r *reader) canceledOtherError(ctx context.Context, id string) (any, error) {
	for {
		v, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		})
		if errors.Is(err, errBoom) && ctx.Err() == nil {
			continue
		}
		return v, err
	}
}

func (r *reader) canceledDeadline(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return r.Load(ctx, id)
	}
	return v, err
}

// The loop goes on to the next one.
func (r *reader) canceledNext(ctx context.Context, ids []string) (found []any) {
	for _, id := range ids {
		v, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		})
		if errors.Is(err, context.Canceled) && ctx.Err() == nil {
			continue
		}
		found = append(found, v)
	}
	return found
}

func (r *reader) canceledNextReceived(ctx context.Context, ids <-chan string) {
	for ctx.Err() == nil {
		id := <-ids
		if _, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		}); isCanceled(err) {
			logf("%v", err)
		}
	}
}

// It works on where nothing has failed.
func (r *reader) canceledThenWork(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
	if err != nil {
		return nil, err
	}
	if ctx.Err() == nil {
		return r.Load(ctx, "details/"+id)
	}
	return v, nil
}

func (r *reader) canceledPoll(ctx context.Context, id string) error {
	for ctx.Err() == nil {
		_, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		})
		if err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
	return nil
}

func logged(err error) bool {
	logf("%v", err)
	return err != nil
}

func (r *reader) canceledByHelper(ctx context.Context, id string) (any, error) {
	for range 3 {
		v, err, _ := r.group.Do(id, func() (any, error) {
			return r.Load(ctx, id) // want `work shared by all callers`
		})
		if !logged(err) {
			return v, nil
		}
	}
	return nil, errBoom
}

// One of its callers gives up.

func (r *reader) loadForTwo(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
	return v, err
}

func (r *reader) silentRetryOfOne(ctx context.Context, id string) (any, error) {
	v, err := r.loadForTwo(ctx, id)
	if isCanceled(err) && ctx.Err() == nil {
		return r.loadForTwo(ctx, id)
	}
	return v, err
}

func (r *reader) silentNoRetry(ctx context.Context, id string) (any, error) {
	return r.loadForTwo(ctx, id)
}

// A group that only tells.

type tellingFlight[V any] struct{ group singleflight.Group }

func (f *tellingFlight[V]) Do(ctx context.Context, key string, fn func() (V, error)) (V, error) {
	v, err, _ := f.group.Do(key, func() (any, error) { return fn() })
	if isCanceled(err) && ctx.Err() == nil {
		logf("cancelled by somebody else: %v", err)
	}
	out, _ := v.(V)
	return out, err
}

type tellingReader struct {
	store
	flights tellingFlight[order]
}

func (r *tellingReader) canceledGenericGroup(ctx context.Context, id string) (order, error) {
	return r.flights.Do(ctx, id, func() (order, error) {
		return r.Load(ctx, id) // want `work shared by all callers`
	})
}

// What the others get lives on the first one's context.

type session struct {
	ctx   context.Context
	order order
}

func openSession(ctx context.Context, s store, id string) (*session, error) {
	o, err := s.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return &session{ctx: ctx, order: o}, nil
}

func watchSession(ctx context.Context, s store, id string) (*session, error) {
	out := &session{}
	go func() {
		for ctx.Err() == nil {
			_, _ = s.Load(ctx, id)
		}
	}()
	return out, nil
}

func (r *reader) sharedSession(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		return openSession(ctx, r.store, id) // want `work shared by all callers runs on ctx of the first one`
	})
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		return r.sharedSession(ctx, id)
	}
	return v, err
}

func (r *reader) sharedWatch(ctx context.Context, id string) (any, error) {
	v, err, _ := r.group.Do(id, func() (any, error) {
		if _, err := r.Load(ctx, id); err != nil {
			return nil, err
		}
		return watchSession(ctx, r.store, id) // want `work shared by all callers runs on ctx of the first one`
	})
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		return r.sharedWatch(ctx, id)
	}
	return v, err
}

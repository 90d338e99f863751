package orphanspan

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Somebody else waits, or has said when the work ends.

// Who gives the group waits for it.
func silentGroupGiven(ctx context.Context, wg *sync.WaitGroup, orders []order) {
	wg.Add(len(orders))
	for _, o := range orders {
		go func() {
			defer wg.Done()
			notify(ctx, o)
		}()
	}
}

func silentGroupGivenToHandler(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	silentGroupGiven(r.Context(), &wg, nil)
	wg.Wait()
}

type checker interface {
	Check(ctx context.Context, out chan<- order)
	Each(f func(order) (bool, error)) error
}

// The results are all taken; where the handler returns before, the end of the
// request is what stops the work.
func silentRanged(w http.ResponseWriter, r *http.Request, c checker) {
	out := make(chan order)
	safeGo(func() { c.Check(r.Context(), out) })
	for o := range out {
		if _, err := io.WriteString(w, o.id); err != nil {
			return
		}
	}
}

// The wait is that of the function around the callback.
func silentWaitAround(w http.ResponseWriter, r *http.Request, c checker) {
	var wg sync.WaitGroup
	each := func(o order) (bool, error) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		wg.Add(1)
		go func() {
			defer cancel()
			defer wg.Done()
			notify(ctx, o)
		}()
		return false, nil
	}
	if err := c.Each(each); err != nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	wg.Wait()
}

// The deferred close tells those who have lost the race to end.
func silentRace(ctx context.Context, orders []order) order {
	quit := make(chan struct{})
	defer close(quit)
	won := make(chan order)
	for _, o := range orders {
		go race(ctx, o, won, quit)
	}
	return <-won
}

func race(ctx context.Context, o order, won chan<- order, quit <-chan struct{}) {
	notify(ctx, o)
	select {
	case won <- o:
	case <-quit:
	}
}

// All callers detach, whatever else they do to the context.
type detaching struct {
	values func(context.Context) context.Context
}

func (d *detaching) one(ctx context.Context, o order) {
	d.run(context.WithoutCancel(d.values(ctx)), o)
}

func (d *detaching) other(ctx context.Context, o order) {
	background := context.WithoutCancel(d.values(ctx))
	d.run(background, o)
}

func (d *detaching) run(ctx context.Context, o order) { go notify(ctx, o) }

// One of two contexts is there because it lives longer.
func silentTwoContexts(request, node context.Context, wait bool) {
	do := func(ctx context.Context) { _ = work(ctx) }
	if wait {
		do(request)
	} else {
		go do(node)
	}
}

// What is returned has been read to its end.
func silentResponseClosed(req *http.Request, ctx context.Context) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	resp, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func silentResponseClosedInLiteral(req *http.Request, ctx context.Context) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	resp, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return resp, nil
}

// The deferred cancel is the stop signal.
func silentStoppedByCancel(ctx context.Context, names []string) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		if err := work(inner); err != nil {
			_ = work(inner)
		}
	}()
	return named(names)
}

func named(names []string) error {
	if len(names) == 0 {
		return errBoom
	}
	return nil
}

// What makes a logger reads values, however it gets at them.
var loggerOf = func(ctx context.Context) *slog.Logger { return slog.Default() }

type logging struct {
	tenant func(context.Context) (string, error)
}

func (l *logging) logger(ctx context.Context, base *slog.Logger) *slog.Logger {
	if id, err := l.tenant(ctx); err == nil {
		return base.With("tenant", id)
	}
	return base
}

func silentLoggerOnly(ctx context.Context, dst io.Writer, src io.Reader, l *logging, base *slog.Logger) {
	go func() {
		if _, err := io.Copy(dst, src); err != nil {
			loggerOf(ctx).Warn("copy")
			l.logger(ctx, base).Warn("copy")
		}
	}()
}

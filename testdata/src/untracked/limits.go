package untracked

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
)

// What follows is at fault and not reported.

// limitFunctionValue: what a function in a field does is not known.
func limitFunctionValue(w http.ResponseWriter, r *http.Request, hooks struct{ done func(string) }) {
	go hooks.done(r.URL.Path)
}

// limitRelease: whatever is released counts as tracked.
func (p *plain) limitRelease(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	unlock := lock(r.URL.Path)
	go func() {
		defer unlock()
		p.save(ctx, "locked")
	}()
}

func lock(string) (unlock func()) { return func() {} }

// limitConditional: whether launch and wait have the same condition is not asked.
func limitConditional(a, b bool) {
	var wg sync.WaitGroup
	if a {
		wg.Go(func() { slog.Info("a") })
	}
	if b {
		wg.Wait()
	}
}

// limitNoContext: nothing tells that a helper without a context serves a request.
func (p *plain) limitNoContext(id string) {
	go func() { _ = p.store.Delete(id) }()
}

func (p *plain) callsIt(w http.ResponseWriter, r *http.Request) { p.limitNoContext(id(r)) }

// limitExported: other packages may wait, and do not.
type Limit struct{ Group sync.WaitGroup }

func (l *Limit) limitExported() {
	l.Group.Go(func() { slog.Info("exported") })
}

// limitTimeout: after the timeout nobody waits.
func (p *plain) limitTimeout(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.save(ctx, "timeout")
	}()
	select {
	case <-done:
	case <-r.Context().Done():
	}
}

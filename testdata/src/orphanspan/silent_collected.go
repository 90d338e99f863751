package orphanspan

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// A constructor that is given a channel keeps it for what it makes, and who
// then receives from it waits for that.

type webListener interface {
	Serve(ctx context.Context)
}

// newWebListener is somebody else's: what it makes is not in view.
var newWebListener func(ctx context.Context, name string, failed chan error) (webListener, error)

type gateway struct{ admin bool }

// It serves until the first of them stops: that is the life of a program.
func (g *gateway) silentServe(ctx context.Context) error {
	public, private := make(chan error), make(chan error)
	l, err := newWebListener(ctx, "public", public)
	if err != nil {
		return err
	}
	go l.Serve(ctx)
	if g.admin {
		l, err := newWebListener(ctx, "private", private)
		if err != nil {
			return err
		}
		go l.Serve(ctx)
	}
	return firstOf(public, private)
}

func firstOf(a, b chan error) error {
	select {
	case err := <-a:
		return err
	case err := <-b:
		return err
	}
}

func (g *gateway) silentServeInAnyCase(ctx context.Context) error {
	stopped := make(chan error)
	var l webListener
	var err error
	if g.admin {
		l, err = newWebListener(ctx, "private", stopped)
	} else {
		l, err = newWebListener(ctx, "public", stopped)
	}
	if err != nil {
		return err
	}
	go func() { l.Serve(ctx) }()
	return deeper(stopped)
}

func deeper(ch chan error) error { return firstOf(ch, nil) }

type doneSender struct {
	to   store
	done chan error
}

func (s *doneSender) Send(ctx context.Context, o order) { s.done <- s.to.Save(ctx, o) }

func silentMadeOfChannel(ctx context.Context, o order) error {
	done := make(chan error)
	s := &doneSender{to: db, done: done}
	go s.Send(ctx, o)
	return <-done
}

func makeDoneSender(done chan error) *doneSender { return &doneSender{to: db, done: done} }

func silentMadeByConstructor(w http.ResponseWriter, r *http.Request) {
	done := make(chan error)
	s := makeDoneSender(done)
	go s.Send(r.Context(), order{})
	if err := <-done; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func silentMadeByDeclaration(w http.ResponseWriter, r *http.Request) {
	done := make(chan error)
	var s = makeDoneSender(done)
	go s.Send(r.Context(), order{})
	if <-done != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func makeAny[T any](_ T, done chan error) *doneSender { return &doneSender{to: db, done: done} }

// The result is taken, or after a while nobody wants it any more.
func silentMadeOfBuffer(w http.ResponseWriter, r *http.Request) {
	done := make(chan error, 1)
	s := makeAny(1, done)
	go s.Send(r.Context(), order{})
	select {
	case <-done:
	case <-time.After(time.Second):
		w.WriteHeader(http.StatusGatewayTimeout)
	}
}

// The results go through a collaborator that the work and its launcher share.

type collaborator interface {
	Dispatch(ctx context.Context, id int)
	Result(ctx context.Context) (order, error)
	Audit(ctx context.Context, o order)
	Stop()
}

type exchange struct {
	store   store
	results chan order
}

func (e exchange) Dispatch(ctx context.Context, id int) {
	select {
	case <-ctx.Done():
	default:
		o, _ := e.store.Load(ctx, "x")
		e.results <- o
	}
}

func (e exchange) Result(ctx context.Context) (order, error) {
	select {
	case <-ctx.Done():
		return order{}, errors.New("given up")
	case o := <-e.results:
		return o, nil
	}
}

func (e exchange) Audit(ctx context.Context, o order) { _ = e.store.Save(ctx, o) }

func (e exchange) Stop() { close(e.results) }

type crew struct {
	collaborator
	n int
}

func (c crew) silentDispatchAndCollect(ctx context.Context) ([]order, error) {
	for i := range c.n {
		go c.Dispatch(ctx, i)
	}
	return c.collect(ctx)
}

func (c crew) collect(ctx context.Context) ([]order, error) {
	var all []order
	for range c.n {
		o, err := c.Result(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	c.Stop()
	return all, nil
}

type team struct{ with collaborator }

func (t *team) silentField(ctx context.Context) error {
	go t.with.Dispatch(ctx, 1)
	_, err := t.with.Result(ctx)
	return err
}

func (t *team) silentClosure(ctx context.Context) error {
	go func() {
		logf("one")
		t.with.Dispatch(ctx, 1)
	}()
	_, err := t.with.Result(ctx)
	return err
}

func silentParameter(ctx context.Context, with collaborator) error {
	go with.Dispatch(ctx, 1)
	_, err := with.Result(ctx)
	return err
}

func silentExchange(ctx context.Context, e *exchange) order {
	go e.Dispatch(ctx, 1)
	o, _ := e.Result(ctx)
	return o
}

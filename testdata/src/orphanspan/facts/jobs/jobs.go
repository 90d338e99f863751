// Package jobs has what goes on when its functions have returned.
package jobs

import (
	"context"
	"errors"
	"sync"
)

type Store interface {
	Save(ctx context.Context, id string) error
}

var DB Store

func save(ctx context.Context, id string) { _ = DB.Save(ctx, id) }

// A Queue has callers here whose context lasts: nothing in this package says
// that its methods get the context of a request.
type Queue struct {
	wg   sync.WaitGroup
	done chan string
}

func New(ctx context.Context) *Queue {
	q := &Queue{}
	q.Later(context.Background(), "first")
	q.Counted(context.Background(), "first")
	q.Now(context.Background(), "first")
	q.Detached(context.Background(), "first")
	q.Kept(context.Background(), "first")
	q.Root(context.Background(), "first")
	q.Several(context.Background())
	_ = q.Future(context.Background(), "first")
	Go(context.Background(), func(context.Context) {})
	Each(context.Background(), []string{}, save)
	return q
}

func (q *Queue) Later(ctx context.Context, id string) { go save(ctx, id) }

func (q *Queue) Counted(ctx context.Context, id string) {
	q.wg.Add(1)
	go func() {
		defer q.wg.Done()
		save(ctx, id)
	}()
}

func (q *Queue) Wait() { q.wg.Wait() }

func (q *Queue) Now(ctx context.Context, id string) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		save(ctx, id)
	}()
	<-done
}

func (q *Queue) Detached(ctx context.Context, id string) {
	ctx = context.WithoutCancel(ctx)
	go save(ctx, id)
}

func (q *Queue) Root(ctx context.Context, id string) {
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "root")
		defer span.End()
		save(ctx, id)
	}()
}

// Whoever drains the channel waits for the work.
func (q *Queue) Kept(ctx context.Context, id string) {
	go func() {
		save(ctx, id)
		q.done <- id
	}()
}

func (q *Queue) Several(ctx context.Context) {
	for _, id := range []string{"a", "b"} {
		q.Later(ctx, id)
	}
}

func (q *Queue) Future(ctx context.Context, id string) <-chan string {
	out := make(chan string, 1)
	go func() {
		save(ctx, id)
		out <- id
	}()
	return out
}

// Record shows by itself that it gets a context that ends: no caller is in
// view. The fault is here, whoever calls it.
func Record(ctx context.Context, id string) {
	go save(ctx, id) // want `goroutine outlives Record but works with its ctx`
}

func Go(ctx context.Context, f func(context.Context)) { go f(ctx) }

// Each is generic, and waits.
func Each[T any](ctx context.Context, items []T, f func(context.Context, T)) {
	var wg sync.WaitGroup
	for _, item := range items {
		wg.Go(func() { f(ctx, item) })
	}
	wg.Wait()
}

// Start works for as long as its context.
func Start(ctx context.Context) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			default:
				save(ctx, "tick")
			}
		}
	}()
}

// Generic launches for any type.
func Generic[T any](ctx context.Context, v T, f func(context.Context, T)) { go f(ctx, v) }

var _ = func() bool { Generic(context.Background(), "first", save); return true }()

// Collect waits for all of the answers.
func Collect(answers []chan error) (err error) {
	for _, answer := range answers {
		err = errors.Join(err, <-answer)
	}
	return err
}

package orphanspan

import "context"

// A method that is called through an interface of the package, generic or not,
// by code whose context lasts: that of a job, made for its processing.

type listener[T any] interface {
	Listen(ctx context.Context, item T)
}

type itemQueue[T any] struct {
	listener listener[T]
	items    chan T
}

func (q *itemQueue[T]) run() {
	for item := range q.items {
		q.listener.Listen(context.Background(), item)
	}
}

// A generic type, and a generic interface.
type itemWorkers[T any] struct{ process func(context.Context, T) }

func (w *itemWorkers[T]) Listen(ctx context.Context, item T) {
	go w.process(ctx, item)
}

// A plain type that implements one instance of it.
type orderWorkers struct{ store }

func (w orderWorkers) Listen(ctx context.Context, o order) {
	go w.Save(ctx, o)
}

// A method that an embedded type has.
type namedItemWorkers[T any] struct {
	itemWorkers[T]
	name string
}

// A plain interface that a generic type implements.
type closer interface {
	Finish(ctx context.Context) error
}

type batches[T any] struct {
	closer closer
	flush  func(context.Context, []T)
}

func (b *batches[T]) Finish(ctx context.Context) error {
	go b.flush(ctx, nil)
	return nil
}

func finishAll(all []closer) {
	for _, c := range all {
		_ = c.Finish(context.Background())
	}
}

// The interface's method has other parameters: nobody in view calls this one.

type visitor[T any] interface {
	Visit(ctx context.Context, item T, last bool) error
}

func visit[T any](v visitor[T], item T) error { return v.Visit(context.Background(), item, true) }

type orders struct{ store }

func (s orders) Visit(ctx context.Context, o order) error {
	go s.Save(ctx, o) // want `goroutine outlives Visit but works with its ctx`
	return nil
}

// Who calls a method for others that answers nothing only tells it something,
// and may have the context of a session; who asks for something waits for it.

type keyboard struct{ store }

func (k *keyboard) Pressed(ctx context.Context, o order) {
	go k.Save(ctx, o)
}

func (k *keyboard) Released(ctx context.Context, o order) { k.later(ctx, o) }

func (k *keyboard) later(ctx context.Context, o order) {
	go k.Save(ctx, o)
}

func (k *keyboard) Held(ctx context.Context, o order) bool {
	go k.Save(ctx, o) // want `goroutine outlives Held but works with its ctx`
	return true
}

type presser interface {
	Pressed(ctx context.Context, o order)
}

type keyboards []presser

func (all keyboards) Pressed(ctx context.Context, o order) {
	for _, k := range all {
		go k.Pressed(ctx, o)
	}
}

// Nobody else can call it, so it is called here or not at all.
func (k *keyboard) forgotten(ctx context.Context, o order) {
	go k.Save(ctx, o) // want `goroutine outlives forgotten but works with its ctx`
}

// A caller has the context of a request.

type sink[T any] interface {
	Put(ctx context.Context, item T) error
}

type later[T any] struct {
	save func(context.Context, T) error
}

func (l later[T]) Put(ctx context.Context, item T) error {
	go l.save(ctx, item) // want `goroutine outlives Put but works with its ctx`
	return nil
}

func put[T any](ctx context.Context, s sink[T], item T) error { return s.Put(ctx, item) }

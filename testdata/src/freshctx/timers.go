package freshctx

import (
	"context"
	"sync"
	"time"
)

// A batch is flushed when its time has come, with what many have put there.
type batch struct {
	s     *service
	mu    sync.Mutex
	timer *time.Timer
	list  []order
	due   map[string]*time.Timer
}

func (b *batch) flush(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.list {
		_ = b.s.notify(ctx, o)
	}
}

func (b *batch) silentAdd(ctx context.Context, o order) error {
	b.list = append(b.list, o)
	b.timer = time.AfterFunc(time.Second, func() {
		b.flush(context.Background())
	})
	return ctx.Err()
}

func (b *batch) silentAddByVariable(ctx context.Context, o order) error {
	b.list = append(b.list, o)
	t := time.AfterFunc(time.Second, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		b.flush(ctx)
	})
	b.timer = t
	return ctx.Err()
}

// The order is that of this request.
func (b *batch) addForOne(ctx context.Context, o order) error {
	b.due[o.ID] = time.AfterFunc(time.Second, func() {
		_ = b.s.notify(context.Background(), o) // want `callback starts over`
	})
	return ctx.Err()
}

// Nobody keeps the timer: it is this call's.
func (b *batch) dropped(ctx context.Context, o order) error {
	time.AfterFunc(time.Second, func() {
		b.flush(context.Background()) // want `callback starts over`
	})
	return ctx.Err()
}

package freshctx

import (
	"context"
	"net/http"
)

// Nobody can look into the pool of an interface. What it is given without a
// parameter or a result is work that is left with it.

type backlog interface {
	Submit(func())
	Try(func() error) error
	Each(func(order))
}

type shop struct {
	service
	backlog backlog
}

func (s *shop) leftWithPool(w http.ResponseWriter, r *http.Request) {
	o := order{ID: r.PathValue("id")}
	s.backlog.Submit(func() {
		ctx := context.Background() // want `the work starts over from context.Background\(\), so nothing leads from r.Context\(\) to what it traces \(freshctx.async\)`
		_ = s.store.Put(ctx, o)
	})
}

func (s *shop) leftWithPoolBelowSpan(ctx context.Context, o order) {
	ctx, span := tracer.Start(ctx, "shop")
	defer span.End()
	_, _ = s.store.Get(ctx, o.ID)
	s.backlog.Submit(func() {
		_ = s.store.Put(context.Background(), o) // want `the work starts over`
	})
}

// What is called with something, or asked for an error, is called at once as
// far as anybody knows.
func (s *shop) calledAtOnce(ctx context.Context, o order) error {
	s.backlog.Each(func(o order) {
		_ = s.store.Put(context.Background(), o) // want `call starts over`
	})
	return s.backlog.Try(func() error {
		return s.store.Put(context.Background(), o) // want `call starts over`
	})
}

package orphanspan

import (
	"context"

	"github.com/golang/groupcache/singleflight"
	xsingleflight "golang.org/x/sync/singleflight"
	detached "resenje.org/singleflight"
)

type reader struct {
	x        xsingleflight.Group
	cache    singleflight.Group
	detached detached.Group[string, order]
}

func (s *reader) sharedX(ctx context.Context, id string) (any, error) {
	v, err, _ := s.x.Do(id, func() (any, error) {
		return db.Load(ctx, id) // want `work shared by all callers runs on ctx of the first one.*orphanspan.shared`
	})
	return v, err
}

func (s *reader) sharedXChan(ctx context.Context, id string) (any, error) {
	select {
	case res := <-s.x.DoChan(id, func() (any, error) {
		return db.Load(ctx, id) // want `orphanspan.shared`
	}):
		return res.Val, res.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *reader) sharedCache(ctx context.Context, id string) (any, error) {
	return s.cache.Do(id, func() (any, error) {
		return db.Load(ctx, id) // want `orphanspan.shared`
	})
}

// The group cuts the cancellation itself.

func (s *reader) silentOwnContext(ctx context.Context, id string) (order, error) {
	o, _, err := s.detached.Do(ctx, id, func(ctx context.Context) (order, error) { return db.Load(ctx, id) })
	return o, err
}

func (s *reader) silentOwnContextByName(ctx context.Context, id string) (order, error) {
	o, _, err := s.detached.Do(ctx, id, s.load)
	return o, err
}

func (s *reader) load(ctx context.Context) (order, error) { return db.Load(ctx, "1") }

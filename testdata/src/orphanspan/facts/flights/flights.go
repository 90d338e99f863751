// Package flights has groups of calls for other packages.
package flights

import (
	"context"
	"errors"
	"log/slog"

	"golang.org/x/sync/singleflight"
)

// Canceled reports whether work was cancelled.
func Canceled(err error) bool { return errors.Is(err, context.Canceled) }

// Group does something once for all who ask at a time.
type Group[T any] struct{ group singleflight.Group }

// Do tries again where somebody else's context was cancelled.
func (g *Group[T]) Do(ctx context.Context, key string, f func() (T, error)) (T, error) {
	v, err, _ := g.group.Do(key, func() (any, error) { return f() })
	if Canceled(err) && ctx.Err() == nil {
		return g.Do(ctx, key, f)
	}
	t, _ := v.(T)
	return t, err
}

// Once says so, and gives up.
func (g *Group[T]) Once(ctx context.Context, key string, f func() (T, error)) (T, error) {
	v, err, _ := g.group.Do(key, func() (any, error) { return f() })
	if Canceled(err) && ctx.Err() == nil {
		slog.Warn("cancelled by somebody else", "key", key)
	}
	t, _ := v.(T)
	return t, err
}

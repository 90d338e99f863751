// Package gate lets some through at a time.
package gate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Gate has places.
type Gate struct {
	places chan struct{}
	limit  int
}

// Start fails only if the context is done.
func (g *Gate) Start(ctx context.Context) error {
	select {
	case g.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("gate: %w", context.Cause(ctx))
	}
}

// Done gives the place back.
func (g *Gate) Done() { <-g.places }

// Retry asks the context in every round.
func (g *Gate) Retry(ctx context.Context) (int, error) {
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		select {
		case g.places <- struct{}{}:
			return n, nil
		default:
		}
		time.Sleep(time.Millisecond)
	}
}

// Full fails for another reason as well.
func (g *Gate) Full(ctx context.Context) error {
	if len(g.places) > g.limit {
		return errors.New("too many wait already")
	}
	return g.Start(ctx)
}

// Within has a deadline that the caller's context knows nothing of.
func (g *Gate) Within(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return g.Start(ctx)
}

// Either fails for the end of one of two.
func (g *Gate) Either(ctx, other context.Context) error {
	select {
	case g.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-other.Done():
		return other.Err()
	}
}

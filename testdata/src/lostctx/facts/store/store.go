// Package store traces, behind an interface and without.
package store

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("store")

// A Reader is implemented here, by one type that traces and one that does not.
type Reader interface {
	Read(ctx context.Context, id string) error
}

type SQL struct{}

func (SQL) Read(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "read")
	defer span.End()
	return ctx.Err()
}

type Fake struct{}

func (Fake) Read(ctx context.Context, id string) error { return nil }

// Find traces below.
func Find(ctx context.Context, id string) error { return SQL{}.Read(ctx, id) }

// Count does not.
func Count(ctx context.Context) (int, error) { return 0, ctx.Err() }

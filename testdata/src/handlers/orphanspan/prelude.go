// Package orphanspan has a case for each way in which servers and queues hand
// out requests.
package orphanspan

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("handlers")

type order struct{ id string }

// store does I/O behind an interface.
type store interface {
	Save(ctx context.Context, o order) error
}

var db store

// work may trace: what it calls is not in view.
func work(ctx context.Context) error { return db.Save(ctx, order{}) }

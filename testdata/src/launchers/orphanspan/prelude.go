// Package orphanspan has the cases of the rule with launchers of many modules.
package orphanspan

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("orphanspan")

type order struct{ id string }

type store interface {
	Save(ctx context.Context, o order) error
	Load(ctx context.Context, id string) (order, error)
}

var db store

func work(ctx context.Context) error { return db.Save(ctx, order{}) }

func logf(format string, args ...any) {}

var _ http.Handler

// Package notracer has no tracer; the module imports otel.
package notracer

import (
	"context"

	_ "go.opentelemetry.io/otel"
)

type store interface {
	Save(ctx context.Context, id string) error
}

func globalTracer(ctx context.Context, db store) {
	go func() { // want `goroutine outlives`
		_ = db.Save(ctx, "1")
	}()
}

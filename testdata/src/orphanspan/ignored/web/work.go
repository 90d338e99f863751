package web

import (
	"context"

	"go.opentelemetry.io/otel"
)

func work(ctx context.Context) error {
	_, span := otel.Tracer("src/orphanspan/ignored/web").Start(ctx, "work")
	defer span.End()
	return ctx.Err()
}

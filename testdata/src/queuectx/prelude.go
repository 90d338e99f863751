// Package queuectx sends and receives messages by hand.
package queuectx

import (
	"context"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/queuectx")

// handle does something with what a message says.
func handle(ctx context.Context, body []byte) error {
	_, span := tracer.Start(ctx, "handle")
	defer span.End()
	return ctx.Err()
}

// Endmanual panics below spans that are ended by hand.
package main

import (
	"context"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("endmanual")

func discount(ctx context.Context, parts int) int {
	_, span := tracer.Start(ctx, "discount")
	share := divide(100, parts)
	span.End()
	return share
}

func divide(a, b int) int { return a / b }

func main() {
	probe.Run(func(ctx context.Context) {
		ctx, span := tracer.Start(ctx, "root")
		defer span.End()
		defer func() { _ = recover() }()
		discount(ctx, 0)
	})
}

// Logpackage logs without the context of its span.
package main

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("logpackage")

func save(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "save")
	defer span.End()
	slog.Info("saving", "id", id)
	if err := ctx.Err(); err != nil {
		slog.Error("not saved", "err", err)
		return err
	}
	return nil
}

func main() {
	slog.SetDefault(probe.Logger())
	probe.Run(func(ctx context.Context) { _ = save(ctx, "1") })
}

// Loglogger has a logger in a field.
package main

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("loglogger")

type service struct{ log *slog.Logger }

func (s *service) save(ctx context.Context, ids []string) {
	ctx, span := tracer.Start(ctx, "save")
	defer span.End()
	for _, id := range ids {
		func() {
			s.log.With("id", id).Debug("saving")
		}()
	}
	if ctx.Err() == nil {
		s.log.Warn("saved")
	}
}

func main() {
	s := &service{log: probe.Logger()}
	probe.Run(func(ctx context.Context) { s.save(ctx, []string{"1"}) })
}

// Package bridge sends the lines of zap to OpenTelemetry, which takes a context
// out of their fields.
package bridge

import (
	"context"

	"go.opentelemetry.io/contrib/bridges/otelzap"
	"go.opentelemetry.io/otel"
	"go.uber.org/zap"
)

var tracer = otel.Tracer("src/loggers/logctx/bridge")

var log = zap.New(otelzap.NewCore("bridge"))

func work(ctx context.Context) error { return ctx.Err() }

func field(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	log.Info("saving") // want "log.Info is not given ctx, so the line has no trace and no span; zap.Any..context., ctx. takes it"
	log.Info("saving", zap.Any("context", ctx))
	log.Warn("slow", zap.Int("n", 1), zap.Reflect("ctx", ctx))
	own := log.With(zap.Any("context", ctx))
	own.Error("failed")
	return work(ctx)
}

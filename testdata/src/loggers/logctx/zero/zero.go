// Package zero has zerolog look at contexts, by a hook.
package zero

import (
	"context"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/log"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("src/loggers/logctx/zero")

type hook struct{}

func (hook) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	e.Str("trace_id", trace.SpanContextFromContext(e.GetCtx()).TraceID().String())
}

func work(ctx context.Context) error { return ctx.Err() }

func chain(ctx context.Context, l zerolog.Logger) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	log.Info().Int("n", 1).Msg("saving") // want "Msg is not given ctx, so the line has no trace and no span; Ctx.ctx. takes it"
	log.Info().Ctx(ctx).Int("n", 1).Msg("saving")
	log.Ctx(ctx).Info().Msg("saving")
	own := l.With().Ctx(ctx).Logger()
	own.Info().Send()
	return work(ctx)
}

// Whoever made it may have given it a context.
func silentGiven(ctx context.Context, l zerolog.Logger) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	l.Info().Msgf("%d", 1)
	return work(ctx)
}

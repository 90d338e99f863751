// Package logctx is the testdata of the rule of that name.
//
//ruletest:flags -strict
package logctx

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("logctx")

func work(ctx context.Context) error { return ctx.Err() }

func start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name)
}

type service struct{ log *slog.Logger }

func slogPackage(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "package")
	defer span.End()
	slog.Info("saving", "id", id) // want `slog.Info is not given ctx, so the line has no trace and no span; InfoContext takes it`
	err := work(ctx)
	if err != nil {
		slog.Error("not saved", // want `slog.Error is not given ctx`
			"id", id,
			"err", err)
	}
	return err
}

func (s *service) slogField(ctx context.Context, id string) error {
	spanCtx, span := start(ctx, "field")
	defer span.End()
	s.log.With("id", id).Debug("saving") // want `Debug is not given spanCtx`
	if id == "" {
		s.log.Warn("saving") // want `Warn is not given spanCtx`
	}
	return work(spanCtx)
}

func slogLiteral(ctx context.Context, ids []string) {
	ctx, span := tracer.Start(ctx, "literal")
	defer span.End()
	each(ids, func(id string) {
		slog.Info("each", "id", id) // want `slog.Info is not given ctx`
	})
	_ = work(ctx)
}

func each(ids []string, do func(string)) {
	for _, id := range ids {
		do(id)
	}
}

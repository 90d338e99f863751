package logctx

import (
	"context"
	"log"
	"log/slog"
)

func silentGiven(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "given")
	defer span.End()
	slog.InfoContext(ctx, "given")
	slog.Log(ctx, slog.LevelInfo, "given")
	return work(ctx)
}

// No span is known to be in it.
func silentNoSpan(ctx context.Context) error {
	slog.Info("no span")
	return work(ctx)
}

func silentBefore(ctx context.Context) error {
	slog.Info("before")
	ctx, span := tracer.Start(ctx, "before")
	defer span.End()
	return work(ctx)
}

// The line belongs to no span any more.
func silentAfter(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "after")
	err := work(ctx)
	span.End()
	slog.Info("after")
	return err
}

// The context is not in scope.
func silentDiscarded(ctx context.Context) {
	_, span := tracer.Start(ctx, "discarded")
	defer span.End()
	slog.Info("discarded")
}

// The logger was made of the context.
func silentBound(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "bound")
	defer span.End()
	logger := fromContext(ctx)
	logger.Info("bound")
	fromContext(ctx).With("k", "v").Info("bound")
	return work(ctx)
}

func fromContext(ctx context.Context) *slog.Logger {
	logger, _ := ctx.Value("logger").(*slog.Logger)
	return logger
}

// Nothing takes a context there.
func silentLog(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "log")
	defer span.End()
	log.Print("log")
	return work(ctx)
}

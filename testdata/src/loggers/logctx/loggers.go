// Package logctx logs by libraries that are too many for the other testdata.
package logctx

import (
	"context"

	"github.com/sirupsen/logrus"
	extra "github.com/uptrace/opentelemetry-go-extra/otelzap"
	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/loggers/logctx")

func work(ctx context.Context) error { return ctx.Err() }

func zapInfo(ctx context.Context, log *extra.Logger) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	log.Info("saving")            // want "log.Info is not given ctx, so the line has no trace and no span; InfoContext takes it"
	log.Sugar().Infof("%d", 1)    // want "Infof is not given ctx"
	log.InfoContext(ctx, "saved") // as it should be
	log.Ctx(ctx).Info("saved")
	return work(ctx)
}

type service struct {
	log  *extra.SugaredLogger
	rust *logrus.Entry
}

func (s *service) zapField(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	s.log.Warnw("slow", "n", 1) // want "Warnw is not given ctx"
	return work(ctx)
}

func logrusPackage(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	logrus.WithContext(ctx).Info("saving")
	logrus.Info("saving")                                // want "logrus.Info is not given ctx, so the line has no trace and no span; WithContext.ctx. takes it"
	logrus.WithField("n", 1).Errorf("%d", 1)             // want "Errorf is not given ctx"
	logrus.WithField("n", 1).WithContext(ctx).Warnln("") // as it should be
	return work(ctx)
}

func (s *service) logrusEntry(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	entry := logrus.WithContext(ctx).WithField("n", 1)
	entry.Info("saving")
	s.rust.Info("saving") // want "Info is not given ctx"
	return work(ctx)
}

// Whoever made it may have given it a context.
func silentGiven(ctx context.Context, entry *logrus.Entry) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	entry.Info("saving")
	return work(ctx)
}

func silentWithoutSpan(ctx context.Context) error {
	logrus.Info("saving")
	return work(ctx)
}

func silentAfterTheEnd(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End()
	logrus.Info("saved")
	return err
}

func inClosure(ctx context.Context) func() {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	f := func() { logrus.Debug("later") } // want "logrus.Debug is not given ctx"
	f()
	_ = work(ctx)
	return nil
}

func generic[T any](ctx context.Context, v T) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	logrus.Println(v) // of no level that is known
	logrus.Warn(v)    // want "logrus.Warn is not given ctx"
	return work(ctx)
}

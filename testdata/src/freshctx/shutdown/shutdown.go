// Package shutdown shuts providers down on contexts of its own: the one at hand
// may have ended when a program does.
package shutdown

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"src/freshctx/shutdown/telemetry"
)

type app struct {
	exporter sdktrace.SpanExporter
	provider *sdktrace.TracerProvider
	shutdown func(context.Context) error
	stops    []func(context.Context) error
	close    func(context.Context) error
}

func (a *app) PreRun(ctx context.Context) (err error) {
	a.shutdown, err = telemetry.SetUp(ctx, a.exporter)
	a.stops = append(a.stops, a.shutdown)
	a.close = closeAll
	return err
}

// By a field.
func (a *app) PostRun(ctx context.Context) {
	if a.shutdown != nil {
		_ = a.shutdown(context.Background())
	}
}

func (a *app) silentTimed(ctx context.Context) error {
	sctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return a.shutdown(sctx)
}

func (a *app) silentSlice(ctx context.Context) {
	for _, stop := range a.stops {
		_ = stop(context.Background())
	}
}

func (a *app) silentMethodValue(ctx context.Context) error {
	stop := a.provider.Shutdown
	return stop(context.Background())
}

func (a *app) stop(ctx context.Context) error { return a.provider.Shutdown(ctx) }

func (a *app) silentHelper(ctx context.Context) error { return a.stop(context.Background()) }

type command struct {
	PreRun, PostRun func(ctx context.Context) error
}

// In the fields of a command.
func silentCommand(exporter sdktrace.SpanExporter) *command {
	var shutdown func(context.Context) error
	return &command{
		PreRun: func(ctx context.Context) (err error) {
			shutdown, err = telemetry.SetUp(ctx, exporter)
			return err
		},
		PostRun: func(ctx context.Context) error { return shutdown(context.Background()) },
	}
}

func silentProviderOfCommand(exporter sdktrace.SpanExporter) *command {
	var tp *sdktrace.TracerProvider
	return &command{
		PreRun: func(ctx context.Context) error {
			tp = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
			otel.SetTracerProvider(tp)
			return nil
		},
		PostRun: func(ctx context.Context) error { return tp.Shutdown(context.Background()) },
	}
}

func closeAll(ctx context.Context) error {
	_, span := otel.Tracer("shutdown").Start(ctx, "close")
	defer span.End()
	return ctx.Err()
}

// It closes something else, and traces that.
func (a *app) syncForSomethingElse(ctx context.Context) error {
	ctx, span := otel.Tracer("shutdown").Start(ctx, "run")
	defer span.End()
	return a.close(context.Background()) // want `context.Background`
}

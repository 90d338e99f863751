// Package exitflush has programs that lose their last spans, and programs that
// do not. Each function stands for a main.
package exitflush

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var tracer = otel.Tracer("src/exitflush")

var exporter sdktrace.SpanExporter

var errDown = errors.New("down")

// serve starts spans until the context ends.
func serve(ctx context.Context) error {
	_, span := tracer.Start(ctx, "serve")
	defer span.End()
	<-ctx.Done()
	return ctx.Err()
}

// open makes ready and traces nothing.
func open(ctx context.Context, path string) (*os.File, error) { return os.Open(path) }

// ping as well.
func ping(ctx context.Context) error { return ctx.Err() }

// fatal always ends the process.
func fatal(msg string, args ...any) {
	slog.Error(msg, args...)
	os.Exit(1)
}

// check ends it if there is an error.
func check(err error) {
	if err != nil {
		os.Exit(1)
	}
}

func newProvider() *sdktrace.TracerProvider {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	return tp
}

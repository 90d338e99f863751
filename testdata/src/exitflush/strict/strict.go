//ruletest:flags -strict

// Package strict also has what is lost while a program starts.
package strict

import (
	"context"
	"errors"
	"log"
	"net/http"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var exporter sdktrace.SpanExporter

func ping(ctx context.Context) error { return ctx.Err() }

func serve(ctx context.Context) error {
	_, span := otel.Tracer("strict").Start(ctx, "serve")
	defer span.End()
	return nil
}

func whileStarting(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	if err := ping(ctx); err != nil {
		log.Fatal(err) // want "log.Fatal ends the process without the deferred Shutdown of tp, so what the start has traced is lost"
	}
	_ = serve(ctx)
}

func whenItCannotListen(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	go func() {
		if err := http.ListenAndServe("", nil); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err) // want "what the start has traced is lost"
		}
	}()
	_ = serve(ctx)
}

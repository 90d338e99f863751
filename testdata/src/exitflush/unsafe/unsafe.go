//ruletest:flags -unsafe-fixes

// Package unsafe has what is repaired by another order at the end of a program.
package unsafe

import (
	"context"
	"log"
	"os"
	"sync"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var exporter sdktrace.SpanExporter

var tracer = otel.Tracer("unsafe")

func serve(ctx context.Context) error {
	_, span := tracer.Start(ctx, "serve")
	defer span.End()
	return ctx.Err()
}

func exits(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		log.Print("failed")
		// Nothing else to be done.
		log.Fatal(err) // want "log.Fatal ends the process without the deferred Shutdown of tp"
	}
}

func exitsTwice(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer func() {
		// Say so if it fails.
		if err := tp.Shutdown(context.Background()); err != nil {
			log.Print(err)
		}
	}()
	if err := serve(ctx); err != nil {
		log.Fatal(err) // want "log.Fatal ends the process without"
	}
	if err := serve(ctx); err != nil {
		log.Print(err)
		os.Exit(2) // want "os.Exit ends the process without"
	}
}

// The Shutdown must not come before the work.
func exitsWithTheWork(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	log.Fatal(serve(ctx)) // want "log.Fatal ends the process without"
}

// The provider is another one by then.
func exitsAfterAChange(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		tp = nil
		log.Fatal(err) // want "log.Fatal ends the process without"
	}
}

func releases(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	var wg sync.WaitGroup
	wg.Add(2)
	go released(ctx, &wg)
	go releasedByHand(ctx, &wg)
	wg.Wait()
	_ = tp.Shutdown(context.Background())
}

func released(ctx context.Context, wg *sync.WaitGroup) {
	_, span := tracer.Start(ctx, "job")
	defer span.End()
	defer wg.Done() // want "wg.Done runs before span.End"
	_ = ctx.Err()
}

func releasedByHand(ctx context.Context, wg *sync.WaitGroup) {
	_, span := tracer.Start(ctx, "job")
	defer span.End()
	wg.Done() // want "wg.Done runs before span.End"
}

func stopped(ctx context.Context) {
	var wg sync.WaitGroup
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer wg.Wait()
	defer tp.Shutdown(context.Background()) // want "tp.Shutdown runs before wg.Wait"
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
}

func stoppedByHand(ctx context.Context) {
	var wg sync.WaitGroup
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
	tp.Shutdown(context.Background()) // want "tp.Shutdown runs before wg.Wait"
	wg.Wait()
}

// There is something between the two.
func stoppedEarlier(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background()) // want "tp.Shutdown runs before wg.Wait"
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Only the exit that is sure is preceded by the repair.
func exitByHelperAsWell(ctx context.Context) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	must(serve(ctx)) // want "must ends the process on an error, without the deferred Shutdown of tp"
	if err := serve(ctx); err != nil {
		log.Fatal(err) // want "log.Fatal ends the process without the deferred Shutdown of tp"
	}
}

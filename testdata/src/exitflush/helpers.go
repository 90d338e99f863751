package exitflush

import (
	"context"
	"errors"
	"log"
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func exitByHelper(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	check(serve(ctx)) // want "check ends the process on an error, without the deferred Shutdown of tp, so the spans it still holds are lost"
}

type program struct{ name string }

func (p *program) must(err error) {
	if err == nil {
		return
	}
	check(err)
}

func exitByMethod(ctx context.Context, p *program) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	err := serve(ctx)
	p.must(err) // want "p.must ends the process on an error, without the deferred Shutdown of tp"
}

func value[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func count(ctx context.Context) (int, error) { return 1, serve(ctx) }

func exitByGeneric(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	_ = value(count(ctx)) // want "value ends the process on an error, without the deferred Shutdown of tp"
}

func exitInCalledLiteral(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	func() {
		if serve(ctx) != nil {
			os.Exit(1) // want "os.Exit ends the process without the deferred Shutdown of tp"
		}
	}()
}

// Before anything was traced.
func silentHelperAtStart(ctx context.Context, path string) error {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	_, err := open(ctx, path)
	check(err)
	return serve(ctx)
}

func silentHelperBeforeDefer(ctx context.Context) {
	check(serve(ctx))
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	_ = serve(ctx)
}

// It stops the provider before the end.
func fail(tp *sdktrace.TracerProvider, err error) {
	if err != nil {
		_ = tp.Shutdown(context.Background())
		os.Exit(1)
	}
}

func silentHelperThatStops(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	fail(tp, serve(ctx))
}

// It ends the process for another reason than the error that it is given.
func reason(err error, known error) error {
	if errors.Is(err, known) {
		os.Exit(1)
	}
	return err
}

func silentHelperOfOtherReason(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	_ = reason(serve(ctx), os.ErrExist)
}

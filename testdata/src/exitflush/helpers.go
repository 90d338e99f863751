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
		os.Exit(1) // want "os.Exit ends the process without the Shutdown of tp that exitInHelperOfOtherReason has deferred"
	}
	return err
}

func exitInHelperOfOtherReason(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	_ = reason(serve(ctx), os.ErrExist)
}

// Exits of functions that are called, and that return as a rule.

func exitInCallee(ctx context.Context, path string) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	deploy(ctx, path)
}

func deploy(ctx context.Context, path string) {
	ctx, span := tracer.Start(ctx, "deploy")
	defer span.End()
	if path == "" {
		log.Fatal("which one?") // want "log.Fatal ends the process without the Shutdown of tp that exitInCallee has deferred, so the spans it still holds are lost"
	}
	upload(ctx, path)
}

func upload(ctx context.Context, path string) {
	if _, err := open(ctx, path); err != nil {
		os.Exit(2) // want "os.Exit ends the process without the Shutdown of tp that exitInCallee has deferred"
	}
}

func exitAfterServing(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	err := serve(ctx)
	report(err)
}

func report(err error) {
	switch {
	case errors.Is(err, errDown):
		fatal("down") // want "fatal ends the process without the Shutdown of tp that exitAfterServing has deferred"
	case err != nil:
		log.Print(err)
	}
}

// The start of the program has traced nothing.
func silentCalleeAtStart(ctx context.Context, path string) error {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	load(path)
	return serve(ctx)
}

func load(path string) {
	if path == "" {
		log.Fatal("no path")
	}
}

// It shuts down first.
func silentCalleeShutsDown(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	leave(tp, serve(ctx))
}

func leave(tp *sdktrace.TracerProvider, err error) {
	_ = tp.Shutdown(context.Background())
	if err != nil {
		os.Exit(1)
	}
}

// Its own stop is what the exit skips, and reported there.
func silentCalleeHasItsOwn(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	owner(ctx)
}

func owner(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if serve(ctx) != nil {
		os.Exit(1) // want "os.Exit ends the process without the deferred Shutdown of tp"
	}
}

func silentCalledBefore(ctx context.Context) error {
	guard(serve(ctx))
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	return serve(ctx)
}

func guard(err error) {
	if errors.Is(err, errDown) {
		os.Exit(3)
	}
}

// It calls itself, and another that does.
func exitInRecursion(ctx context.Context, n int) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	again(ctx, n)
}

func again(ctx context.Context, n int) {
	_, span := tracer.Start(ctx, "again")
	span.End()
	if n == 0 {
		os.Exit(4) // want "os.Exit ends the process without the Shutdown of tp that exitInRecursion has deferred"
	}
	again(ctx, n-1)
}

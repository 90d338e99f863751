package exitflush

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func exitOnFailureOfTheWork(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		log.Fatal(err) // want "log.Fatal ends the process without the deferred Shutdown of tp, so the spans it still holds are lost"
	}
}

func exitWithACode(ctx context.Context) {
	tp := newProvider()
	defer func() {
		if err := tp.Shutdown(context.Background()); err != nil {
			log.Print(err)
		}
	}()
	code := 0
	if err := serve(ctx); err != nil {
		code = 1
	}
	os.Exit(code) // want "os.Exit ends the process without the deferred Shutdown of tp"
}

func exitByAHelper(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		fatal("serve", "err", err) // want "fatal ends the process without"
	}
}

func exitAfterAWait(ctx context.Context) {
	shutdown := setUp()
	defer shutdown(context.Background())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
	wg.Wait()
	if err := ping(ctx); err != nil {
		log.Fatalf("ping: %v", err) // want "log.Fatalf ends the process without the deferred shutdown"
	}
	fmt.Println("done")
	_ = ping(ctx)
}

func exitOfAServer() {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	log.Fatal(http.ListenAndServe(":8080", nil)) // want "log.Fatal ends the process without"
}

func exitInAGoroutine() {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	var srv http.Server
	go func() {
		if err := srv.ListenAndServe(); err != nil {
			log.Fatal(err) // want "log.Fatal ends the process without"
		}
	}()
	select {}
}

func exitOnASignal(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	sig := make(chan os.Signal, 1)
	signal.Notify(sig, os.Interrupt)
	go func() {
		<-sig
		os.Exit(1) // want "os.Exit ends the process without"
	}()
	_ = serve(ctx)
}

// The exit is deferred after the Shutdown, and so runs before it.
func exitDeferred(ctx context.Context) {
	code := 0
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	defer func() { os.Exit(code) }() // want "os.Exit ends the process without"
	if err := serve(ctx); err != nil {
		code = 1
	}
}

type telemetry struct{ tp *sdktrace.TracerProvider }

func (t *telemetry) close(ctx context.Context) {
	if err := t.tp.Shutdown(ctx); err != nil {
		log.Print(err)
	}
}

func exitPastAMethod(ctx context.Context) {
	t := &telemetry{newProvider()}
	defer t.close(context.Background())
	if err := serve(ctx); err != nil {
		log.Fatal(err) // want "log.Fatal ends the process without the deferred Shutdown of t,"
	}
}

var stopAll []func(context.Context) error

// setUp returns what stops it.
func setUp() func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	return tp.Shutdown
}

// What the provider exports to is set up elsewhere.
func exitPastAStopOfAnIdleProvider(ctx context.Context) {
	stop := setUpIdle()
	defer stop(context.Background())
	if err := serve(ctx); err != nil {
		log.Fatal(err) // want "log.Fatal ends the process without the deferred stop"
	}
}

func setUpIdle() func(context.Context) error {
	tp := sdktrace.NewTracerProvider()
	otel.SetTracerProvider(tp)
	return tp.Shutdown
}

package exitflush

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Everything here is sound.

func runs(ctx context.Context) error {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	return serve(ctx)
}

func silentExitAroundARun(ctx context.Context) {
	if err := runs(ctx); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func silentPanic(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		log.Panic(err) // deferred calls run
	}
}

func silentShutdownBeforeTheExit(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		_ = tp.Shutdown(context.Background())
		log.Fatal(err)
	}
}

func silentExitBeforeTheDefer(ctx context.Context) {
	if err := serve(ctx); err != nil {
		log.Fatal(err)
	}
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	_ = serve(ctx)
}

// The exit runs last of all.
func silentExitDeferredBefore(ctx context.Context) {
	code := 0
	defer func() { os.Exit(code) }()
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	if err := serve(ctx); err != nil {
		code = 1
	}
}

func silentWhileStarting(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	file, err := open(ctx, "config")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	if err := ping(ctx); err != nil {
		log.Fatal(err)
	}
	_ = serve(ctx)
}

func silentWhenItCannotListen(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	var srv http.Server
	go func() {
		if err := srv.ListenAndServe(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()
	_ = srv.Shutdown(context.Background())
}

func silentSecondSignal(ctx context.Context, cancel func()) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	sig := make(chan os.Signal, 2)
	signal.Notify(sig, os.Interrupt)
	go func() {
		<-sig
		cancel()
		<-sig
		os.Exit(1)
	}()
	_ = serve(ctx)
}

func silentShutdownInTheGoroutine(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	sig := make(chan os.Signal, 1)
	go func() {
		<-sig
		_ = tp.Shutdown(context.Background())
		os.Exit(1)
	}()
	_ = serve(ctx)
}

func silentFreshContext() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tp := newProvider()
	defer func() {
		timeout, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = tp.Shutdown(timeout)
	}()
	_ = serve(ctx)
}

func silentWithoutCancel() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tp := newProvider()
	defer tp.Shutdown(context.WithoutCancel(ctx))
	_ = serve(ctx)
	<-ctx.Done()
}

func silentCanceledAfterwards() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tp := newProvider()
	defer tp.Shutdown(ctx)
	_ = ping(ctx)
}

func silentContextOfTheCaller(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(ctx)
	_ = serve(ctx)
}

// A method that detaches before it stops.
type careful struct{ tp *sdktrace.TracerProvider }

func (c careful) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = c.tp.Shutdown(ctx)
}

func silentDetachedInTheMethod() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c := careful{newProvider()}
	defer c.stop(ctx)
	_ = serve(ctx)
}

func silentOrder(ctx context.Context, srv *http.Server) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	ctx, span := tracer.Start(ctx, "main")
	defer span.End()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Add(1)
	go func() {
		defer wg.Done()
		_, span := tracer.Start(ctx, "job")
		defer span.End()
	}()
	_ = srv.Shutdown(ctx)
}

// The work that is waited for traces nothing.
func silentOtherWork(ctx context.Context) {
	tp := newProvider()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done(); _ = ping(ctx) }()
	_ = tp.Shutdown(context.Background())
	wg.Wait()
}

// Only one of the ways out ends it early.
func silentOnFailure(ctx context.Context) error {
	tp := newProvider()
	ctx, span := tracer.Start(ctx, "main")
	defer span.End()
	if err := ping(ctx); err != nil {
		return errors.Join(err, tp.Shutdown(ctx))
	}
	stopAll = append(stopAll, tp.Shutdown)
	return nil
}

func silentFlush(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	ctx, span := tracer.Start(ctx, "main")
	defer span.End()
	_ = tp.ForceFlush(ctx)
}

func silentReturned() *sdktrace.TracerProvider {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	return tp
}

func silentReturnedFunction() func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	return tp.Shutdown
}

type hook struct{ OnStop func(context.Context) error }

type lifecycle interface{ Append(hook) }

func silentRegistered(lc lifecycle) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	lc.Append(hook{OnStop: func(ctx context.Context) error { return tp.Shutdown(ctx) }})
}

// Who has registered it also returns it: the result may be dropped.
func registersAndReturns(lc lifecycle) func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	lc.Append(hook{OnStop: tp.Shutdown})
	return tp.Shutdown
}

func silentDroppedCopy(lc lifecycle) {
	registersAndReturns(lc)
}

type holder struct{ tp *sdktrace.TracerProvider }

func (h *holder) start() {
	h.tp = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
}

func (h *holder) stop(ctx context.Context) error { return h.tp.Shutdown(ctx) }

// Exported is for others to shut down.
type Exported struct{ Provider *sdktrace.TracerProvider }

func silentExportedField() *Exported {
	return &Exported{Provider: sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))}
}

// Nothing is held back.
func silentWithoutBatches() {
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)))
	otel.SetTracerProvider(sdktrace.NewTracerProvider())
}

func silentInAHelper(lc lifecycle) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	registers(lc, tp)
}

func registers(lc lifecycle, tp *sdktrace.TracerProvider) { lc.Append(hook{OnStop: tp.Shutdown}) }

// What is flushed goes on working, in a helper too.
func (t *telemetry) flush(ctx context.Context) error { return t.tp.ForceFlush(ctx) }

func (t *telemetry) silentFlushInAHelper(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
	_ = t.flush(ctx)
	wg.Wait()
}

// The work begins after the provider has stopped: it is another's.
func silentLaunchedAfterwards(ctx context.Context) {
	tp := newProvider()
	_ = serve(ctx)
	_ = tp.Shutdown(context.Background())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
	wg.Wait()
}

// The processor is flushed by itself.
func silentProcessor(ctx context.Context) error {
	batches := sdktrace.NewBatchSpanProcessor(exporter)
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(batches)))
	_ = serve(ctx)
	return batches.ForceFlush(ctx)
}

// Nothing is known to be exported.
func silentWhenAnIdleStopIsDropped() { setUpIdle() }

// stopping is a function that the caller can run when it likes.
type stopping func()

func setUpStopping(ctx context.Context) stopping {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	return func() { _ = tp.Shutdown(ctx) }
}

// The server runs it when it is shut down.
func silentRegisteredWithServer(ctx context.Context, srv *http.Server) {
	srv.RegisterOnShutdown(setUpStopping(ctx))
}

func silentRegisteredInAHelper(ctx context.Context) {
	atExit(setUpStopping(ctx))
}

var exits []func()

func atExit(f func()) { exits = append(exits, f) }

func silentInAContext(ctx context.Context) {
	context.AfterFunc(ctx, setUpStopping(ctx))
}

package exitflush

import (
	"context"
	"log"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sync/errgroup"
)

func canceledBySignal() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tp := newProvider()
	defer tp.Shutdown(ctx) // want "Shutdown of tp gets ctx, which a signal has ended when the program is interrupted, so nothing more is exported"
	_ = serve(ctx)
}

func canceledBySignalInAClosure() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tp := newProvider()
	defer func() {
		timeout, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if err := tp.Shutdown(timeout); err != nil { // want "Shutdown of tp gets timeout, which a signal has ended"
			log.Print(err)
		}
	}()
	_ = serve(ctx)
}

// The cancel function is deferred after the Shutdown, and so runs before it.
func canceledByALaterDefer() {
	tp := newProvider()
	ctx, cancel := context.WithCancel(context.Background())
	defer tp.Shutdown(ctx) // want "Shutdown of tp gets ctx, which has been canceled by then"
	defer cancel()
	_ = ping(ctx)
}

func canceledBefore() {
	tp := newProvider()
	ctx, cancel := context.WithCancel(context.Background())
	go serve(ctx)
	time.Sleep(time.Second)
	cancel()
	if err := tp.Shutdown(ctx); err != nil { // want "Shutdown of tp gets ctx, which has been canceled by then"
		log.Print(err)
	}
}

func canceledAfterItsEndWasAwaited(ctx context.Context) {
	tp := newProvider()
	go serve(ctx)
	<-ctx.Done()
	timeout, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = tp.Shutdown(timeout) // want "Shutdown of tp gets timeout, whose end was waited for before"
}

func canceledWithItsGroup(ctx context.Context) error {
	stop := setUp()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serve(ctx) })
	err := g.Wait()
	_ = stop(ctx) // want "stop gets ctx, which ended when its group was waited for"
	return err
}

func canceledInAMethod() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	t := &telemetry{newProvider()}
	defer t.close(ctx) // want "Shutdown of t gets ctx, which a signal has ended"
	_ = serve(ctx)
}

// What is waited for in a select is waited for on this path only.
func canceledInASelect(ctx context.Context, errs chan error) error {
	tp := newProvider()
	select {
	case <-ctx.Done():
		return tp.Shutdown(ctx) // want "Shutdown of tp gets ctx, whose end was waited for before"
	case err := <-errs:
		_ = tp.Shutdown(ctx)
		return err
	}
}

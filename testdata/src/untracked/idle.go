package untracked

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/sourcegraph/conc"
	"golang.org/x/sync/errgroup"
)

// Nobody needs to wait for work that only waits.

func silentUntilSignal(run func(context.Context) error) error {
	g, ctx := errgroup.WithContext(context.Background())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case sig := <-stop:
			go func() {
				<-stop
				os.Exit(137)
			}()
			return fmt.Errorf("received %v", sig)
		}
	})
	return run(ctx)
}

var errStopped = errors.New("stopped")

func silentUntilClosed(run func(context.Context) error, quit <-chan struct{}) error {
	g, ctx := errgroup.WithContext(context.Background())
	wait := func() error {
		<-quit
		slog.Info("stopping")
		return errStopped
	}
	g.Go(wait)
	return run(ctx)
}

type signals struct {
	ch    chan os.Signal
	group *errgroup.Group
}

func (s *signals) wait() (err error) {
	sig := <-s.ch
	if text := sig.String(); text != "" {
		err = fmt.Errorf("received %s", text)
	}
	return err
}

func silentMethodValue(s *signals, run func(context.Context) error) error {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(s.wait)
	return run(ctx)
}

func await(ctx context.Context, ch <-chan os.Signal) error {
	select {
	case <-ctx.Done():
	case <-time.After(time.Hour):
	case <-ch:
	}
	return ctx.Err()
}

func silentHelper(run func(context.Context) error, ch chan os.Signal) error {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return await(ctx, ch) })
	return run(ctx)
}

func firstOf[T any](a <-chan struct{}, v T) error {
	<-a
	return fmt.Errorf("%v", v)
}

func silentGenericHelper(run func(context.Context) error, quit <-chan struct{}) error {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return firstOf(quit, "quit") })
	return run(ctx)
}

func silentCancels(run func(context.Context) error, ch chan os.Signal) error {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer signal.Stop(ch)
		<-ch
		cancel()
	}()
	return run(ctx)
}

func silentConc(ctx context.Context) {
	var wg conc.WaitGroup
	wg.Go(func() { <-ctx.Done() })
}

func (s *signals) silentField(ctx context.Context) {
	s.group.Go(func() error {
		<-ctx.Done()
		return ctx.Err()
	})
}

func silentSeveral(run func(context.Context) error, ch chan os.Signal, quit chan struct{}) error {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return await(ctx, ch) })
	g.Go(func() error {
		<-quit
		return errStopped
	})
	return run(ctx)
}

// Work that does anything does not only wait.

func waitsAndWorks(run func(context.Context) error, ch chan os.Signal) error {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { // want `nobody calls Wait on g, so the end of this work and its error are lost`
		<-ch
		return os.RemoveAll("cache")
	})
	return run(ctx)
}

func waitsBesideWork(run func(context.Context) error, ch chan os.Signal) error {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return await(ctx, ch) })
	g.Go(func() error { return run(ctx) }) // want `nobody calls Wait on g`
	return nil
}

func waitsForResult(errs <-chan error) {
	var g errgroup.Group
	g.Go(func() error { return <-errs }) // want `nobody calls Wait on g`
}

func waitsAndSends(ctx context.Context, out chan<- string) {
	var g errgroup.Group
	g.Go(func() error { // want `nobody calls Wait on g`
		<-ctx.Done()
		out <- "done"
		return nil
	})
}

func waitsAndSets(ctx context.Context) (state string) {
	var wg sync.WaitGroup
	wg.Go(func() { // want `wg counts this work, but nobody waits for it`
		<-ctx.Done()
		state = "done"
	})
	return state
}

func waitsAndCloses(ctx context.Context, quit chan struct{}) {
	var wg sync.WaitGroup
	wg.Go(func() { // want `wg counts this work, but nobody waits for it`
		<-ctx.Done()
		close(quit)
	})
}

func waitsInHelper(ctx context.Context, p *plain) {
	var g errgroup.Group
	g.Go(func() error { return p.afterwards(ctx) }) // want `nobody calls Wait on g`
}

func (p *plain) afterwards(ctx context.Context) error {
	<-ctx.Done()
	return p.write("last")
}

func waitsAndLaunches(ctx context.Context, p *plain) {
	var g errgroup.Group
	g.Go(func() error { // want `nobody calls Wait on g`
		<-ctx.Done()
		go p.save(context.Background(), "last")
		return nil
	})
}

func onlyLooks(ctx context.Context) {
	var g errgroup.Group
	g.Go(func() error { // want `nobody calls Wait on g`
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		return nil
	})
}

func onlySpeaks(ch chan os.Signal, quiet bool) {
	var g errgroup.Group
	g.Go(func() error { // want `nobody calls Wait on g`
		if quiet {
			return nil
		}
		<-ch
		return nil
	})
}

func waitsForGiven(run func() error, quit <-chan struct{}) {
	var g errgroup.Group
	g.Go(func() error { // want `nobody calls Wait on g`
		<-quit
		return run()
	})
}

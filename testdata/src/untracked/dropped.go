package untracked

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

func errorsLost(ctx context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return work(ctx) }) // want `nobody calls Wait on g, so the end of this work and its error are lost \(untracked.dropped\)`
	g.Go(func() error { return work(ctx) })
}

func errorsLostInALoop(ids []string) {
	var g errgroup.Group
	for range ids {
		g.Go(func() error { return work(context.Background()) }) // want `nobody calls Wait on g`
	}
}

func startGroup() *sync.WaitGroup {
	wg := &sync.WaitGroup{}
	wg.Add(1)
	go func() {
		defer wg.Done()
		slog.Info("work")
	}()
	return wg
}

func startDone() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		slog.Info("work")
	}()
	return done
}

func startTicker() (stop func()) {
	quit := make(chan struct{})
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				slog.Info("tick")
			case <-quit:
				return
			}
		}
	}()
	return func() { close(quit) }
}

func startBoth() (*sync.WaitGroup, error) {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("work") })
	return &wg, nil
}

func drops() error {
	startGroup()          // want `startGroup returns the group that counts its work, which is dropped here, so nobody can wait for it`
	_ = startDone()       // want `startDone returns the channel that its work closes, which is dropped here`
	startTicker()         // want `startTicker returns the function that ends its work, which is dropped here, so nobody can end it`
	_, err := startBoth() // want `startBoth returns the group`
	return err
}

func takes() error {
	defer startTicker()()
	wg, err := startBoth()
	if err != nil {
		return err
	}
	wg.Wait()
	startGroup().Wait()
	<-startDone()
	return nil
}

// Who takes the channel needs no second end.
func startStream(ids []string) (<-chan string, func()) {
	out, done := make(chan string), make(chan struct{})
	go func() {
		defer close(done)
		defer close(out)
		for _, id := range ids {
			out <- id
		}
	}()
	return out, func() { <-done }
}

func takesTheStream() {
	ch, _ := startStream(nil)
	for range ch {
	}
}

// What drains a channel ends with it.
func drain(ch <-chan string) *sync.WaitGroup {
	var wg sync.WaitGroup
	wg.Go(func() {
		for range ch {
		}
	})
	return &wg
}

func dropsADrain(ch chan string) {
	drain(ch)
}

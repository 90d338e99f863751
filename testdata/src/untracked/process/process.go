// Command process has groups that a failure leaves behind, together with the
// process.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"
)

var (
	errNoAddress = errors.New("no address")
	ready        bool
)

func check(name string) error           { return nil }
func number(name string) (int, error)   { return 0, nil }
func wrap(err error, text string) error { return fmt.Errorf("%s: %w", text, err) }
func report(ctx context.Context) error  { return ctx.Err() }

type service struct{ addr string }

func main() {
	if len(os.Args) > 4 {
		log.Fatal(silentFatal())
	}
	if len(os.Args) > 3 {
		os.Exit(silentCode())
	}
	slog.Info("begins")
	if err := silentRun(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := &service{}
	if err := s.silentMethod(); err != nil {
		slog.Error("failed", "err", err)
		return
	}
	if err := silentEarlyMain(); err != nil {
		panic(err)
	}
	logsAndGoesOn()
	handed(handsValue)
	for i := range 3 {
		if err := again(i); err == nil {
			break
		}
	}
	if err := fallsBack(""); err != nil {
		err = fallsBack("other")
		slog.Info("fell back", "err", err)
	}
	for range 3 {
		if err := silentRounds(); err != nil {
			log.Fatal(err)
		}
	}
	if len(os.Args) > 2 {
		if err := otherWay("first"); err != nil {
			if err = otherWay("second"); err != nil {
				log.Fatal(err)
			}
			return
		}
	}
	go func() {
		if err := launched(); err != nil {
			slog.Error("background", "err", err)
		}
	}()
	if err := endsWell(); err != nil {
		log.Fatal(err)
	}
	if err := maybeError(); err != nil {
		log.Fatal(err)
	}
	if err := reassigned(); err != nil {
		log.Fatal(err)
	}
	if err := passesNil(); err != nil {
		log.Fatal(err)
	}
	if err := servedToo(context.Background()); err != nil {
		log.Fatal(err)
	}
	if err := looselyGrouped(); err != nil {
		log.Fatal(err)
	}
	http.Handle("/", http.HandlerFunc(handler))
	if err := http.ListenAndServe(":8080", nil); err != nil {
		log.Print(err)
	}
}

// The error of run ends main, whatever is wrapped around it.
func silentRun(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return report(ctx) })
	if err := check("telemetry"); err != nil {
		return err
	}
	n, err := number("listeners")
	if err != nil {
		return fmt.Errorf("listeners: %w", err)
	}
	switch err := check("store"); {
	case errors.Is(err, os.ErrNotExist):
		return wrap(err, "store")
	case err != nil:
		return wrap(err, "store")
	}
	if n == 0 {
		return errNoAddress
	}
	if n > 9 {
		return errors.New("too many")
	}
	if err := silentNested(ctx); err != nil {
		return wrap(err, "nested")
	}
	return g.Wait()
}

func silentNested(ctx context.Context) (err error) {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("nested") })
	if err = check("nested"); err != nil {
		return
	}
	wg.Wait()
	return silentInGroup(ctx)
}

// The others of a group are told to end, and its error is passed on.
func silentInGroup(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return silentMember(ctx) })
	g.Go(func() error { return report(ctx) })
	if err := g.Wait(); err != nil {
		return err
	}
	return func() error {
		var wg sync.WaitGroup
		wg.Go(func() { slog.Info("inline") })
		if !ready {
			return errNoAddress
		}
		wg.Wait()
		return nil
	}()
}

func silentMember(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("member") })
	if err := check("member"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func (s *service) silentMethod() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("method") })
	if s.addr == "" {
		return errNoAddress
	}
	wg.Wait()
	return nil
}

func silentFatal() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("fatal") })
	if err := check("fatal"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func silentCode() int {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("code") })
	if err := check("code"); err != nil {
		slog.Error("failed", "err", err)
		return 1
	}
	wg.Wait()
	return 0
}

func silentEarlyMain() error {
	tasks := new(errgroup.Group)
	tasks.Go(func() error { return check("early") })
	if !ready {
		return fmt.Errorf("not ready")
	}
	return tasks.Wait()
}

// The caller goes on, whatever has happened.

func logsAndGoesOn() {
	if err := degraded(); err != nil {
		slog.Error("degraded", "err", err)
	}
}

func degraded() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("degraded") }) // want `wg counts this work, but an early return leaves it running without a wait`
	if err := check("degraded"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// Who calls it, and what for, is not in view.

func handed(f func() error) {
	if err := f(); err != nil {
		slog.Error("handed", "err", err)
	}
}

func handsValue() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("value") }) // want `wg counts this work, but an early return`
	if err := check("value"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// It is tried again.
func again(i int) error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("again") }) // want `wg counts this work, but an early return`
	if err := check("again"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func fallsBack(addr string) error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("fallback") }) // want `wg counts this work, but an early return`
	if addr == "" {
		return errNoAddress
	}
	wg.Wait()
	return nil
}

func otherWay(addr string) error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("other way") }) // want `wg counts this work, but an early return`
	if addr == "first" {
		return errNoAddress
	}
	wg.Wait()
	return nil
}

// The rounds end with the first that fails.
func silentRounds() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("round") })
	if err := check("round"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func launched() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("launched") }) // want `wg counts this work, but an early return`
	if err := check("launched"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// The early return is no failure.
func endsWell() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("well") }) // want `wg counts this work, but an early return`
	if ready {
		return nil
	}
	wg.Wait()
	return nil
}

func maybeError() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("maybe") }) // want `wg counts this work, but an early return`
	if ready {
		return check("maybe")
	}
	wg.Wait()
	return nil
}

func reassigned() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("reassigned") }) // want `wg counts this work, but an early return`
	if err := check("first"); err != nil {
		err = check("second")
		return err
	}
	wg.Wait()
	return nil
}

// The failure is swallowed on its way.
func passesNil() error {
	if err := swallowed(); err != nil {
		slog.Error("swallowed", "err", err)
		return nil
	}
	return nil
}

func swallowed() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("swallowed") }) // want `wg counts this work, but an early return`
	if err := check("swallowed"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// A request calls it as well.
func servedToo(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return report(ctx) }) // want `g counts this work, but an early return`
	if err := check("served"); err != nil {
		return err
	}
	return g.Wait()
}

func handler(w http.ResponseWriter, r *http.Request) {
	if err := servedToo(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// The others of the group go on, and are waited for.
func looselyGrouped() error {
	var g errgroup.Group
	g.Go(looseMember)
	g.Go(func() error { return serve() })
	return g.Wait()
}

func serve() error { return http.ListenAndServe(":9090", nil) }

func looseMember() error {
	var wg sync.WaitGroup
	wg.Go(func() { slog.Info("loose") }) // want `wg counts this work, but an early return`
	if err := check("loose"); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// Package helpers has launchers that users write themselves, told by what they
// do.
package helpers

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("helpers")

type store interface {
	Save(ctx context.Context, id string) error
}

var db store

func work(ctx context.Context) error { return db.Save(ctx, "1") }

// notify traces, and not below a span of its own alone.
func notify(ctx context.Context) {
	if err := db.Save(ctx, "1"); err != nil {
		return
	}
	_, span := tracer.Start(ctx, "notify")
	defer span.End()
}

// Helpers that recover.

func goSafe(f func()) {
	go func() {
		defer func() {
			if r := recover(); r != nil {
				slog.Error("panic", "value", r, "stack", debug.Stack())
			}
		}()
		f()
	}()
}

func goNamed(name string, f func() error) {
	go run(name, f)
}

func run(name string, f func() error) {
	defer recovered(name)
	if err := f(); err != nil {
		slog.Error(name, "error", err)
	}
}

func recovered(name string) {
	if r := recover(); r != nil {
		slog.Error(name, "value", r)
	}
}

func goAll(fs ...func()) {
	for _, f := range fs {
		go f()
	}
}

func goArgs(f func(args ...any), args ...any) {
	go func() {
		defer recovered("args")
		f(args...)
	}()
}

func goWith[T any](v T, f func(T)) {
	go func() {
		defer recovered("generic")
		f(v)
	}()
}

func goResult[T any](f func() (T, error), then func(T, error)) {
	goSafe(func() { then(f()) })
}

func goLater(d time.Duration, f func()) {
	goSafe(func() {
		time.Sleep(d)
		f()
	})
}

func goIf(async bool, f func()) {
	if !async {
		f()
		return
	}
	goSafe(f)
}

func goRetry(n int, f func() error) {
	go func() {
		for range n {
			if f() == nil {
				return
			}
		}
	}()
}

func goWrapped(f func()) { goSafe(wrap(f)) }

func wrap(f func()) func() {
	return func() {
		defer recovered("wrapped")
		f()
	}
}

type runner struct{ log *slog.Logger }

func (r *runner) Go(f func()) { goSafe(f) }

type goFunc func(func())

func (g goFunc) run(f func()) { g(f) }

func safeGo(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goSafe(func() { _ = work(ctx) }) // want `goroutine outlives the request but works with ctx, .*orphanspan.canceled`
}

func safeGoRequest(w http.ResponseWriter, r *http.Request) {
	goNamed("save", func() error { return work(r.Context()) }) // want `orphanspan.canceled`
}

func safeGoVariable(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	f := func() { _ = work(ctx) }
	goSafe(f) // want `orphanspan.canceled`
}

func safeGoVariadic(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goAll(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func safeGoArgs(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goArgs(func(args ...any) { _ = work(ctx) }, "1") // want `orphanspan.canceled`
}

func safeGoGeneric(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goWith("1", func(id string) { _ = db.Save(ctx, id) }) // want `orphanspan.canceled`
}

func safeGoResult(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goResult(func() (int, error) { return 1, work(ctx) }, func(int, error) {}) // want `orphanspan.canceled`
}

func safeGoLater(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goLater(time.Second, func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func safeGoPerhaps(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goIf(true, func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func safeGoRetry(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goRetry(3, func() error { return work(ctx) }) // want `orphanspan.canceled`
}

func safeGoWrapped(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goWrapped(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func (r *runner) safeGoMethod(w http.ResponseWriter, req *http.Request) {
	ctx := req.Context()
	r.Go(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

func silentSafeGoDetached(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	goSafe(func() { _ = work(ctx) })
}

func silentSafeGoJoined(w http.ResponseWriter, r *http.Request) {
	done := make(chan struct{})
	goSafe(func() {
		defer close(done)
		_ = work(r.Context())
	})
	<-done
}

func silentSafeGoGroup(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Add(1)
	goSafe(func() {
		defer wg.Done()
		_ = work(r.Context())
	})
	wg.Wait()
}

// Helpers that only recover, and wait.

func protect(f func()) {
	defer recovered("protected")
	f()
}

func withTimeout(d time.Duration, f func() error) error {
	errs := make(chan error, 1)
	go func() { errs <- f() }()
	return <-errs
}

func parallel(fs ...func() error) error {
	errs := make([]error, len(fs))
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	return errs[0]
}

func forEach[T any](list []T, f func(T) error) {
	var wg sync.WaitGroup
	for _, v := range list {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = f(v)
		}()
	}
	wg.Wait()
}

func silentWaitingHelpers(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	protect(func() { _ = work(ctx) })
	_ = withTimeout(time.Second, func() error { return work(ctx) })
	_ = parallel(func() error { return work(ctx) }, func() error { return work(ctx) })
	forEach([]string{"1"}, func(id string) error { return db.Save(ctx, id) })
}

func goErr(f func()) chan error {
	errs := make(chan error)
	go func() {
		defer close(errs)
		f()
	}()
	return errs
}

func goBlock(f func()) error { return <-goErr(f) }

func goBlockLater(f func()) error {
	errs := goErr(f)
	return <-errs
}

func silentBlocks(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	_ = goBlock(func() { _ = work(ctx) })
	_ = goBlockLater(func() { _ = work(ctx) })
	<-goErr(func() { _ = work(ctx) })
}

func resultDropped(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goErr(func() { _ = work(ctx) }) // want `orphanspan.canceled`
}

// A helper whose work goes on until its context ends, which is what stops it.

func onEach(ctx context.Context, sizes <-chan int, f func(int)) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case size, ok := <-sizes:
				if !ok {
					return
				}
				f(size)
			}
		}
	}()
}

func silentLoopingHelper(w http.ResponseWriter, r *http.Request, sizes <-chan int) {
	ctx := r.Context()
	onEach(ctx, sizes, func(int) { _ = work(ctx) })
}

// Helpers with a context for the function they run.

func goCtx(ctx context.Context, f func(context.Context)) {
	go func() {
		defer recovered("ctx")
		f(context.WithoutCancel(ctx))
	}()
}

func goTimeout(ctx context.Context, d time.Duration, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d)
	go func() {
		defer cancel()
		_ = f(ctx)
	}()
}

func goFresh(f func(context.Context)) {
	go f(context.Background())
}

func goSpan(ctx context.Context, name string, f func(context.Context)) {
	go func() {
		ctx, span := tracer.Start(context.WithoutCancel(ctx), name, trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		f(ctx)
	}()
}

func runWithNewRoot(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := tracer.Start(ctx, name, trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
	defer span.End()
	return f(ctx)
}

func inSpan[T any](ctx context.Context, name string, f func(context.Context) (T, error)) (T, error) {
	ctx, span := tracer.Start(ctx, name)
	defer span.End()
	return f(ctx)
}

func goRaw(ctx context.Context, f func(context.Context)) {
	go f(ctx) // want `goroutine outlives the request but works with ctx, .*orphanspan.canceled`
}

func detachedWithoutSpan(w http.ResponseWriter, r *http.Request) {
	goCtx(r.Context(), func(ctx context.Context) { notify(ctx) }) // want `goroutine is detached but has no span of its own, .*orphanspan.nospan`
}

func detachedWithoutSpanByName(w http.ResponseWriter, r *http.Request) {
	goCtx(r.Context(), notify) // want `orphanspan.nospan`
}

func detachedWithTimeout(w http.ResponseWriter, r *http.Request) {
	goTimeout(r.Context(), time.Second, func(ctx context.Context) error { // want `orphanspan.nospan`
		notify(ctx)
		return work(ctx)
	})
}

func usesOuter(w http.ResponseWriter, r *http.Request) {
	outer := r.Context()
	goCtx(outer, func(ctx context.Context) { _ = work(outer) }) // want `goroutine outlives the request but works with outer, .*orphanspan.canceled`
}

func silentRawCallback(w http.ResponseWriter, r *http.Request) {
	goRaw(r.Context(), func(ctx context.Context) { _ = work(ctx) })
}

func silentOwnContext(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	goCtx(ctx, func(ctx context.Context) { _ = work(ctx) })
	_ = goTimeout
	goFresh(func(ctx context.Context) { notify(ctx) })
}

func silentOwnSpan(w http.ResponseWriter, r *http.Request) {
	goSpan(r.Context(), "notify", notify)
	goSpan(r.Context(), "notify", func(ctx context.Context) { notify(ctx) })
}

func silentBelowNewRoot(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		_ = runWithNewRoot(ctx, "notify", func(ctx context.Context) error {
			notify(ctx)
			return work(ctx)
		})
	}()
}

func silentBelowSpanHelper(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		_, _ = inSpan(ctx, "notify", func(ctx context.Context) (int, error) {
			notify(ctx)
			return 1, work(ctx)
		})
	}()
}

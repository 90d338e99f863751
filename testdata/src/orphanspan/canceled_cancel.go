package orphanspan

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// A deferred cancel ends what was meant to go on.

func deferredCancel(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	go work(ctx) // want `goroutine outlives deferredCancel but works with ctx, which the deferred cancel ends`
}

func deferredCancelInClosure(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer func() {
		logf("done")
		cancel()
	}()
	go notify(ctx, o) // want `which the deferred cancel ends`
}

func deferredCancelOfRequest(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	go work(ctx) // want `which the deferred cancel ends`
}

type ownTimeKey struct{}

// ownTime keeps what is in a context and gives it a time of its own.
func ownTime(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	own, cancel := context.WithTimeout(context.Background(), d)
	return context.WithValue(own, ownTimeKey{}, ctx.Value(ownTimeKey{})), cancel
}

func detachedTime(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), d)
}

func deferredCancelOfHelper(ctx context.Context, mode int) error {
	ctx, cancel := ownTime(ctx, 15*time.Minute)
	defer cancel()
	switch mode {
	case 0:
		return work(ctx)
	case 1:
		go func() { _ = work(ctx) }() // want `goroutine outlives deferredCancelOfHelper but works with ctx, which the deferred cancel ends`
		return errBoom
	}
	return nil
}

func deferredCancelOfDetachingHelper(ctx context.Context, o order) {
	ctx, cancel := detachedTime(ctx, time.Minute)
	defer func() { cancel() }()
	go notify(ctx, o) // want `which the deferred cancel ends`
}

func deferredCancelOfHelperInHandler(w http.ResponseWriter, r *http.Request) {
	ctx, stop := ownTime(r.Context(), time.Minute)
	defer stop()
	go work(ctx) // want `which the deferred cancel ends`
}

// The function works beside it for as long as it likes, and ends it then.
func silentHelperBesideWork(ctx context.Context) error {
	own, cancel := ownTime(ctx, time.Minute)
	defer cancel()
	go work(own)
	return work(ctx)
}

func silentHelperJoined(ctx context.Context) error {
	own, cancel := ownTime(ctx, time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(own) }()
	return <-done
}

// The work ends its context itself.
func silentHelperCancelsInside(ctx context.Context) {
	own, cancel := ownTime(ctx, time.Minute)
	go func() {
		defer cancel()
		_ = work(own)
	}()
}

// Nobody has asked for it: a program is set up, and goes on elsewhere.
func silentHelperWithoutRequest() error {
	own, cancel := ownTime(context.Background(), time.Minute)
	defer cancel()
	go work(own)
	return named(nil)
}

// WithoutCancel comes after the cancel and so cuts it.
func silentDetachedAfterCancel(ctx context.Context, o order) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	go notify(context.WithoutCancel(ctx), o)
}

func deferredCancelAfterDetach(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // want `which the deferred cancel ends`
		_ = work(ctx)
	}()
}

// buffered sends later, in a goroutine of its own.
type buffered struct{}

func (b *buffered) produce(ctx context.Context, o order, done func(error)) {
	go func() { done(db.Save(ctx, o)) }() // want `goroutine outlives produce`
}

// What is returned depends on what the same return cancels.

func cancelOfReturnedContext(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // want `deferred call cancels ctx when cancelOfReturnedContext returns, but what it returns still depends on it`
	return ctx
}

func cancelOfReturnedStruct(ctx context.Context) *call {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels ctx when cancelOfReturnedStruct returns`
	return &call{ctx: ctx}
}

func cancelOfReturnedBody(ctx context.Context, url string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels the context of req when cancelOfReturnedBody returns`
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func cancelOfReturnedClosure(ctx context.Context) func() error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // want `deferred call cancels ctx when cancelOfReturnedClosure returns`
	return func() error { return work(ctx) }
}

// The loop is told to end before it has begun.
func (s *service) canceledLoop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := work(ctx); err != nil {
		return err
	}
	go s.renew(ctx) // want `goroutine outlives canceledLoop but works with ctx, which the deferred cancel ends`
	return nil
}

func (s *service) renew(ctx context.Context) {
	t := time.NewTicker(s.retry)
	defer t.Stop()
	for range t.C {
		if err := s.save(ctx, order{}); err != nil {
			return
		}
	}
}

// The loop goes on while the function works, and is told to end then.
func (s *service) silentLoopBesideWork(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go s.renew(ctx)
	return work(ctx)
}

// Ending is what it is for.
func (s *service) silentWatchOfTheCancel(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := work(ctx); err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		_ = s.save(ctx, order{})
	}()
	return nil
}

// Deferred calls run last in, first out.
func (s *service) canceledBeforeTheCleanup(ctx context.Context, o order) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer func() {
		_ = s.save(ctx, o) // want `ctx has been cancelled when this runs, by the deferred call below, which runs first`
	}()
	defer cancel()
	return work(ctx)
}

func (s *service) silentCleanupFirst(ctx context.Context, o order) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	defer func() { _ = s.save(ctx, o) }()
	return work(ctx)
}

func (s *service) canceledByHand(ctx context.Context, o order) error {
	ctx, cancel := context.WithCancel(ctx)
	err := work(ctx)
	cancel()
	if err != nil {
		return s.save(ctx, o) // want `ctx has been cancelled when this runs, by the call of its cancel function above`
	}
	return nil
}

// Each round has a context of its own.
func (s *service) silentRounds(ctx context.Context, orders []order) {
	for _, o := range orders {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		_ = s.save(ctx, o)
		cancel()
	}
	_ = work(ctx)
}

// It is cancelled on one way, and used on the other.
func (s *service) silentOtherWay(ctx context.Context, o order) error {
	ctx, cancel := context.WithCancel(ctx)
	if o.id == "" {
		cancel()
		return ctx.Err()
	}
	defer cancel()
	return s.save(ctx, o)
}

// Logging needs no live context.
func silentLoggedAfterCancel(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	_ = work(ctx)
	cancel()
	slog.InfoContext(ctx, "done")
}

// A reporter speaks of errors, by whatever others have hung into it.
type reporter struct {
	hooks []func(context.Context, error) context.Context
}

func (r *reporter) report(ctx context.Context, err error) {
	for _, hook := range r.hooks {
		ctx = hook(ctx, err)
	}
	slog.ErrorContext(ctx, err.Error())
}

type reporterKey struct{}

func reportTo(ctx context.Context, err error) {
	if r, ok := ctx.Value(reporterKey{}).(*reporter); ok {
		r.report(ctx, err)
	}
}

func silentReportedAfterCancel(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	err := work(ctx)
	cancel()
	if err != nil {
		reportTo(ctx, err)
	}
}

// A hook that returns something else than a context may do anything.
func (s *service) canceledHook(ctx context.Context, save func(context.Context, error) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	err := work(ctx)
	cancel()
	return save(ctx, err) // want `ctx has been cancelled when this runs`
}

// A context that is dead on purpose: what is asked for must be there already.
func silentDeadOnPurpose(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return work(ctx)
}

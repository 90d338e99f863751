package freshctx

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"
)

func (s *service) silentWithoutContext(o order) error { return s.store.Put(context.Background(), o) }

func (s *service) silentInStart(ctx context.Context) error {
	s.life, s.cancel = context.WithCancel(context.Background())
	go s.run(s.life)
	_, err := s.store.Get(ctx, "state")
	return err
}

func (s *service) silentWhenCancelIsKept(ctx context.Context) error {
	runCtx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go s.work(runCtx)
	_, err := s.store.Get(ctx, "state")
	return err
}

func (s *service) silentWhenStopIsReturned(ctx context.Context) (stop func()) {
	runCtx, cancel := context.WithCancel(context.Background())
	go s.work(runCtx)
	_, _ = s.store.Get(ctx, "state")
	return func() { cancel() }
}

func (s *service) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
			_ = s.notify(ctx, order{})
		}
	}
}

func (s *service) work(ctx context.Context) { _ = s.notify(ctx, order{}) }

func (s *service) silentForEndlessWork(ctx context.Context) {
	go s.run(context.Background())
	_, _ = s.store.Get(ctx, "state")
}

// begin keeps the context's cancel function: what gets it lives on.
func (s *service) begin(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.tasks.Go(func() { s.run(ctx) })
}

func (s *service) silentWhenCalleeLivesOn(ctx context.Context) {
	_, _ = s.store.Get(ctx, "state")
	s.begin(context.Background())
}

type job struct {
	ctx context.Context
	o   order
}

func newJob(ctx context.Context, o order) *job { return &job{ctx: ctx, o: o} }

func silentInConstructor(ctx context.Context, s *service, o order) *job {
	_, _ = s.store.Get(ctx, o.ID)
	return newJob(context.Background(), o)
}

func silentWhenStored(ctx context.Context, s *service, o order) *job {
	_, _ = s.store.Get(ctx, o.ID)
	return &job{ctx: context.Background(), o: o}
}

func silentWhenSent(ctx context.Context, s *service, jobs chan context.Context) {
	_, _ = s.store.Get(ctx, "a")
	jobs <- context.Background()
}

func silentWhenReturned(ctx context.Context, s *service) context.Context {
	_, _ = s.store.Get(ctx, "a")
	return context.Background()
}

func silentForShutdown(ctx context.Context, srv *http.Server) error {
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		sctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		done <- srv.Shutdown(sctx)
	}()
	_ = srv.ListenAndServe()
	return <-done
}

func silentForProvider(ctx context.Context, tp *sdktrace.TracerProvider, s *service) error {
	if _, err := s.store.Get(ctx, "a"); err != nil {
		return err
	}
	return tp.Shutdown(context.Background())
}

func (s *service) silentAfterDone(ctx context.Context, o order) error {
	<-ctx.Done()
	return s.store.Put(context.Background(), o)
}

func (s *service) silentInCaseOfDone(ctx context.Context, c chan order) error {
	select {
	case <-ctx.Done():
		return s.store.Put(context.Background(), order{})
	case o := <-c:
		return s.store.Put(ctx, o)
	}
}

func (s *service) silentWhenNil(ctx context.Context, o order) error {
	if ctx == nil {
		ctx = context.Background()
	}
	return s.store.Put(ctx, o)
}

func (s *service) silentWhenDead(ctx context.Context, o order) error {
	if ctx.Err() != nil {
		ctx = context.Background()
	}
	return s.store.Put(ctx, o)
}

func (s *service) silentAsDefault(r *http.Request, w http.ResponseWriter, o order) error {
	ctx := context.Background()
	if o.ID != "" {
		ctx = r.Context()
	}
	return s.store.Put(ctx, o)
}

func (s *service) silentInDefer(ctx context.Context, o order) error {
	defer func() { _ = s.store.Put(context.Background(), o) }()
	defer s.store.Put(context.Background(), o)
	_, err := s.store.Get(ctx, o.ID)
	return err
}

// Work that is launched, or waited for, cleans up as any other does.
func (s *service) silentInDeferOfLaunch(w http.ResponseWriter, r *http.Request, ids []string) {
	ctx := r.Context()
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			defer s.store.Put(context.Background(), order{})
			_, _ = s.store.Get(ctx, id)
		})
	}
	wg.Wait()
}

// A logger has a function that finds the trace of a context.
type traceLogger struct {
	log     *slog.Logger
	traceID func(context.Context) string
}

func (l *traceLogger) info(ctx context.Context, msg string) {
	if l.traceID != nil {
		l.log.InfoContext(ctx, msg, "trace_id", l.traceID(ctx))
	}
}

func (l *traceLogger) silentExtractor(w http.ResponseWriter, r *http.Request) {
	l.info(context.Background(), "served")
}

func (s *service) silentOnErrorPath(ctx context.Context, o order) error {
	if err := s.store.Put(ctx, o); err != nil {
		_ = s.store.Put(context.Background(), order{})
		return err
	}
	if err := s.store.Put(ctx, o); errors.Is(err, context.Canceled) {
		_ = s.store.Put(context.Background(), order{})
	}
	return nil
}

func (s *service) silentInDeferredClosure(ctx context.Context, o order) error {
	release := func() { _ = s.store.Put(context.Background(), o) }
	defer release()
	_, err := s.store.Get(ctx, o.ID)
	return err
}

func silentForLogsAndMetrics(ctx context.Context, s *service, hist metric.Float64Histogram) {
	_, _ = s.store.Get(ctx, "a")
	slog.InfoContext(context.Background(), "done")
	hist.Record(context.TODO(), 1)
}

func silentForLocks(ctx context.Context, s *service, sem *semaphore.Weighted) error {
	_, _ = s.store.Get(ctx, "a")
	return sem.Acquire(context.Background(), 1)
}

func (s *service) silentWithSpanPutBack(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx := trace.ContextWithSpan(context.Background(), trace.SpanFromContext(ctx))
		_ = s.notify(ctx, o)
	}()
}

func (s *service) silentWithSpanContextPutBack(ctx context.Context, o order) {
	sc := trace.SpanContextFromContext(ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ctx = trace.ContextWithRemoteSpanContext(ctx, sc)
		_ = s.notify(ctx, o)
	}()
}

func (s *service) silentWithCarrier(ctx context.Context, o order) {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx := otel.GetTextMapPropagator().Extract(context.Background(), carrier)
		_ = s.notify(ctx, o)
	}()
}

func detached(ctx context.Context) context.Context {
	return trace.ContextWithSpan(context.Background(), trace.SpanFromContext(ctx))
}

func (s *service) silentWithHelperThatDetaches(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(detached(ctx), o)
	}()
}

func (s *service) silentWithLink(ctx context.Context, o order) {
	link := trace.LinkFromContext(ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ctx, span := tracer.Start(ctx, "linked", trace.WithNewRoot(), trace.WithLinks(link))
		defer span.End()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) silentWithAddLink(ctx context.Context, o order) {
	link := trace.LinkFromContext(ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.Background(), "linked")
		defer span.End()
		span.AddLink(link)
		_ = s.notify(ctx, o)
	}()
}

func (s *service) silentWithUnknownOptions(ctx context.Context, o order, opts ...trace.SpanStartOption) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.Background(), "options", opts...)
		defer span.End()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) silentWithSyncLink(ctx context.Context, o order) error {
	ctx, span := tracer.Start(context.Background(), "linked", trace.WithLinks(trace.LinkFromContext(ctx)))
	defer span.End()
	return s.store.Put(ctx, o)
}

func (s *service) silentWhenDetached(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "detached")
		defer span.End()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) silentWithContextOnEveryPath(ctx context.Context, url string) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req = req.WithContext(ctx)
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (s *service) silentWhenRequestIsServedHere(w http.ResponseWriter, r *http.Request, h http.Handler) {
	req, _ := http.NewRequest(http.MethodGet, "/", nil)
	h.ServeHTTP(httptest.NewRecorder(), req)
}

var group singleflight.Group

func (s *service) silentWhenShared(ctx context.Context, id string) (any, error) {
	_, _ = s.store.Get(ctx, "a")
	v, err, _ := group.Do(id, func() (any, error) {
		return s.store.Get(context.Background(), id)
	})
	return v, err
}

func (s *service) silentInOnce(ctx context.Context, once *sync.Once) {
	_, _ = s.store.Get(ctx, "a")
	once.Do(func() { _, _ = s.store.Get(context.Background(), "b") })
}

func silentInProgram(ctx context.Context, s *service) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	_ = s.notify(context.Background(), order{})
	<-ctx.Done()
}

func silentAsDoneChannel(ctx context.Context, s *service, c chan order) {
	ended, end := context.WithCancel(context.Background())
	defer end()
	select {
	case <-ended.Done():
	case o := <-c:
		_ = s.notify(ctx, o)
	}
}

func (s *service) silentAfterFunc(ctx context.Context, o order) {
	stop := context.AfterFunc(ctx, func() { _ = s.store.Put(context.Background(), o) })
	defer stop()
	_, _ = s.store.Get(ctx, o.ID)
}

func silentForGenerator(ctx context.Context, s *service) <-chan order {
	out := make(chan order)
	go func() {
		defer close(out)
		o, _ := s.store.Get(context.Background(), "a")
		out <- o
	}()
	return out
}

type dialer struct{}

func (dialer) silentAsWriter(p []byte) (int, error) { return len(p), ping(context.Background()) }

func ping(ctx context.Context) error { return ctx.Err() }

func silentWhenIgnored(ctx context.Context, s *service) {
	_, _ = s.store.Get(ctx, "a")
	ignores(context.Background())
}

func ignores(context.Context) {}

// A clean-up that is returned runs when the caller decides, perhaps because
// its context has ended.
func (s *service) silentInReturnedCleanup(ctx context.Context, o order) (order, func()) {
	o, _ = s.store.Get(ctx, o.ID)
	return o, func() { _ = s.store.Put(context.Background(), o) }
}

type callbacks struct {
	credentials func(host string) (order, error)
	dial        func(network, addr string) (order, error)
}

func (s *service) silentInHookWithoutContext(ctx context.Context, h *callbacks) *callbacks {
	_, _ = s.store.Get(ctx, "a")
	h.credentials = func(host string) (order, error) { return s.store.Get(context.Background(), host) }
	return &callbacks{dial: func(_, addr string) (order, error) { return s.store.Get(context.TODO(), addr) }}
}

type task interface {
	Wait(ctx context.Context) (<-chan int, error)
	Kill(ctx context.Context) error
}

// The channel, and with it the call, lives as long as the task.
func (s *service) silentWhenItOpensAChannel(ctx context.Context, t task) error {
	exited, err := t.Wait(context.Background())
	if err != nil {
		return t.Kill(ctx)
	}
	go s.watch(exited)
	return nil
}

func (s *service) watch(exited <-chan int) { _ = <-exited }

func (s *service) silentForMonitor(ctx context.Context, t task, ended <-chan struct{}) {
	_ = t.Kill(ctx)
	go func() {
		<-ended
		_ = s.store.Put(context.Background(), order{})
	}()
}

// lifetime is a context itself. What its own methods do when it ends cannot
// run on it.
type lifetime struct {
	context.Context
	s *service
}

func (l *lifetime) silentOnOwnContext() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return l.s.store.Put(ctx, order{})
}

func inBatches(ctx context.Context, n int, do func(i, j int) error) error {
	for i := 0; i < n && ctx.Err() == nil; i++ {
		if err := do(i, i+1); err != nil {
			return err
		}
	}
	_ = ping(ctx)
	return ctx.Err()
}

// Only the helper's loop is to go on; what it does heeds the context.
func (s *service) silentForLoopOfHelper(ctx context.Context, ids []string) {
	_ = inBatches(context.Background(), len(ids), func(i, j int) error {
		_, err := s.store.Get(ctx, ids[i])
		return err
	})
}

func withTraceOf(target, source context.Context) context.Context {
	if sc := trace.SpanContextFromContext(source); sc.IsValid() {
		return trace.ContextWithRemoteSpanContext(target, sc)
	}
	return target
}

func (s *service) silentWithHelperThatCopies(ctx context.Context, o order) error {
	next, cancel := context.WithTimeout(withTraceOf(context.Background(), ctx), time.Second)
	defer cancel()
	return s.store.Put(next, o)
}

type writer interface {
	Write(o order) error
}

func (s *service) newWriter(ctx context.Context) (writer, error) {
	_, err := s.store.Get(ctx, "head")
	return nil, err
}

// What the call returns serves a connection that the handler leaves behind.
func (s *service) silentForWhatLivesOn(w http.ResponseWriter, r *http.Request) {
	out, err := s.newWriter(context.Background())
	if err != nil {
		return
	}
	_, _ = s.store.Get(r.Context(), "a")
	go func() { _ = out.Write(order{}) }()
}

type exit struct{ code int }

// A monitor waits in what it calls, for as long as the task runs.
func (s *service) silentForMonitorInCallee(ctx context.Context, t task, exited <-chan exit) {
	_ = t.Kill(ctx)
	go func() {
		if err := s.waitExit(context.Background(), exited); err != nil {
			slog.Error("not waited", "err", err)
		}
	}()
}

func (s *service) waitExit(ctx context.Context, exited <-chan exit) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case e := <-exited:
		_, err := s.store.Get(ctx, "after "+string(rune(e.code)))
		return err
	}
}

// The code decides when the worker ends, in an order of its own.
func (s *service) silentWhenStoppedByHand(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "serve")
	defer span.End()
	var wg sync.WaitGroup
	workerCtx, stop := context.WithCancel(context.Background())
	wg.Go(func() { s.work(workerCtx) })
	<-ctx.Done()
	stop()
	wg.Wait()
	return nil
}

// The comment says why, and nothing here is known to trace.
func (s *service) silentWithReasonAbove(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// The order must be complete even if the client cancels its request.
	return s.store.Put(context.Background(), o)
}

func (s *service) silentWithReasonAboveVariable(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// A context of its own: half an order is worse
	// than a late one.
	put, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.store.Put(put, o)
}

func (s *service) silentWithReasonAboveArgument(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return s.store.Put(
		// not that of the request, which may be cancelled
		context.Background(),
		o,
	)
}

func (s *service) silentWithReasonAboveCondition(ctx context.Context, o order) {
	_, _ = s.store.Get(ctx, o.ID)
	// Detached: the client does not wait for the result.
	if err := s.store.Put(context.Background(), o); err != nil {
		slog.Error("not stored", "err", err)
	}
}

func (s *service) silentWithReasonAboveRequest(r *http.Request) error {
	// Without the context of the incoming request, as the hook is slow.
	req, err := http.NewRequest(http.MethodPost, "http://hooks", r.Body)
	if err != nil {
		return err
	}
	_, err = s.client.Do(req)
	return err
}

func (s *service) silentWhereItIsDone(ctx context.Context, o order) {
	_, _ = s.store.Get(ctx, "a")
	if ctx.Err() == context.Canceled {
		_ = s.store.Put(context.Background(), o)
	}
	if ctx.Err() == nil {
		_, _ = s.store.Get(ctx, "b")
	} else {
		_ = s.store.Put(context.Background(), o)
	}
}

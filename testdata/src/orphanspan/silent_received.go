package orphanspan

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"src/orphanspan/facts/jobs"
)

// Promises that are kept until they are asked: the launching function receives
// from all of them before it returns.

func silentPromisesInSlice(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	promises := make([]chan error, 0, 2)
	if r.URL.Path != "" {
		p := make(chan error)
		promises = append(promises, p)
		go func() { p <- work(ctx) }()
	}
	for _, promise := range promises {
		_ = <-promise
	}
}

func silentOnePromiseOfSlice(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []chan error
	p := make(chan error)
	promises = append(promises, p)
	go func() { p <- work(ctx) }()
	if len(promises) == 1 {
		_ = <-promises[0]
		return
	}
	for i := range promises {
		_ = <-promises[i]
	}
}

func silentPromisesInMap(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	byID := make(map[string]chan error)
	for _, id := range []string{"a", "b"} {
		done := make(chan error)
		byID[id] = done
		go func() { done <- db.Save(ctx, order{id}) }()
	}
	for _, done := range byID {
		_ = <-done
	}
}

type promise struct {
	id  string
	err chan error
}

func silentPromiseInStruct(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []promise
	for _, id := range []string{"a", "b"} {
		p := promise{id: id, err: make(chan error)}
		promises = append(promises, p)
		go func() { p.err <- db.Save(ctx, order{id}) }()
	}
	for _, p := range promises {
		select {
		case <-p.err:
		case <-ctx.Done():
		}
	}
}

func silentPromiseInLiteral(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []*promise
	for _, id := range []string{"a", "b"} {
		err := make(chan error)
		promises = append(promises, &promise{id: id, err: err})
		go func() { err <- db.Save(ctx, order{id}) }()
	}
	for len(promises) > 0 {
		p := promises[0]
		promises = promises[1:]
		_ = <-p.err
	}
}

func silentPromiseInElement(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	promises := make([]promise, 2)
	for i := range promises {
		done := make(chan error)
		promises[i].err = done
		go func() { done <- work(ctx) }()
	}
	for i := range promises {
		_ = <-promises[i].err
	}
}

func silentChannelOfChannels(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	queue := make(chan chan error, 2)
	for range 2 {
		done := make(chan error)
		queue <- done
		go func() { done <- work(ctx) }()
	}
	close(queue)
	for done := range queue {
		_ = <-done
	}
}

func silentAlreadyInSlice(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	promises := []chan error{make(chan error), make(chan error)}
	for _, p := range promises {
		go func() { p <- work(ctx) }()
	}
	for _, p := range promises {
		_ = <-p
	}
}

func silentPromisesOfClosures(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var waits []func() error
	for range 2 {
		done := make(chan error)
		go func() { done <- work(ctx) }()
		waits = append(waits, func() error { return <-done })
	}
	for _, wait := range waits {
		_ = wait()
	}
}

func silentClosureWaitsDeferred(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var waits []func()
	defer func() {
		for i := range waits {
			waits[i]()
		}
	}()
	var wg sync.WaitGroup
	wg.Go(func() { _ = work(ctx) })
	waits = append(waits, func() { wg.Wait() })
}

func collect(promises []chan error) (err error) {
	for _, p := range promises {
		err = errors.Join(err, <-p)
	}
	return err
}

func silentCollectedByHelper(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []chan error
	for range 2 {
		p := make(chan error)
		promises = append(promises, p)
		go func() { p <- work(ctx) }()
	}
	_ = collect(promises)
}

func silentCollectedByOtherPackage(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var promises []chan error
	for range 2 {
		p := make(chan error)
		promises = append(promises, p)
		go func() { p <- work(ctx) }()
	}
	_ = jobs.Collect(promises)
}

func gather[T any](ctx context.Context, loads []func(context.Context) T) []T {
	var promises []chan T
	for _, load := range loads {
		p := make(chan T)
		promises = append(promises, p)
		go func() { p <- load(ctx) }()
	}
	var out []T
	for _, p := range promises {
		out = append(out, <-p)
	}
	return out
}

func silentGeneric(w http.ResponseWriter, r *http.Request) {
	gather(r.Context(), []func(context.Context) error{work})
}

func (p *promise) keep(ctx context.Context) { p.err <- work(ctx) }

func silentMethodsOfPromises(w http.ResponseWriter, r *http.Request) {
	promises := []*promise{{err: make(chan error)}, {err: make(chan error)}}
	for _, p := range promises {
		go p.keep(r.Context())
	}
	for _, p := range promises {
		_ = <-p.err
	}
}

func silentMethodValue(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	p := &promise{err: make(chan error)}
	run := p.keep
	go run(ctx)
	_ = <-p.err
}

func silentPromiseInNamedResult(ctx context.Context) (err error) {
	var promises []chan error
	p := make(chan error)
	promises = append(promises, p)
	go func() { p <- work(ctx) }()
	for _, p := range promises {
		err = <-p
	}
	return
}

func silentPromisesReturned(ctx context.Context) []promise {
	var promises []promise
	done := make(chan error)
	promises = append(promises, promise{err: done})
	go func() { done <- work(ctx) }()
	return promises
}

type batch struct{ pending []chan error }

// Whoever looks at the pending ones waits.
func (b *batch) silentKeptInField(ctx context.Context) {
	p := make(chan error, 1)
	b.pending = append(b.pending, p)
	go func() { p <- work(ctx) }()
}

// Functions that are sent on a channel of the function's own, and called where
// that is drained.

func silentFunctionsDrained(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error, 8)
	go func() {
		for _, id := range []string{"a", "b"} {
			tasks <- func() error { return db.Save(ctx, order{id}) }
		}
		close(tasks)
	}()
	for task := range tasks {
		if err := task(); err != nil {
			return
		}
	}
}

func silentFunctionsCalledAtOnce(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error, 1)
	tasks <- func() error { return work(ctx) }
	_ = (<-tasks)()
}

func silentFunctionsInSelect(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error, 1)
	go func() { tasks <- func() error { return work(ctx) } }()
	select {
	case task := <-tasks:
		_ = task()
	case <-ctx.Done():
	}
}

func silentFunctionsOfWorkers(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for task := range tasks {
				_ = task()
			}
		})
	}
	for _, id := range []string{"a", "b"} {
		tasks <- func() error { return db.Save(ctx, order{id}) }
	}
	close(tasks)
	wg.Wait()
}

func runAll(tasks <-chan func() error) {
	for task := range tasks {
		_ = task()
	}
}

func silentFunctionsDrainedByHelper(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error, 1)
	tasks <- func() error { return work(ctx) }
	close(tasks)
	runAll(tasks)
}

func produceTasks(ctx context.Context, tasks chan<- func() error) {
	tasks <- func() error { return work(ctx) }
	close(tasks)
}

func silentFunctionsOfProducer(w http.ResponseWriter, r *http.Request) {
	tasks := make(chan func() error)
	go produceTasks(r.Context(), tasks)
	runAll(tasks)
}

func silentFunctionsOfLiteral(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tasks := make(chan func() error)
	go func(out chan<- func() error) {
		defer close(out)
		out <- func() error { return work(ctx) }
	}(tasks)
	for task := range tasks {
		_ = task()
	}
}

// A worker that answers on a channel of its own, which the sender receives from.

type shard struct {
	reads chan job
	errc  chan error
	quit  chan struct{}
}

func (s *shard) process() {
	for {
		select {
		case j := <-s.reads:
			s.errc <- work(j.ctx)
		case <-s.quit:
			return
		}
	}
}

type shards struct{ all []*shard }

func (s *shards) silentAnsweredOnField(ctx context.Context, n int, o order) error {
	sh := s.all[n]
	select {
	case sh.reads <- job{ctx: ctx, order: o}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-sh.errc:
		return err
	case <-sh.quit:
		return errBoom
	}
}

type answering struct {
	in  chan job
	out chan error
}

func (a *answering) loop() {
	for j := range a.in {
		a.answer(work(j.ctx))
	}
}

func (a *answering) answer(err error) { a.out <- err }

func (a *answering) silentAnsweredByHelper(w http.ResponseWriter, r *http.Request) {
	a.in <- job{ctx: r.Context()}
	_ = <-a.out
}

// A tracker of the function's own, with room for the first answer: where the
// function returns without, it has failed, and nobody wants the rest.

type tracker struct {
	pending int
	done    chan struct{}
	err     chan error
}

func (t *tracker) finish(err error) {
	if err != nil {
		t.err <- err
		return
	}
	if t.pending--; t.pending == 0 {
		t.done <- struct{}{}
	}
}

func saveTracked(ctx context.Context, t *tracker) { t.finish(work(ctx)) }

func (s *service) silentTracker(w http.ResponseWriter, r *http.Request) {
	t := tracker{pending: 1, done: make(chan struct{}, 1), err: make(chan error, 1)}
	go saveTracked(r.Context(), &t)
	if err := s.prepare(); err != nil {
		return
	}
	select {
	case <-t.err:
	case <-t.done:
	case <-r.Context().Done():
	}
}

func (s *service) prepare() error { return nil }

func newTracker(n int) *tracker {
	t := &tracker{pending: n, done: make(chan struct{}, 1), err: make(chan error, 1)}
	return t
}

func (s *service) silentTrackerFromConstructor(w http.ResponseWriter, r *http.Request) {
	t := newTracker(1)
	go saveTracked(r.Context(), t)
	if err := s.prepare(); err != nil {
		return
	}
	select {
	case <-t.err:
	case <-t.done:
	}
}

// Futures: what was made together with what the work has in hand is asked.

type answer[T any] interface {
	Get(ctx context.Context) (T, error)
	IsReady() bool
}

type settable[T any] interface{ Set(v T, err error) }

func newAnswer[T any]() (answer[T], settable[T]) { panic("elsewhere") }

func silentAnswer(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	f, s := newAnswer[order]()
	go func() { s.Set(db.Load(ctx, "a")) }()
	_, _ = f.Get(ctx)
}

func silentAnswersInMap(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	futures := make(map[string]answer[order])
	for _, id := range []string{"a", "b"} {
		f, s := newAnswer[order]()
		go func(ctx context.Context) { s.Set(db.Load(ctx, id)) }(ctx)
		futures[id] = f
	}
	for _, f := range futures {
		if _, err := f.Get(ctx); err != nil {
			logf("%v", err)
		}
	}
}

func getAll(ctx context.Context, all []answer[order]) {
	for _, f := range all {
		_, _ = f.Get(ctx)
	}
}

func silentAnswersGivenAway(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	a, s := newAnswer[order]()
	go func() { s.Set(db.Load(ctx, "a")) }()
	b, t := newAnswer[order]()
	go func() { t.Set(db.Load(ctx, "b")) }()
	getAll(ctx, append([]answer[order]{a}, b))
}

// A helper whose result stands for the work.
type check interface {
	Await(ctx context.Context) error
}

type running struct {
	done chan struct{}
	err  error
}

func (c *running) Await(ctx context.Context) error {
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func async(f func() error) check {
	c := &running{done: make(chan struct{})}
	go func() {
		defer close(c.done)
		c.err = f()
	}()
	return c
}

func awaitAll(ctx context.Context, checks []check) (err error) {
	for _, c := range checks {
		err = errors.Join(err, c.Await(ctx))
	}
	return err
}

func (s *service) silentChecks(ctx context.Context, o order) error {
	saved := async(func() error { return db.Save(ctx, o) })
	if err := s.prepare(); err != nil {
		return err
	}
	worked := async(func() error { return work(ctx) })
	return awaitAll(ctx, append([]check{saved}, worked))
}

func silentPipeConsumed(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(export(ctx, order{}, pw)) }()
	_, _ = io.Copy(w, pr)
}

// Semaphores that are drained.

func silentSemaphoreAcquiredInFull(w http.ResponseWriter, r *http.Request) {
	ctx, n := r.Context(), 4
	sem := semaphore.NewWeighted(int64(n))
	for range 9 {
		if err := sem.Acquire(ctx, 1); err != nil {
			break
		}
		go func() {
			defer sem.Release(1)
			_ = work(ctx)
		}()
	}
	if err := sem.Acquire(ctx, int64(n)); err != nil {
		return
	}
}

func silentSlotsFilled(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	slots := make(chan struct{}, 3)
	for range 9 {
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			_ = work(ctx)
		}()
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
}

// A promise that is put where the work looks for it.

type subscribers struct {
	mu   sync.Mutex
	subs map[string][]chan error
}

func (s *subscribers) process(ctx context.Context, id string) {
	err := db.Save(ctx, order{id})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.subs[id] {
		ch <- err
	}
	delete(s.subs, id)
}

func (s *subscribers) silentSubscribed(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracer.Start(r.Context(), "op")
	defer span.End()
	s.mu.Lock()
	ch := make(chan error)
	_, running := s.subs[""]
	if !running {
		s.subs[""] = []chan error{ch}
		go s.process(ctx, "")
	} else {
		s.subs[""] = append(s.subs[""], ch)
	}
	s.mu.Unlock()
	_ = <-ch
}

type pendingRequest struct {
	id     string
	result chan error
}

type requestQueue struct {
	mu      sync.Mutex
	pending []*pendingRequest
}

func (q *requestQueue) process(ctx context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	err := work(ctx)
	for _, p := range q.pending {
		p.result <- err
	}
	q.pending = nil
}

// Whoever has the request waits for its result.
func (q *requestQueue) silentEnqueued(ctx context.Context, p *pendingRequest) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pending = append(q.pending, p)
	go q.process(ctx)
}

func (q *requestQueue) silentPendingReturned(ctx context.Context, id string) *pendingRequest {
	p := &pendingRequest{id: id, result: make(chan error, 1)}
	q.pending = append(q.pending, p)
	go func() { q.process(ctx) }()
	return p
}

// A handler that goes on for a while stops what it has launched by a cancel.

func silentHandlerStopsStream(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	events := make(chan string)
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-events:
			go db.Save(ctx, order{id})
			continue
		case <-tick.C:
			go work(ctx)
		}
	}
}

func silentHandlerStopsBesideCall(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() { _ = work(ctx) }()
	_ = work(ctx)
}

func silentHandlerStopsAfterReading(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	each([]order{{}}, func(o order) {
		go notify(ctx, o)
	})
	for {
		if _, err := r.Body.Read(make([]byte, 1)); err != nil {
			return
		}
	}
}

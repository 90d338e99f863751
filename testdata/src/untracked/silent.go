package untracked

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"src/untracked/service"
)

// Joined.

func joinedByGroup(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = work(r.Context())
		}()
	}
	wg.Wait()
}

func joinedByChannel(w http.ResponseWriter, r *http.Request) {
	errs := make(chan error, 1)
	go func() { errs <- work(r.Context()) }()
	if err := <-errs; err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func joinedUntilDone(w http.ResponseWriter, r *http.Request) {
	errs := make(chan error, 1)
	go func() { errs <- work(r.Context()) }()
	select {
	case <-errs:
	case <-time.After(time.Second):
	}
}

func joinedByCloser(w http.ResponseWriter, r *http.Request) {
	out := make(chan error)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- work(r.Context())
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	for range out {
	}
}

func joinedByDefer(ctx context.Context, ids []string) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for range ids {
		wg.Go(func() { _ = work(ctx) })
	}
	return check(ids)
}

func joinedByHelper(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { _ = work(ctx) })
	waitFor(&wg)
}

func waitFor(wg *sync.WaitGroup) { wg.Wait() }

// Under the same condition.
func joinedIfLaunched(parallel bool, ids []string) error {
	var wg sync.WaitGroup
	if parallel {
		wg.Go(func() { slog.Info("parallel") })
	}
	if !parallel {
		return nil
	}
	if err := check(ids); err != nil {
		wg.Wait()
		return err
	}
	wg.Wait()
	return nil
}

// The deferred cancel tells the others to stop.
func toldToStop(ctx context.Context, ids []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	for range ids {
		if err := check(ids); err != nil {
			return err
		}
		g.Go(func() error { return work(ctx) })
	}
	return g.Wait()
}

// A latch is no count of work.
func latch(stop chan struct{}) error {
	var wg sync.WaitGroup
	go func() {
		<-stop
		wg.Done()
		slog.Info("stopping")
	}()
	wg.Add(1)
	if err := check(nil); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// Counted by a group that somebody waits for.

type waited struct {
	store     store
	wg        sync.WaitGroup
	indirect  sync.WaitGroup
	aliased   sync.WaitGroup
	Published sync.WaitGroup
	given     *sync.WaitGroup
	tasks     *errgroup.Group
}

func newWaited(wg *sync.WaitGroup) *waited { return &waited{given: wg, tasks: new(errgroup.Group)} }

func (s *waited) Close() error {
	s.wg.Wait()
	waitFor(&s.indirect)
	s.await()
	return s.tasks.Wait()
}

func (s *waited) await() {
	wg := &s.aliased
	wg.Wait()
}

func (s *waited) handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.store.Save(ctx, "counted")
	}()
	s.indirect.Go(func() { _ = s.store.Save(ctx, "indirect") })
	s.aliased.Go(func() { _ = s.store.Save(ctx, "aliased") })
	s.Published.Go(func() { _ = s.store.Save(ctx, "published") })
	s.given.Go(func() { _ = s.store.Save(ctx, "given") })
	s.tasks.Go(func() error { return s.store.Save(ctx, "task") })
	s.wg.Add(1)
	go s.run(ctx)
}

func (s *waited) run(ctx context.Context) {
	defer s.wg.Done()
	_ = s.store.Save(ctx, "run")
}

// A helper of the type counts.
func (s *waited) launch(f func()) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		f()
	}()
}

func (s *waited) helped(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	s.launch(func() { _ = s.store.Save(ctx, "helped") })
}

func helpedGlobally(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	service.Run(func() { _ = work(ctx) })
}

func callersGroup(w http.ResponseWriter, r *http.Request, g *errgroup.Group) {
	g.Go(func() error { return work(context.WithoutCancel(r.Context())) })
}

// Given back what was acquired before.

type tracker struct{}

func (tracker) begin(id string)           {}
func (tracker) end(id string)             {}
func (tracker) task() (release func())    { return func() {} }
func (tracker) register() (*entry, error) { return new(entry), nil }
func (tracker) leave(e *entry)            {}

type entry struct{}

type tracked struct {
	plain
	t tracker
}

func (s *tracked) release(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	release := s.t.task()
	go func() {
		defer release()
		s.save(ctx, "release")
	}()
}

func (s *tracked) pair(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	id := r.PathValue("id")
	s.t.begin(id)
	go func() {
		defer s.t.end(id)
		s.save(ctx, id)
	}()
}

func (s *tracked) token(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	e, err := s.t.register()
	if err != nil {
		return
	}
	go func() {
		defer s.t.leave(e)
		s.save(ctx, "token")
	}()
}

func (s *tracked) callersDone(w http.ResponseWriter, r *http.Request, done func()) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		defer done()
		s.save(ctx, "done")
	}()
}

// A channel that Stop receives from.
type terminating struct {
	plain
	terminated chan struct{}
	results    chan string
}

func (s *terminating) Stop() { <-s.terminated }

func (s *terminating) handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		defer close(s.terminated)
		s.save(ctx, "terminating")
	}()
	go func() {
		s.save(ctx, "result")
		s.results <- "result"
	}()
}

func (s *terminating) Collect() {
	for range s.results {
	}
}

// A registry that a drain polls.
type registry struct {
	plain
	mu      sync.Mutex
	jobs    map[string]bool
	active  atomic.Int64
	waiting sync.Map
}

func (s *registry) handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	id := r.PathValue("id")
	s.mu.Lock()
	s.jobs[id] = true
	s.mu.Unlock()
	go func() {
		defer s.forget(id)
		s.save(ctx, id)
	}()
	s.active.Add(1)
	go func() {
		defer s.active.Add(-1)
		s.save(ctx, id)
	}()
}

func (s *registry) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.jobs, id)
}

func (s *registry) Drain() {
	for {
		s.mu.Lock()
		if len(s.jobs) == 0 {
			s.mu.Unlock()
			break
		}
		s.mu.Unlock()
		time.Sleep(time.Second)
	}
	for s.active.Load() > 0 {
		time.Sleep(time.Second)
	}
}

// A count that a condition variable guards.
type guarded struct {
	plain
	mu   sync.Mutex
	idle *sync.Cond
	n    int
}

func (s *guarded) handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	go func() {
		defer func() {
			s.mu.Lock()
			s.n--
			s.idle.Broadcast()
			s.mu.Unlock()
		}()
		s.save(ctx, "guarded")
	}()
}

func (s *guarded) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.n > 0 {
		s.idle.Wait()
	}
}

// Semaphores that a drain acquires in full.
type drained struct {
	plain
	slots    chan struct{}
	weighted *semaphore.Weighted
}

func (s *drained) handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	s.slots <- struct{}{}
	go func() {
		defer func() { <-s.slots }()
		s.save(ctx, "slot")
	}()
	if err := s.weighted.Acquire(ctx, 1); err != nil {
		return
	}
	go func() {
		defer s.weighted.Release(1)
		s.save(ctx, "weighted")
	}()
}

func (s *drained) Close(ctx context.Context) error {
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	return s.weighted.Acquire(ctx, 16)
}

// The other end is the caller's.

func generator(w http.ResponseWriter, r *http.Request) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		if work(r.Context()) == nil {
			out <- "one"
		}
	}()
	return out
}

func pipe(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(work(ctx)) }()
	return r
}

// What ends with something else.

func loops(w http.ResponseWriter, r *http.Request) {
	go func() {
		for {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(time.Second):
				_ = work(r.Context())
			}
		}
	}()
}

func watcher(w http.ResponseWriter, r *http.Request, p *plain) {
	go func() {
		<-r.Context().Done()
		_ = p.store.Delete("watched")
	}()
}

func watchesTwo(w http.ResponseWriter, r *http.Request, p *plain, stop chan struct{}) {
	go func() {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
		_ = p.store.Delete("watched")
	}()
}

func watchesLater(w http.ResponseWriter, r *http.Request, p *plain) {
	context.AfterFunc(r.Context(), func() { _ = p.store.Delete("after") })
}

func serves(ctx context.Context, srv *http.Server, l net.Listener) error {
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("serve", "err", err)
		}
	}()
	<-ctx.Done()
	return srv.Shutdown(context.WithoutCancel(ctx))
}

func pumps(w http.ResponseWriter, r *http.Request, a, b net.Conn) {
	go func() { _, _ = io.Copy(a, b) }()
	_, _ = io.Copy(b, a)
}

func consumes(w http.ResponseWriter, r *http.Request, p *plain, jobs <-chan string) {
	go func() {
		for id := range jobs {
			_ = p.store.Delete(id)
		}
	}()
}

// Nothing is lost by these.

func logs(w http.ResponseWriter, r *http.Request) {
	go slog.InfoContext(r.Context(), "seen")
}

func inMemory(w http.ResponseWriter, r *http.Request, cache *sync.Map) {
	go cache.Store(r.URL.Path, true)
}

func stoppableTimer(w http.ResponseWriter, r *http.Request) *time.Timer {
	return time.AfterFunc(time.Second, func() { _ = work(context.Background()) })
}

// Not request code.

func (p *plain) lifecycle() {
	go p.save(context.Background(), "life")
}

type holder struct {
	plain
	ctx context.Context
}

func (h *holder) Start(ctx context.Context) {
	h.ctx = ctx
	go h.save(ctx, "held")
}

// The function is its caller's, and so is the launch.
func launches(ctx context.Context, f func(context.Context) error) {
	go func() {
		_ = f(ctx)
	}()
}

// It counts for ever.
func forever(l net.Listener) {
	var wg sync.WaitGroup
	for {
		conn, err := l.Accept()
		if err != nil {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = conn.Close()
		}()
	}
}

// The group leaves.

func returnsGroup() *errgroup.Group {
	g := new(errgroup.Group)
	g.Go(func() error { return nil })
	return g
}

func handsOver(ctx context.Context, keep func(*errgroup.Group)) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return work(ctx) })
	keep(g)
}

// Waited for by other means than the group that counts it.
func (c *counted) both() {
	done := make(chan struct{})
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		close(done)
	}()
	<-done
}

// Nobody calls what launches, either.
func (c *counted) unused() {
	c.late.Add(1)
	go func() {
		defer c.late.Done()
		slog.Info("late")
	}()
}

func (c *counted) waitLate() { c.late.Wait() }

// The group goes into what is returned, and is waited for there.
type pipeline struct{ wg *sync.WaitGroup }

func newPipeline() *pipeline {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { slog.Info("worker") })
	}
	return &pipeline{wg: &wg}
}

func (p *pipeline) Close() { p.wg.Wait() }

// The group says that the copy has started, not that it is done.
func silentStartSignal(dst io.Writer, src io.Reader) {
	var started sync.WaitGroup
	started.Add(1)
	go func() {
		started.Done()
		_, _ = io.Copy(dst, src)
	}()
}

type cancelGroup struct {
	wg     sync.WaitGroup
	ctx    context.Context
	cancel context.CancelFunc
}

func (g *cancelGroup) Go(f func(ctx context.Context)) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f(g.ctx)
	}()
}

func (g *cancelGroup) Cancel() { g.cancel() }

func (g *cancelGroup) Wait() { g.wg.Wait() }

type refresher struct{ group cancelGroup }

// The work is told to end; whether a stop has to wait for it is its type's affair.
func (r *refresher) silentStart() { r.group.Go(func(ctx context.Context) { <-ctx.Done() }) }

func (r *refresher) Stop() { r.group.Cancel() }

// The group's Wait is kept before anything is launched, and called by Stop.
type keeper struct {
	background func() error
	cancel     func()
}

func (k *keeper) setUp(ctx context.Context) {
	ctx, k.cancel = context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	k.background = g.Wait
	g.Go(func() error { return work(ctx) })
}

func (k *keeper) Stop() error {
	k.cancel()
	return k.background()
}

// Work that its author does not want anybody to wait for.
func (p *plain) waived(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	// Fire and forget: the cache is filled again by whoever asks next.
	go work(ctx)
	// Nobody waits for the others to hear of it.
	go func() { _ = work(ctx) }()
	// Ask for a refresh; ignore errors.
	go work(ctx)
	// A best-effort notification.
	time.AfterFunc(time.Second, func() { _ = work(ctx) })
}

// waivedByDoc tells the others, best effort: a shutdown may cut it off.
func (p *plain) waivedByDoc(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go work(ctx)
}

// A socket lasts as long as its handler, which ends what runs beside it.
type socket interface {
	Ping(ctx context.Context) error
	Read(ctx context.Context) (string, error)
	Write(ctx context.Context, line string) error
}

type terminal struct {
	accept func(http.ResponseWriter, *http.Request) socket
	lines  chan string
}

func (t *terminal) silentSocket(w http.ResponseWriter, r *http.Request) {
	c := t.accept(w, r)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	events := make(chan string)
	go t.read(ctx, c, events)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			go t.stream(ctx, c)
		case <-tick.C:
			go c.Ping(ctx)
		}
	}
}

func (t *terminal) read(ctx context.Context, c socket, events chan<- string) {
	for {
		line, err := c.Read(ctx)
		if err != nil {
			return
		}
		select {
		case events <- line:
		case <-ctx.Done():
			return
		}
	}
}

func (t *terminal) stream(ctx context.Context, c socket) {
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-t.lines:
			if err := c.Write(ctx, line); err != nil {
				return
			}
		}
	}
}

func (t *terminal) silentSocketInClosure(w http.ResponseWriter, r *http.Request) {
	c := t.accept(w, r)
	ctx, cancel := context.WithCancelCause(r.Context())
	defer func() { cancel(nil) }()
	ping := func() { go func() { _ = c.Ping(ctx) }() }
	for {
		line, err := c.Read(ctx)
		if err != nil {
			return
		}
		if line == "ping" {
			ping()
		}
	}
}

// What collects the results waits for the work.
type dispatcher interface {
	Dispatch(ctx context.Context, id string)
	Result(ctx context.Context) error
}

type saves struct {
	store   store
	results chan error
}

func (s saves) Dispatch(ctx context.Context, id string) { s.results <- s.store.Save(ctx, id) }

func (s saves) Result(ctx context.Context) error {
	select {
	case err := <-s.results:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

type foreman struct {
	dispatcher
	queues map[string]chan string
	solver solver
}

func (f foreman) silentCollected(w http.ResponseWriter, r *http.Request) {
	go f.Dispatch(r.Context(), id(r))
	if err := f.Result(r.Context()); err != nil {
		slog.Error("not saved", "err", err)
	}
}

// Whoever finds the queue closes it, and the work is done then.
type solver interface {
	Solve(ctx context.Context, kind string, queue chan string)
}

func (f foreman) silentQueue(ctx context.Context, kinds []string) {
	for _, kind := range kinds {
		queue := make(chan string, 1)
		f.queues[kind] = queue
		go f.solver.Solve(ctx, kind, queue)
	}
}

func (f foreman) stop() {
	for _, queue := range f.queues {
		close(queue)
	}
}

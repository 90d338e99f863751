// Package rounds has work that a loop does again, that fills a pipe or an
// object which the caller gets, and servers.
package rounds

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"src/untracked/rounds/timer"
)

type store interface {
	Save(ctx context.Context, id string) error
	Write(w io.Writer) error
	Delete(id string) error
}

type collector struct {
	store store
	done  chan struct{}
	tasks sync.Map
	ids   []string
}

// A ticker does the same in every round.

func (c *collector) collect(ctx context.Context, id string) {
	if err := c.store.Save(ctx, id); err != nil {
		slog.Error("not collected", "err", err)
	}
}

func (c *collector) loop(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			c.collect(ctx, "all")
		case <-c.done:
			return
		}
	}
}

func (c *collector) silentRoundByName(w http.ResponseWriter, r *http.Request) {
	go c.collect(context.WithoutCancel(r.Context()), "all")
}

// No round does what this request has asked for.
func (c *collector) roundOfAnother(w http.ResponseWriter, r *http.Request) {
	go c.collect(context.WithoutCancel(r.Context()), r.URL.Path) // want `nobody can wait for this goroutine`
}

func (c *collector) silentRoundOfRegistered(ctx context.Context, id string) error {
	task, ok := c.tasks.Load(id)
	if !ok {
		return errors.New("no such task")
	}
	go c.collect(context.WithoutCancel(ctx), task.(string))
	return nil
}

func (c *collector) silentRoundOfAllRegistered(ctx context.Context) {
	c.tasks.Range(func(_, task any) bool {
		go c.collect(context.WithoutCancel(ctx), task.(string))
		return true
	})
}

func (c *collector) silentRoundOfEach(ctx context.Context) {
	for _, id := range c.ids {
		go func() { c.collect(context.WithoutCancel(ctx), id) }()
	}
}

func (c *collector) roundOfEachGiven(ctx context.Context, ids []string) {
	for _, id := range ids {
		go func() { c.collect(context.WithoutCancel(ctx), id) }() // want `nobody can wait for this goroutine`
	}
}

func (c *collector) silentRoundInLiteral(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		defer func() {
			if err := recover(); err != nil {
				slog.Error("panic", "err", err)
			}
		}()
		c.collect(ctx, c.ids[0])
	}()
}

func (c *collector) sweep(ctx context.Context) error { return c.store.Save(ctx, "sweep") }

func (c *collector) sweeps() {
	for range time.Tick(time.Hour) {
		_ = c.sweep(context.Background())
	}
}

func (c *collector) silentRoundOfRange(ctx context.Context) {
	go func() { _ = c.sweep(context.WithoutCancel(ctx)) }()
}

func (c *collector) compact(ctx context.Context) error { return c.store.Save(ctx, "compact") }

func (c *collector) compacts() {
	go func() {
		for {
			<-time.After(time.Hour)
			_ = c.compact(context.Background())
		}
	}()
}

func (c *collector) silentRoundOfLiteral(w http.ResponseWriter, r *http.Request) {
	go c.compact(context.WithoutCancel(r.Context()))
}

type box[T any] struct {
	store store
	last  T
}

func (b box[T]) flush(ctx context.Context, v T) { _ = b.store.Save(ctx, "box") }

func (b box[T]) flushes(ctx context.Context, v T) {
	for t := range time.Tick(time.Hour) {
		slog.Info("flush", "t", t)
		b.flush(ctx, v)
	}
}

func (b box[T]) silentRoundGeneric(w http.ResponseWriter, r *http.Request) {
	go b.flush(context.WithoutCancel(r.Context()), b.last)
}

// A retry ends with the first success, and knows nothing of the next request.
func (c *collector) push(ctx context.Context) error { return c.store.Save(ctx, "push") }

func (c *collector) retry(ctx context.Context) {
	for {
		if err := c.push(ctx); err == nil {
			return
		}
		<-time.After(time.Second)
	}
}

func (c *collector) roundOfRetry(w http.ResponseWriter, r *http.Request) {
	go c.push(context.WithoutCancel(r.Context())) // want `nobody can wait for this goroutine`
}

// A worker waits for jobs, not for the time.
func (c *collector) do(ctx context.Context, id string) { _ = c.store.Save(ctx, id) }

func (c *collector) worker(ctx context.Context, jobs chan string) {
	for {
		select {
		case id := <-jobs:
			c.do(ctx, id)
		case <-ctx.Done():
			return
		}
	}
}

func (c *collector) roundOfJobs(w http.ResponseWriter, r *http.Request) {
	go c.do(context.WithoutCancel(r.Context()), "job") // want `nobody can wait for this goroutine`
}

func (c *collector) roundAndMore(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() { // want `nobody can wait for this goroutine`
		c.collect(ctx, r.URL.Path)
		_ = c.store.Save(ctx, "and more")
	}()
}

// What a ticker calls serves no request.

type checker struct {
	*timer.Service
	store store
}

func newChecker(s store) *checker {
	c := &checker{store: s}
	c.Service = timer.New(time.Second, c.silentRound)
	return c
}

func (c *checker) silentRound(ctx context.Context) error {
	go func() { _ = c.store.Save(context.Background(), "check") }()
	go c.store.Save(ctx, "check")
	return nil
}

func routes(r *timer.Router, c *checker) { r.Handle("/", c.routed) }

func (c *checker) routed(ctx context.Context) error {
	go c.store.Save(context.WithoutCancel(ctx), "routed") // want `nobody can wait for this goroutine`
	return nil
}

// A pipe whose reader the function closes.

func (c *collector) silentPipe(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() {
		if err := c.store.Write(pw); err != nil {
			slog.Error("not written", "err", err)
		}
		pw.Close()
	}()
	buf := make([]byte, 1<<10)
	for {
		n, err := pr.Read(buf)
		if err != nil || r.Context().Err() != nil {
			return
		}
		_, _ = w.Write(buf[:n])
	}
}

func (c *collector) fill(ctx context.Context, to io.WriteCloser) {
	defer to.Close()
	_ = c.store.Write(to)
	_ = ctx.Err()
}

func (c *collector) silentPipeInHelper(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	from, to := io.Pipe()
	defer func() { _ = from.Close() }()
	go c.fill(ctx, to)
	var head [4]byte
	_, err := from.Read(head[:])
	return errors.Join(err, r.Body.Close())
}

func (c *collector) pipeLeftOpen(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	go func() { // want `nobody can wait for this goroutine`
		_ = c.store.Write(pw)
		pw.Close()
	}()
	var head [4]byte
	_, _ = pr.Read(head[:])
}

func (c *collector) pipeAndMore(w http.ResponseWriter, r *http.Request) {
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() { // want `nobody can wait for this goroutine`
		_ = c.store.Write(pw)
		pw.Close()
		_ = c.store.Delete(r.URL.Path)
	}()
	var head [4]byte
	_, _ = pr.Read(head[:])
}

// An object that the caller gets and the work fills.

type future struct {
	ready chan struct{}
	err   error
}

func newFuture() *future { return &future{ready: make(chan struct{})} }

func (f *future) set(err error) { f.err = err; close(f.ready) }

func (f *future) Get() error { <-f.ready; return f.err }

type fetcher struct {
	mu      sync.Mutex
	store   store
	futures map[string]*future
	last    *future
	client  *client
	journal *journal
}

func (f *fetcher) silentFutureInMap(ctx context.Context, id string) *future {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.futures[id]; !ok {
		fut := newFuture()
		f.futures[id] = fut
		go func() { fut.set(f.store.Save(ctx, id)) }()
	}
	return f.futures[id]
}

func (f *fetcher) silentFutureInField(ctx context.Context, id string) (*future, error) {
	if id == "" {
		return nil, errors.New("no id")
	}
	go func() {
		err := f.store.Save(ctx, id)
		if err != nil {
			f.last.set(err)
		}
	}()
	return f.last, nil
}

type client struct {
	mu    sync.Mutex
	store store
}

func (c *client) Ping(ctx context.Context) { _ = c.store.Save(ctx, "ping") }

// The client was there before: it does the work and is not told about it.
func (f *fetcher) clientReturned(ctx context.Context) *client {
	go func() { f.client.Ping(context.WithoutCancel(ctx)) }() // want `nobody can wait for this goroutine`
	return f.client
}

type journal struct {
	mu sync.Mutex
	n  int
}

func (j *journal) add() { j.mu.Lock(); j.n++; j.mu.Unlock() }

func (f *fetcher) otherReturned(ctx context.Context, id string) *client {
	go func() { // want `nobody can wait for this goroutine`
		_ = f.store.Save(context.WithoutCancel(ctx), id)
		f.journal.add()
	}()
	return f.client
}

// Servers: what accepts connections ends with its listener.

type protocol interface {
	Serve(ctx context.Context, l net.Listener) error
	Speak(ctx context.Context, c net.Conn) error
}

func launch(l net.Listener, serve func(net.Listener) error) {
	go func() {
		if err := serve(l); err != nil {
			slog.Error("serves no more", "err", err)
		}
	}()
}

type server struct{ protocol protocol }

func (s server) silentServe(ctx context.Context, l net.Listener) error {
	launch(l, func(l net.Listener) error { return s.protocol.Serve(context.WithoutCancel(ctx), l) })
	return nil
}

func (s server) silentServeDirectly(ctx context.Context, l net.Listener) {
	go s.protocol.Serve(context.WithoutCancel(ctx), l)
}

func (s server) speak(ctx context.Context, c net.Conn) {
	go s.protocol.Speak(context.WithoutCancel(ctx), c) // want `nobody can wait for this goroutine`
}

package orphanspan

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Contexts that last, and work that ends with its context by design.

func silentLoop(ctx context.Context, every time.Duration) {
	go func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				_ = work(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
}

func silentLoopOnErr(ctx context.Context, every time.Duration) {
	go func() {
		for ctx.Err() == nil {
			_ = work(ctx)
			time.Sleep(every)
		}
	}()
}

func silentReceiveLoop(ctx context.Context, s *service) {
	go func() {
		for o := range s.jobs {
			_ = s.save(ctx, o.order)
		}
	}()
}

func run(ctx context.Context, s *service) {
	for {
		select {
		case j := <-s.jobs:
			_ = s.save(ctx, j.order)
		case <-ctx.Done():
			return
		}
	}
}

func silentLoopInCallee(ctx context.Context, s *service) { go run(ctx, s) }

func silentLoopTwoDeep(ctx context.Context, s *service) {
	go func() {
		logf("starting")
		run(ctx, s)
	}()
}

func silentLoopInHandler(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() { // a heartbeat for as long as the connection lasts
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
				_ = work(ctx)
			}
		}
	}()
	<-ctx.Done()
}

func silentWatcher(ctx context.Context, srv *http.Server) {
	go func() {
		<-ctx.Done()
		_ = srv.Shutdown(context.Background())
	}()
}

func silentWatcherInHandler(w http.ResponseWriter, r *http.Request, conn net.Conn) {
	go func() {
		select {
		case <-r.Context().Done():
		}
		conn.Close()
	}()
}

func silentContextAfterFunc(w http.ResponseWriter, r *http.Request, conn net.Conn) {
	stop := context.AfterFunc(r.Context(), func() { conn.Close() })
	defer stop()
}

func silentMain() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go work(ctx)
	<-ctx.Done()
}

type server struct {
	ctx    context.Context
	cancel context.CancelFunc
	store  store
}

// It keeps the context, so the context lasts.
func silentStored(ctx context.Context) *server {
	s := &server{ctx: ctx}
	go s.warm(ctx)
	return s
}

func (s *server) warm(ctx context.Context) { _, _ = s.store.Load(ctx, "all") }

// It keeps the cancel function, so the context lasts until then.
func (s *server) silentStart(ctx context.Context) error {
	ctx, s.cancel = context.WithCancel(ctx)
	go s.warm(ctx)
	return nil
}

func (s *server) silentFieldContext() {
	go s.warm(s.ctx)
}

// The callers in view hand it a context that lasts.
func silentWarmUp() { warmUp(context.Background()) }

func warmUp(ctx context.Context) {
	go work(ctx)
}

func silentServe(ctx context.Context, srv *http.Server) error {
	go work(ctx)
	return srv.ListenAndServe()
}

func silentWaitsForEnd(ctx context.Context) {
	go work(ctx)
	<-ctx.Done()
}

// Only logged with, only read.

func logCtx(ctx context.Context, format string, args ...any) {}

func silentOnlyLogs(ctx context.Context, o order) {
	go func() {
		logCtx(ctx, "order %s", o.id)
		_ = db.Save(context.Background(), o)
	}()
}

func userOf(ctx context.Context) string {
	user, _ := ctx.Value(userKey{}).(string)
	return user
}

func silentOnlyReads(ctx context.Context) {
	go func() { logf("user %s", userOf(ctx)) }()
}

func silentReadBefore(w http.ResponseWriter, r *http.Request) {
	user := userOf(r.Context())
	go func() { _ = db.Save(context.Background(), order{user}) }()
}

func silentOnlyChecks(ctx context.Context, o order) {
	go func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			return
		}
		_ = db.Save(context.Background(), o)
	}()
}

// An outgoing request is no request that is served.
func silentSign(r *http.Request) {
	go logf("signing %s", r.URL)
}

func silentUnused(w http.ResponseWriter, r *http.Request) {
	go logf("path %s", r.URL.Path)
}

// Contexts whose origin is not in view.
type hooks struct{ contextOf func() context.Context }

func silentUnknownOrigin(h hooks) {
	ctx := h.contextOf()
	go work(ctx)
}

func silentCallbackContext(h func(func(ctx context.Context))) {
	h(func(ctx context.Context) { go work(ctx) })
}

// A launcher that is only defined: its callers are who launches.
func silentLauncher(f func()) { go f() }

func silentJobFactory(ctx context.Context) func() {
	return func() { _ = work(ctx) }
}

// The function lasts as long as the context, which it waits for by another name.
func silentUntilStopped(ctx context.Context, orders []order) {
	stop := ctx.Done()
	for _, o := range orders {
		go notify(ctx, o)
	}
	<-stop
}

func silentForSignals(ctx context.Context, o order) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		for range signals {
			notify(ctx, o)
		}
	}()
	return nil
}

// What it calls lasts as long as the context.
func silentUntilDone(ctx context.Context, o order) {
	go notify(ctx, o)
	done(ctx)
}

func done(ctx context.Context) { <-ctx.Done() }

// The function lasts until the process is told to stop.
func silentUntilSignal(ctx context.Context, orders []order) {
	work, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	for _, o := range orders {
		go notify(work, o)
	}
	<-signals
	cancel()
}

// A pusher sends what has gathered, whenever it is told that it is time.
type pusher interface {
	PushLoop(ctx context.Context, ticks <-chan time.Time, to store)
	PushUntil(ctx context.Context, quit <-chan struct{}) error
}

// What is given a context and a channel goes on until one of them ends.
func silentLoopOfOthers(ctx context.Context, p pusher, to store) {
	go p.PushLoop(ctx, time.NewTicker(time.Minute).C, to)
}

func silentLoopOfOthersInLiteral(ctx context.Context, p pusher, quit chan struct{}) {
	go func() {
		if err := p.PushUntil(ctx, quit); err != nil {
			_ = work(ctx)
		}
	}()
}

var stopPushing context.CancelFunc

// Who keeps a cancel function of its own decides when the work ends.
func silentCancelOfPackage(ctx context.Context, to store) {
	ctx, stopPushing = context.WithCancel(ctx)
	go func() {
		_ = work(ctx)
	}()
}

var pushing context.Context

func silentContextOfPackage(ctx context.Context, o order) {
	pushing = ctx
	go notify(ctx, o)
}

func silentStream(ctx context.Context, body io.Reader, to store) {
	go readAll(ctx, body, to)
}

// The lines come as long as the connection is open.
func readAll(ctx context.Context, body io.Reader, to store) {
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		select {
		case <-ctx.Done():
			return
		default:
		}
		_ = work(ctx)
	}
}

// What builds something with callbacks means its context to last as long as
// they are called.

type button struct {
	onTap  func()
	label  string
	onText func(string)
}

func (b *button) draw() {}

type widget interface{ draw() }

func newButton(label string, onTap func()) *button { return &button{label: label, onTap: onTap} }

func silentWindow(ctx context.Context) widget {
	b := &button{label: "search"}
	b.onTap = func() {
		logf("searching")
		go func() { _ = work(ctx) }()
	}
	return b
}

func silentWindowOfLiteral(ctx context.Context, s *service) widget {
	return &button{
		label: "search",
		onText: func(text string) {
			go s.save(ctx, order{text})
		},
	}
}

func silentWindowByConstructor(ctx context.Context, s *service) widget {
	go s.warmed(ctx)
	return newButton("search", func() { _ = s.save(ctx, order{}) })
}

func (s *service) warmed(ctx context.Context) { _, _ = s.Load(ctx, "all") }

func silentTable(ctx context.Context, show func(*http.Server)) {
	srv := &http.Server{}
	srv.RegisterOnShutdown(nil)
	srv.ConnState = func(net.Conn, http.ConnState) { _ = work(ctx) }
	go work(ctx)
	show(srv)
}

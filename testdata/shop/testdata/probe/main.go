// Command probe drives the shop through one scenario and prints, as JSON, the
// spans that it exported and what came of its work:
//
//	go run -race ./testdata/probe notify
//
// It lies in testdata so that "./..." does not see it. The provider is the
// SDK's, the requests go over a real connection. Only the sampler is the
// probe's own: it holds up the first spans of background work until the
// response has been read, the request's context is done and Shutdown had time
// to give up on that work. The SDK asks its sampler before it takes a span's
// start time, so a span that was held up begins when it is let go.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"shop/internal/catalog"
	"shop/internal/orders"
	"shop/internal/server"
)

// began is what times are counted from. A wall clock that is set while the
// probe runs would make a child end after its parent; the difference of two
// times of one process does not care.
var began = time.Now()

// patience bounds every wait for something that must happen.
const patience = 20 * time.Second

// grace is how long a Shutdown that waits for nothing may take to return.
const grace = 400 * time.Millisecond

// A scenario is one request and the background work that it leaves behind.
type scenario struct {
	request string   // method and path
	body    string   // of the request
	hold    []string // names of spans that are held up
	during  string   // let them go when this span has ended, while the request runs
	after   string   // let them go after the request, when this span has ended
	rest    []string // spans that must have ended before the spans are read
	twice   bool     // a second request joins the first, whose client then leaves
}

const (
	cart  = `{"Customer":"ann@example.com","Lines":[{"SKU":"mug","Quantity":2},{"SKU":"shirt","Quantity":1}]}`
	crate = `{"Customer":"ann@example.com","Lines":[{"SKU":"mug","Quantity":5000}]}`
)

var scenarios = map[string]scenario{
	"notify":   {request: "POST /checkout", body: cart, hold: []string{"confirmation.render"}, rest: []string{"mail.send"}},
	"escalate": {request: "POST /gifts", body: cart, hold: []string{"fraud.score"}, rest: []string{"mail.send"}},
	"refund":   {request: "DELETE /orders/placed", hold: []string{"payment.refund"}},
	"announce": {request: "POST /orders/delivered/return", hold: []string{"audit.record"}},
	"points":   {request: "POST /orders/placed/points", hold: []string{"HTTP POST"}},
	"invoice":  {request: "POST /orders/placed/invoice", hold: []string{"invoice"}},
	"label":    {request: "POST /orders/placed/ship", hold: []string{"label.print"}},
	"survey":   {request: "POST /orders/placed/rating", hold: []string{"survey.ask"}, rest: []string{"mail.send"}},
	"deliver":  {request: "POST /orders/placed/delivered", hold: []string{"parcel.close"}, rest: []string{"parcel.close", "parcel.close"}},
	"index":    {request: "POST /checkout", body: cart, hold: []string{"search.index"}, after: "orders.process", rest: []string{"search.index", "search.index"}},
	"refresh":  {request: "POST /catalog/refresh?supplier=east&supplier=west", hold: []string{"HTTP POST"}, during: "catalog.refresh", rest: []string{"HTTP POST", "HTTP POST"}},
	"price":    {request: "GET /catalog/mug/price", hold: []string{"price.fetch"}, twice: true},
	"search":   {request: "GET /search?q=mug", hold: []string{"search.audit"}},
	"dispute":  {request: "POST /orders/placed/dispute", hold: []string{"audit.record"}},

	"sold-out": {request: "POST /checkout", body: crate},
	"too-late": {request: "DELETE /orders/delivered"},
	"discount": {request: "GET /catalog/poster/price"}, // its rule divides by zero

	"resend": {request: "POST /orders/placed/confirmation", hold: []string{"confirmation.render"}, rest: []string{"mail.send"}},
	"damage": {request: "POST /orders/placed/damage", hold: []string{"HTTP POST"}},
	"stock":  {request: "GET /stock?sku=mug&sku=shirt"},
}

// A report is what a scenario leaves behind.
type report struct {
	Status int      // of the response, 0 if there was none
	Waited bool     // Shutdown waited for the work that was held up
	Calls  []string // what the services behind the gateway were asked for
	Open   []string // names of spans that were started and never ended
	Spans  []span
}

// A span is one exported span.
type span struct {
	Name   string
	Kind   string
	Trace  string
	ID     string
	Parent string // empty for a root
	Links  []link
	Start  time.Duration // since the probe began
	End    time.Duration
	Error  string   // description of an error status
	Events []string // names
	Kept   bool     // exported by the time Shutdown returned
}

type link struct{ Trace, ID string }

func main() {
	log.SetFlags(0)
	log.SetPrefix("probe: ")
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if len(os.Args) != 2 {
		log.Fatal("want one scenario")
	}
	sc, ok := scenarios[os.Args[1]]
	if !ok {
		log.Fatalf("no scenario %q", os.Args[1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	result, err := run(ctx, sc)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
}

func run(ctx context.Context, sc scenario) (*report, error) {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	held := &gate{names: sc.hold, open: make(chan struct{}), reached: make(chan struct{})}
	seen := newRecorder()
	memory := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(held), sdktrace.WithSpanProcessor(seen), sdktrace.WithBatcher(memory))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})

	var services gateway
	behind := httptest.NewServer(&services)
	defer behind.Close()

	lines := []orders.Line{{SKU: "mug", Quantity: 1}, {SKU: "shirt", Quantity: 1}}
	shop, err := server.New(ctx, server.Config{
		Gateway: behind.URL,
		Dir:     dir,
		Stock:   map[string]int{"mug": 100, "shirt": 100},
		Rules:   map[string]catalog.Rule{"poster": {Percent: 10}},
		Orders: []orders.Order{
			{ID: "placed", Customer: "ann@example.com", Status: "placed", Lines: lines, Total: 5000},
			{ID: "delivered", Customer: "bob@example.com", Status: "delivered", Lines: lines, Total: 5000},
		},
	})
	if err != nil {
		return nil, err
	}
	web, err := serve(shop.Handler())
	if err != nil {
		return nil, err
	}

	first := web.start(ctx, sc)
	answer := first
	if sc.twice {
		// The second request must have joined the call of the first before the
		// first client leaves. Nothing can be seen of that but time.
		if err := wait(ctx, held.reached); err != nil {
			return nil, fmt.Errorf("nothing was held up: %w", err)
		}
		answer = web.start(ctx, sc)
		if err := seen.started(ctx, trace.SpanKindServer, 2); err != nil {
			return nil, err
		}
		time.Sleep(grace)
		first.leave()
		if err := web.finished(ctx); err != nil {
			return nil, err
		}
		held.release()
	}
	if sc.during != "" {
		if err := seen.ended(ctx, sc.during); err != nil {
			return nil, err
		}
		held.release()
	}
	if err := wait(ctx, answer.done); err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	if err := web.finished(ctx); err != nil {
		return nil, err
	}
	if sc.after != "" {
		if err := seen.ended(ctx, sc.after); err != nil {
			return nil, err
		}
	}

	result := &report{Status: answer.status}
	kept := map[trace.SpanID]bool{}
	down := make(chan error, 1)
	go func() {
		err := errors.Join(web.Shutdown(ctx), shop.Shutdown(ctx), provider.ForceFlush(ctx))
		for _, s := range memory.GetSpans() {
			kept[s.SpanContext.SpanID()] = true
		}
		down <- err
	}()
	select {
	case err = <-down:
	case <-time.After(grace):
		result.Waited = true
		held.release()
		err = <-down
	}
	held.release()
	if err != nil {
		return nil, err
	}
	if len(sc.rest) == 0 {
		sc.rest = sc.hold
	}
	if err := seen.ended(ctx, sc.rest...); err != nil {
		return nil, err
	}
	if err := provider.ForceFlush(ctx); err != nil {
		return nil, err
	}

	result.Calls = services.list()
	result.Open = seen.open()
	for _, s := range memory.GetSpans() {
		result.Spans = append(result.Spans, export(s, kept[s.SpanContext.SpanID()]))
	}
	slices.SortFunc(result.Spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID))
	})
	return result, nil
}

func export(s tracetest.SpanStub, kept bool) span {
	out := span{
		Name:  s.Name,
		Kind:  s.SpanKind.String(),
		Trace: s.SpanContext.TraceID().String(),
		ID:    s.SpanContext.SpanID().String(),
		Start: s.StartTime.Sub(began),
		End:   s.EndTime.Sub(began),
		Error: s.Status.Description,
		Kept:  kept,
	}
	if s.Parent.HasSpanID() {
		out.Parent = s.Parent.SpanID().String()
	}
	for _, l := range s.Links {
		out.Links = append(out.Links, link{l.SpanContext.TraceID().String(), l.SpanContext.SpanID().String()})
	}
	for _, e := range s.Events {
		out.Events = append(out.Events, e.Name)
	}
	return out
}

func wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A gate is a sampler that takes every span, and holds up those with one of
// its names until it is released.
type gate struct {
	names   []string
	open    chan struct{}
	reached chan struct{} // closed when the first span is held up
	once    sync.Once
	freed   sync.Once
}

func (g *gate) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if slices.Contains(g.names, p.Name) {
		g.once.Do(func() { close(g.reached) })
		<-g.open
	}
	return sdktrace.SamplingResult{
		Decision:   sdktrace.RecordAndSample,
		Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState(),
	}
}

func (g *gate) Description() string { return "gate" }

func (g *gate) release() { g.freed.Do(func() { close(g.open) }) }

// A recorder is a span processor that knows which spans run.
type recorder struct {
	mu      sync.Mutex
	changed *sync.Cond
	running map[trace.SpanID]string
	kinds   map[trace.SpanKind]int
	over    map[string]int
}

func newRecorder() *recorder {
	r := &recorder{
		running: map[trace.SpanID]string{},
		kinds:   map[trace.SpanKind]int{},
		over:    map[string]int{},
	}
	r.changed = sync.NewCond(&r.mu)
	return r
}

func (r *recorder) OnStart(_ context.Context, s sdktrace.ReadWriteSpan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running[s.SpanContext().SpanID()] = s.Name()
	r.kinds[s.SpanKind()]++
	r.changed.Broadcast()
}

func (r *recorder) OnEnd(s sdktrace.ReadOnlySpan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, s.SpanContext().SpanID())
	r.over[s.Name()]++
	r.changed.Broadcast()
}

func (r *recorder) Shutdown(context.Context) error   { return nil }
func (r *recorder) ForceFlush(context.Context) error { return nil }

func (r *recorder) started(ctx context.Context, kind trace.SpanKind, n int) error {
	return r.until(ctx, fmt.Sprintf("%d spans of kind %s started", n, kind), func() bool {
		return r.kinds[kind] >= n
	})
}

func (r *recorder) ended(ctx context.Context, names ...string) error {
	want := map[string]int{}
	for _, name := range names {
		want[name]++
	}
	return r.until(ctx, fmt.Sprintf("spans %q ended", names), func() bool {
		for name, n := range want {
			if r.over[name] < n {
				return false
			}
		}
		return true
	})
}

func (r *recorder) until(ctx context.Context, what string, holds func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.changed.Broadcast()
	})
	defer stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !holds() {
		if ctx.Err() != nil {
			return fmt.Errorf("waited in vain for: %s (ended: %v)", what, r.over)
		}
		r.changed.Wait()
	}
	return nil
}

func (r *recorder) open() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, name := range r.running {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A gateway answers for all services the shop calls.
type gateway struct {
	mu    sync.Mutex
	calls []string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.calls = append(g.calls, r.Method+" "+r.URL.Path)
	g.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/prices/"):
		fmt.Fprint(w, 4200)
	case strings.HasPrefix(r.URL.Path, "/stock/"):
		fmt.Fprint(w, 7)
	case strings.HasPrefix(r.URL.Path, "/shards/"):
		fmt.Fprint(w, `["mug"]`)
	}
}

func (g *gateway) list() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.Sort(g.calls)
	return g.calls
}

// A web is the shop's handler behind a real listener.
type web struct {
	*http.Server
	base     string
	requests chan context.Context
}

func serve(handler http.Handler) (*web, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &web{base: "http://" + listener.Addr().String(), requests: make(chan context.Context, 2)}
	w.Server = &http.Server{
		ErrorLog: log.New(io.Discard, "", 0), // a scenario panics on purpose
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.requests <- r.Context()
			handler.ServeHTTP(rw, r)
		}),
	}
	go func() { _ = w.Serve(listener) }()
	return w, nil
}

// finished waits until net/http has cancelled the context of the oldest
// request, which it does after the handler has returned or the client has left.
func (w *web) finished(ctx context.Context) error {
	select {
	case request := <-w.requests:
		return wait(ctx, request.Done())
	case <-ctx.Done():
		return ctx.Err()
	}
}

type exchange struct {
	leave  context.CancelFunc
	done   chan struct{}
	status int // once done is closed
}

func (w *web) start(ctx context.Context, sc scenario) *exchange {
	ctx, leave := context.WithCancel(ctx)
	e := &exchange{leave: leave, done: make(chan struct{})}
	go func() {
		defer close(e.done)
		method, path, _ := strings.Cut(sc.request, " ")
		req, err := http.NewRequestWithContext(ctx, method, w.base+path, bytes.NewReader([]byte(sc.body)))
		if err != nil {
			return
		}
		req.Close = true
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return // the client left, or the handler panicked
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		e.status = resp.StatusCode
	}()
	return e
}

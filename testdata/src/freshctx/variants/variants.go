// Package variants has shapes that look unlike the first ones.
package variants

import (
	"context"
	stdctx "context"
	"database/sql"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/sourcegraph/conc/pool"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

var tracer = otel.Tracer("src/freshctx/variants")

type api interface {
	Do(ctx context.Context, id string) error
}

type svc struct {
	api  api
	db   *sql.DB
	jobs chan func()
	wg   sync.WaitGroup
	t    trace.Tracer
}

func pooled(w http.ResponseWriter, r *http.Request, a api) {
	p := pool.New()
	p.Go(func() { _ = a.Do(context.Background(), "x") }) // want `is at hand|made without`
	p.Wait()
}

func (s *svc) submit(f func()) { s.jobs <- f }

func (s *svc) submitted(w http.ResponseWriter, r *http.Request) {
	s.submit(func() { _ = s.api.Do(context.Background(), "x") }) // want `starts over`
}

func (s *svc) async(f func()) {
	s.wg.Add(1)
	go func() { defer s.wg.Done(); f() }()
}

func (s *svc) helped(ctx context.Context, id string) {
	s.async(func() { _ = s.api.Do(context.Background(), id) }) // want `starts over`
}

func (s *svc) sent(ctx context.Context, id string) {
	s.jobs <- func() { _ = s.api.Do(context.Background(), id) } // want `starts over`
}

type stream struct{ grpc.ServerStream }

func (s *svc) streamed(id string, st grpc.ServerStream) error {
	return s.api.Do(context.Background(), id) // want `is at hand|made without`
}

func middleware(next http.Handler, a api) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go func() { _ = a.Do(context.Background(), r.URL.Path) }() // want `starts over`
		next.ServeHTTP(w, r)
	})
}

type opts struct{ Context context.Context }

func silentInStruct(ctx context.Context, a api) opts {
	_ = a.Do(ctx, "x")
	return opts{Context: context.Background()}
}

func (s *svc) flush(ctx context.Context) { _ = s.api.Do(ctx, "flush") }

func (s *svc) withValue(ctx context.Context, id string) {
	bg := context.Background() // want `starts over`
	bg = context.WithValue(bg, opts{}, id)
	go s.flush(bg)
}

func alias(ctx stdctx.Context, a api) error {
	return a.Do(stdctx.Background(), "x") // want `is at hand|made without`
}

func baggageCopied(ctx context.Context, s *svc) {
	go s.flush(baggage.ContextWithBaggage(context.Background(), baggage.FromContext(ctx))) // want `starts over`
}

func metadataCopied(ctx context.Context, a api) error {
	md, _ := metadata.FromIncomingContext(ctx)
	return a.Do(metadata.NewOutgoingContext(context.Background(), md), "x") // want `is at hand|made without`
}

func inIterator(ctx context.Context, a api) iter.Seq[error] {
	return func(yield func(error) bool) {
		yield(a.Do(context.Background(), "x")) // want `is at hand|made without`
	}
}

func (s *svc) audit(id string) { _ = s.api.Do(context.Background(), id) } // want `starts over`

func (s *svc) launchedByName(w http.ResponseWriter, r *http.Request) {
	go s.audit(r.URL.Path)
}

func (s *svc) audit2(id string) { _ = s.api.Do(context.Background(), id) }

func (s *svc) silentWhenAlsoCalled(w http.ResponseWriter, r *http.Request) { go s.audit2("x") }
func (s *svc) callerWithoutContext()                                       { s.audit2("x") }

func (s *svc) spanBefore(ctx context.Context) {
	bg, span := s.t.Start(context.Background(), "before") // want `has no link to`
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer span.End()
		s.flush(bg)
	}()
}

func (s *svc) spanBeforeHandler(w http.ResponseWriter, r *http.Request) {
	bg, span := s.t.Start(context.Background(), "before") // want `has no link to`
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer span.End()
		s.flush(bg)
	}()
}

func begin(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name)
}

func (s *svc) helperSpan(ctx context.Context, id string) {
	s.wg.Go(func() {
		ctx, span := begin(context.Background(), "helper") // want `has no link to`
		defer span.End()
		s.flush(ctx)
	})
}

func (s *svc) callback(sub func(func(context.Context, string) error)) {
	sub(func(ctx context.Context, id string) error {
		return s.api.Do(context.Background(), id) // want `is at hand|made without`
	})
}

func (s *svc) silentInHook(on func(start func(context.Context) error)) {
	on(func(ctx context.Context) error {
		go s.flush(context.Background())
		return nil
	})
}

type cache struct {
	api api
	m   map[string]string
}

func (c *cache) warm(ctx context.Context) { _ = c.api.Do(ctx, "warm") }

func silentInConstructor(ctx context.Context, a api) *cache {
	c := &cache{api: a}
	go c.warm(context.Background())
	return c
}

func (s *svc) silentAfterEnd() {
	ctx, span := tracer.Start(context.Background(), "phase")
	_ = s.api.Do(ctx, "a")
	span.End()
	_ = s.api.Do(context.Background(), "b")
}

func (s *svc) rows(ctx context.Context) (*sql.Rows, error) {
	return s.db.QueryContext(context.Background(), "select 1") // want `is at hand|made without`
}

func (s *svc) tx(ctx context.Context) error {
	tx, err := s.db.BeginTx(context.Background(), nil) // want `is at hand|made without`
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return tx.Commit()
}

func silentWhenCloned(ctx context.Context, c *http.Client) (*http.Response, error) {
	req, err := http.NewRequest("GET", "x", nil)
	if err != nil {
		return nil, err
	}
	return c.Do(req.Clone(ctx))
}

func roundTrip(ctx context.Context, rt http.RoundTripper) (*http.Response, error) {
	req, err := http.NewRequest("GET", "x", nil) // want `is at hand|made without`
	if err != nil {
		return nil, err
	}
	return rt.RoundTrip(req)
}

func send(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func helperSends(w http.ResponseWriter, r *http.Request, c *http.Client) {
	req, err := http.NewRequest("GET", "x", nil) // want `is at hand|made without`
	if err == nil {
		_ = send(c, req)
	}
}

func retry(ctx context.Context, a api) error {
	var err error
	for range 3 {
		if err = a.Do(context.TODO(), "x"); err == nil { // want `is at hand|made without`
			return nil
		}
	}
	return err
}

func silentAfterDeadline(ctx context.Context, a api) error {
	err := a.Do(ctx, "x")
	if errors.Is(err, context.DeadlineExceeded) {
		return a.Do(context.Background(), "undo")
	}
	return err
}

func timer(w http.ResponseWriter, r *http.Request, a api) {
	time.AfterFunc(time.Minute, func() { _ = a.Do(context.Background(), "x") }) // want `starts over`
}

func namedResult(ctx context.Context, a api) (err error) {
	err = a.Do(context.Background(), "x") // want `is at hand|made without`
	return
}

func silentForLogger(ctx context.Context, a api, l *slog.Logger) {
	bg := context.Background()
	l.InfoContext(bg, "x")
	_ = a.Do(ctx, "x")
}

type holder struct {
	trace.Tracer
	a api
}

func (h holder) embedded(ctx context.Context, id string) {
	go func() {
		ctx, span := h.Start(context.Background(), "x") // want `has no link to`
		defer span.End()
		_ = h.a.Do(ctx, "x")
	}()
}

func nested(ctx context.Context, a api) {
	go func() {
		_ = a.Do(context.WithoutCancel(ctx), "outer")
		go func() {
			_ = a.Do(context.Background(), "inner") // want `starts over`
		}()
	}()
}

func ternary(ctx context.Context, a api, async bool) error {
	c := ctx
	if async {
		c = context.Background() // want `is at hand|made without`
	}
	return a.Do(c, "x")
}

func requestOnBackground(ctx context.Context, req *http.Request, c *http.Client, async bool) {
	if async {
		req = req.WithContext(context.Background()) // want `starts over`
	}
	go func() { _, _ = c.Do(req) }()
}

func waitTimeout(ctx context.Context, a api) error {
	c, cancel := context.WithTimeout(context.Background(), time.Second) // want `is at hand|made without`
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- a.Do(c, "x") }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func methodValue(ctx context.Context, s *svc) {
	f := s.flush
	go f(context.Background()) // want `starts over`
}

func closureVar(ctx context.Context, a api) {
	work := func(ctx context.Context) { _ = a.Do(ctx, "x") }
	go work(context.Background()) // want `starts over`
}

func closureVarNoArg(ctx context.Context, a api) {
	work := func() { _ = a.Do(context.Background(), "x") } // want `starts over`
	go work()
}

func silentWithLinkOnParent(ctx context.Context, a api) {
	go func() {
		bg, span := tracer.Start(context.Background(), "x")
		defer span.End()
		trace.SpanFromContext(ctx).AddLink(trace.LinkFromContext(bg))
		_ = a.Do(bg, "x")
	}()
}
func withTimeoutOfVar(w http.ResponseWriter, r *http.Request, a api) {
	ctx := context.Background() // want `is at hand|made without`
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := a.Do(ctx, "x"); err != nil {
		http.Error(w, err.Error(), 500)
	}
}

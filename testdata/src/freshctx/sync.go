package freshctx

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

func (s *service) call(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return s.store.Put(context.Background(), o) // want `call starts over from context.Background\(\) although ctx is at hand, so it is cut off from the trace`
}

func (s *service) handler(w http.ResponseWriter, r *http.Request) {
	_ = s.store.Put(context.TODO(), order{}) // want `although r.Context\(\) is at hand`
}

func (s *service) returnedHandler() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = s.store.Put(context.TODO(), order{}) // want `although r.Context\(\) is at hand`
	}
}

func (s *service) blankParameter(_ context.Context, o order) error {
	return s.store.Put(context.Background(), o) // want `although the unnamed context parameter is at hand`
}

func (s *service) unnamedParameter(context.Context, *order) error {
	return s.store.Put(context.Background(), order{}) // want `although the unnamed context parameter is at hand`
}

func (s *service) variable(ctx context.Context, o order) error {
	bg := context.Background() // want `although ctx is at hand`
	if _, err := s.store.Get(bg, o.ID); err != nil {
		return err
	}
	return s.store.Put(bg, o)
}

func (s *service) limitOfItsOwn(ctx context.Context, o order) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // want `although ctx is at hand`
	defer cancel()
	return s.store.Put(ctx, o)
}

func (s *service) overwritten(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	ctx = context.Background() // want `although ctx is at hand`
	return s.store.Put(ctx, o)
}

func (s *service) overwrittenSometimes(ctx context.Context, o order, keep bool) error {
	if keep {
		ctx = context.Background() // want `although ctx is at hand`
	}
	return s.store.Put(ctx, o)
}

func (s *service) request(ctx context.Context, url string, body io.Reader) error {
	req, err := http.NewRequest(http.MethodPut, url, body) // want `request is made without ctx, so it is cut off from the trace`
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

func throughInterface(ctx context.Context, c doer, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil) // want `request is made without ctx`
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/plain")
	return c.Do(req)
}

func contextOnOnePath(ctx context.Context, c doer, url string, quick bool) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil) // want `request is made without ctx`
	if err != nil {
		return nil, err
	}
	if quick {
		req = req.WithContext(ctx)
	}
	return c.Do(req)
}

func newRequest(url string) (*http.Request, error) { return http.NewRequest(http.MethodGet, url, nil) }

func requestOfHelper(ctx context.Context, c doer, url string) (*http.Response, error) {
	req, err := newRequest(url) // want `request is made without ctx`
	if err != nil {
		return nil, err
	}
	return c.Do(req)
}

func build(ctx context.Context, url string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/plain")
	return req, nil
}

func throughHelper(ctx context.Context, c doer, url string) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	req, err := build(context.Background(), url) // want `although ctx is at hand`
	if err != nil {
		return nil, err
	}
	return c.Do(req)
}

func fresh() context.Context { return context.Background() }

func (s *service) helperResult(ctx context.Context, o order) error {
	return s.store.Put(fresh(), o) // want `call starts over from fresh\(\) although ctx is at hand`
}

func (s *service) packageVariableInCall(ctx context.Context, o order) error {
	return s.store.Put(forever, o) // want `call starts over from forever`
}

func (s *service) span(ctx context.Context, o order) error {
	ctx, span := tracer.Start(context.Background(), "span") // want `although ctx is at hand`
	defer span.End()
	return s.store.Put(ctx, o)
}

func (s *service) joined(ctx context.Context, orders []order) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, o := range orders {
		g.Go(func() error {
			return s.store.Put(context.Background(), o) // want `call starts over from context.Background\(\) although ctx is at hand`
		})
	}
	return g.Wait()
}

func (s *service) inCallback(ctx context.Context, tx func(func(context.Context) error) error, o order) error {
	return tx(func(ctx context.Context) error {
		return s.store.Put(context.Background(), o) // want `although ctx is at hand`
	})
}

// background launches on the context that it is given.
func (s *service) background(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "background")
		defer span.End()
		_ = s.store.Put(ctx, o)
	}()
}

func (s *service) goesOn(w http.ResponseWriter, r *http.Request) {
	s.raw(context.Background(), order{}) // want `although r.Context\(\) is at hand`
}

// raw works with its context after it has returned: who calls it has to hand
// it one that lasts.
func (s *service) raw(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = s.notify(ctx, o)
	}()
}

func (s *service) belowSpanOfMain() {
	ctx, span := tracer.Start(context.Background(), "startup")
	defer span.End()
	_, _ = s.store.Get(ctx, "a")
	_, _ = s.store.Get(context.Background(), "b") // want `although ctx is at hand`
}

func (s *service) otherwise(ctx context.Context, c chan order) error {
	select {
	case o := <-c:
		return s.store.Put(context.Background(), o) // want `although ctx is at hand`
	default:
		return nil
	}
}

func (s *service) labelled(ctx context.Context, orders []order) {
outer:
	for _, o := range orders {
		if _, err := s.store.Get(context.Background(), o.ID); err == nil { // want `although ctx is at hand`
			continue outer
		}
		break outer
	}
}

type hooks struct {
	tag func(context.Context) context.Context
}

func (h hooks) functionValue(ctx context.Context, s *service) {
	_ = s.notify(h.tag(context.Background()), order{}) // want `although ctx is at hand`
	_, _ = s.store.Get(ctx, "a")
}

func (s *service) belowSpanOfGoroutine(ctx context.Context, o order) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "goroutine")
		defer span.End()
		_, _ = s.store.Get(ctx, o.ID)
		_ = s.store.Put(context.Background(), o) // want `call starts over from context.Background\(\) although ctx is at hand`
	}()
}

func (s *service) undecided(ctx context.Context, o order) error {
	todo := context.TODO() // want `although ctx is at hand`
	if _, err := s.store.Get(todo, o.ID); err != nil {
		return err
	}
	return s.store.Put(todo, o)
}

// A reason not to be cancelled is none to lose what notify traces.
func (s *service) reasonWhereItTraces(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// The customer is told even if the request is cancelled.
	return s.notify(context.Background(), o) // want `call starts over from context.Background\(\) although ctx is at hand`
}

func (s *service) reasonBelowSpan(ctx context.Context, o order) error {
	ctx, span := tracer.Start(ctx, "reason")
	defer span.End()
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// The order must be complete even if the request is cancelled.
	return s.store.Put(context.Background(), o) // want `call starts over from context.Background\(\) although ctx is at hand`
}

func (s *service) remarkOnSomethingElse(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// Orders are never replaced.
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) remarkWithoutReason(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// Create a context for the calls of the store.
	put, cancel := context.WithTimeout(context.Background(), time.Second) // want `although ctx is at hand`
	defer cancel()
	return s.store.Put(put, o)
}

func (s *service) remarkThatPromises(ctx context.Context, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	// TODO: take the context of the request
	return s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) remarkAboveBlock(ctx context.Context, o order, again bool) {
	// Nothing is put twice while the context of the request lasts.
	if again {
		_ = s.store.Put(context.Background(), o) // want `although ctx is at hand`
	}
	_, _ = s.store.Get(ctx, o.ID)
}

func (s *service) remarkBehindLineBefore(ctx context.Context, o order) {
	_, _ = s.store.Get(ctx, o.ID)            // with the context of the request
	_ = s.store.Put(context.Background(), o) // want `although ctx is at hand`
}

func (s *service) whileItGoesOn(ctx context.Context, o order) {
	if ctx.Err() == nil {
		_ = s.store.Put(context.Background(), o) // want `although ctx is at hand`
	}
	_, _ = s.store.Get(ctx, "a")
}

func (s *service) unlessItIsDone(ctx context.Context, o order) {
	if err := ctx.Err(); err != nil {
		return
	}
	if ctx.Err() != nil {
		_ = s.store.Put(context.Background(), o)
	} else {
		_ = s.store.Put(context.Background(), o) // want `although ctx is at hand`
	}
}

// A workers runs what it is given, nobody here knows when.
type workers interface {
	Submit(job func() any) (id string, err error)
	Run(ctx context.Context, job func() error) error
}

// The job may run when the request is over.
func (s *service) submitted(ctx context.Context, w workers, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	_, err := w.Submit(func() any {
		return s.store.Put(context.Background(), o) // want `although ctx is at hand`
	})
	return err
}

// The error says that the job is done.
func (s *service) ranAtOnce(ctx context.Context, w workers, o order) error {
	if _, err := s.store.Get(ctx, o.ID); err != nil {
		return err
	}
	return w.Run(ctx, func() error {
		return s.store.Put(context.Background(), o) // want `although ctx is at hand`
	})
}

func (s *service) sorted(ctx context.Context, orders []order) {
	_, _ = s.store.Get(ctx, "all")
	slices.SortFunc(orders, func(a, b order) int {
		first, _ := s.store.Get(context.Background(), a.ID) // want `although ctx is at hand`
		return strings.Compare(first.ID, b.ID)
	})
}

package lives

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
)

// What a call opens goes on with the context that it was given, for as long as
// somebody has it.

type rows interface {
	Next(dst any) error
}

type table interface {
	Query(ctx context.Context, q string) (rows, error)
	Watch(ctx context.Context, q string) (stop func(), err error)
	Load(ctx context.Context, q string) (*record, error)
}

type record struct{ name string }

func (r *record) String() string { return r.name }

type client struct{ http *http.Client }

func (c *client) send(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return c.http.Do(req)
}

type decoder func(io.Reader) (scanner, error)

type scanner interface {
	NextBatch(ctx context.Context) ([]string, error)
	Close(ctx context.Context) error
}

type pending struct {
	key     string
	scanner scanner
}

type input struct {
	client  *client
	table   table
	store   store
	decoder decoder

	body    io.ReadCloser
	resp    *http.Response
	rows    rows
	stop    func()
	scanner scanner
	pending *pending
	queue   []io.ReadCloser
	byID    map[string]io.ReadCloser
	ready   chan io.ReadCloser
	record  *record
	name    string
}

func (i *input) silentBody(ctx context.Context) error {
	resp, err := i.client.send(context.Background(), "http://stream")
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	i.body = resp.Body
	return nil
}

func (i *input) silentResponse(ctx context.Context) (err error) {
	i.resp, err = i.client.send(context.Background(), "http://stream")
	return errors.Join(err, ctx.Err())
}

func (i *input) silentRows(ctx context.Context) error {
	it, err := i.table.Query(context.Background(), "all")
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	i.rows = it
	return nil
}

func (i *input) silentStop(ctx context.Context) (err error) {
	i.stop, err = i.table.Watch(context.Background(), "all")
	return errors.Join(err, ctx.Err())
}

func (i *input) silentDecoded(ctx context.Context) error {
	resp, err := i.client.send(context.Background(), "http://stream")
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	i.scanner, err = i.decoder(resp.Body)
	return err
}

func (i *input) silentBuffered(ctx context.Context, id string) (*bufio.Reader, error) {
	r, err := i.store.Open(context.Background(), id)
	if err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	return bufio.NewReader(r), nil
}

func (i *input) silentInObject(ctx context.Context, id string) (*pending, error) {
	r, err := i.store.Open(context.Background(), id)
	if err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	p := &pending{key: id}
	if p.scanner, err = i.decoder(r); err != nil {
		return nil, err
	}
	return p, nil
}

func (i *input) silentInKeptObject(ctx context.Context, id string) error {
	r, err := i.store.Open(context.Background(), id)
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	s, err := i.decoder(r)
	if err != nil {
		return err
	}
	i.pending = &pending{id, s}
	return nil
}

func (i *input) silentInContainers(ctx context.Context, id string) error {
	a, err := i.store.Open(context.Background(), id)
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	i.queue = append(i.queue, a)
	b, err := i.store.Open(context.Background(), id)
	if err != nil {
		return err
	}
	i.byID[id] = b
	c, err := i.store.Open(context.Background(), id)
	if err != nil {
		return err
	}
	i.ready <- c
	return nil
}

func (i *input) silentInIterator(ctx context.Context) (iter.Seq[string], error) {
	it, err := i.table.Query(context.Background(), "all")
	if err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	return func(yield func(string) bool) {
		var s string
		for it.Next(&s) == nil && yield(s) {
		}
	}, nil
}

func (i *input) silentMethodValue(ctx context.Context, id string) (func() error, error) {
	r, err := i.store.Open(context.Background(), id)
	if err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	return r.Close, nil
}

// A session decides itself when its contexts end.
type session interface {
	Context(ctx context.Context) (context.Context, context.CancelFunc)
}

type signaller struct{ stopped chan struct{} }

func (s *signaller) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-ctx.Done():
		case <-s.stopped:
		}
		cancel()
	}()
	return ctx, cancel
}

func (i *input) silentInSession(ctx context.Context, s session) error {
	life, done := s.Context(context.Background())
	defer done()
	_, err := i.store.Get(life, "a")
	return errors.Join(err, ctx.Err())
}

func (i *input) silentUntilStopped(ctx context.Context, s *signaller) error {
	life, done := s.context(context.Background())
	defer done()
	_, err := i.store.Get(life, "a")
	return errors.Join(err, ctx.Err())
}

func (i *input) withLimit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 5)
}

// A deadline is no life cycle.
func (i *input) limited(ctx context.Context) error {
	short, done := i.withLimit(context.Background()) // want `call starts over from context.Background`
	defer done()
	_, err := i.store.Get(short, "a")
	return errors.Join(err, ctx.Err())
}

// Data do not need the context any more.
func (i *input) data(ctx context.Context) error {
	r, err := i.table.Load(context.Background(), "one") // want `call starts over from context.Background`
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	i.record = r
	return nil
}

func (i *input) readToTheEnd(ctx context.Context) error {
	resp, err := i.client.send(context.Background(), "http://one") // want `call starts over from context.Background`
	if err != nil {
		return errors.Join(err, ctx.Err())
	}
	defer func() { _ = resp.Body.Close() }()
	i.name = resp.Status
	return json.NewDecoder(resp.Body).Decode(&i.record)
}

// The caller has given a context for what is returned to it.
func (i *input) returned(ctx context.Context, id string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return i.store.Open(context.Background(), id) // want `call starts over from context.Background`
}

// Nobody has chosen here.
func (i *input) undecided(ctx context.Context, id string) (*bufio.Reader, error) {
	r, err := i.store.Open(context.TODO(), id) // want `call starts over from context.TODO`
	if err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	return bufio.NewReader(r), nil
}

func (i *input) open(ctx context.Context, id string) (io.ReadCloser, error) {
	ctx, span := tracer.Start(ctx, "open")
	defer span.End()
	return i.store.Open(ctx, id)
}

// The trace of open is lost, and what it opens must not end with the request.
func (i *input) openTraced(ctx context.Context, id string) (*bufio.Reader, error) {
	r, err := i.open(context.Background(), id) // want `call starts over from context.Background`
	if err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	return bufio.NewReader(r), nil
}

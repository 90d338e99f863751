package orphanspan

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// What returns at once has cancelled its work before that begins, whoever holds
// the other end of it.

type batching struct {
	orders chan order
	errs   chan error
}

func (b *batching) canceledAsItBegins(ctx context.Context) <-chan error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.errs = make(chan error)
	go b.read(ctx)  // want `goroutine outlives canceledAsItBegins but works with ctx, which the deferred cancel ends`
	go b.write(ctx) // want `goroutine outlives canceledAsItBegins`
	return b.errs
}

func (b *batching) read(ctx context.Context) {
	defer close(b.orders)
	for _, id := range []string{"a", "b"} {
		if o, err := db.Load(ctx, id); err == nil {
			b.orders <- o
		}
	}
}

func (b *batching) write(ctx context.Context) {
	defer close(b.errs)
	for o := range b.orders {
		if err := db.Save(ctx, o); err != nil {
			b.errs <- err
		}
	}
}

func canceledGenerator(ctx context.Context, ids []string) <-chan order {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	out := make(chan order)
	go func() { // want `goroutine outlives canceledGenerator but works with ctx, which the deferred cancel ends`
		defer close(out)
		for _, id := range ids {
			o, err := db.Load(ctx, id)
			if err != nil {
				return
			}
			out <- o
		}
	}()
	return out
}

// The receiver drains before the cancel runs.
func silentDrainedGenerator(ctx context.Context, ids []string) (found []order) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := make(chan order)
	go func() {
		defer close(out)
		for _, id := range ids {
			if o, err := db.Load(ctx, id); err == nil {
				out <- o
			}
		}
	}()
	for o := range out {
		found = append(found, o)
	}
	return found
}

// Who calls what is given the channel may wait there.
func silentGivenOn(ctx context.Context, ids []string, drain func(<-chan order) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := make(chan order)
	go func() {
		defer close(out)
		for _, id := range ids {
			if o, err := db.Load(ctx, id); err == nil {
				out <- o
			}
		}
	}()
	return drain(out)
}

// What waits for the end is meant to see it.
func silentWatcherLast(ctx context.Context, done chan<- struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-ctx.Done()
		_ = work(context.WithoutCancel(ctx))
		close(done)
	}()
}

// A decorator calls a method of its own name; that is no caller of its own.

type recorded struct {
	next store
}

func (r *recorded) Save(ctx context.Context, o order) error {
	if err := r.next.Save(ctx, o); err != nil {
		return err
	}
	go func() { // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
		notify(ctx, o)
	}()
	return nil
}

func (r *recorded) Load(ctx context.Context, id string) (order, error) {
	o, err := r.next.Load(ctx, id)
	go func() {
		notify(context.WithoutCancel(ctx), o)
	}()
	return o, err
}

// A literal that is made after the wait runs after it.

func groupContextInLiteral(ctx context.Context, orders []order) error {
	g, group := errgroup.WithContext(ctx)
	for _, o := range orders {
		g.Go(func() error { return db.Save(group, o) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	second := &errgroup.Group{}
	for _, o := range orders {
		second.Go(func() error {
			return db.Save(group, o) // want `group is the context of a group that has been waited for`
		})
	}
	return second.Wait()
}

func groupContextInReturnedLiteral(ctx context.Context, o order) func() error {
	g, group := errgroup.WithContext(ctx)
	g.Go(func() error { return db.Save(group, o) })
	_ = g.Wait()
	return func() error { return db.Save(group, o) } // want `group is the context of a group that has been waited for`
}

// The group has a context of its own in each round.
func silentGroupPerRound(ctx context.Context, rounds [][]order) error {
	for _, orders := range rounds {
		g, group := errgroup.WithContext(ctx)
		for _, o := range orders {
			g.Go(func() error { return db.Save(group, o) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// The variables get another group after the first one's wait.
func silentGroupMadeAnew(ctx context.Context, orders []order) error {
	g, group := errgroup.WithContext(ctx)
	for _, o := range orders {
		g.Go(func() error { return db.Save(group, o) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	g, group = errgroup.WithContext(ctx)
	for _, o := range orders {
		g.Go(func() error { return db.Save(group, o) })
	}
	return g.Wait()
}

// Deferred before the wait, and made there: it might run when that panics.
func silentGroupLiteralBeforeWait(ctx context.Context, o order) error {
	g, group := errgroup.WithContext(ctx)
	save := func() error { return db.Save(group, o) }
	g.Go(save)
	return g.Wait()
}

// A body that a helper returns is read when the context is gone.

func fetch(ctx context.Context, url string) (*http.Response, error) {
	return client.Do(get(ctx, url))
}

func bodyOf(_ context.Context, resp *http.Response) (io.ReadCloser, error) { return resp.Body, nil }

func canceledBodyByHelper(ctx context.Context, url string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels ctx when canceledBodyByHelper returns, but what it returns still depends on it`
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return bodyOf(ctx, resp)
}

type lines struct {
	scan *bufio.Scanner
	body io.Closer
}

func linesOf(resp *http.Response) *lines {
	l := &lines{scan: bufio.NewScanner(resp.Body), body: resp.Body}
	return l
}

func canceledLines(ctx context.Context, url string) (*lines, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels ctx when canceledLines returns`
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return linesOf(resp), nil
}

func canceledDecoder(ctx context.Context, url string) (*json.Decoder, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels ctx when canceledDecoder returns`
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return json.NewDecoder(resp.Body), nil
}

func canceledUnzipped(ctx context.Context, url string) (io.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels ctx when canceledUnzipped returns`
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	unzipped, err := gzip.NewReader(resp.Body)
	return unzipped, err
}

// What a helper reads is in memory.

func parsed(_ context.Context, resp *http.Response) (o order, err error) {
	defer resp.Body.Close()
	err = json.NewDecoder(resp.Body).Decode(&o)
	return o, err
}

func silentBodyParsedByHelper(ctx context.Context, url string) (order, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := fetch(ctx, url)
	if err != nil {
		return order{}, err
	}
	return parsed(ctx, resp)
}

func inMemory(resp *http.Response) (io.Reader, error) {
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	return bytes.NewReader(all), err
}

func silentBodyBuffered(ctx context.Context, url string) (io.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return inMemory(resp)
}

func statusOf(resp *http.Response) string { return resp.Status }

func silentStatusByHelper(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := fetch(ctx, url)
	if err != nil {
		return "", err
	}
	return statusOf(resp), resp.Body.Close()
}

func silentReadInPlace(ctx context.Context, url string) (io.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(all), nil
}

func unwrapped(resp *http.Response, times int) *http.Response {
	if times == 0 {
		return resp
	}
	return unwrapped(resp, times-1)
}

func canceledByRecursion(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel() // want `deferred call cancels ctx when canceledByRecursion returns`
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return unwrapped(resp, 3), nil
}

func endlessly(resp *http.Response) *http.Response { return endlessly(resp) }

func silentEndlessly(ctx context.Context, url string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return endlessly(resp), nil
}

// What a method launches is cancelled when its caller returns, which is at once.

type indexer struct{ store store }

func (x *indexer) build(ctx context.Context, o order, async bool) error {
	if !async {
		return x.store.Save(ctx, o)
	}
	go func() {
		if err := x.store.Save(ctx, o); err != nil {
			logf("%v", err)
		}
	}()
	return nil
}

func (x *indexer) query(o order, async bool) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // want `deferred call cancels ctx when query returns, but build goes on working with it`
	return x.build(ctx, o, async)
}

// It goes on beside the work for a while, and ends it then.
func (x *indexer) silentQueryThenMore(o order) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := x.build(ctx, o, true); err != nil {
		return err
	}
	return x.store.Save(ctx, o)
}

func (x *indexer) silentQueryInPlace(o order) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return x.store.Save(ctx, o)
}

// Who has made the object may wait for what it launches.
func silentOwnIndexer(o order) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	x := &indexer{store: db}
	return x.build(ctx, o, true)
}

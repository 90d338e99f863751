package spanend

import (
	"context"
	"database/sql"
	"io"
	"iter"
	"net/http"

	"google.golang.org/grpc"

	"go.opentelemetry.io/otel/trace"
)

type service struct {
	rootCtx context.Context
	id      string
	onClose func()
}

func ctxInReturnedObject(ctx context.Context, id string) *service {
	ctx, span := tracer.Start(ctx, "root")
	defer span.End() // want `span is ended here, but its context leaves the function, so what is started below it starts after its end`
	return &service{rootCtx: ctx, id: id}
}

func ctxInStoredObject(ctx context.Context, id string) *service {
	ctx, span := tracer.Start(ctx, "root")
	defer span.End() // want `its context leaves the function`
	s := &service{id: id}
	s.rootCtx = ctx
	return s
}

func (s *service) init(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "init")
	defer span.End() // want `its context leaves the function`
	s.rootCtx = ctx
	return nil
}

func ctxReturned(ctx context.Context, user string) (context.Context, error) {
	ctx, span := tracer.Start(ctx, "authenticate")
	defer span.End() // want `its context leaves the function`
	if user == "" {
		return nil, errBoom
	}
	return context.WithValue(ctx, userKey{}, user), nil
}

type userKey struct{}

func ctxReturnedAfterHand(ctx context.Context) context.Context {
	ctx, authSpan := tracer.Start(ctx, "authenticate")
	_ = work(ctx)
	authSpan.End() // want `span authSpan is ended here, but its context leaves the function`
	return ctx
}

func closureReturned(ctx context.Context) func() error {
	ctx, span := tracer.Start(ctx, "prepare")
	defer span.End() // want `span is ended here, but the function that leaves the function still works under it`
	return func() error { return work(ctx) }
}

func closureAnnotates(ctx context.Context) func(string) {
	_, span := tracer.Start(ctx, "prepare")
	defer span.End() // want `but the function that leaves`
	return func(text string) { span.AddEvent(text) }
}

func closureStored(ctx context.Context, s *service) {
	ctx, span := tracer.Start(ctx, "prepare")
	defer span.End() // want `but the function that leaves`
	s.onClose = func() { _ = work(ctx) }
}

func closureInObject(ctx context.Context) *service {
	ctx, span := tracer.Start(ctx, "prepare")
	defer span.End() // want `but the function that leaves`
	return &service{onClose: func() { _ = work(ctx) }}
}

func closureInVariable(ctx context.Context) http.HandlerFunc {
	ctx, span := tracer.Start(ctx, "routes")
	defer span.End() // want `but the function that leaves`
	h := func(w http.ResponseWriter, r *http.Request) { _ = work(ctx) }
	return h
}

func iterator(ctx context.Context, ids []string) iter.Seq2[string, error] {
	ctx, span := tracer.Start(ctx, "scan")
	defer span.End() // want `but the iterator that leaves the function still works under it`
	return func(yield func(string, error) bool) {
		for _, id := range ids {
			if !yield(load(ctx, id)) {
				return
			}
		}
	}
}

func scan(ctx context.Context, ids []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, id := range ids {
			v, _ := load(ctx, id)
			if !yield(v) {
				return
			}
		}
	}
}

func iteratorFromCall(ctx context.Context, ids []string) iter.Seq[string] {
	ctx, span := tracer.Start(ctx, "scan")
	defer span.End() // want `but the iterator that leaves`
	return scan(ctx, ids)
}

func stream(ctx context.Context, cc grpc.ClientConnInterface) (grpc.ClientStream, error) {
	ctx, span := tracer.Start(ctx, "watch")
	defer span.End() // want `but the stream that leaves the function still works under it`
	s, err := cc.NewStream(ctx, &grpc.StreamDesc{}, "/watch")
	if err != nil {
		return nil, err
	}
	return s, nil
}

func streamFromCall(ctx context.Context, cc grpc.ClientConnInterface) (grpc.ClientStream, error) {
	ctx, span := tracer.Start(ctx, "watch")
	defer span.End() // want `but the stream that leaves`
	return cc.NewStream(ctx, &grpc.StreamDesc{}, "/watch")
}

// Silent.

type owner struct {
	ctx  context.Context
	span trace.Span
}

func silentOwner(ctx context.Context) *owner {
	ctx, span := tracer.Start(ctx, "root")
	return &owner{ctx: ctx, span: span}
}

func (o *owner) Close() { o.span.End() }

func silentBesideAnError(ctx context.Context) (context.Context, func(), error) {
	ctx, span := tracer.Start(ctx, "op")
	if err := work(ctx); err != nil {
		span.End()
		return ctx, nil, err
	}
	return ctx, func() { span.End() }, nil
}

func silentEndedBefore(ctx context.Context) (context.Context, func()) {
	_, span := tracer.Start(ctx, "first")
	_ = work(ctx)
	span.End()
	ctx, span = tracer.Start(ctx, "second")
	return ctx, func() { span.End() }
}

func silentIteratorOwns(ctx context.Context, ids []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		ctx, span := tracer.Start(ctx, "scan")
		defer span.End()
		for _, id := range ids {
			v, _ := load(ctx, id)
			if !yield(v) {
				return
			}
		}
	}
}

func silentIteratorEnds(ctx context.Context, ids []string) (iter.Seq[string], error) {
	ctx, end := traced(ctx, "scan")
	if len(ids) == 0 {
		end()
		return nil, errBoom
	}
	return func(yield func(string) bool) {
		defer end()
		for _, id := range ids {
			v, _ := load(ctx, id)
			if !yield(v) {
				return
			}
		}
	}, nil
}

func silentOwnParameter(ctx context.Context) func(context.Context) error {
	ctx, span := tracer.Start(ctx, "prepare")
	defer span.End()
	_ = work(ctx)
	return func(ctx context.Context) error { return work(ctx) }
}

func silentWatcher(ctx context.Context) func() bool {
	ctx, span := tracer.Start(ctx, "prepare")
	defer span.End()
	return func() bool { return ctx.Err() != nil }
}

// The argument of a call that waits: it is used while the span is open.
func silentPassedInObject(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	s := &service{rootCtx: ctx}
	return s.run()
}

func (s *service) run() error { return work(s.rootCtx) }

func (s *service) silentUsedBelow(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	s.rootCtx = ctx
	return s.run()
}

func silentRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "serve")
		defer span.End()
		r = r.WithContext(ctx)
		next.ServeHTTP(w, r)
	})
}

type rows struct{ ctx context.Context }

func (r *rows) Next() bool   { return false }
func (r *rows) Close() error { return nil }

func query(ctx context.Context) (*rows, error) { return &rows{ctx}, nil }

// A cursor over rows outlives the span of its query: universal practice.
func silentCursor(ctx context.Context) (*rows, error) {
	ctx, span := tracer.Start(ctx, "query")
	defer span.End()
	return query(ctx)
}

// The context goes with the transaction, as in the hooks of database drivers.
func silentTransaction(ctx context.Context, db *sql.DB) (context.Context, *sql.Tx, error) {
	ctx, span := tracer.Start(ctx, "begin")
	defer span.End()
	tx, err := db.BeginTx(ctx, nil)
	return ctx, tx, err
}

func silentBody(ctx context.Context, c *http.Client, req *http.Request) (io.ReadCloser, error) {
	ctx, span := tracer.Start(ctx, "get")
	defer span.End()
	res, err := c.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

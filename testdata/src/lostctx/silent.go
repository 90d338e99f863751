package lostctx

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/sync/semaphore"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Nothing below it traces.
func silentLeaf(ctx context.Context, id string) (int, error) {
	_, span := tracer.Start(ctx, "leaf")
	defer span.End()
	return count(ctx, id)
}

// Two spans side by side are often meant so.
func silentSiblings(ctx context.Context) {
	_, a := tracer.Start(ctx, "a")
	defer a.End()
	_, b := start(ctx, "b")
	defer b.End()
}

// What traces comes before the span, or after it.
func silentOutside(ctx context.Context, id string) error {
	if err := save(ctx, id); err != nil {
		return err
	}
	_, span := tracer.Start(ctx, "parse")
	parts := parse(id)
	span.End()
	return save(ctx, parts[0])
}

// An error path ends it as well.
func silentOutsideOnEveryPath(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "parse")
	if id == "" {
		span.RecordError(errBoom)
		span.End()
		return save(ctx, "nothing")
	}
	span.End()
	return save(ctx, id)
}

// The span is put into a context by hand.
func silentByHand(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "hand")
	defer span.End()
	ctx = trace.ContextWithSpan(ctx, span)
	return save(ctx, id)
}

// Whoever gets the span needs no context for it.
func silentGiven(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "given")
	defer span.End()
	return saveBelow(ctx, span, id)
}

func saveBelow(ctx context.Context, parent trace.Span, id string) error {
	return save(trace.ContextWithSpan(ctx, parent), id)
}

// It goes on when the span has ended, and must not lie below it.
func silentLaunched(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "enqueue")
	defer span.End()
	go func() { _ = save(context.WithoutCancel(ctx), id) }()
}

// A trace of its own that only notes the call.
func silentNewRoot(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "audit", trace.WithNewRoot())
	defer span.End()
	return save(ctx, id)
}

// Who returns the span leaves its extent to the caller.
func silentReturned(ctx context.Context, id string) (trace.Span, error) {
	_, span := tracer.Start(ctx, "returned")
	return span, save(ctx, id)
}

// The context is another one.
func silentOther(ctx, other context.Context, id string) error {
	_, span := tracer.Start(ctx, "other")
	defer span.End()
	return save(other, id)
}

// A callback that gets its own.
func silentCallback(ctx context.Context, ids []string) func(context.Context) error {
	_, span := tracer.Start(ctx, "prepare")
	defer span.End()
	return func(ctx context.Context) error { return save(ctx, ids[0]) }
}

// Only what is logged, measured and waited for comes after the end.
func silentAfterEnd(ctx context.Context, id string, sem *semaphore.Weighted) error {
	ctx, span := tracer.Start(ctx, "after")
	_, err := load(ctx, id)
	span.End()
	logID(ctx, id)
	if errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	if err := sem.Acquire(ctx, 1); err != nil {
		return err
	}
	defer sem.Release(1)
	select {
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	return err
}

// The phase has a name of its own, as the repair gives it.
func silentPhases(ctx context.Context, id string) error {
	findCtx, span := tracer.Start(ctx, "find")
	_, err := load(findCtx, id)
	span.End()
	saveCtx, span := tracer.Start(ctx, "save")
	defer span.End()
	if err != nil {
		return err
	}
	return save(saveCtx, id)
}

// Each round has its own context, below the one outside.
func silentRounds(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "round")
		_ = save(ctx, id)
		span.End()
	}
	_ = save(ctx, "done")
}

// The context goes back to what it was.
func silentRestored(ctx context.Context, id string) error {
	outer := ctx
	ctx, span := tracer.Start(ctx, "phase")
	_, err := load(ctx, id)
	span.End()
	ctx = outer
	if err != nil {
		return err
	}
	return save(ctx, id)
}

// On the path that goes on, the span is open.
func silentEndedOnOtherPath(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "path")
	if id == "" {
		span.End()
		return errBoom
	}
	err := save(ctx, id)
	span.End()
	return err
}

// Deferred, it ends last.
func silentDeferred(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "deferred")
	defer span.End()
	span.SetAttributes(attribute.String("id", id))
	return save(ctx, id)
}

// A root of its own has no parent that could have ended.
func silentRootAfterEnd(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "first")
	_, err := load(ctx, id)
	span.End()
	ctx, span = tracer.Start(ctx, "second", trace.WithNewRoot())
	defer span.End()
	if err != nil {
		return err
	}
	return save(ctx, id)
}

// Interceptors that end before they go on look at one thing only.
func silentMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "authorize")
		ok := r.Header.Get("Authorization") != ""
		span.End()
		if !ok {
			reply(w, "no")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A field that some method reads is used, whatever happens here.
func (s *service) silentField(ctx context.Context, id string) error {
	s.ctx, s.span = tracer.Start(ctx, "field")
	return save(ctx, id)
}

func (s *service) finish() {
	_ = save(s.ctx, "finish")
	s.span.End()
}

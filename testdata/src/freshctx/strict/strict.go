// Package strict has the cases of the categories that are off by default.
//
//ruletest:flags -enable=freshctx.hidden,freshctx.stored,freshctx.cleanup
package strict

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/freshctx/strict")

type store interface {
	Get(ctx context.Context, id string) error
}

type service struct {
	store store
	life  context.Context
}

func (s *service) inDefer(ctx context.Context) error {
	defer func() { _ = s.store.Get(context.Background(), "lock") }() // want `clean-up starts over from context.Background\(\) although ctx is at hand, so it is cut off from the trace`
	return s.store.Get(ctx, "a")
}

func (s *service) deferredCall(ctx context.Context) error {
	defer s.store.Get(context.Background(), "lock") // want `clean-up starts over`
	return s.store.Get(ctx, "a")
}

func (s *service) onErrorPath(ctx context.Context) error {
	err := s.store.Get(ctx, "a")
	if err != nil {
		_ = s.store.Get(context.Background(), "undo") // want `clean-up starts over`
	}
	return err
}

func (s *service) afterDone(ctx context.Context, c chan string) error {
	select {
	case <-ctx.Done():
		ctx, cancel := context.WithTimeout(context.Background(), time.Second) // want `clean-up starts over`
		defer cancel()
		return s.store.Get(ctx, "last")
	case id := <-c:
		return s.store.Get(ctx, id)
	}
}

func (s *service) belowSpan(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "belowSpan")
	defer span.End()
	if err := s.store.Get(s.life, "a"); err != nil { // want `call below a span gets s.life instead of ctx, so what it traces is cut off from the span`
		return err
	}
	return s.store.Get(ctx, "b")
}

func (s *service) belowSpanOnError(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "belowSpanOnError")
	defer span.End()
	if err := s.store.Get(ctx, "a"); err != nil {
		return s.store.Get(s.life, "again") // want `call below a span gets s.life instead of ctx`
	}
	return nil
}

func (s *service) belowSpanDeferred(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "belowSpanDeferred")
	defer span.End()
	defer s.store.Get(s.life, "unlock") // want `call below a span gets s.life instead of ctx`
	return s.store.Get(ctx, "a")
}

// What came has ended, and the life goes on instead.
func (s *service) silentInstead(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "silentInstead")
	defer span.End()
	if ctx.Err() != nil {
		return s.store.Get(s.life, "late")
	}
	return s.store.Get(ctx, "a")
}

func (s *service) silentWithoutSpan(ctx context.Context) error { return s.store.Get(s.life, "a") }

func (s *service) handle(w http.ResponseWriter, r *http.Request) {
	_ = s.store.Get(r.Context(), "a")
	_ = s.helper("b")
}

func (s *service) helper(id string) error {
	return s.store.Get(context.Background(), id) // want `helper starts over from context.Background\(\) although its callers hold a context, so what it traces is cut off from theirs`
}

func (s *service) silentWhenCallersHaveNone() { _ = s.other("a") }

func (s *service) other(id string) error { return s.store.Get(context.Background(), id) }

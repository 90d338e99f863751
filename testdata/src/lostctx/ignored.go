package lostctx

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

func ignoredByHelper(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "ignored") // want `context with span is not used, so the spans of save hang beside it and not below`
	defer span.End()
	return save(ctx, id)
}

func (s *service) ignoredByMethod(ctx context.Context, id string) (string, error) {
	_, span := tracer.Start(ctx, "method") // want `the spans of s.find hang beside it`
	defer span.End()
	logID(ctx, id)
	return s.find(ctx, id)
}

func (s *service) ignoredThroughInterface(ctx context.Context, id string) (string, error) {
	_, span := tracer.Start(ctx, "interface") // want `the spans of s.store.Get hang beside it`
	defer span.End()
	return s.store.Get(ctx, id)
}

func ignoredByWrapper(ctx context.Context, id string) error {
	_, span := start(ctx, "wrapper") // want `hang beside it`
	defer span.End()
	return save(ctx, id)
}

func ignoredByEndFunc(ctx context.Context, id string) error {
	_, end := traced(ctx, "end") // want `context with the span of traced is not used`
	defer end()
	return save(ctx, id)
}

func ignoredInDerived(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "derived") // want `hang beside it`
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return save(ctx, id)
}

func ignoredDeadlineFirst(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, span := tracer.Start(ctx, "deadline") // want `hang beside it`
	defer span.End()
	return save(ctx, id)
}

// Only the phase gets the context, and what follows does not.
func ignoredInPhase(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "phase.find") // want `the spans of load hang beside it`
	id, err := load(ctx, id)
	span.End()
	if err != nil {
		return err
	}
	return save(ctx, id)
}

func ignoredInPhases(ctx context.Context, id string) error {
	_, findSpan := tracer.Start(ctx, "find") // want `context with span findSpan is not used`
	_, err := load(ctx, id)
	findSpan.End()
	_, saveSpan := tracer.Start(ctx, "save") // want `context with span saveSpan is not used`
	if err == nil {
		err = save(ctx, id)
	}
	saveSpan.End()
	return err
}

func ignoredInLoop(ctx context.Context, ids []string) error {
	for _, id := range ids {
		_, span := tracer.Start(ctx, "round") // want `hang beside it`
		if err := save(ctx, id); err != nil {
			span.End()
			return err
		}
		span.End()
	}
	return nil
}

func ignoredInBlock(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if err := func() error {
			_, span := tracer.Start(ctx, "round") // want `hang beside it`
			defer span.End()
			return save(ctx, id)
		}(); err != nil {
			return err
		}
	}
	return nil
}

func ignoredByHandler(w http.ResponseWriter, r *http.Request) {
	_, span := tracer.Start(r.Context(), "handler") // want `hang beside it`
	defer span.End()
	if err := save(r.Context(), r.PathValue("id")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func ignoredByMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "middleware") // want `the spans of next.ServeHTTP hang beside it`
		defer span.End()
		next.ServeHTTP(w, r)
	})
}

func ignoredByGroup(ctx context.Context, ids []string) error {
	_, span := tracer.Start(ctx, "group") // want `hang beside it`
	defer span.End()
	var g errgroup.Group
	for _, id := range ids {
		g.Go(func() error { return save(ctx, id) })
	}
	return g.Wait()
}

func ignoredByCallback(ctx context.Context, id string, tx func(context.Context, func(context.Context) error) error) error {
	_, span := tracer.Start(ctx, "callback") // want `the spans of each hang beside it`
	defer span.End()
	return each(ctx, []string{id}, func(ctx context.Context, id string) error { return save(ctx, id) })
}

func each(ctx context.Context, ids []string, do func(context.Context, string) error) error {
	for _, id := range ids {
		if err := do(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Recursion flattens the tree that it walks.
func ignoredByRecursion(ctx context.Context, n int) {
	_, span := tracer.Start(ctx, "walk", trace.WithSpanKind(trace.SpanKindInternal)) // want `hang beside it`
	defer span.End()
	if n > 0 {
		ignoredByRecursion(ctx, n-1)
	}
}

// The name is there, and in an inner block: what follows does not see it.
func ignoredShadow(ctx context.Context, id string, on bool) (int, error) {
	if on {
		ctx, span := tracer.Start(ctx, "shadow") // want `context with span is not used`
		defer span.End()
		_ = ctx
	}
	return count(ctx, id)
}

func (s *service) ignoredField(ctx context.Context, id string) error {
	var span trace.Span
	s.unread, span = tracer.Start(ctx, "field") // want `hang beside it`
	defer span.End()
	return save(ctx, id)
}

// What is returned must not carry a span that has ended by then, and what is
// launched goes on: both keep the old context.
func ignoredAndReturned(ctx context.Context, id string) (context.Context, error) {
	_, span := tracer.Start(ctx, "returned") // want `hang beside it`
	defer span.End()
	err := save(ctx, id)
	return context.WithValue(ctx, key{}, id), err
}

type key struct{}

func ignoredAndKept(ctx context.Context, id string) (context.Context, error) {
	_, span := tracer.Start(ctx, "kept") // want `hang beside it`
	defer span.End()
	later(ctx, id)
	return ctx, save(ctx, id)
}

func later(ctx context.Context, id string) {
	go func() { _ = save(ctx, id) }()
}

func ignoredByACarrier(ctx context.Context, header http.Header) {
	_, span := tracer.Start(ctx, "send") // want `the spans of otel.GetTextMapPropagator\(\).Inject hang beside it`
	defer span.End()
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))
}

package lostctx

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

func endedBeforeNext(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "select")
	id, err := load(ctx, id)
	span.End()
	if err != nil {
		return err
	}
	return save(ctx, id) // want `save gets ctx after the end of span, so what it starts hangs below an ended span`
}

func endedBeforeNextPhase(ctx context.Context, id string) error {
	ctx, find := tracer.Start(ctx, "orders.find")
	_, err := load(ctx, id)
	find.End()
	ctx, store := tracer.Start(ctx, "orders.store") // want `tracer.Start gets ctx after the end of span find`
	if err == nil {
		err = save(ctx, id)
	}
	store.End()
	return err
}

func endedThenAssigned(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "first")
	_, err := load(ctx, id)
	span.End()
	ctx, span = tracer.Start(ctx, "second") // want `tracer.Start gets ctx after the end of span`
	defer span.End()
	if err != nil {
		return err
	}
	return save(ctx, id)
}

func endedEachRound(ctx context.Context, ids []string) {
	for _, id := range ids {
		ctx, span := tracer.Start(ctx, "round")
		_ = save(ctx, id)
		span.End()
		logID(ctx, id)
		_ = save(ctx, id) // want `save gets ctx after the end of span`
	}
}

// Nothing in the phase needs the context.
func endedWithoutUse(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "parse")
	n := len(parse(id))
	span.SetAttributes(attribute.Int("n", n))
	span.End()
	return save(ctx, id) // want `save gets ctx`
}

func parse(id string) []string { return []string{id} }

func endedByWrapper(ctx context.Context, id string) error {
	ctx, end := traced(ctx, "wrapped")
	_, err := load(ctx, id)
	end()
	if err != nil {
		return err
	}
	return save(ctx, id) // want `save gets ctx after the end of the span of traced`
}

func endedInGroup(ctx context.Context, ids []string) error {
	ctx, span := tracer.Start(ctx, "prepare")
	_, err := load(ctx, ids[0])
	span.End()
	var g errgroup.Group
	for _, id := range ids {
		g.Go(func() error {
			ctx, span := tracer.Start(ctx, "item") // want `tracer.Start gets ctx`
			defer span.End()
			return save(ctx, id)
		})
	}
	return errors.Join(err, g.Wait())
}

func endedInAContextMadeByHand(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "select")
	below := trace.ContextWithSpan(ctx, span)
	_, err := load(below, id)
	span.End()
	if err != nil {
		return err
	}
	return save(below, id) // want `save gets below after the end of span`
}

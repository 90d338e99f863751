// Package opencensus hands the context of an ended span on.
package opencensus

import (
	"context"

	"go.opencensus.io/trace"
)

func load(ctx context.Context, id string) error {
	_, span := trace.StartSpan(ctx, "load")
	defer span.End()
	span.Annotate(nil, id)
	return nil
}

func endedBeforeNextPhase(ctx context.Context, id string, save func(context.Context) error) error {
	ctx, span := trace.StartSpan(ctx, "load")
	err := load(ctx, id)
	span.End()
	if err != nil {
		return err
	}
	return save(ctx) // want `save gets ctx after the end of span, so what it starts hangs below an ended span`
}

func silentBelowDefer(ctx context.Context, id string, save func(context.Context) error) error {
	ctx, span := trace.StartSpan(ctx, "all")
	defer span.End()
	if err := load(ctx, id); err != nil {
		return err
	}
	return save(ctx)
}

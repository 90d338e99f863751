// Package opentracing hands the context of a finished span on.
package opentracing

import (
	"context"
	"log"

	"github.com/opentracing/opentracing-go"
)

type sink interface {
	Push(ctx context.Context, row []byte) error
}

type flow struct {
	to    sink
	close func(ctx context.Context) error
}

func (f *flow) endedBeforeClose(ctx context.Context, rows [][]byte) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "flow")
	for _, row := range rows {
		_ = f.to.Push(ctx, row)
	}
	span.Finish()
	return f.close(ctx) // want `f.close gets ctx after the end of span, so what it starts hangs below an ended span`
}

func (f *flow) endedEachRound(ctx context.Context, rows [][]byte) {
	for _, row := range rows {
		var span opentracing.Span
		span, ctx = opentracing.StartSpanFromContext(ctx, "row") // want `opentracing.StartSpanFromContext gets ctx after the end of span, so what it starts hangs below an ended span`
		_ = f.to.Push(ctx, row)
		span.Finish()
	}
}

func (f *flow) silentInARoundOfItsOwn(ctx context.Context, rows [][]byte) {
	for _, row := range rows {
		span, ctx := opentracing.StartSpanFromContext(ctx, "row")
		_ = f.to.Push(ctx, row)
		span.Finish()
	}
}

// A context made by hand for the parent has nothing of the span.
func (f *flow) silentWithParentPutBack(ctx context.Context, parent opentracing.Span, row []byte) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "row")
	err := f.to.Push(ctx, row)
	span.Finish()
	if err != nil {
		return err
	}
	return f.close(opentracing.ContextWithSpan(ctx, parent))
}

func (f *flow) silentWhenOnlyAsked(ctx context.Context, row []byte) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "row")
	_ = f.to.Push(ctx, row)
	span.Finish()
	log.Print(ctx.Value("id"))
	return ctx.Err()
}

// Nothing says that load leaves the context alone: what it starts is late.
func endedInAContextMadeByHand(ctx context.Context, tracer opentracing.Tracer, load func(context.Context) error) error {
	span := tracer.StartSpan("first")
	ctx = opentracing.ContextWithSpan(ctx, span)
	err := load(ctx)
	span.Finish()
	if err != nil {
		return err
	}
	return load(ctx) // want `load gets ctx after the end of span, so what it starts hangs below an ended span`
}

func silentWithTheOldContext(ctx context.Context, tracer opentracing.Tracer, load func(context.Context) error) error {
	span := tracer.StartSpan("first")
	err := load(opentracing.ContextWithSpan(ctx, span))
	span.Finish()
	if err != nil {
		return err
	}
	return load(ctx)
}

// Which of them the context has is not said.
func silentForOneOfTwoSpans(ctx context.Context, tracer opentracing.Tracer, load func(context.Context) error) error {
	span := tracer.StartSpan("first")
	span.Finish()
	span = tracer.StartSpan("second")
	defer span.Finish()
	return load(opentracing.ContextWithSpan(ctx, span))
}

// Package spanutil has what other packages start and end their spans with.
package spanutil

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("spanutil")

// Start is a wrapper with an interface of its own.
func Start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name)
}

// StartFunc returns what ends the span.
func StartFunc(ctx context.Context, name string) (context.Context, func(error)) {
	ctx, span := tracer.Start(ctx, name)
	return ctx, func(err error) { Finish(span, err) }
}

func Finish(span trace.Span, err error) { finish(span, err) }

func finish(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

func Annotate(span trace.Span, id string) { span.AddEvent(id) }

func FinishOnError(span trace.Span, err error) {
	if err != nil {
		span.End()
	}
}

func Current(ctx context.Context) trace.Span { return trace.SpanFromContext(ctx) }

func Open[T any](ctx context.Context, v T) (T, trace.Span) {
	_, span := tracer.Start(ctx, "open")
	return v, span
}

// An Operation ends its span by another name.
type Operation struct{ span trace.Span }

func Begin(ctx context.Context) *Operation {
	_, span := tracer.Start(ctx, "operation")
	return &Operation{span}
}

func Adopt(span trace.Span) *Operation { return &Operation{span} }

func (o *Operation) Close(err error) { Finish(o.span, err) }

var EndWith = func(span trace.Span) { span.End() }

// Stream sends what fetch returns until that fails.
func Stream(ctx context.Context, fetch func(context.Context) (string, error)) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for {
			s, err := fetch(ctx)
			if err != nil {
				return
			}
			out <- s
		}
	}()
	return out
}

// Endlost has paths on which its spans do not end.
package main

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"proof/spans/probe"
)

var tracer = otel.Tracer("endlost")

func reserve(ctx context.Context, articles []string) error {
	ctx, span := tracer.Start(ctx, "reserve")
	for _, article := range articles {
		if article == "" {
			return errors.New("no article")
		}
		trace.SpanFromContext(ctx).AddEvent(article)
	}
	span.End()
	return nil
}

func total(ctx context.Context) {
	ctx, _ = tracer.Start(ctx, "total")
	step(ctx)
}

func step(ctx context.Context) {
	_, span := tracer.Start(ctx, "step")
	defer span.End()
}

func main() {
	probe.Run(func(ctx context.Context) {
		_ = reserve(ctx, []string{"book", ""})
		total(ctx)
	})
}

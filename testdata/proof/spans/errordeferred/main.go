// Errordeferred records an error at the end and leaves the status.
package main

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("errordeferred")

func work(ctx context.Context, fail bool) (err error) {
	_, span := tracer.Start(ctx, "work")
	defer func() {
		if err != nil {
			span.RecordError(err)
		}
		span.End()
	}()
	if fail {
		return errors.New("boom")
	}
	return nil
}

func main() {
	probe.Run(func(ctx context.Context) {
		_ = work(ctx, true)
		_ = work(ctx, false)
	})
}

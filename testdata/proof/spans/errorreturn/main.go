// Errorreturn returns errors that no status shows.
package main

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("errorreturn")

func fails(ctx context.Context) error { return errors.New("boom") }

func plain(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "plain")
	defer span.End()
	if err := fails(ctx); err != nil {
		span.RecordError(err)
		return fmt.Errorf("plain: %w", err)
	}
	return nil
}

func byHand(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "by hand")
	if err := fails(ctx); err != nil {
		span.End()
		return err
	}
	span.End()
	return nil
}

func main() {
	probe.Run(func(ctx context.Context) {
		_ = plain(ctx)
		_ = byHand(ctx)
	})
}

package spanend

import (
	"context"

	"go.opentelemetry.io/otel"
	. "go.opentelemetry.io/otel/trace"
)

func lostWithDotImport(ctx context.Context) error {
	var s Span
	ctx, s = otel.Tracer("x").Start(ctx, "op") // want `span s is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	s.End()
	return nil
}

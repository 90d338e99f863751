package spanend

import (
	"context"

	ot "go.opentelemetry.io/otel"
	tr "go.opentelemetry.io/otel/trace"
)

func lostWithAliasedImport(ctx context.Context) error {
	var s tr.Span
	ctx, s = ot.Tracer("x").Start(ctx, "op") // want `span s is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	s.End()
	return nil
}

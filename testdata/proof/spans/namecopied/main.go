// Namecopied has the name of one function in another.
package main

import (
	"context"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("namecopied")

type store struct{}

func (s *store) Get(ctx context.Context) {
	_, span := tracer.Start(ctx, "store.Get")
	defer span.End()
}

func (s *store) Delete(ctx context.Context) {
	_, span := tracer.Start(ctx, "store.Get")
	defer span.End()
}

func main() {
	probe.Run(func(ctx context.Context) {
		var s store
		s.Get(ctx)
		s.Delete(ctx)
	})
}

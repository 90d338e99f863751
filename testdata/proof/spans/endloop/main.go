// Endloop ends the spans of all rounds when the last one is done.
package main

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"

	"proof/spans/probe"
)

var tracer = otel.Tracer("endloop")

func pack(ctx context.Context, lines []string) {
	ctx, all := tracer.Start(ctx, "pack")
	defer all.End()
	for _, line := range lines {
		if line == "" {
			continue
		}
		_, span := tracer.Start(ctx, "line")
		defer span.End()
		time.Sleep(time.Millisecond)
	}
}

func main() {
	probe.Run(func(ctx context.Context) { pack(ctx, []string{"a", "", "b"}) })
}

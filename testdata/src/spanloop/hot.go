// Package spanloop is the testdata of the rule of that name.
//
//ruletest:flags -strict
package spanloop

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("spanloop")

func hotRange(ctx context.Context, values []int) (n int) {
	for i, v := range values {
		_, span := tracer.Start(ctx, "add", trace.WithAttributes(attribute.Int("i", i))) // want `span is started in every round of a loop that only computes, so the queue of the exporter overflows and others are lost`
		n += v
		span.End()
	}
	return n
}

func hotFor(ctx context.Context, text string) (parts []string) {
	for len(text) > 0 {
		_, span := tracer.Start(ctx, "cut") // want `only computes`
		var part string
		part, text, _ = strings.Cut(text, ",")
		parts = append(parts, strings.ToUpper(part))
		span.End()
	}
	return parts
}

func hotHelper(ctx context.Context, values map[string]string) (sums []string) {
	for _, v := range values {
		func() {
			_, span := start(ctx, "sum")
			defer span.End()
			sums = append(sums, sum(v))
		}()
	}
	for _, v := range values {
		_, span := start(ctx, "sum") // want `only computes`
		sums = append(sums, sum(v))
		span.End()
	}
	return sums
}

func start(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name)
}

func sum(v string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(v))) }

package tracesetup

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func ratio(share float64) sdktrace.TracerProviderOption {
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(share)) // want "a ratio without ParentBased drops spans from traces that other services keep"
}

func ratioInAVariable() sdktrace.TracerProviderOption {
	sampler := sdktrace.TraceIDRatioBased(0.1) // want "a ratio without ParentBased drops spans"
	return sdktrace.WithSampler(sampler)
}

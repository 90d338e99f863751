package tracesetup

import sdktrace "go.opentelemetry.io/otel/sdk/trace"

// A sampler by configuration is not followed.
func limitSamplerOfAMap(samplers map[string]sdktrace.Sampler) sdktrace.TracerProviderOption {
	samplers["ratio"] = sdktrace.TraceIDRatioBased(0.1)
	return sdktrace.WithSampler(samplers["ratio"])
}

// An exporter around another one is not looked into.
type wrapped struct{ sdktrace.SpanExporter }

func limitWrappedExporter(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(wrapped{exporter})
}

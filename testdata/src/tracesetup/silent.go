package tracesetup

import (
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Who sets it may mean it: a generator of load must not drop spans.
func silentUnlessAskedFor(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithBatcher(exporter, sdktrace.WithBlocking())
}

func silentSamplers(share float64) []sdktrace.TracerProviderOption {
	return []sdktrace.TracerProviderOption{
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(share))),
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(1)),
		sdktrace.WithSampler(sdktrace.TraceIDRatioBased(0)),
	}
}

func silentSamplerOfAll() sdktrace.TracerProviderOption {
	percent := 100.0
	return sdktrace.WithSampler(sdktrace.TraceIDRatioBased(percent))
}

// A sampler that is put together elsewhere may have a parent.
func silentSampler(sampler sdktrace.Sampler) sdktrace.TracerProviderOption {
	return sdktrace.WithSampler(sampler)
}

func silentBatch(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithBatcher(exporter)
}

func silentWithoutIO() sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(&listExporter{})
}

// Somebody chooses.
func silentChoice(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	if os.Getenv("TRACE_SYNC") != "" {
		return sdktrace.WithSyncer(exporter)
	}
	return sdktrace.WithBatcher(exporter)
}

func silentInMemory() sdktrace.TracerProviderOption { return ofCaller(&listExporter{}) }

// The exporter is the caller's, and that one does no I/O.
func ofCaller(exporter *listExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))
}

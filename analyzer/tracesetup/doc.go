// Package tracesetup reports set-ups of OpenTelemetry that lose, break or slow down traces.
//
// # What it does
//
// tracesetup looks at how a program makes its provider of tracers and what it
// installs.
//
//   - propagator: a program that injects, extracts or is instrumented installs a
//     provider and no propagator, or one that carries no trace.
//   - sampler: a ratio decides about the children of sampled parents too, where
//     traces come in from other programs.
//   - syncer: each span is exported before its End returns, by an exporter that
//     does I/O.
//   - blocking (opt-in): End waits when the queue of the processor is full.
//   - insecure (opt-in): an exporter without TLS, whatever the configuration.
//   - resource (opt-in): a list of attributes without service.name takes the place
//     of the default resource.
//   - health (opt-in): the probes of a service are traced like its requests.
//
// # Why is this bad
//
// Go's default propagator injects and extracts nothing, so every hop to another
// service begins a new trace, and no error says so. A ratio sampler without
// ParentBased drops the spans of this service from traces that others have
// kept. The simple processor makes every End wait for the network, one span
// after the other, and WithBlocking does as soon as the backend is slow.
//
// # Example
//
//	tp := trace.NewTracerProvider(trace.WithSyncer(exporter))
//	defer tp.Shutdown(ctx)
//
// Use instead:
//
//	tp := trace.NewTracerProvider(trace.WithBatcher(exporter))
//	defer tp.Shutdown(ctx)
//
// # Trace
//
// propagator:
//
//	caller             |===============|
//	handler               |=========|        a trace of its own, from nowhere
//
// Repaired:
//
//	caller             |===============|
//	  handler             |=========|
//
// sampler:
//
//	caller             |===============|     sampled
//	  handler             :.........:        left out, by a decision of its own
//
// Repaired:
//
//	caller             |===============|     sampled
//	  handler             |=========|        sampled, as its caller is
//
// syncer, blocking:
//
//	handler            |=================|
//	  load               |==|
//	  End                   :....:           waits until the span is sent
//	  query                       |==|
//
// Repaired:
//
//	handler            |============|
//	  load               |==|                sent in the background
//	  query                  |==|
//
// resource:
//
//	handler            |==========|          of a service without a name
//
// health:
//
//	probe              |=|                   says every time that all is well
//	probe                    |=|
//	probe                          |=|
//
// # Fix and its safety
//
// propagator: installs trace context and baggage after the provider, where the
// package that has them is imported already. Requests to others carry headers
// then, which is what was meant. sampler: wraps the ratio in ParentBased, so
// parents decide, and the ratio about new traces. syncer: the batching
// processor takes the simple one's place, where the provider is shut down in
// view; spans are exported some seconds later. blocking: the option is left out
// of its list, so spans are dropped where the program would have waited. The
// other categories have no fix.
//
// # Limits
//
// A program is judged in its main package, by what its own packages do, and a
// package by itself that both installs a provider and injects or extracts.
// Whoever names a propagator is trusted to use it. A bare ratio is left alone
// where one decision, of the configuration for example, chooses between it and
// ParentBased: by branches, a table, or a function that is called on one side.
// Exporters to the console, in
// memory, for tests and in functions that are frozen between requests may be
// simple ones, and so may those of a function that also makes a batching one, or
// of an exported one with a twin that does so with the same exporter. So may
// those of which the documentation of the function, or a comment above the call,
// says that spans are exported immediately. Silent in code for tests.
//
// # Configuration
//
// Each category is switched by -tracesetup.CATEGORY=false, or on by
// -enable=tracesetup.insecure.
package tracesetup

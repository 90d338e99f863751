package tracesetup

import (
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

func syncerOfAnyExporter(exporter sdktrace.SpanExporter) func(context.Context) error {
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait until the span is exported"
	install(tp)
	return tp.Shutdown
}

func syncerByItsProcessor(exporter sdktrace.SpanExporter) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter)), // want "sdktrace.NewSimpleSpanProcessor makes each End wait"
	)
}

func syncerOfOwnExporter() *sdktrace.TracerProvider {
	exporter := &httpExporter{}
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait"
	return tp
}

// What a batch still holds would be lost: nothing shuts the provider down.
func syncerForEver(exporter sdktrace.SpanExporter) {
	install(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))) // want "sdktrace.WithSyncer makes each End wait"
}

// The same, of a provider that somebody else makes.
func syncerOption(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// recorded keeps what it is told to upload.
type recorded struct{ spans []*tracepb.ResourceSpans }

func (*recorded) Start(context.Context) error { return nil }
func (*recorded) Stop(context.Context) error  { return nil }

func (r *recorded) UploadTraces(_ context.Context, spans []*tracepb.ResourceSpans) error {
	r.spans = append(r.spans, spans...)
	return nil
}

// Where a client of the user's sends spans is not known.
func silentOwnClient(ctx context.Context) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptrace.New(ctx, new(recorded))
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)), nil
}

func client(ctx context.Context) *sdktrace.TracerProvider {
	exporter := otlptrace.NewUnstarted(otlptracehttp.NewClient())
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait until the span is exported"
}

func given(exporter *otlptrace.Exporter) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait until the span is exported"
}

// What is behind an interface of its own is as unknown.

type uploader interface {
	Upload(ctx context.Context, spans []sdktrace.ReadOnlySpan) error
	Len() int
}

type uploading struct{ to uploader }

func (u uploading) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return u.to.Upload(ctx, spans)
}

func (u uploading) Shutdown(context.Context) error { return nil }

func syncerOfUploader(to uploader) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(uploading{to})) // want "sdktrace.WithSyncer makes each End wait"
}

type counting struct{ of uploader }

func (c counting) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	_ = c.of.Len() + len(spans)
	return nil
}

func (c counting) Shutdown(context.Context) error { return nil }

func silentCounting(of uploader) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(counting{of}))
}

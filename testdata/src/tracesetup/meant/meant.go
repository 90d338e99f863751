// Package meant has exporters that are simple on purpose, and some that only
// seem so.
package meant

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// silentByDoc adds an exporter to a provider. Its spans are sent immediately,
// as soon as they have ended.
func silentByDoc(tp *sdktrace.TracerProvider, exporter sdktrace.SpanExporter) {
	tp.RegisterSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))
}

func silentByRemark(exporter sdktrace.SpanExporter) *sdktrace.TracerProvider {
	// Export synchronously: the process is killed without notice.
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
}

func silentByRemarkOnOption(exporter sdktrace.SpanExporter) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
		// No batching, the test bench reads its spans at once.
		sdktrace.WithSyncer(exporter),
	)
}

// silentInClosure makes a provider with synchronous export.
func silentInClosure(exporter sdktrace.SpanExporter) func() *sdktrace.TracerProvider {
	return func() *sdktrace.TracerProvider {
		return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	}
}

type settings[T any] struct {
	value    T
	exporter sdktrace.SpanExporter
	options  []sdktrace.TracerProviderOption
}

// silentMethod has every span written as soon as it ends, rather than batched.
func (s *settings[T]) silentMethod() {
	s.options = append(s.options, sdktrace.WithSyncer(s.exporter))
}

// silentNotInBatches is for short commands. Spans are not batched.
func silentNotInBatches(ctx context.Context) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)), nil
}

func silentByRemarkOnStatement(s *settings[int]) {
	// Immediate export, so that nothing is lost when the command crashes.
	s.options = append(s.options, sdktrace.WithSyncer(s.exporter))
}

// otherHaste returns immediately; spans are sent as they end.
func otherHaste(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait until the span is exported"
}

// stopAtOnce makes a provider. Call the function that is returned immediately
// when the program ends, so that all spans are flushed.
func stopAtOnce(exporter sdktrace.SpanExporter) (*sdktrace.TracerProvider, func(context.Context) error) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait"
	return tp, tp.Shutdown
}

// flushesAndReturns exports spans and returns immediately.
func flushesAndReturns(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// notMeant exports spans asynchronously.
func notMeant(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// denied must never export spans synchronously.
func denied(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// regretted makes an option.
//
// TODO: spans are exported synchronously, use a batch.
func regretted(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// says nothing of how.
func plain(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	batch := sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
	// Exported synchronously, says this of something else.
	return batch
}

// The next ones are for programs to choose from.

type upload struct{ url string }

func newUploader(to upload) sdktrace.SpanExporter { return &uploader{to: to} }

type uploader struct {
	to     upload
	client http.Client
}

func (u *uploader) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.to.url, nil)
	if err != nil {
		return err
	}
	resp, err := u.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (u *uploader) Shutdown(context.Context) error { return nil }

// SilentEach adds an exporter to a provider.
func SilentEach(tp *sdktrace.TracerProvider, to upload) {
	exporter := newUploader(to)
	tp.RegisterSpanProcessor(sdktrace.NewSimpleSpanProcessor(exporter))
}

// InBatches adds an exporter to a provider, and returns its end.
func InBatches(tp *sdktrace.TracerProvider, to upload) func(context.Context) error {
	exporter := newUploader(to)
	tp.RegisterSpanProcessor(sdktrace.NewBatchSpanProcessor(exporter))
	return tp.Shutdown
}

// SilentGiven takes any exporter.
func SilentGiven(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter)
}

// GivenInBatches takes any exporter.
func GivenInBatches(exporter sdktrace.SpanExporter) sdktrace.TracerProviderOption {
	return sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(10))
}

// An Option is one of a set-up.
type Option func(*settings[string])

// SilentOption is one of two.
func SilentOption() Option {
	return func(s *settings[string]) { s.options = append(s.options, sdktrace.WithSyncer(s.exporter)) }
}

// OptionOfBatches is the other.
func OptionOfBatches() Option {
	return func(s *settings[string]) { s.options = append(s.options, sdktrace.WithBatcher(s.exporter)) }
}

// SilentOn is a method.
func (s *settings[T]) SilentOn(name string) {
	s.options = append(s.options, sdktrace.WithSyncer(s.exporter))
}

// BatchesOn is the other.
func (s *settings[T]) BatchesOn(name string) {
	s.options = append(s.options, sdktrace.WithBatcher(s.exporter))
}

// WithNumber has no twin: what has another exporter, and other parameters, is
// there for something else.
func WithNumber(exporter sdktrace.SpanExporter, n int) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// Other has another exporter than what is called like it.
func Other(ctx context.Context) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)), nil // want "sdktrace.WithSyncer makes each End wait"
}

// Another makes one of its own.
func Another(ctx context.Context) (*sdktrace.TracerProvider, error) {
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(newUploader(upload{}))), nil
}

type other struct{ exporter sdktrace.SpanExporter }

// On is no method of the type that has the batches.
func (o *other) On(name string) sdktrace.TracerProviderOption {
	return sdktrace.WithSyncer(o.exporter) // want "sdktrace.WithSyncer makes each End wait"
}

// unexported is for nobody to choose.
func unexported(exporter sdktrace.SpanExporter) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)) // want "sdktrace.WithSyncer makes each End wait"
}

package exitflush

import (
	"context"
	"net/http"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func releasedBeforeTheEnd(ctx context.Context) {
	tp := newProvider()
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			ctx, span := tracer.Start(ctx, "job")
			defer span.End()
			defer wg.Done() // want "wg.Done runs before span.End, so whoever waits may stop the provider before the span has ended"
			_ = ping(ctx)
		}()
	}
	wg.Wait()
	_ = tp.Shutdown(context.Background())
}

func releasesByHand(ctx context.Context) {
	tp := newProvider()
	var wg sync.WaitGroup
	wg.Add(1)
	go releasedByHand(ctx, &wg)
	wg.Wait()
	_ = tp.Shutdown(context.Background())
}

func releasedByHand(ctx context.Context, wg *sync.WaitGroup) {
	ctx, span := tracer.Start(ctx, "job")
	defer span.End()
	_ = ping(ctx)
	wg.Done() // want "wg.Done runs before span.End"
}

func closedBeforeTheEnd(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	done := make(chan struct{})
	go func() {
		_, span := tracer.Start(ctx, "job")
		defer span.End()
		defer close(done) // want "close.done. runs before span.End"
		_ = ping(ctx)
	}()
	<-done
}

func stoppedBeforeTheSpanEnds(ctx context.Context) {
	tp := newProvider()
	ctx, span := tracer.Start(ctx, "main")
	defer span.End()
	defer tp.Shutdown(context.Background()) // want "tp.Shutdown runs before span.End, so this span is not exported"
	_ = ping(ctx)
}

func stoppedByHandBeforeTheSpanEnds(ctx context.Context) {
	tp := newProvider()
	ctx, span := tracer.Start(ctx, "main")
	defer span.End()
	_ = ping(ctx)
	_ = tp.Shutdown(context.Background()) // want "tp.Shutdown runs before span.End, so this span is not exported"
}

func stoppedBeforeTheWait(ctx context.Context) {
	tp := newProvider()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
	_ = tp.Shutdown(context.Background()) // want "tp.Shutdown runs before wg.Wait, so spans that the work ends meanwhile are not exported"
	wg.Wait()
}

func stoppedBeforeTheDeferredWait(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	tp := newProvider()
	defer tp.Shutdown(context.Background()) // want "tp.Shutdown runs before wg.Wait"
	wg.Add(1)
	go func() { defer wg.Done(); _ = serve(ctx) }()
}

func stoppedBeforeTheServer(ctx context.Context, srv *http.Server) {
	tp := newProvider()
	go srv.ListenAndServe()
	<-ctx.Done()
	_ = tp.Shutdown(context.Background()) // want "tp.Shutdown runs before srv.Shutdown"
	_ = srv.Shutdown(context.Background())
}

func exporterFirst(ctx context.Context, exporter sdktrace.SpanExporter) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	defer exporter.Shutdown(context.Background()) // want "exporter.Shutdown runs before tp.Shutdown, so the provider has nowhere to send the spans it still holds"
	_ = serve(ctx)
}

// What a session keeps is ended by its method.

type session struct {
	main trace.Span
	open []trace.Span
}

func (s *session) begin(ctx context.Context) {
	_, span := tracer.Start(ctx, "step")
	s.open = append(s.open, span)
}

func (s *session) endAll() {
	for _, span := range s.open {
		span.End()
	}
}

func (s *session) end() { s.main.End() }

func (s *session) forget() { s.open = nil }

func stoppedBeforeSessionEnds(ctx context.Context) {
	tp := newProvider()
	s := &session{}
	defer s.endAll()
	defer tp.Shutdown(context.Background()) // want "tp.Shutdown runs before s.endAll, so this span is not exported"
	s.begin(ctx)
}

func stoppedBeforeFieldEnds(ctx context.Context) {
	tp := newProvider()
	_, span := tracer.Start(ctx, "main")
	s := &session{main: span}
	defer s.end()
	defer func() { // want "tp.Shutdown runs before s.end, so this span is not exported"
		_ = tp.Shutdown(context.Background())
	}()
	s.begin(ctx)
}

func silentSessionEndsFirst(ctx context.Context) {
	tp := newProvider()
	defer tp.Shutdown(context.Background())
	s := &session{}
	defer s.endAll()
	s.begin(ctx)
}

func silentSessionForgets(ctx context.Context) {
	tp := newProvider()
	s := &session{}
	defer s.forget()
	defer tp.Shutdown(context.Background())
	s.begin(ctx)
}

package opencensus

import (
	"context"
	"net/http"

	"go.opencensus.io/trace"
)

func silentDeferred(ctx context.Context) error {
	ctx, span := trace.StartSpan(ctx, "load")
	defer span.End()
	return work(ctx)
}

func silentClosure(ctx context.Context) (err error) {
	ctx, span := trace.StartSpan(ctx, "load")
	defer func() {
		if err != nil {
			span.SetStatus(trace.Status{Code: trace.StatusCodeUnknown, Message: err.Error()})
		}
		span.End()
	}()
	return work(ctx)
}

func endWith(span *trace.Span, err error) {
	if err != nil {
		span.SetStatus(trace.Status{Code: trace.StatusCodeUnknown})
	}
	span.End()
}

func silentHelper(ctx context.Context) (err error) {
	ctx, span := trace.StartSpan(ctx, "load")
	defer func() { endWith(span, err) }()
	return work(ctx)
}

func silentReturned(ctx context.Context) (context.Context, *trace.Span) {
	return trace.StartSpan(ctx, "load")
}

func lostByCaller(ctx context.Context) error {
	ctx, span := silentReturned(ctx) // want `span is not ended on every path`
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

type reader struct{ span *trace.Span }

func silentStored(ctx context.Context) *reader {
	_, span := trace.StartSpan(ctx, "read")
	return &reader{span: span}
}

func (r *reader) Close() { r.span.End() }

func silentNewContext(span *trace.Span, r *http.Request) *http.Request {
	return r.WithContext(trace.NewContext(r.Context(), span))
}

func silentConditional(ctx context.Context, on bool) error {
	var span *trace.Span
	if on {
		ctx, span = trace.StartSpan(ctx, "load")
	}
	defer func() {
		if span != nil {
			span.End()
		}
	}()
	return work(ctx)
}

func silentRecording(ctx context.Context) {
	_, span := trace.StartSpan(ctx, "load")
	if !span.IsRecordingEvents() {
		return
	}
	defer span.End()
	_ = work(ctx)
}

func silentFailing(ctx context.Context) error {
	_, span := trace.StartSpan(ctx, "load")
	defer span.End()
	return errBoom
}

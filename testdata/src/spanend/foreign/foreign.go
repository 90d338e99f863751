// Package foreign ends spans that others have started.
package foreign

import (
	"context"
	"io"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
)

var tracer = otel.Tracer("foreign")

func deferred(w http.ResponseWriter, r *http.Request) {
	span := trace.SpanFromContext(r.Context())
	defer span.End() // want `the span that trace.SpanFromContext returns belongs to whoever started it, and ending it here cuts it short`
	span.SetAttributes(attribute.String("user", r.FormValue("user")))
	_, _ = io.WriteString(w, "hello")
}

func byHand(ctx context.Context) {
	span := trace.SpanFromContext(ctx)
	span.AddEvent("x")
	span.End() // want `belongs to whoever started it`
}

func chained(ctx context.Context) {
	defer trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
}

func chainedByHand(ctx context.Context) {
	trace.SpanFromContext(ctx).End() // want `belongs to whoever started it`
}

func inClosure(ctx context.Context) {
	span := trace.SpanFromContext(ctx)
	defer func() {
		span.AddEvent("x")
		span.End() // want `belongs to whoever started it`
	}()
}

func finish(span trace.Span) { span.End() }

func byHelper(ctx context.Context) {
	defer finish(trace.SpanFromContext(ctx)) // want `belongs to whoever started it`
}

func current(ctx context.Context) trace.Span { return trace.SpanFromContext(ctx) }

func throughLender(ctx context.Context) {
	span := current(ctx)
	defer span.End() // want `the span that current returns belongs`
	span.AddEvent("x")
}

func fromDerived(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	span := trace.SpanFromContext(ctx)
	defer span.End() // want `belongs to whoever`
	span.AddEvent("x")
}

func fromStream(s grpc.ServerStream) {
	span := trace.SpanFromContext(s.Context())
	defer span.End() // want `belongs to whoever`
	span.AddEvent("x")
}

func inLiteral() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		span := trace.SpanFromContext(ctx)
		defer span.End() // want `belongs to whoever`
		span.AddEvent("x")
	}
}

func onError(ctx context.Context, err error) error {
	if span := trace.SpanFromContext(ctx); err != nil {
		span.RecordError(err)
		span.End() // want `belongs to whoever`
	}
	return err
}

// Silent.

func silentAnnotated(ctx context.Context) {
	span := trace.SpanFromContext(ctx)
	span.AddEvent("x")
}

func silentOwn(ctx context.Context) {
	ctx, _ = tracer.Start(ctx, "op")
	defer trace.SpanFromContext(ctx).End()
}

func silentOwnInVariable(ctx context.Context) {
	inner, _ := tracer.Start(ctx, "op")
	span := trace.SpanFromContext(inner)
	defer span.End()
}

func silentPutThere(ctx context.Context, span trace.Span) {
	ctx = trace.ContextWithSpan(ctx, span)
	trace.SpanFromContext(ctx).End()
}

func silentParentThenOwn(ctx context.Context) {
	span := trace.SpanFromContext(ctx)
	span.AddEvent("fork")
	ctx, span = tracer.Start(ctx, "op")
	defer span.End()
}

type traced interface {
	Begin(context.Context) context.Context
}

// What Begin does to the context is not known.
func silentUnknownContext(ctx context.Context, t traced) {
	ctx = t.Begin(ctx)
	trace.SpanFromContext(ctx).End()
}

// A parameter that is ended makes a helper.
func silentHelper(span trace.Span) { span.End() }

type job struct{ ctx context.Context }

// Whose span a stored context carries is not known.
func (j *job) silentStored() { trace.SpanFromContext(j.ctx).End() }

func silentNoop() {
	trace.SpanFromContext(context.Background()).End()
}

type watches struct{ cancels map[int]func() }

// The span is that of the watch, and ends with it.
func (w *watches) silentKeptForLater(ctx context.Context, id int, stop func()) {
	span := trace.SpanFromContext(ctx)
	w.cancels[id] = func() {
		defer span.End()
		stop()
	}
}

func silentHandedOut(ctx context.Context) func(error) {
	span := trace.SpanFromContext(ctx)
	return func(err error) {
		span.RecordError(err)
		span.End()
	}
}

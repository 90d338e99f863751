// Package spanerror is the testdata of the rule of that name.
//
//ruletest:flags -strict
package spanerror

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("spanerror")

var (
	errBoom     = errors.New("boom")
	errNotFound = errors.New("not found")
)

func work(ctx context.Context) error { return ctx.Err() }

func load(ctx context.Context, id string) (string, error) { return id, ctx.Err() }

// fail sets the status.
func fail(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
}

// failed hands the error on.
func failed(span trace.Span, err error) error {
	fail(span, err)
	return err
}

// note only records.
func note(span trace.Span, err error) { span.RecordError(err) }

// finish is deferred with a named result.
func finish(span trace.Span, err *error) {
	fail(span, *err)
	span.End()
}

// failCtx finds the span in the context.
func failCtx(ctx context.Context, err error) {
	trace.SpanFromContext(ctx).SetStatus(codes.Error, err.Error())
}

// query has a span of its own, and sets its status.
func query(ctx context.Context) error {
	_, span := tracer.Start(ctx, "query")
	defer span.End()
	if err := work(ctx); err != nil {
		return failed(span, err)
	}
	return nil
}

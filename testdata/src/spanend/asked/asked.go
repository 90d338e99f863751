// Package asked ends spans only where traces are switched on, or where the
// span is one that is exported.
package asked

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"src/spanend/asked/tracing"
)

var tracer = otel.Tracer("asked")

func work(ctx context.Context) error { return ctx.Err() }

// What the program says.

func silentDeferredHelper(ctx context.Context) (err error) {
	ctx, span := tracing.Start(ctx, "op")
	defer tracing.End(span, err)
	return work(ctx)
}

func silentHelperInClosure(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() { tracing.End(span, err) }()
	return work(ctx)
}

func silentAtomic(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer tracing.EndIfEnabled(span)
	return work(ctx)
}

func silentNoTracer(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() { _ = tracing.EndIfTracer(span, err) }()
	return work(ctx)
}

func silentFunction(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer tracing.EndIfOn(span)
	return work(ctx)
}

var config struct {
	off      bool
	exporter string
	depth    atomic.Int32
}

func finish(span trace.Span) {
	if config.off || config.exporter == "" {
		return
	}
	span.End()
}

func silentFieldOfVariable(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer finish(span)
	return work(ctx)
}

func finishElsewhere(span trace.Span, err error) {
	if span == nil {
		return
	}
	if !tracing.Configured {
		return
	}
	if err != nil {
		span.SetStatus(codes.Error, "failed")
	}
	span.End()
}

func silentVariableOfOtherPackage(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() { finishElsewhere(span, err) }()
	return work(ctx)
}

var finishValue = func(span trace.Span) {
	if !tracing.Configured {
		return
	}
	span.End()
}

func silentFunctionValue(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer finishValue(span)
	return work(ctx)
}

func finishAny[S trace.Span](span S) {
	if !tracing.Configured {
		return
	}
	span.End()
}

func silentGeneric(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer finishAny(span)
	return work(ctx)
}

func finishOnError(span trace.Span, err error) {
	if err == nil {
		return
	}
	span.End()
}

func lostWithoutError(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	err = work(ctx)
	finishOnError(span, err)
	return err
}

func finishIf(span trace.Span, on bool) {
	if !on {
		return
	}
	span.End()
}

func lostByParameter(ctx context.Context, on bool) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	err := work(ctx)
	finishIf(span, on)
	return err
}

var errStop = errors.New("stop")

func finishUnless(span trace.Span, err error) {
	if errors.Is(err, errStop) || !tracing.Configured {
		return
	}
	span.End()
}

func lostForAnError(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	err := work(ctx)
	finishUnless(span, err)
	return err
}

// What the state of the program leads to is work, not only a way out.
func finishDeep(span trace.Span) {
	if config.depth.Load() > 3 {
		return
	}
	span.End()
}

func lostByDepth(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	err := work(ctx)
	finishDeep(span)
	return err
}

// A function that starts the span itself has one.
func lostInOwnFunction(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	err := work(ctx)
	if !tracing.Configured {
		return err
	}
	span.End()
	return err
}

// What the span says.

func isSampled(span trace.Span) bool { return span.SpanContext().IsSampled() }

func exported(sc trace.SpanContext) bool { return sc.IsValid() && sc.IsSampled() }

func isNothing(span trace.Span) bool { return !span.IsRecording() }

func silentPredicate(ctx context.Context) (context.Context, trace.Span, bool) {
	sctx, span := tracer.Start(ctx, "op")
	if !isSampled(span) {
		return ctx, nil, false
	}
	return sctx, span, true
}

func silentPredicateElsewhere(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if !tracing.Sampled(span) {
		return work(ctx)
	}
	defer span.End()
	return work(ctx)
}

func silentPredicateInVariable(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	sampled := tracing.Sampled(span)
	if !sampled {
		return nil
	}
	defer span.End()
	return work(ctx)
}

func silentPredicateOverSpanContext(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if !exported(span.SpanContext()) {
		return nil
	}
	defer span.End()
	return work(ctx)
}

func silentOppositePredicate(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if isNothing(span) {
		return nil
	}
	defer span.End()
	return work(ctx)
}

func silentRecording(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	recording := span.IsRecording()
	if !recording {
		return nil
	}
	defer span.End()
	return work(ctx)
}

func silentSpanContext(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	sc := span.SpanContext()
	if !sc.IsSampled() {
		return nil
	}
	defer span.End()
	return work(ctx)
}

func silentAskedThroughContext(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return nil
	}
	defer span.End()
	return work(ctx)
}

// The span of the caller says nothing about this one.
func lostWhereParentIsNotSampled(ctx context.Context) error {
	inner, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if !trace.SpanContextFromContext(ctx).IsSampled() {
		return nil
	}
	err := work(inner)
	span.End()
	return err
}

func lostWhereSampled(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if span.IsRecording() {
		return nil
	}
	err := work(ctx)
	span.End()
	return err
}

// Whatever the predicate says, an error leaves the span open.
func lostBesidePredicate(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if tracing.Sampled(span) {
		span.AddEvent("sampled")
	}
	if err := work(ctx); err != nil {
		return err
	}
	span.End()
	return nil
}

func isAdmin(span trace.Span, user string) bool { return user == "admin" }

// It is asked about something else.
func lostForUser(ctx context.Context, user string) error {
	ctx, span := tracer.Start(ctx, "op") // want `span is not ended on every path`
	if isAdmin(span, user) {
		return nil
	}
	err := work(ctx)
	span.End()
	return err
}

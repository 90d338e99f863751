package spanend

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

type endOption = trace.SpanEndOption

func uncalledEnd(ctx context.Context) error {
	defer timed(ctx) // want `deferred timed starts a span at the end of the function, and the function it returns, which ends the span, is not called`
	return work(ctx)
}

func uncalledEndWithErr(ctx context.Context) error {
	defer timedErr(ctx) // want `deferred timedErr starts a span`
	return work(ctx)
}

func timedErr(ctx context.Context) func(error) {
	_, span := tracer.Start(ctx, "op")
	return func(err error) {
		span.RecordError(err)
		span.End()
	}
}

func (s *server) timed(ctx context.Context) func() {
	_, span := s.Start(ctx, "op")
	return func() {
		span.AddEvent("end")
		span.End()
	}
}

func uncalledMethod(ctx context.Context, s *server) error {
	defer s.timed(ctx) // want `deferred s.timed starts a span`
	return work(ctx)
}

func methodValueEnd(ctx context.Context) func() {
	span := startSpan(ctx)
	return sync0(span.End)
}

func sync0(end func(...endOption)) func() { return func() { end() } }

func uncalledThroughAnother(ctx context.Context) error {
	defer timedAgain(ctx) // want `deferred timedAgain starts a span`
	return work(ctx)
}

func timedAgain(ctx context.Context) func() { return timed(ctx) }

func uncalledLiteral(ctx context.Context) error {
	begin := func() func() {
		_, span := tracer.Start(ctx, "op")
		return func() { span.End() }
	}
	defer begin() // want `deferred begin starts a span`
	return work(ctx)
}

func silentCalled(ctx context.Context) error {
	defer timed(ctx)()
	return work(ctx)
}

func silentCalledWithErr(ctx context.Context) (err error) {
	end := timedErr(ctx)
	defer func() { end(err) }()
	return work(ctx)
}

// A job for a scheduler is no end function: it starts its own span.
func job(ctx context.Context) func() {
	return func() {
		_, span := tracer.Start(ctx, "job")
		defer span.End()
	}
}

func silentJob(ctx context.Context, add func(func())) {
	add(job(ctx))
	job(ctx)()
	_ = job(ctx)
}

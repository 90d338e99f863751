// Package use starts and ends spans by means of another package.
package use

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"

	"src/spanend/facts/spanutil"
)

var (
	tracer = otel.Tracer("use")
	errOdd = errors.New("odd")
)

func work(ctx context.Context) error { return ctx.Err() }

func lostAfterWrapper(ctx context.Context, n int) error {
	ctx, span := spanutil.Start(ctx, "work") // want `span is not ended on every path`
	if n%2 == 1 {
		return errOdd
	}
	err := work(ctx)
	span.End()
	return err
}

func lostEndFunction(ctx context.Context, n int) error {
	ctx, end := spanutil.StartFunc(ctx, "work") // want `not called on every path|not ended on every path`
	if n%2 == 1 {
		return errOdd
	}
	err := work(ctx)
	end(err)
	return err
}

func lostThoughAnnotated(ctx context.Context, n int) error {
	ctx, span := tracer.Start(ctx, "work") // want `span is not ended on every path`
	spanutil.Annotate(span, "id")
	if n%2 == 1 {
		return errOdd
	}
	defer span.End()
	return work(ctx)
}

func lostOnSuccess(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "work") // want `span is not ended on every path`
	err := work(ctx)
	spanutil.FinishOnError(span, err)
	return err
}

func lostGeneric(ctx context.Context, n int) int {
	m, span := spanutil.Open(ctx, n) // want `span is not ended on every path`
	if m > n {
		return m
	}
	span.End()
	return n
}

func silentEndedByHelper(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "work")
	defer func() { spanutil.Finish(span, err) }()
	return work(ctx)
}

func silentEndedOnEachPath(ctx context.Context, n int) error {
	ctx, span := spanutil.Start(ctx, "work")
	if n%2 == 1 {
		spanutil.Finish(span, errOdd)
		return errOdd
	}
	err := work(ctx)
	spanutil.Finish(span, err)
	return err
}

func silentEndFunction(ctx context.Context) (err error) {
	ctx, end := spanutil.StartFunc(ctx, "work")
	defer func() { end(err) }()
	return work(ctx)
}

func silentBorrowed(ctx context.Context) error {
	span := spanutil.Current(ctx)
	span.AddEvent("working")
	return work(ctx)
}

func silentOwner(ctx context.Context) error {
	op := spanutil.Begin(ctx)
	err := work(ctx)
	op.Close(err)
	return err
}

func silentAdopted(ctx context.Context) *spanutil.Operation {
	_, span := tracer.Start(ctx, "work")
	return spanutil.Adopt(span)
}

// Anybody can assign the variable.
func silentUnknown(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "work")
	err := work(ctx)
	spanutil.EndWith(span)
	return err
}

func earlyBehindAChannel(ctx context.Context, fetch func(context.Context) (string, error)) <-chan string {
	ctx, span := tracer.Start(ctx, "stream")
	defer span.End() // want `the stream that leaves the function still works under it`
	return spanutil.Stream(ctx, fetch)
}

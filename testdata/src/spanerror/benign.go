package spanerror

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/codes"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func benignCanceled(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	err := work(ctx)
	if errors.Is(err, context.Canceled) {
		span.SetStatus(codes.Error, "canceled") // want `status is set to an error for work that was cancelled, so it counts as a failure`
		return err
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

func benignSwitch(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	switch err := work(ctx); {
	case err == context.Canceled:
		span.SetStatus(codes.Error, err.Error()) // want `for work that was cancelled`
	case err != nil:
		span.SetStatus(codes.Error, err.Error())
	}
}

func benignNot(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	err := work(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		span.SetStatus(codes.Error, err.Error())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		span.SetStatus(codes.Error, "too late")
	}
}

func benignDone(ctx context.Context, jobs chan int) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	select {
	case <-ctx.Done():
		span.SetStatus(codes.Error, ctx.Err().Error()) // want `for work that was cancelled`
		return ctx.Err()
	case <-jobs:
		return nil
	}
}

// A deadline of its own that has passed is a failure.
func benignNotDeadline(ctx context.Context, jobs chan int) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	select {
	case <-ctx.Done():
		span.SetStatus(codes.Error, ctx.Err().Error())
		return ctx.Err()
	case <-jobs:
		return nil
	}
}

func benignGRPC(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); status.Code(err) == grpccodes.Canceled {
		span.SetStatus(codes.Error, err.Error()) // want `for work that was cancelled`
	} else if status.Code(err) == grpccodes.Internal {
		span.SetStatus(codes.Error, err.Error())
	}
}

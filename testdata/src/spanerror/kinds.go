package spanerror

import (
	"context"
	"errors"
	"net"
	"os"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type notFoundError struct{ id string }

func (e *notFoundError) Error() string   { return e.id }
func (e *notFoundError) Temporary() bool { return false }

// errorsAs is how libraries write errors.As with a type parameter.
func errorsAs[T error](err error) (T, bool) {
	var target T
	return target, errors.As(err, &target)
}

func silentAsked(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "asked")
	defer span.End()
	if err := work(ctx); err != nil {
		if _, ok := errorsAs[*notFoundError](err); ok {
			return err
		}
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	return nil
}

func silentAsserted(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "asserted")
	defer span.End()
	err := work(ctx)
	if nf, ok := err.(*notFoundError); ok && !nf.Temporary() {
		return nf
	}
	return nil
}

func silentTypeSwitch(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "switch")
	defer span.End()
	err := work(ctx)
	switch e := err.(type) {
	case nil:
		return nil
	case *notFoundError:
		return e
	default:
		span.SetStatus(codes.Error, e.Error())
		return e
	}
}

func silentTarget(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "target")
	defer span.End()
	err := work(ctx)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return err
	}
	return nil
}

func silentCodeOf(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "code")
	defer span.End()
	err := work(ctx)
	if s, ok := status.FromError(err); ok && s.Code() == grpccodes.AlreadyExists {
		return err
	}
	switch status.Code(err) {
	case grpccodes.NotFound, grpccodes.AlreadyExists:
		return err
	}
	return nil
}

func silentMissing(ctx context.Context, name string) error {
	ctx, span := tracer.Start(ctx, "open")
	defer span.End()
	_, err := os.Open(name)
	missing := os.IsNotExist(err)
	if missing {
		return err
	}
	return worked(ctx, span)
}

func worked(ctx context.Context, span trace.Span) error {
	err := work(ctx)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

// A span that is not exported needs no status.
func silentRecording(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "recording")
	defer span.End()
	if err := work(ctx); err != nil {
		if span.IsRecording() {
			span.SetStatus(codes.Error, err.Error())
		}
		return err
	}
	err := work(ctx)
	if err != nil && span.IsRecording() {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

func unsetKind(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "kind")
	defer span.End()
	err := work(ctx)
	switch err.(type) {
	case *notFoundError:
	default:
		return err // want "error is returned while the status of span is unset"
	}
	if known := errors.Is(err, os.ErrExist); !known {
		return err // want "error is returned while the status of span is unset"
	}
	if !span.IsRecording() {
		return nil
	}
	return nil
}

package spanerror

import (
	"context"
	"errors"
	"io"

	"go.opentelemetry.io/otel/codes"
)

func silentSet(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	return nil
}

func silentSetBeforeReturn(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	err := work(ctx)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

func silentHelper(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		return failed(span, err)
	}
	if _, err := load(ctx, id); err != nil {
		fail(span, err)
		return err
	}
	if err := work(ctx); err != nil {
		failCtx(ctx, err)
		return err
	}
	return nil
}

func silentDeferred(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer finish(span, &err)
	if err := work(ctx); err != nil {
		return err
	}
	return work(ctx)
}

func silentDeferredLiteral(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, "failed")
		}
		span.End()
	}()
	return work(ctx)
}

func silentOwnFunction(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	fail := func(err error) error {
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	if _, err := load(ctx, id); err != nil {
		return fail(err)
	}
	return nil
}

// The span of the callee says what has failed.
func silentOwner(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := query(ctx); err != nil {
		return err
	}
	return query(ctx)
}

// What is expected is no failure.
func silentExpected(ctx context.Context, r io.Reader) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	err := work(ctx)
	if errors.Is(err, errNotFound) {
		return err
	}
	if err == errBoom {
		return err
	}
	if _, err := r.Read(nil); err != nil {
		span.SetStatus(codes.Error, err.Error())
		return io.EOF
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

// It comes from before the span, or after it.
func silentOutside(ctx context.Context, id string) error {
	if err := work(ctx); err != nil {
		return err
	}
	_, span := tracer.Start(ctx, "op")
	n := len(id)
	span.End()
	if n == 0 {
		return errBoom
	}
	if err := work(ctx); err != nil {
		return err
	}
	return nil
}

func silentNothing(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		span.AddEvent("ignored")
	}
	return nil
}

func silentByALiteral(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "finished by a literal")
	defer func() { finishWith(span, err) }()
	return work(ctx)
}

// The error is there when the call is deferred.
func silentByAnArgument(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "finished on failure")
	err := work(ctx)
	defer finishWith(span, err)
	if err != nil {
		return err
	}
	return nil
}

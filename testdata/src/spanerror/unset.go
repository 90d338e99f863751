package spanerror

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

func unsetOnReturn(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		return err // want `error is returned while the status of span is unset, so it does not count as failed`
	}
	return nil
}

func unsetWhereRecorded(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		span.RecordError(err)
		return err // want `status of span is unset`
	}
	return nil
}

func unsetWhereWrapped(ctx context.Context, id string) (string, error) {
	ctx, loadSpan := tracer.Start(ctx, "op")
	defer loadSpan.End()
	text, err := load(ctx, id)
	if err != nil {
		return "", fmt.Errorf("load %s: %w", id, err) // want `status of span loadSpan is unset`
	}
	return text, nil
}

func unsetOnOnePath(ctx context.Context, id string) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	_, err := load(ctx, id)
	if err != nil {
		return err // want `status of span is unset`
	}
	return nil
}

func unsetBeforeEnd(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	if err != nil {
		span.End()
		return err // want `status of span is unset`
	}
	span.End()
	return nil
}

func unsetAfterPhase(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	err := work(ctx)
	span.End()
	if err != nil {
		return err // want `status of span is unset`
	}
	return nil
}

func unsetTail(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	return work(ctx) // want `status of span is unset`
}

func unsetMade(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "op")
	defer span.End()
	if id == "" {
		return errors.New("no id") // want `status of span is unset`
	}
	if len(id) > 10 {
		return errBoom // want `status of span is unset`
	}
	return nil
}

func unsetNamed(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err = work(ctx); err != nil {
		return // want `status of span is unset`
	}
	return nil
}

func unsetByHelper(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); err != nil {
		note(span, err)
		return err // want `status of span is unset`
	}
	return nil
}

func unsetDeferred(ctx context.Context) (rerr error) {
	ctx, span := tracer.Start(ctx, "op")
	defer func() {
		if rerr != nil {
			span.RecordError(rerr) // want `error is recorded on span and its status stays unset`
		}
		span.End()
	}()
	if err := work(ctx); err != nil {
		return err
	}
	return work(ctx)
}

func unsetInLiteral(ctx context.Context) error {
	run := func() error {
		ctx, span := tracer.Start(ctx, "literal")
		defer span.End()
		if err := work(ctx); err != nil {
			return err // want `status of span is unset`
		}
		return nil
	}
	return run()
}

func unsetElse(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "op")
	defer span.End()
	if err := work(ctx); errors.Is(err, errNotFound) {
		return nil
	} else if err != nil {
		return err // want `status of span is unset`
	}
	return nil
}

// The error of a deferred call is the one that there was at the defer.
func unsetByAPrematureArgument(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "premature")
	var err error
	defer finishWith(span, err)
	err = work(ctx)
	return err // want `error is returned while the status of span is unset`
}

func unsetByAPrematureResult(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "premature result")
	defer finishWith(span, err)
	return work(ctx) // want `error is returned while the status of span is unset`
}

func finishWith(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

package spanend

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// A flag that is set with the start says whether there is a span to end.

func silentFlagSetAfterStart(ctx context.Context, kind string) error {
	var span trace.Span
	var traced bool
	switch kind {
	case "list":
		ctx, span = tracer.Start(ctx, "list")
		traced = true
	case "read":
		ctx, span = tracer.Start(ctx, "read")
		logf("reading")
		traced = true
	}
	err := work(ctx)
	if traced && span != nil {
		if err != nil {
			span.RecordError(err)
		}
		span.End()
	}
	return err
}

func silentFlagSetBeforeStart(ctx context.Context, kind string) error {
	var span trace.Span
	traced := false
	if kind == "list" {
		traced = true
		ctx, span = tracer.Start(ctx, "list")
	}
	if err := work(ctx); err != nil {
		if traced {
			finish(span, err)
		}
		return err
	}
	if traced {
		span.End()
	}
	return nil
}

func silentFlagInDeferredLiteral(ctx context.Context, kind string) error {
	var span trace.Span
	traced := false
	defer func() {
		if traced {
			span.End()
		}
	}()
	if kind == "list" {
		ctx, span = tracer.Start(ctx, "list")
		traced = true
	}
	return work(ctx)
}

func silentFlagSetWithEnd(ctx context.Context, kind string) error {
	ctx, span := tracer.Start(ctx, "op")
	ended := false
	if kind == "list" {
		span.End()
		ended = true
	}
	err := work(ctx)
	if !ended {
		span.End()
	}
	return err
}

func silentFlagPerRound(ctx context.Context, kinds []string) {
	for _, kind := range kinds {
		var span trace.Span
		traced := false
		if kind != "" {
			_, span = tracer.Start(ctx, "round")
			traced = true
		}
		logf(kind)
		if traced {
			span.End()
		}
	}
}

func lostBeforeFlag(ctx context.Context, kind string) error {
	var span trace.Span
	traced := false
	if kind == "list" {
		ctx, span = tracer.Start(ctx, "list") // want `span is not ended on every path`
		if err := work(ctx); err != nil {
			return err
		}
		traced = true
	}
	err := work(ctx)
	if traced {
		span.End()
	}
	return err
}

func lostWhereFlagIsTakenBack(ctx context.Context, kind string, quick bool) error {
	var span trace.Span
	traced := false
	if kind == "list" {
		ctx, span = tracer.Start(ctx, "list") // want `span is not ended on every path`
		traced = true
	}
	if quick {
		traced = false
	}
	err := work(ctx)
	if traced {
		span.End()
	}
	return err
}

func lostByFlagOfCaller(ctx context.Context, kind string, traced bool) error {
	var span trace.Span
	if kind == "list" {
		ctx, span = tracer.Start(ctx, "list") // want `span is not ended on every path`
	}
	err := work(ctx)
	if traced {
		span.End()
	}
	return err
}

func lostByFlagThatIsComputed(ctx context.Context, kind string) error {
	var span trace.Span
	traced := false
	if kind == "list" {
		ctx, span = tracer.Start(ctx, "list") // want `span is not ended on every path`
		traced = kind > "k"
	}
	err := work(ctx)
	if traced {
		span.End()
	}
	return err
}

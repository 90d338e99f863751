// Package spans has spans that do not end, or not where they should.
package spans

import (
	"context"
	"errors"
	"io"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("bench/spans")

var errEmpty = errors.New("empty")

func read(ctx context.Context, key string) (string, error) {
	if key == "" {
		return "", errEmpty
	}
	return key, ctx.Err()
}

//bench:wrong not ended on the way out with an error
func lostOnError(ctx context.Context, key string) error {
	ctx, span := tracer.Start(ctx, "spans.lostOnError")
	value, err := read(ctx, key)
	if err != nil {
		span.SetStatus(codes.Error, "read")
		span.RecordError(err)
		return err
	}
	span.SetAttributes(attribute.String("value", value))
	span.End()
	return nil
}

//bench:wrong never ended
func neverEnded(ctx context.Context, key string) string {
	ctx, span := tracer.Start(ctx, "spans.neverEnded")
	value, _ := read(ctx, key)
	span.SetAttributes(attribute.String("value", value))
	return value
}

//bench:wrong discarded where it starts
func discarded(ctx context.Context, key string) string {
	ctx, _ = tracer.Start(ctx, "spans.discarded")
	value, _ := read(ctx, key)
	return value
}

// open starts a span for its caller.
func open(ctx context.Context, name string) (context.Context, trace.Span) {
	return tracer.Start(ctx, name, trace.WithAttributes(attribute.Bool("opened", true)))
}

//bench:wrong started by a helper, and not ended by its caller
func lostFromHelper(ctx context.Context, key string) string {
	ctx, span := open(ctx, "spans.lostFromHelper")
	value, _ := read(ctx, key)
	span.SetAttributes(attribute.String("value", value))
	return value
}

//bench:wrong ended by a defer in a loop, when the function returns
func deferredInLoop(ctx context.Context, keys []string) (sum int) {
	for _, key := range keys {
		ctx, span := tracer.Start(ctx, "spans.deferredInLoop")
		defer span.End()
		value, _ := read(ctx, key)
		sum += len(value)
	}
	return sum
}

//bench:wrong ended by hand, which a panic skips
func byHand(ctx context.Context, key string) string {
	ctx, span := tracer.Start(ctx, "spans.byHand")
	value, _ := read(ctx, key)
	span.End()
	return value
}

//bench:wrong annotated after its end
func late(ctx context.Context, key string) string {
	ctx, span := tracer.Start(ctx, "spans.late")
	value, _ := read(ctx, key)
	span.End()
	span.SetAttributes(attribute.String("value", value))
	return value
}

type body struct {
	io.Reader
	ctx context.Context
}

func (b *body) Read(p []byte) (int, error) {
	_, span := tracer.Start(b.ctx, "spans.body")
	defer span.End()
	return b.Reader.Read(p)
}

//bench:wrong ended before the stream that is returned has been read
func early(ctx context.Context, r io.Reader) io.Reader {
	ctx, span := tracer.Start(ctx, "spans.early")
	defer span.End()
	return &body{r, ctx}
}

// timed starts a span and returns what ends it.
func timed(ctx context.Context, name string) func() {
	_, span := tracer.Start(ctx, name)
	return func() { span.End() }
}

//bench:wrong the function that ends it is not called: what is deferred is the start
func uncalled(ctx context.Context, key string) string {
	defer timed(ctx, "spans.uncalled")
	value, _ := read(ctx, key)
	return value
}

//bench:right ended by a defer
func deferred(ctx context.Context, key string) string {
	ctx, span := tracer.Start(ctx, "spans.deferred")
	defer span.End()
	value, _ := read(ctx, key)
	return value
}

//bench:right ended by a deferred closure
func inClosure(ctx context.Context, key string) (err error) {
	ctx, span := tracer.Start(ctx, "spans.inClosure")
	defer func() {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}()
	_, err = read(ctx, key)
	return err
}

func finish(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

//bench:right ended by a helper, which gets the span
func inHelper(ctx context.Context, key string) (err error) {
	ctx, span := tracer.Start(ctx, "spans.inHelper")
	defer func() { finish(span, err) }()
	_, err = read(ctx, key)
	return err
}

//bench:right ended by the function that is returned
func returned(ctx context.Context) (context.Context, func()) {
	ctx, span := tracer.Start(ctx, "spans.returned")
	return ctx, func() { span.End() }
}

type cursor struct{ span trace.Span }

func (c *cursor) Close() error {
	c.span.End()
	return nil
}

//bench:right kept by what is returned, whose Close ends it
func kept(ctx context.Context) io.Closer {
	_, span := tracer.Start(ctx, "spans.kept")
	return &cursor{span}
}

//bench:right a span for each round, in a function of its own
func perRound(ctx context.Context, keys []string) (sum int) {
	for _, key := range keys {
		func() {
			ctx, span := tracer.Start(ctx, "spans.perRound")
			defer span.End()
			value, _ := read(ctx, key)
			sum += len(value)
		}()
	}
	return sum
}

//bench:wrong an error leaves, and the span's status is unset
func unset(ctx context.Context, key string) error {
	ctx, span := tracer.Start(ctx, "spans.unset")
	defer span.End()
	_, err := read(ctx, key)
	if err != nil {
		span.RecordError(err)
		return err
	}
	return nil
}

//bench:wrong an error leaves that the span has not recorded
func unrecorded(ctx context.Context, key string) error {
	ctx, span := tracer.Start(ctx, "spans.unrecorded")
	defer span.End()
	_, err := read(ctx, key)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	return nil
}

package queuectx

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"src/queuectx/client"
)

// Messages that somebody else sends.

func forwarded(ctx context.Context, w *kafka.Writer, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return forward(ctx, w, kafka.Message{Value: body}) // want `forward sends a message without span span, so its consumer starts another trace`
}

func forward(ctx context.Context, w *kafka.Writer, msg kafka.Message) error {
	if msg.Topic == "" {
		return ctx.Err()
	}
	return w.WriteMessages(ctx, msg)
}

func forwardedByAPackage(ctx context.Context, c *client.Client, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward elsewhere", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return c.Send(ctx, kafka.Message{Value: body}) // want `c.Send sends a message without span`
}

func silentForwardedWithHeaders(ctx context.Context, c *client.Client, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward with headers", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return c.SendFor(ctx, "me", kafka.Message{Value: body})
}

func given(ctx context.Context, w *kafka.Writer, msg kafka.Message) error {
	ctx, span := tracer.Start(ctx, "given", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, msg) // want `w.WriteMessages sends a message without span`
}

// Who calls it has put a trace into the message.
func silentGiven(ctx context.Context, nc *nats.Conn, msg *nats.Msg) error {
	_, span := tracer.Start(ctx, "given with a trace", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return nc.PublishMsg(msg)
}

func silentGiving(ctx context.Context, nc *nats.Conn, body []byte) error {
	msg := nats.NewMsg("orders")
	msg.Data = body
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	return silentGiven(ctx, nc, msg)
}

func batch(ctx context.Context, w *kafka.Writer, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "batch", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := make([]kafka.Message, 0, len(bodies))
	for _, body := range bodies {
		msgs = append(msgs, kafka.Message{Value: body})
	}
	return w.WriteMessages(ctx, msgs...) // want `w.WriteMessages sends messages without span`
}

func silentBatch(ctx context.Context, w *kafka.Writer, bodies [][]byte, prepare func([]kafka.Message)) error {
	ctx, span := tracer.Start(ctx, "prepared batch", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	var msgs []kafka.Message
	for _, body := range bodies {
		msgs = append(msgs, kafka.Message{Value: body})
	}
	prepare(msgs)
	return w.WriteMessages(ctx, msgs...)
}

// The context around a literal is older than the message that it is called with.

func eachRecord(ctx context.Context, cl *kgo.Client) {
	cl.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
		ctx, span := tracer.Start(ctx, "record", trace.WithSpanKind(trace.SpanKindConsumer)) // want `span span starts without what r carries`
		defer span.End()
		_ = handle(ctx, r.Value)
	})
}

func silentEachOfOne(ctx context.Context, msg *nats.Msg, each func(func(*nats.Msg))) {
	each(func(m *nats.Msg) {
		ctx, span := tracer.Start(ctx, "part", trace.WithSpanKind(trace.SpanKindConsumer))
		defer span.End()
		_ = handle(ctx, append(msg.Data, m.Data...))
	})
}

// Jobs for a worker that starts anew.

type runner struct {
	jobs  chan job
	names chan string
	ticks chan int
}

func (w *runner) submit(ctx context.Context, j job) {
	_, span := tracer.Start(ctx, "submit")
	defer span.End()
	w.jobs <- j // want `a job is sent without the context of span span, so who takes it starts another trace`
	w.ticks <- 1
}

func (w *runner) run(ctx context.Context) {
	for j := range w.jobs {
		ctx, span := tracer.Start(ctx, "job")
		_ = handle(ctx, []byte{byte(j.id)})
		span.End()
	}
}

func (w *runner) silentCount(ctx context.Context) {
	for n := range w.ticks {
		_, span := tracer.Start(ctx, "tick")
		span.End()
		_ = n
	}
}

// The worker links its traces to something else.
func (w *runner) silentLinked(ctx context.Context, name string) {
	_, span := tracer.Start(ctx, "linked")
	defer span.End()
	w.names <- name
}

func (w *runner) runNames(ctx context.Context, origin trace.Link) {
	for name := range w.names {
		_, span := tracer.Start(ctx, "name", trace.WithLinks(origin))
		_ = name
		span.End()
	}
}

// Bodies that somebody else sends, without headers.

func forwardedBody(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward a body", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return publish(ctx, nc, body) // want `publish sends a message without span span, so its consumer starts another trace`
}

func publish(ctx context.Context, nc *nats.Conn, body []byte) error {
	if len(body) == 0 {
		return ctx.Err()
	}
	return nc.Publish("orders", body)
}

func forwardedBodyByAPackage(ctx context.Context, p *client.Publisher, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward a body elsewhere", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return p.Publish(ctx, body) // want `p.Publish sends a message without span span`
}

// One that has headers for it sends the trace that way.
func silentForwardedBodyWithHeaders(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward a body with headers", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return publishTraced(ctx, nc, body)
}

func publishTraced(ctx context.Context, nc *nats.Conn, body []byte) error {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return nc.Publish("orders", body)
	}
	msg := &nats.Msg{Subject: "orders", Header: nats.Header{}, Data: body}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	return nc.PublishMsg(msg)
}

// What wraps the body may put a trace in it.
func silentForwardedInAnEnvelope(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "forward in an envelope", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return publishWrapped(ctx, nc, body, wrapBody)
}

func publishWrapped(ctx context.Context, nc *nats.Conn, body []byte, wrap func(context.Context, []byte) []byte) error {
	return nc.Publish("orders", wrap(ctx, body))
}

func wrapBody(_ context.Context, body []byte) []byte { return append([]byte("v1 "), body...) }

// Nobody says that the trace is meant to go on.
func silentForwardedBelowAnotherKind(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "handle a body")
	defer span.End()
	return publish(ctx, nc, body)
}

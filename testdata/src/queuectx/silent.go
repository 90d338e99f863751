package queuectx

import (
	"context"
	"encoding/json"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

type headers struct{ msg *kafka.Message }

func (h headers) Get(key string) string {
	for _, header := range h.msg.Headers {
		if header.Key == key {
			return string(header.Value)
		}
	}
	return ""
}

func (h headers) Set(key, value string) {
	h.msg.Headers = append(h.msg.Headers, kafka.Header{Key: key, Value: []byte(value)})
}

func (h headers) Keys() []string { return nil }

func silentInjected(ctx context.Context, w *kafka.Writer, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := kafka.Message{Value: body}
	otel.GetTextMapPropagator().Inject(ctx, headers{&msg})
	return w.WriteMessages(ctx, msg)
}

func headersOf(ctx context.Context) []kafka.Header {
	msg := kafka.Message{}
	otel.GetTextMapPropagator().Inject(ctx, headers{&msg})
	return msg.Headers
}

func silentInjectedByAHelper(ctx context.Context, w *kafka.Writer, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := kafka.Message{Value: body}
	msg.Headers = headersOf(ctx)
	return w.WriteMessages(ctx, msg)
}

// The trace is in the body.
type envelope struct {
	Trace propagation.MapCarrier
	Body  []byte
}

func silentInTheBody(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	e := envelope{Trace: propagation.MapCarrier{}, Body: body}
	otel.GetTextMapPropagator().Inject(ctx, e.Trace)
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return nc.PublishMsg(&nats.Msg{Data: data})
}

func silentByItsIdentifiers(ctx context.Context, nc *nats.Conn) error {
	_, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return nc.PublishMsg(&nats.Msg{Data: []byte(span.SpanContext().TraceID().String())})
}

// No span is open here that could go on.
func silentUntraced(ctx context.Context, w *kafka.Writer, body []byte) error {
	return w.WriteMessages(ctx, kafka.Message{Value: body})
}

func silentAfterTheEnd(ctx context.Context, w *kafka.Writer, body []byte) error {
	_, span := tracer.Start(ctx, "check")
	span.End()
	return w.WriteMessages(ctx, kafka.Message{Value: body})
}

// A body without headers, below a span that is no producer's.
func silentBody(ctx context.Context, nc *nats.Conn, body []byte) error {
	_, span := tracer.Start(ctx, "reply")
	defer span.End()
	return nc.Publish("orders", body)
}

func silentExtracted(ctx context.Context, msg kafka.Message) {
	ctx = otel.GetTextMapPropagator().Extract(ctx, headers{&msg})
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	_ = handle(ctx, msg.Value)
}

func extract(ctx context.Context, msg *kafka.Message) context.Context {
	return otel.GetTextMapPropagator().Extract(ctx, headers{msg})
}

func silentExtractedByAHelper(ctx context.Context, msg kafka.Message) {
	ctx, span := tracer.Start(extract(ctx, &msg), "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	_ = handle(ctx, msg.Value)
}

func silentExtractedByTheCaller(ctx context.Context, r *kafka.Reader) {
	msg, _ := r.ReadMessage(ctx)
	process(extract(ctx, &msg), msg)
}

func process(ctx context.Context, msg kafka.Message) {
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	_ = handle(ctx, msg.Value)
}

// A trace of its own that points to where it comes from.
func silentLinked(ctx context.Context, msg *nats.Msg) {
	origin := otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(msg.Header))
	_, span := tracer.Start(ctx, "process", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(origin)))
	defer span.End()
}

// A span inside the processing of a message.
func silentStep(ctx context.Context, msg *nats.Msg) {
	_, span := tracer.Start(ctx, "decode")
	defer span.End()
	_ = json.Unmarshal(msg.Data, &envelope{})
}

// The span is about more than the message.
func silentOfMore(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "order")
	defer span.End()
	if err := handle(ctx, body); err != nil {
		return err
	}
	msg := &nats.Msg{Data: body, Header: nats.Header{}}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	return nc.PublishMsg(msg)
}

type tracedJob struct {
	id  int
	ctx context.Context
}

type carriedJob struct {
	id    int
	trace map[string]string
}

func silentJobs(ctx context.Context, traced chan<- tracedJob, carried chan<- *carriedJob, done chan<- struct{}, ids chan<- int) {
	ctx, span := tracer.Start(ctx, "enqueue", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	traced <- tracedJob{1, ctx}
	carried <- &carriedJob{id: 1}
	ids <- 1
	done <- struct{}{}
}

// Below another span a channel is no queue.
func silentResult(ctx context.Context, results chan<- job) {
	_, span := tracer.Start(ctx, "compute")
	defer span.End()
	results <- job{1}
}

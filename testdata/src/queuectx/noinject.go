package queuectx

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"
)

func kafkaLiteral(ctx context.Context, w *kafka.Writer, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, kafka.Message{Value: body}) // want "w.WriteMessages sends a message without span span, so its consumer starts another trace"
}

func kafkaVariable(ctx context.Context, w *kafka.Writer, key, body []byte) error {
	ctx, send := tracer.Start(ctx, "send")
	defer send.End()
	msg := kafka.Message{Key: key}
	msg.Value = body
	if err := w.WriteMessages(ctx, msg); err != nil { // want "w.WriteMessages sends a message without span send"
		return err
	}
	return nil
}

func franz(ctx context.Context, cl *kgo.Client, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	record := &kgo.Record{Topic: "orders", Value: body}
	return cl.ProduceSync(ctx, record).FirstErr() // want "cl.ProduceSync sends a message without span span"
}

func natsMessage(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	err := nc.PublishMsg(&nats.Msg{Subject: "orders", Data: body}) // want "nc.PublishMsg sends a message without span span"
	return err
}

func natsStream(ctx context.Context, js jetstream.JetStream, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := nats.NewMsg("orders")
	msg.Data = body
	_, err := js.PublishMsg(ctx, msg) // want "js.PublishMsg sends a message without span span"
	return err
}

func rabbit(ctx context.Context, ch *amqp.Channel, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return ch.PublishWithContext(ctx, "", "orders", false, false, amqp.Publishing{Body: body}) // want "ch.PublishWithContext sends a message without span span"
}

// There are no headers that a fix could use.
func natsBody(ctx context.Context, nc *nats.Conn, body []byte) error {
	_, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return nc.Publish("orders", body) // want "nc.Publish sends a message without span span"
}

// The names of the fix are taken.
func takenNames(ctx context.Context, w *kafka.Writer, key, value []byte, carrier string) error {
	ctx, span := tracer.Start(ctx, carrier)
	defer span.End()
	msg := kafka.Message{Key: key, Value: value}
	return w.WriteMessages(ctx, msg) // want "w.WriteMessages sends a message without span span"
}

// The context of the span is not at hand: no fix.
func withoutContext(ctx context.Context, w *kafka.Writer, body []byte) error {
	_, span := tracer.Start(ctx, "send")
	defer span.End()
	return w.WriteMessages(ctx, kafka.Message{Value: body}) // want "w.WriteMessages sends a message without span span"
}

// Arguments before the message do something: no fix.
func laterArguments(ctx context.Context, w *kafka.Writer, fresh func() context.Context) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	_ = handle(ctx, nil)
	return w.WriteMessages(fresh(), kafka.Message{}) // want "w.WriteMessages sends a message without span span"
}

package queuectx

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// messageHeaders writes to the headers of a message.
type messageHeaders struct{ msg *kafka.Message }

func (h messageHeaders) Get(key string) string { return "" }

func (h messageHeaders) Set(key, value string) {
	h.msg.Headers = append(h.msg.Headers, kafka.Header{Key: key, Value: []byte(value)})
}

func (h messageHeaders) Keys() []string { return nil }

func droppedInACopy(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "copies", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for _, msg := range msgs {
		otel.GetTextMapPropagator().Inject(ctx, messageHeaders{&msg}) // want `the carrier that otel.GetTextMapPropagator\(\).Inject fills goes nowhere`
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentInPlace(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "in place", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for i := range msgs {
		otel.GetTextMapPropagator().Inject(ctx, messageHeaders{&msgs[i]})
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentCopyThatIsSent(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "sent copies", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for _, msg := range msgs {
		otel.GetTextMapPropagator().Inject(ctx, messageHeaders{&msg})
		if err := w.WriteMessages(ctx, msg); err != nil {
			return err
		}
	}
	return nil
}

func droppedAfterSending(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "too late", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := nats.NewMsg("orders")
	msg.Data = body
	err := nc.PublishMsg(msg)
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header)) // want `the carrier that otel.GetTextMapPropagator\(\).Inject fills goes nowhere`
	return err
}

// The message is sent once more.
func silentSentAgain(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "again", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := nats.NewMsg("orders")
	msg.Data = body
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	if err := nc.PublishMsg(msg); err == nil {
		return nil
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	return nc.PublishMsg(msg)
}

package queuectx

import (
	"context"

	"github.com/nats-io/nats.go"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/trace"
)

func kafkaLoop(ctx context.Context, r *kafka.Reader) error {
	for {
		msg, err := r.ReadMessage(ctx)
		if err != nil {
			return err
		}
		ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what msg carries, so its producer's trace ends there"
		_ = handle(ctx, msg.Value)
		span.End()
	}
}

type worker struct{ reader *kafka.Reader }

func (w *worker) run(ctx context.Context) error {
	for {
		msg, err := w.reader.FetchMessage(ctx)
		if err != nil {
			return err
		}
		w.process(ctx, msg)
	}
}

func (w *worker) process(ctx context.Context, msg kafka.Message) {
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what msg carries"
	defer span.End()
	_ = handle(ctx, msg.Value)
}

func natsCallback(nc *nats.Conn) {
	_, _ = nc.Subscribe("orders", func(msg *nats.Msg) {
		ctx, span := tracer.Start(context.Background(), "process") // want "span span starts without what msg carries"
		defer span.End()
		_ = handle(ctx, msg.Data)
	})
}

func rabbitLoop(ctx context.Context, deliveries <-chan amqp.Delivery) {
	for d := range deliveries {
		func() {
			_ = d.Ack(false)
		}()
	}
	d := <-deliveries
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what d carries"
	defer span.End()
	_ = handle(ctx, d.Body)
}

func franzRecord(record *kgo.Record) {
	ctx, span := tracer.Start(context.Background(), "process") // want "span span starts without what record carries"
	defer span.End()
	_ = handle(ctx, record.Value)
}

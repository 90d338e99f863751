// Command kafka sends orders through a topic, and reads them from there.
package main

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"setup/bed"
)

var tracer = otel.Tracer("proof")

func main() {
	bed.Run(func(ctx context.Context) error {
		address, stop, err := bed.Kafka("orders")
		if err != nil {
			return err
		}
		defer stop()
		writer := &kafka.Writer{Addr: kafka.TCP(address), Topic: "orders", BatchTimeout: time.Millisecond}
		defer writer.Close()
		if err := send(ctx, writer, "order"); err != nil {
			return err
		}
		reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: "orders", MaxWait: 100 * time.Millisecond})
		defer reader.Close()
		return receive(ctx, reader)
	})
}

func send(ctx context.Context, writer *kafka.Writer, order string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return writer.WriteMessages(ctx, kafka.Message{Value: []byte(order)})
}

func receive(ctx context.Context, reader *kafka.Reader) error {
	msg, err := reader.ReadMessage(ctx)
	if err != nil {
		return err
	}
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	store(ctx, msg.Value)
	return nil
}

func store(ctx context.Context, order []byte) {
	_, span := tracer.Start(ctx, "store")
	defer span.End()
}

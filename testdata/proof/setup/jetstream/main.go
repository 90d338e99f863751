// Command jetstream sends an order through a stream, and fetches it from there.
package main

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"setup/bed"
)

var tracer = otel.Tracer("proof")

func main() {
	bed.Run(func(ctx context.Context) error {
		nc, stop, err := bed.NATS()
		if err != nil {
			return err
		}
		defer stop()
		js, err := jetstream.New(nc)
		if err != nil {
			return err
		}
		stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "orders", Subjects: []string{"orders"}})
		if err != nil {
			return err
		}
		consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{})
		if err != nil {
			return err
		}
		if err := send(ctx, js, "order"); err != nil {
			return err
		}
		return receive(ctx, consumer)
	})
}

func send(ctx context.Context, js jetstream.JetStream, order string) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	msg := nats.NewMsg("orders")
	msg.Data = []byte(order)
	_, err := js.PublishMsg(ctx, msg)
	return err
}

func receive(ctx context.Context, consumer jetstream.Consumer) error {
	msg, err := consumer.Next()
	if err != nil {
		return err
	}
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	store(ctx)
	return msg.Ack()
}

func store(ctx context.Context) {
	_, span := tracer.Start(ctx, "store")
	defer span.End()
}

// Command franz sends an order through a topic, and polls it from there.
package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel"

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
		client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.ConsumeTopics("orders"))
		if err != nil {
			return err
		}
		defer client.Close()
		if err := send(ctx, client, "order"); err != nil {
			return err
		}
		client.PollFetches(ctx).EachRecord(process)
		return nil
	})
}

func send(ctx context.Context, client *kgo.Client, order string) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	record := &kgo.Record{Topic: "orders", Value: []byte(order)}
	return client.ProduceSync(ctx, record).FirstErr()
}

func process(record *kgo.Record) {
	ctx, span := tracer.Start(context.Background(), "process")
	defer span.End()
	store(ctx, record.Value)
}

func store(ctx context.Context, order []byte) {
	_, span := tracer.Start(ctx, "store")
	defer span.End()
}

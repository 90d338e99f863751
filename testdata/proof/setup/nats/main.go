// Command nats sends an order through a broker, by messages that carry nothing.
package main

import (
	"context"

	"github.com/nats-io/nats.go"
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
		done := make(chan struct{})
		if _, err := nc.Subscribe("orders", func(msg *nats.Msg) {
			defer close(done)
			process(msg)
		}); err != nil {
			return err
		}
		if err := send(ctx, nc, "order"); err != nil {
			return err
		}
		<-done
		return nil
	})
}

func send(ctx context.Context, nc *nats.Conn, order string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return nc.PublishMsg(&nats.Msg{Subject: "orders", Data: []byte(order)})
}

func process(msg *nats.Msg) {
	ctx, span := tracer.Start(context.Background(), "process")
	defer span.End()
	store(ctx)
}

func store(ctx context.Context) {
	_, span := tracer.Start(ctx, "store")
	defer span.End()
}

// Command jetstream sends an order through a stream, and fetches it from there.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("proof")

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return err
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(ctx)
	otel.SetTracerProvider(tp)
	otel.SetTextMapPropagator(propagation.TraceContext{})

	dir, err := os.MkdirTemp("", "jetstream")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	broker, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir})
	if err != nil {
		return err
	}
	broker.Start()
	defer broker.Shutdown()
	broker.ReadyForConnections(10 * time.Second)
	nc, err := nats.Connect(broker.ClientURL())
	if err != nil {
		return err
	}
	defer nc.Close()

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

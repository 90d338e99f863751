// Command nats sends an order through a broker, by messages that carry nothing.
package main

import (
	"context"
	"log"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
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

	broker, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT})
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

// Package bed is what the programs that cross a broker have in common: a
// provider that sends to the receiver, and the brokers, which run in the
// program itself.
package bed

import (
	"context"
	"errors"
	"log"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Run runs work with a provider and a propagator, and exports its spans.
func Run(work func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, work); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, work func(context.Context) error) error {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return err
	}
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(tp)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	return errors.Join(work(ctx), tp.Shutdown(ctx))
}

// NATS starts a broker with streams, and returns a connection to it.
func NATS() (nc *nats.Conn, stop func(), err error) {
	dir, err := os.MkdirTemp("", "jetstream")
	if err != nil {
		return nil, nil, err
	}
	broker, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir})
	if err != nil {
		return nil, nil, err
	}
	broker.Start()
	broker.ReadyForConnections(10 * time.Second)
	nc, err = nats.Connect(broker.ClientURL())
	return nc, func() {
		nc.Close()
		broker.Shutdown()
		os.RemoveAll(dir)
	}, err
}

// Kafka starts a broker with one topic of one partition, and returns its
// address.
func Kafka(topic string) (address string, stop func(), err error) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topic))
	if err != nil {
		return "", nil, err
	}
	return cluster.ListenAddrs()[0], cluster.Close, nil
}

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

// The loop has got the message on the context that it gives to the span.

func kindlessLoop(ctx context.Context, r *kafka.Reader) error {
	for ctx.Err() == nil {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		mctx, span := tracer.Start(ctx, "process") // want "span span starts without what m carries"
		err = handle(mctx, m.Value)
		span.End()
		if err != nil {
			return err
		}
		_, commit := tracer.Start(ctx, "commit") // one step speaks for the others
		err = r.CommitMessages(ctx, m)
		commit.End()
		if err != nil {
			return err
		}
	}
	return nil
}

func kindlessNext(ctx context.Context, sub *nats.Subscription) error {
	m, err := sub.NextMsgWithContext(ctx)
	if err != nil {
		return err
	}
	ctx, span := tracer.Start(ctx, "next") // want "span span starts without what m carries"
	defer span.End()
	return handle(ctx, m.Data)
}

// Whoever calls may have had the context from the message.
func silentKindlessGiven(ctx context.Context, m kafka.Message) error {
	ctx, span := tracer.Start(ctx, "step")
	defer span.End()
	return handle(ctx, m.Value)
}

// An interface of the program's own may have put the trace into its context.
type source interface {
	Next(ctx context.Context) (kafka.Message, context.Context, error)
}

func silentKindlessOwnSource(ctx context.Context, s source) error {
	m, ctx, err := s.Next(ctx)
	if err != nil {
		return err
	}
	ctx, span := tracer.Start(ctx, "process")
	defer span.End()
	return handle(ctx, m.Value)
}

// Before there is a message.
func silentFetchSpan(ctx context.Context, r *kafka.Reader) ([]byte, error) {
	ctx, span := tracer.Start(ctx, "fetch")
	defer span.End()
	m, err := r.FetchMessage(ctx)
	return m.Value, err
}

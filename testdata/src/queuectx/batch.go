package queuectx

import (
	"context"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

func appended(ctx context.Context, w *kafka.Writer, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	var msgs []kafka.Message
	for _, body := range bodies {
		msgs = append(msgs, kafka.Message{Value: body})
	}
	return w.WriteMessages(ctx, msgs...) // want "w.WriteMessages sends messages without span span, so their consumer starts another trace"
}

func appendedVariables(ctx context.Context, w *kafka.Writer, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	msgs := make([]kafka.Message, 0, len(bodies))
	for i := range bodies {
		msg := kafka.Message{}
		msg.Value = bodies[i]
		msgs = append(msgs, msg)
	}
	if len(msgs) == 0 {
		return nil
	}
	return w.WriteMessages(ctx, msgs...) // want "w.WriteMessages sends messages without span span"
}

func indexed(ctx context.Context, cl *kgo.Client, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	records := make([]*kgo.Record, len(bodies))
	for i, body := range bodies {
		records[i] = &kgo.Record{Topic: "orders", Value: body}
		records[i].Key = body[:1]
	}
	return cl.ProduceSync(ctx, records...).FirstErr() // want "cl.ProduceSync sends messages without span span"
}

func literals(ctx context.Context, w *kafka.Writer, a, b []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := []kafka.Message{{Value: a}, {Value: b}}
	return w.WriteMessages(ctx, msgs...) // want "w.WriteMessages sends messages without span span"
}

// Each has its place, and there is no one statement for all: no fix.
func oneByOne(ctx context.Context, w *kafka.Writer, a, b []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, kafka.Message{Value: a}, kafka.Message{Value: b}) // want "w.WriteMessages sends a message without span span"
}

func produced(ctx context.Context, cl *kgo.Client, bodies [][]byte) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for _, body := range bodies {
		cl.Produce(ctx, &kgo.Record{Topic: "orders", Value: body}, nil) // want "cl.Produce sends a message without span span"
	}
}

func producedAndWaited(ctx context.Context, cl *kgo.Client, body []byte, failed func(*kgo.Record, error)) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	record := kgo.SliceRecord(body)
	record.Topic = "orders"
	cl.TryProduce(ctx, record, failed) // want "cl.TryProduce sends a message without span span"
}

// Two in one list of statements: the names of their repairs differ.
func twice(ctx context.Context, w *kafka.Writer, a, b []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	if err := w.WriteMessages(ctx, kafka.Message{Value: a}); err != nil { // want "w.WriteMessages sends a message without span span"
		return err
	}
	return w.WriteMessages(ctx, kafka.Message{Value: b}) // want "w.WriteMessages sends a message without span span"
}

type batcher struct{ writer *kafka.Writer }

func (b batcher) method(ctx context.Context, bodies ...[]byte) (err error) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	flush := func() error {
		return nil
	}
	batch := []kafka.Message(nil)
	for _, body := range bodies {
		batch = append(batch, kafka.Message{Key: body[:1], Value: body})
	}
	if err = b.writer.WriteMessages(ctx, batch...); err != nil { // want "b.writer.WriteMessages sends messages without span span"
		return err
	}
	return flush()
}

func generic[T ~[]byte](ctx context.Context, w *kafka.Writer, bodies []T) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := []kafka.Message{}
	for _, body := range bodies {
		msgs = append(msgs, kafka.Message{Value: body})
	}
	return w.WriteMessages(ctx, msgs...) // want "w.WriteMessages sends messages without span span"
}

func silentHeadersInLoop(ctx context.Context, w *kafka.Writer, bodies [][]byte, id []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	var msgs []kafka.Message
	for _, body := range bodies {
		msgs = append(msgs, kafka.Message{Value: body, Headers: []kafka.Header{{Key: "id", Value: id}}})
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentHeadersAfterwards(ctx context.Context, w *kafka.Writer, bodies [][]byte, headers []kafka.Header) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := make([]kafka.Message, len(bodies))
	for i, body := range bodies {
		msgs[i].Value = body
		msgs[i].Headers = headers
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentListHandedOn(ctx context.Context, w *kafka.Writer, body []byte, prepare func([]kafka.Message)) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := []kafka.Message{{Value: body}}
	prepare(msgs)
	return w.WriteMessages(ctx, msgs...)
}

func silentElementHandedOn(ctx context.Context, w *kafka.Writer, body []byte, prepare func(*kafka.Message)) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := []kafka.Message{{Value: body}}
	for i := range msgs {
		prepare(&msgs[i])
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentInjectedInLoop(ctx context.Context, w *kafka.Writer, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	var msgs []kafka.Message
	for _, body := range bodies {
		msg := kafka.Message{Value: body}
		otel.GetTextMapPropagator().Inject(ctx, headers{&msg})
		msgs = append(msgs, msg)
	}
	return w.WriteMessages(ctx, msgs...)
}

// Some of them come from elsewhere.
func silentMixed(ctx context.Context, w *kafka.Writer, more []kafka.Message, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msgs := []kafka.Message{{Value: body}}
	msgs = append(msgs, more...)
	return w.WriteMessages(ctx, msgs...)
}

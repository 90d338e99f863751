// Package queues sends and receives messages.
package queues

import (
	"context"
	"log"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("bench/queues")

func store(ctx context.Context, order []byte) {
	_, span := tracer.Start(ctx, "queues.store")
	defer span.End()
	span.AddEvent(string(order))
}

//bench:wrong a message without the headers that carry the trace
func send(ctx context.Context, w *kafka.Writer, order []byte) {
	ctx, span := tracer.Start(ctx, "queues.send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	if err := w.WriteMessages(ctx, kafka.Message{Value: order}); err != nil {
		log.Print(err)
	}
}

//bench:wrong the span for a message starts without the headers
func receive(ctx context.Context, r *kafka.Reader) error {
	for {
		msg, err := r.ReadMessage(ctx)
		if err != nil {
			return err
		}
		process(ctx, msg)
	}
}

//bench:wrong the span for a message starts without the headers
func process(ctx context.Context, msg kafka.Message) {
	ctx, span := tracer.Start(ctx, "queues.process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	store(ctx, msg.Value)
}

//bench:right the headers carry the trace
func inject(ctx context.Context, w *kafka.Writer, order []byte) {
	ctx, span := tracer.Start(ctx, "queues.inject", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	var headers []kafka.Header
	for key, value := range carrier {
		headers = append(headers, kafka.Header{Key: key, Value: []byte(value)})
	}
	if err := w.WriteMessages(ctx, kafka.Message{Value: order, Headers: headers}); err != nil {
		log.Print(err)
	}
}

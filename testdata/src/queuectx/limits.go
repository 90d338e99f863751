package queuectx

import (
	"context"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel/trace"
)

// Messages that are made elsewhere may have headers.
func limitMadeElsewhere(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, msgs...)
}

// Somebody else gets hold of the message.
func limitHandedOn(ctx context.Context, w *kafka.Writer, prepare func(*kafka.Message)) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := kafka.Message{}
	prepare(&msg)
	return w.WriteMessages(ctx, msg)
}

// The caller is not in view, and may have extracted.
func limitUnknownCaller(ctx context.Context, msg kafka.Message) {
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	_ = handle(ctx, msg.Value)
}

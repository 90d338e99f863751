package queuectx

import (
	"context"
	"net/http"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// messageHeaders writes to the headers of a message.
type messageHeaders struct{ msg *kafka.Message }

func (h messageHeaders) Get(key string) string { return "" }

func (h messageHeaders) Set(key, value string) {
	h.msg.Headers = append(h.msg.Headers, kafka.Header{Key: key, Value: []byte(value)})
}

func (h messageHeaders) Keys() []string { return nil }

func droppedInACopy(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "copies", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for _, msg := range msgs {
		otel.GetTextMapPropagator().Inject(ctx, messageHeaders{&msg}) // want `the carrier that otel.GetTextMapPropagator\(\).Inject fills goes nowhere`
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentInPlace(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "in place", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for i := range msgs {
		otel.GetTextMapPropagator().Inject(ctx, messageHeaders{&msgs[i]})
	}
	return w.WriteMessages(ctx, msgs...)
}

func silentCopyThatIsSent(ctx context.Context, w *kafka.Writer, msgs []kafka.Message) error {
	ctx, span := tracer.Start(ctx, "sent copies", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	for _, msg := range msgs {
		otel.GetTextMapPropagator().Inject(ctx, messageHeaders{&msg})
		if err := w.WriteMessages(ctx, msg); err != nil {
			return err
		}
	}
	return nil
}

func droppedAfterSending(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "too late", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := nats.NewMsg("orders")
	msg.Data = body
	err := nc.PublishMsg(msg)
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header)) // want `the carrier that otel.GetTextMapPropagator\(\).Inject fills goes nowhere`
	return err
}

// The message is sent once more.
func silentSentAgain(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "again", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := nats.NewMsg("orders")
	msg.Data = body
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	if err := nc.PublishMsg(msg); err == nil {
		return nil
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	return nc.PublishMsg(msg)
}

// headerList is a copy of the headers of a message, and grows by itself.
type headerList []kafka.Header

func (l *headerList) Get(key string) string { return "" }

func (l *headerList) Set(key, value string) {
	*l = append(*l, kafka.Header{Key: key, Value: []byte(value)})
}

func (l *headerList) Keys() []string { return nil }

func droppedInACopyOfTheHeaders(ctx context.Context, w *kafka.Writer, msg kafka.Message) error {
	ctx, span := tracer.Start(ctx, "copied headers", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	headers := headerList(msg.Headers)
	otel.GetTextMapPropagator().Inject(ctx, &headers) // want `the carrier that otel.GetTextMapPropagator\(\).Inject fills goes nowhere`
	return w.WriteMessages(ctx, msg)
}

func silentPutBack(ctx context.Context, w *kafka.Writer, msg kafka.Message) error {
	ctx, span := tracer.Start(ctx, "headers put back", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	headers := headerList(msg.Headers)
	otel.GetTextMapPropagator().Inject(ctx, &headers)
	msg.Headers = headers
	return w.WriteMessages(ctx, msg)
}

func silentReturned(ctx context.Context, msg kafka.Message) (headers headerList) {
	headers = headerList(msg.Headers)
	otel.GetTextMapPropagator().Inject(ctx, &headers)
	return
}

func silentByItsAddress(ctx context.Context, w *kafka.Writer, msg kafka.Message) error {
	ctx, span := tracer.Start(ctx, "headers in place", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	otel.GetTextMapPropagator().Inject(ctx, (*headerList)(&msg.Headers))
	return w.WriteMessages(ctx, msg)
}

func droppedInAClone(ctx context.Context, nc *nats.Conn, msg *nats.Msg, header http.Header) error {
	ctx, span := tracer.Start(ctx, "cloned header", trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	own := header.Clone()
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(own)) // want `the carrier that otel.GetTextMapPropagator\(\).Inject fills goes nowhere`
	return nc.PublishMsg(msg)
}

// A map is the same map under another name.
func silentInTheSameMap(ctx context.Context, nc *nats.Conn, msg *nats.Msg) error {
	ctx, span := tracer.Start(ctx, "the same header", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	header := msg.Header
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))
	return nc.PublishMsg(msg)
}

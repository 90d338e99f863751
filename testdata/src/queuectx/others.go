package queuectx

import (
	"context"
	"net/http"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

func droppedExtract(ctx context.Context, msg *nats.Msg) {
	otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(msg.Header)) // want "the context that otel.GetTextMapPropagator...Extract returns is dropped, so the trace does not go on"
	_ = handle(ctx, msg.Data)
}

func droppedBlank(ctx context.Context, header http.Header) {
	_ = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(header)) // want "is dropped, so the trace does not go on"
}

func droppedCarrier(ctx context.Context, nc *nats.Conn, body []byte) error {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier) // want "the carrier that otel.GetTextMapPropagator...Inject fills goes nowhere"
	return nc.Publish("orders", body)
}

func kindOfConsumer(ctx context.Context, msg *nats.Msg) {
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(msg.Header))
	ctx, span := tracer.Start(ctx, "process") // want "span span goes on with a message and is not marked as a consumer's"
	defer span.End()
	_ = handle(ctx, msg.Data)
}

func kindOfProducer(ctx context.Context, nc *nats.Conn, body []byte) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	msg := &nats.Msg{Subject: "orders", Data: body, Header: nats.Header{}}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	return nc.PublishMsg(msg) // want "span span sends this message and is not marked as a producer's"
}

type job struct{ id int }

func jobWithoutContext(ctx context.Context, jobs chan<- job) {
	_, span := tracer.Start(ctx, "enqueue", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	jobs <- job{1} // want "a job is sent without the context of span span, so who takes it starts another trace"
}

// What is extracted for one message must not go on to the next.
func droppedInLoop(ctx context.Context, msgs []*nats.Msg) {
	for _, msg := range msgs {
		otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(msg.Header)) // want "is dropped, so the trace does not go on"
		_ = handle(ctx, msg.Data)
	}
}

// There is a parent already, and which one is meant is not for a tool to say.
func droppedBelowSpan(ctx context.Context, msg *nats.Msg) {
	ctx, span := tracer.Start(ctx, "process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(msg.Header)) // want "is dropped, so the trace does not go on"
	_ = handle(ctx, msg.Data)
}

func droppedAtTheEnd(ctx context.Context, msg *nats.Msg) {
	_ = handle(ctx, msg.Data)
	_ = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(msg.Header)) // want "is dropped, so the trace does not go on"
}

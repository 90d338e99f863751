package queuectx

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Messages that a helper makes: of what it is given no trace can be taken.

type stock struct {
	sku   string
	n     int
	since time.Time
}

func stockMessage(s stock) (kafka.Message, error) {
	if s.sku == "" {
		return kafka.Message{}, context.Canceled
	}
	return kafka.Message{Key: []byte(s.sku), Time: s.since}, nil
}

func keyed(key string, body []byte) *nats.Msg {
	m := nats.NewMsg("stock." + key)
	m.Data = body
	return m
}

func madeByHelper(ctx context.Context, w *kafka.Writer, s stock) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg, err := stockMessage(s)
	if err != nil {
		return err
	}
	return w.WriteMessages(ctx, msg) // want "w.WriteMessages sends a message without span span"
}

func madeInPlace(ctx context.Context, nc *nats.Conn, body []byte) error {
	_, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return nc.PublishMsg(keyed("a", body)) // want "nc.PublishMsg sends a message without span span"
}

func oldStream(ctx context.Context, js nats.JetStreamContext, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := nats.NewMsg("stock")
	msg.Data = body
	_, err := js.PublishMsg(msg, nats.Context(ctx)) // want "js.PublishMsg sends a message without span span"
	return err
}

func oldStreamBody(ctx context.Context, js nats.JetStreamContext, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	_, err := js.Publish("stock", body, nats.Context(ctx)) // want "js.Publish sends"
	return err
}

// What it is given may be the trace.

func withHeaders(s stock, headers map[string]string) kafka.Message {
	m := kafka.Message{Key: []byte(s.sku)}
	for k, v := range headers {
		m.Headers = append(m.Headers, kafka.Header{Key: k, Value: []byte(v)})
	}
	return m
}

func silentGivenHeaders(ctx context.Context, w *kafka.Writer, s stock, headers map[string]string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, withHeaders(s, headers))
}

func withContext(ctx context.Context, s stock) kafka.Message {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	return withHeaders(s, carrier)
}

func silentGivenContext(ctx context.Context, w *kafka.Writer, s stock) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg := withContext(ctx, s)
	return w.WriteMessages(ctx, msg)
}

// A parcel of the program's own has the headers, or a span.
type parcel struct {
	stock
	meta map[string]string
}

func (e parcel) message() kafka.Message { return withHeaders(e.stock, e.meta) }

func messageOf(e parcel) kafka.Message { return e.message() }

func silentGivenEnvelope(ctx context.Context, w *kafka.Writer, e parcel) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, messageOf(e))
}

// A method may have been told before.
func silentMethod(ctx context.Context, w *kafka.Writer, e parcel) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return w.WriteMessages(ctx, e.message())
}

func silentFilledAfterwards(ctx context.Context, w *kafka.Writer, s stock) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	msg, err := stockMessage(s)
	if err != nil {
		return err
	}
	msg.Headers = withContext(ctx, s).Headers
	return w.WriteMessages(ctx, msg)
}

// A job that the worker hands on to what starts the span for it.

type task struct {
	id   string
	span trace.SpanContext
}

type bare struct{ id string }

type desk struct {
	bares chan *bare
	tasks chan task
}

func (d *desk) submit(ctx context.Context, id string) {
	ctx, span := tracer.Start(ctx, "submit")
	defer span.End()
	select {
	case d.bares <- &bare{id}: // want `a \*bare is sent without the context of span span, so who takes it starts another trace`
	case <-ctx.Done():
	}
}

func (d *desk) serve(ctx context.Context) {
	for {
		select {
		case b := <-d.bares:
			d.do(ctx, b)
		case <-ctx.Done():
			return
		}
	}
}

func (d *desk) do(ctx context.Context, b *bare) {
	ctx, span := tracer.Start(ctx, "do")
	defer span.End()
	_ = handle(ctx, []byte(b.id))
}

func (d *desk) silentSubmit(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "submit")
	defer span.End()
	d.tasks <- task{id, span.SpanContext()}
}

func (d *desk) serveTasks(ctx context.Context) {
	for t := range d.tasks {
		d.doTask(trace.ContextWithRemoteSpanContext(ctx, t.span), t)
	}
}

func (d *desk) doTask(ctx context.Context, t task) {
	ctx, span := tracer.Start(ctx, "do")
	defer span.End()
	_ = handle(ctx, []byte(t.id))
}

// Who takes it works below the span of its own loop, or below none at all.

type plain struct{ ids chan *bare }

func (p *plain) silentNoSpan(ctx context.Context, id string) {
	_, span := tracer.Start(ctx, "submit")
	defer span.End()
	p.ids <- &bare{id}
}

func (p *plain) serve(ctx context.Context) {
	for b := range p.ids {
		keep(ctx, b)
	}
}

func keep(ctx context.Context, b *bare) { _ = ctx.Err() }

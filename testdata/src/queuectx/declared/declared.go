//ruletest:flags -queues=(*src/queuectx/declared/mq.Client).Send:send,(*src/queuectx/declared/mq.Client).SendAll:msgs:send,(*src/queuectx/declared/mq.Client).Receive,(*src/queuectx/declared/mq.Client).Put:body:send,(*src/queuectx/declared/mq.Client).Handle:receive,src/queuectx/declared/mq.Emit:0:send,src/queuectx/declared.consume:msg:receive,src/queuectx/declared/mq.Tell,(src/queuectx/declared.publisher).Publish

// Package declared has queues that are known by declarations alone.
package declared

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"src/queuectx/declared/mq"
)

var tracer = otel.Tracer("src/queuectx/declared")

func work(ctx context.Context) {
	_, span := tracer.Start(ctx, "work")
	defer span.End()
}

func sent(ctx context.Context, c *mq.Client, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return c.Send(ctx, "orders", &mq.Message{Body: body}) // want "c.Send sends a message without span span, so its consumer starts another trace"
}

func sentWithoutKind(ctx context.Context, c *mq.Client, body []byte) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	msg := new(mq.Message)
	msg.Body = body
	other := &mq.Message{Body: body}
	_ = c.Send(ctx, "orders", msg)      // want "c.Send sends a message without span span"
	return c.Send(ctx, "orders", other) // want "c.Send sends a message without span span"
}

func sentMany(ctx context.Context, c *mq.Client, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	var msgs []*mq.Message
	for _, body := range bodies {
		msgs = append(msgs, &mq.Message{Body: body})
	}
	return c.SendAll(ctx, "orders", msgs...) // want "c.SendAll sends messages without span span"
}

func sentBytes(ctx context.Context, c *mq.Client, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return c.Put(ctx, "orders", body) // want "c.Put sends a message without span span"
}

func emitted(ctx context.Context, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	work(ctx)
	return mq.Emit(mq.Event{Body: body}) // want "mq.Emit sends a message without span span"
}

func silentHeaders(ctx context.Context, c *mq.Client, body []byte, headers map[string]string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	return c.Send(ctx, "orders", &mq.Message{Body: body, Headers: headers})
}

func received(ctx context.Context, c *mq.Client) error {
	for {
		msg, err := c.Receive(ctx, "orders")
		if err != nil {
			return err
		}
		func() {
			ctx, span := tracer.Start(context.Background(), "process", trace.WithSpanKind(trace.SpanKindConsumer))
			defer span.End()
			work(ctx)
			_ = msg // it is of the function around: not followed
		}()
		ctx, span := tracer.Start(context.Background(), "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what msg carries, so its producer's trace ends there"
		work(ctx)
		span.End()
	}
}

func handled(c *mq.Client) {
	c.Handle("orders", func(e *mq.Event) error {
		ctx, span := tracer.Start(context.Background(), "process") // want "span span starts without what e carries"
		defer span.End()
		work(ctx)
		return nil
	})
}

type order struct {
	id    string
	Trace map[string]string
}

func consume(msg order) {
	ctx, span := tracer.Start(context.Background(), "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what msg carries"
	defer span.End()
	work(ctx)
}

// It has no headers that a trace could be put into for sure.
func told(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "tell", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	work(ctx)
	mq.Tell(&mq.Note{})
}

type publisher interface {
	Publish(topic string, o order) error
}

func published(ctx context.Context, p publisher) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	work(ctx)
	return p.Publish("orders", order{id: "7"}) // want "p.Publish sends a message without span span"
}

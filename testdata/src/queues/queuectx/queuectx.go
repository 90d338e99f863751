// Package queuectx sends and receives messages of clients that are too heavy
// for the other testdata.
package queuectx

import (
	"context"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("src/queues/queuectx")

func work(ctx context.Context) {
	_, span := tracer.Start(ctx, "work")
	defer span.End()
}

func saramaAsync(ctx context.Context, p sarama.AsyncProducer, body []byte) {
	_, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	p.Input() <- &sarama.ProducerMessage{Topic: "orders", Value: sarama.ByteEncoder(body)} // want "p.Input sends a message without span span, so its consumer starts another trace"
}

func saramaAsyncVariable(ctx context.Context, p sarama.AsyncProducer, body []byte) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	msg := &sarama.ProducerMessage{Topic: "orders"}
	msg.Value = sarama.ByteEncoder(body)
	select {
	case p.Input() <- msg: // want "p.Input sends a message without span span"
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func saramaChannel(ctx context.Context, p sarama.AsyncProducer, bodies [][]byte) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	in := p.Input()
	for _, body := range bodies {
		in <- &sarama.ProducerMessage{Value: sarama.ByteEncoder(body)} // want "p.Input sends a message without span span"
	}
	work(ctx)
}

// It would be made before the other case is looked at: no fix.
func saramaSelect(ctx context.Context, p sarama.AsyncProducer, body []byte) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	select {
	case p.Input() <- &sarama.ProducerMessage{Value: sarama.ByteEncoder(body)}: // want "p.Input sends a message without span span"
	case <-ctx.Done():
	}
}

func saramaForwarded(ctx context.Context, p sarama.AsyncProducer, body []byte) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	put(ctx, p, &sarama.ProducerMessage{Topic: "orders", Value: sarama.ByteEncoder(body)}) // want "put sends a message without span span"
}

func put(ctx context.Context, p sarama.AsyncProducer, msg *sarama.ProducerMessage) {
	select {
	case p.Input() <- msg:
	case <-ctx.Done():
	}
}

// Whoever takes it from an ordinary channel may fill its headers.
func silentSaramaHandedOver(ctx context.Context, out chan<- *sarama.ProducerMessage, body []byte) {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	handOver(ctx, out, &sarama.ProducerMessage{Topic: "orders", Value: sarama.ByteEncoder(body)})
}

func handOver(ctx context.Context, out chan<- *sarama.ProducerMessage, msg *sarama.ProducerMessage) {
	select {
	case out <- msg:
	case <-ctx.Done():
	}
}

func saramaSync(ctx context.Context, p sarama.SyncProducer, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	work(ctx)
	_, _, err := p.SendMessage(&sarama.ProducerMessage{Topic: "orders", Value: sarama.ByteEncoder(body)}) // want "p.SendMessage sends a message without span span"
	return err
}

func saramaBatch(ctx context.Context, p sarama.SyncProducer, bodies [][]byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	work(ctx)
	msgs := make([]*sarama.ProducerMessage, 0, len(bodies))
	for _, body := range bodies {
		msgs = append(msgs, &sarama.ProducerMessage{Topic: "orders", Value: sarama.ByteEncoder(body)})
	}
	return p.SendMessages(msgs) // want "p.SendMessages sends messages without span span, so their consumer starts another trace"
}

func saramaConsumed(msg *sarama.ConsumerMessage) {
	ctx, span := tracer.Start(context.Background(), "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what msg carries"
	defer span.End()
	work(ctx)
}

func silentSaramaHeaders(ctx context.Context, p sarama.AsyncProducer, headers []sarama.RecordHeader) {
	_, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	p.Input() <- &sarama.ProducerMessage{Headers: headers}
}

// What it was given may have headers, but not of a span that starts here.
func saramaGiven(ctx context.Context, p sarama.AsyncProducer, msg *sarama.ProducerMessage) {
	_, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	p.Input() <- msg // want "p.Input sends a message without span span"
}

func silentSaramaElsewhere(ctx context.Context, p sarama.AsyncProducer, msg *sarama.ProducerMessage) {
	_, span := tracer.Start(ctx, "send")
	defer span.End()
	p.Input() <- msg
}

func sqsMessage(ctx context.Context, c *sqs.Client, url, body string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	_, err := c.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body}) // want "c.SendMessage sends a message without span span"
	return err
}

func sqsBatch(ctx context.Context, c *sqs.Client, url string, bodies []string) error {
	ctx, span := tracer.Start(ctx, "send")
	defer span.End()
	var entries []types.SendMessageBatchRequestEntry
	for _, body := range bodies {
		entries = append(entries, types.SendMessageBatchRequestEntry{MessageBody: &body})
	}
	_, err := c.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &url, Entries: entries}) // want "c.SendMessageBatch sends messages without span span"
	return err
}

func sqsBatchInput(ctx context.Context, c *sqs.Client, url string, bodies []string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	entries := make([]types.SendMessageBatchRequestEntry, len(bodies))
	for i := range bodies {
		entries[i].MessageBody = &bodies[i]
	}
	input := &sqs.SendMessageBatchInput{QueueUrl: &url, Entries: entries}
	_, err := c.SendMessageBatch(ctx, input) // want "c.SendMessageBatch sends messages without span span"
	return err
}

func snsMessage(ctx context.Context, c *sns.Client, topic, body string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	input := &sns.PublishInput{TopicArn: &topic, Message: &body}
	_, err := c.Publish(ctx, input) // want "c.Publish sends a message without span span"
	return err
}

func snsBatch(ctx context.Context, c *sns.Client, topic string, bodies []string) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	entries := make([]snstypes.PublishBatchRequestEntry, 0, len(bodies))
	for _, body := range bodies {
		entry := snstypes.PublishBatchRequestEntry{}
		entry.Message = &body
		entries = append(entries, entry)
	}
	_, err := c.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: &topic, PublishBatchRequestEntries: entries}) // want "c.PublishBatch sends messages without span span"
	return err
}

func sqsReceived(ctx context.Context, msg types.Message) {
	ctx, span := tracer.Start(context.Background(), "process", trace.WithSpanKind(trace.SpanKindConsumer)) // want "span span starts without what msg carries"
	defer span.End()
	work(ctx)
}

func silentSQSAttributes(ctx context.Context, c *sqs.Client, url, body string, attributes map[string]types.MessageAttributeValue) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	_, err := c.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body, MessageAttributes: attributes})
	return err
}

func silentSQSBatchOfOthers(ctx context.Context, c *sqs.Client, input *sqs.SendMessageBatchInput) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	_, err := c.SendMessageBatch(ctx, input)
	return err
}

func watermill(ctx context.Context, p message.Publisher, body []byte) error {
	ctx, span := tracer.Start(ctx, "send", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	work(ctx)
	msg := message.NewMessage("id", body)
	return p.Publish("orders", msg) // want "p.Publish sends a message without span span"
}

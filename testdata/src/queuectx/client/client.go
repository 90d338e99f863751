// Package client sends what it is given.
package client

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/segmentio/kafka-go"
)

// A Client writes to a broker.
type Client struct{ W *kafka.Writer }

// Send writes a message as it is.
func (c *Client) Send(ctx context.Context, msg kafka.Message) error {
	return c.W.WriteMessages(ctx, msg)
}

// SendFor writes a message for somebody.
func (c *Client) SendFor(ctx context.Context, who string, msg kafka.Message) error {
	msg.Headers = append(msg.Headers, kafka.Header{Key: "who", Value: []byte(who)})
	return c.W.WriteMessages(ctx, msg)
}

// A Publisher writes bodies to NATS.
type Publisher struct{ C *nats.Conn }

// Publish sends a body as it is.
func (p *Publisher) Publish(_ context.Context, body []byte) error {
	return p.C.Publish("orders", body)
}

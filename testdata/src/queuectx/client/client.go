// Package client sends what it is given.
package client

import (
	"context"

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

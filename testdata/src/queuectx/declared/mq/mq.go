// Package mq is a client of a queue that no table knows.
package mq

import "context"

type Message struct {
	Body    []byte
	Headers map[string]string
}

type Client struct{}

func (c *Client) Send(ctx context.Context, queue string, msg *Message) error        { return nil }
func (c *Client) SendAll(ctx context.Context, queue string, msgs ...*Message) error { return nil }
func (c *Client) Receive(ctx context.Context, queue string) (*Message, error)       { return nil, nil }
func (c *Client) Put(ctx context.Context, queue string, body []byte) error          { return nil }
func (c *Client) Handle(queue string, handle func(*Event) error)                    {}

// An Event has headers as net/http has them.
type Event struct {
	Meta map[string][]string
	Body []byte
}

func Emit(e Event) error { return nil }

// A Note has two maps, either of which could be meant.
type Note struct{ Labels, Values map[string]string }

func Tell(n *Note) {}

package orphanspan

import (
	"context"
	"errors"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

// watermill: the context of a message is cancelled when it is acknowledged.

func consume(msg *message.Message) error {
	go work(msg.Context()) // want `goroutine outlives the request but works with msg.Context\(\), which is cancelled when the handler returns`
	return nil
}

func transform(msg *message.Message) ([]*message.Message, error) {
	ctx := msg.Context()
	go func() { // want `goroutine outlives the request`
		_ = work(ctx)
	}()
	return nil, nil
}

func around(h message.HandlerFunc) message.HandlerFunc {
	return func(msg *message.Message) ([]*message.Message, error) {
		out, err := h(msg)
		go work(msg.Context()) // want `goroutine outlives the request`
		return out, err
	}
}

// sarama: the context of a session lasts for many messages, and work that ends
// with it leaves the message to who gets the partition next.

type group struct{}

func (group) Setup(s sarama.ConsumerGroupSession) error {
	go work(s.Context())
	return nil
}

func (group) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (group) ConsumeClaim(s sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for msg := range claim.Messages() {
		go db.Save(s.Context(), order{string(msg.Key)})
	}
	return s.Context().Err()
}

// NATS has messages without a context, and one for the subscription.

func subscribe(ctx context.Context, nc *nats.Conn, c jetstream.Consumer) error {
	_, err := nc.Subscribe("orders", func(m *nats.Msg) {
		go db.Save(ctx, order{m.Subject})
	})
	if err != nil {
		return err
	}
	_, err = c.Consume(func(m jetstream.Msg) {
		go db.Save(ctx, order{m.Subject()})
	})
	return err
}

// Loops that fetch messages: their context lasts as long as they do.

func fetch(ctx context.Context, r *kafka.Reader) error {
	for {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		go db.Save(ctx, order{string(m.Key)})
	}
}

func poll(ctx context.Context, cl *kgo.Client) error {
	for {
		fetches := cl.PollFetches(ctx)
		if fetches.IsClientClosed() {
			return errors.New("closed")
		}
		fetches.EachRecord(func(r *kgo.Record) {
			go work(r.Context)
			go db.Save(ctx, order{string(r.Key)})
		})
	}
}

func deliver(ctx context.Context, ch *amqp.Channel) error {
	deliveries, err := ch.ConsumeWithContext(ctx, "orders", "", true, false, false, false, nil)
	if err != nil {
		return err
	}
	for d := range deliveries {
		go db.Save(ctx, order{d.RoutingKey})
	}
	return nil
}

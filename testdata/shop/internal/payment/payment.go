// Package payment charges and refunds cards.
package payment

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"shop/internal/rest"
	"shop/internal/telemetry"
)

var tracer = otel.Tracer("shop/internal/payment")

// Client calls the payment service.
type Client struct{ rest *rest.Client }

// New returns a client of the payment service behind gateway.
func New(gateway string) *Client { return &Client{rest: rest.New(gateway)} }

// Charge takes amount from the customer's card.
func (c *Client) Charge(ctx context.Context, order string, amount int64) error {
	ctx, span := tracer.Start(ctx, "payment.charge")
	span.SetAttributes(attribute.Int64("payment.amount", amount))
	err := c.rest.Post(ctx, "/payments", map[string]any{"order": order, "amount": amount})
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		span.End()
		return err
	}
	span.SetAttributes(attribute.Bool("payment.captured", true))
	span.End()
	return nil
}

// Refund gives the money back.
func (c *Client) Refund(ctx context.Context, order string) (err error) {
	ctx, span := telemetry.Start(ctx, "payment.refund", order)
	defer telemetry.End(span, &err)
	return c.rest.Post(ctx, "/refunds", order)
}

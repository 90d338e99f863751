// Package mail sends mail through the gateway.
package mail

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"

	"shop/internal/rest"
)

var tracer = otel.Tracer("shop/internal/mail")

// Client sends mail.
type Client struct{ rest *rest.Client }

// New returns a client of the mail service behind gateway.
func New(gateway string) *Client { return &Client{rest: rest.New(gateway)} }

// Send hands a mail to the mail service.
func (c *Client) Send(ctx context.Context, to, subject, body string) error {
	ctx, span := tracer.Start(ctx, "mail.send")
	defer span.End()
	err := c.rest.Post(ctx, "/mail", map[string]string{"to": to, "subject": subject, "body": body})
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

// Verify asks the mail service whether an address takes mail.
func (c *Client) Verify(ctx context.Context, address string) error {
	slog.DebugContext(ctx, "verifying address", "address", address)
	req, err := http.NewRequest(http.MethodGet, c.rest.Base+"/mail/verify?to="+url.QueryEscape(address), nil)
	if err != nil {
		return err
	}
	return c.rest.Do(req, nil)
}

package lives

import (
	"context"
	"net/http"
)

// What a call makes that cannot fail has kept the context, so it has to last as
// long as what a constructor makes of it.

type credentials interface {
	Client(ctx context.Context) *http.Client
	Token(ctx context.Context) (*record, error)
}

type connection struct {
	http *http.Client
	name string
}

func (c *connection) Query(ctx context.Context, q string) (*http.Response, error) {
	return (&client{c.http}).send(ctx, q)
}

func newConnection(ctx context.Context, c credentials, t table) (*connection, error) {
	settings, err := t.Load(ctx, "settings")
	if err != nil {
		return nil, err
	}
	silent := c.Client(context.Background())
	token, err := c.Token(context.Background()) // want `call starts over`
	if err != nil {
		return nil, err
	}
	return &connection{silent, settings.name + token.name}, nil
}

// In other functions it may be done with when they return.
func (c *connection) once(ctx context.Context, from credentials, q string) error {
	if _, err := c.Query(ctx, q); err != nil {
		return err
	}
	resp, err := (&connection{http: from.Client(context.Background())}).Query(ctx, q) // want `call starts over`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A message speaks of what is called, however it was come by.
func (c *connection) contextless(ctx context.Context, from credentials, q string) error {
	resp, err := from.Client(ctx).Get(q) // want `Get takes no context although ctx is at hand`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Package identity has calls in the name of somebody else than the caller.
package identity

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/otel"
	"google.golang.org/grpc/metadata"
)

var tracer = otel.Tracer("src/freshctx/identity")

type api interface {
	Stat(ctx context.Context, id string) (string, error)
	Token(ctx context.Context, user string) (string, error)
}

type service struct {
	api   api
	tasks sync.WaitGroup
}

// Close waits.
func (s *service) Close() { s.tasks.Wait() }

// The trace is cut, but starting from ctx would send two tokens.
func (s *service) noFix(ctx context.Context, id string) (string, error) {
	token, err := s.api.Token(ctx, "other")
	if err != nil {
		return "", err
	}
	ctx = metadata.AppendToOutgoingContext(context.Background(), "token", token) // want `although ctx is at hand`
	return s.api.Stat(ctx, id)
}

func (s *service) noFixLater(ctx context.Context, id string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	other := context.Background() // want `although ctx is at hand`
	token, err := s.api.Token(other, "other")
	if err != nil {
		return "", err
	}
	other = metadata.AppendToOutgoingContext(other, "token", token)
	return s.api.Stat(other, id)
}

type user struct{}

func as(ctx context.Context, token string) context.Context {
	ctx = context.WithValue(ctx, user{}, token)
	return metadata.AppendToOutgoingContext(ctx, "token", token)
}

func (s *service) noFixInHelper(ctx context.Context, id string) (string, error) {
	token, err := s.api.Token(ctx, "other")
	if err != nil {
		return "", err
	}
	return s.api.Stat(as(context.Background(), token), id) // want `although ctx is at hand`
}

func other(token string) context.Context { return as(context.Background(), token) }

func (s *service) noFixOfHelper(ctx context.Context, id string) (string, error) {
	token, err := s.api.Token(ctx, "other")
	if err != nil {
		return "", err
	}
	return s.api.Stat(other(token), id) // want `although ctx is at hand`
}

func (s *service) noFixLaunched(w http.ResponseWriter, r *http.Request) {
	s.tasks.Go(func() {
		ctx := metadata.AppendToOutgoingContext(context.Background(), "token", "t") // want `goroutine starts over`
		_, _ = s.api.Stat(ctx, "a")
	})
}

// What is sent is set as a whole.
func (s *service) set(ctx context.Context, id string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return s.api.Stat(metadata.NewOutgoingContext(context.Background(), metadata.Pairs("token", "t")), id) // want `although ctx is at hand`
}

// A value of the same key takes the place of the other.
func (s *service) value(ctx context.Context, id string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return s.api.Stat(context.WithValue(context.Background(), user{}, "u"), id) // want `although ctx is at hand`
}

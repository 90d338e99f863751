// Package untraced has calls in the name of somebody else, and no tracing.
package untraced

import (
	"context"
	"net/http"
	"sync"

	"google.golang.org/grpc/metadata"
)

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

func (s *service) silentInNameOfOther(ctx context.Context, id string) (string, error) {
	token, err := s.api.Token(ctx, "other")
	if err != nil {
		return "", err
	}
	ctx = metadata.AppendToOutgoingContext(context.Background(), "token", token)
	return s.api.Stat(ctx, id)
}

func other(token string) context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "token", token)
}

func (s *service) silentWithHelper(ctx context.Context, id string) (string, error) {
	token, err := s.api.Token(ctx, "other")
	if err != nil {
		return "", err
	}
	return s.api.Stat(other(token), id)
}

func (s *service) silentLaunched(w http.ResponseWriter, r *http.Request) {
	s.tasks.Go(func() {
		ctx := metadata.AppendToOutgoingContext(context.Background(), "token", "t")
		_, _ = s.api.Stat(ctx, "a")
	})
}

func (s *service) set(ctx context.Context, id string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return s.api.Stat(metadata.NewOutgoingContext(context.Background(), metadata.Pairs("token", "t")), id) // want `although ctx is at hand`
}

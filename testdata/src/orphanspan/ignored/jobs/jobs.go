// Package jobs launches work on the contexts it is given.
package jobs

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel"
)

var tracer = otel.Tracer("src/orphanspan/ignored/jobs")

func send(ctx context.Context, to string) error {
	_, span := tracer.Start(ctx, "send")
	defer span.End()
	return ctx.Err()
}

// Mail is at fault, and its user knows.
func Mail(ctx context.Context, to string) {
	//spanlint:ignore orphanspan.canceled nobody minds a lost mail
	go send(ctx, to)
}

// Post is at fault.
func Post(ctx context.Context, to string) {
	go send(ctx, to) // want "cancelled when the request ends"
}

// A Service waits for what it has launched.
type Service struct{ background sync.WaitGroup }

// Close waits.
func (s *Service) Close() { s.background.Wait() }

// Mail is silenced for another rule, and for another category.
func (s *Service) Mail(ctx context.Context, to string) error {
	//spanlint:ignore untracked it may be cut off
	//spanlint:ignore orphanspan.ended there is no span in view
	go send(ctx, to) // want "cancelled when the request ends"
	return nil
}

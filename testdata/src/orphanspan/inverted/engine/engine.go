// Package engine implements interfaces whose methods others call: those who
// declare them say whether that is with the context of a request.
package engine

import (
	"context"

	"go.opentelemetry.io/otel"
	"src/orphanspan/inverted/loop"
)

var tracer = otel.Tracer("engine")

func build(ctx context.Context, s *loop.Store) error {
	_, span := tracer.Start(ctx, "build")
	defer span.End()
	return nil
}

// Called from a loop, with a context that lasts as long.
type builder struct{}

func (builder) OnChange(ctx context.Context, s *loop.Store) error {
	go build(ctx, s)
	return nil
}

// What the method hands its context to has no other.
type helped struct{ last *loop.Store }

func (h *helped) OnChange(ctx context.Context, s *loop.Store) error {
	h.last = s
	h.later(ctx)
	return nil
}

func (h *helped) later(ctx context.Context) {
	go func() { _ = build(ctx, h.last) }()
}

// Called for each request, below the handler.
type counter struct{ builder }

func (c *counter) OnVisit(ctx context.Context, path string, s *loop.Store) bool {
	go build(ctx, s) // want `goroutine outlives the request but works with ctx, which is cancelled when the handler returns`
	return false
}

// Who declares the interface has the contexts of others.
type writer struct{}

func (writer) Write(ctx context.Context, s *loop.Store) error {
	go build(ctx, s) // want `goroutine outlives Write but works with its ctx, which is cancelled when the request ends`
	return nil
}

type keeper struct{}

func (keeper) Keep(ctx context.Context, s *loop.Store) error {
	go build(ctx, s) // want `goroutine outlives Keep but works with its ctx, which is cancelled when the request ends`
	return nil
}

// Not what the loop calls: the method has another parameter.
type other struct{}

func (other) OnChange(ctx context.Context, s *loop.Store, last bool) error {
	go build(ctx, s) // want `goroutine outlives OnChange but works with its ctx, which is cancelled when the request ends`
	return nil
}

// Nothing ends the context that each job gets.
type worker struct{}

func (worker) Work(ctx context.Context, s *loop.Store) error {
	go build(ctx, s)
	return nil
}

// Nobody knows what ends the context that comes with a message: it is asked
// for something, even where it answers nothing.
type carrier struct{}

func (carrier) Carry(ctx context.Context, s *loop.Store) {
	go build(ctx, s) // want `goroutine outlives Carry but works with its ctx, which is cancelled when the request ends`
}

type prober struct{}

func (prober) Probe(ctx context.Context, s *loop.Store) error {
	go build(ctx, s) // want `goroutine outlives Probe but works with its ctx, which is cancelled when the request ends`
	return nil
}

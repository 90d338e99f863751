// Package spanname is the testdata of the rule of that name.
package spanname

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("spanname")

func work(ctx context.Context) error { return ctx.Err() }

// start is a wrapper, whose callers say what the name is.
func start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	return tracer.Start(ctx, "svc."+name, opts...)
}

// run is one that takes a function.
func run(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := start(ctx, name)
	defer span.End()
	return f(ctx)
}

// A state is one of a few.
type state int

const (
	idle state = iota
	busy
)

func (s state) String() string {
	if s == busy {
		return "busy"
	}
	return "idle"
}

// An order has fields that others fill.
type order struct {
	id    string
	state state
	kind  string
}

type service struct {
	name  string
	shard int
}

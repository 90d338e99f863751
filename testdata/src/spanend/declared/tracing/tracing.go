// Package tracing is a wrapper whose spans are nobody's that is known.
package tracing

import "context"

// An Op is a span.
type Op struct{ name string }

// Begin starts one.
func Begin(ctx context.Context, name string) (context.Context, *Op) { return ctx, &Op{name} }

// Finish ends it.
func (o *Op) Finish() { export(o.name) }

// Close ends it.
func Close(ctx context.Context, o *Op) { export(o.name) }

var export = func(string) {}

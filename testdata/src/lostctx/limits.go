package lostctx

import "context"

// What the rule does not see. Silence is the default.

// Nothing in view implements the interface.
func (s *service) limitInterface(ctx context.Context, id string) (string, error) {
	_, span := tracer.Start(ctx, "interface")
	defer span.End()
	return s.remote.Fetch(ctx, id)
}

// A function value can be anything.
func limitFunction(ctx context.Context, do func(context.Context) error) error {
	_, span := tracer.Start(ctx, "function")
	defer span.End()
	return do(ctx)
}

// What is read somewhere may be read for this.
func limitRead(parent context.Context, id string) error {
	ctx, span := tracer.Start(parent, "read")
	defer span.End()
	logID(ctx, id)
	return save(parent, id)
}

// Whoever gets the function decides when the span ends.
func limitEndedByOther(ctx context.Context, id string, later func(func())) error {
	ctx, span := tracer.Start(ctx, "other")
	later(func() { span.End() })
	return save(ctx, id)
}

// A decorator is no proof that what it decorates starts spans.
type decorator struct{ next fetcher }

type fetcher interface {
	Pull(ctx context.Context, id string) error
}

func (d decorator) Pull(ctx context.Context, id string) error {
	_, span := tracer.Start(ctx, "pull")
	defer span.End()
	return d.next.Pull(ctx, id)
}

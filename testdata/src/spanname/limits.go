package spanname

import "context"

// What the rule does not see. Silence is the default.

// Where the name comes from is not in view.
func limitFunction(ctx context.Context, name func() string) {
	_, span := tracer.Start(ctx, name())
	defer span.End()
}

// A field can have anything.
func limitField(ctx context.Context, o order) {
	_, span := tracer.Start(ctx, "order "+o.id)
	defer span.End()
}

// A name that is all parameter is a wrapper's.
func limitParameter(ctx context.Context, name string) error {
	ctx, span := tracer.Start(ctx, name)
	defer span.End()
	return work(ctx)
}

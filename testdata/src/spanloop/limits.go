package spanloop

import "context"

// What the rule does not see. Silence is the default.

// The loop is in the caller, the span in what it calls.
func limitCallee(ctx context.Context, values []int) (n int) {
	for _, v := range values {
		n += limitRound(ctx, v)
	}
	return n
}

func limitRound(ctx context.Context, v int) int {
	_, span := tracer.Start(ctx, "round")
	defer span.End()
	return v
}

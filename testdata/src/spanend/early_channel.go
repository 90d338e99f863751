package spanend

import "context"

// Work that fills a channel goes on when the channel is returned.

func ids(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for i := range 10 {
			id, err := fetch(ctx, i)
			if err != nil {
				return
			}
			out <- id
		}
	}()
	return out
}

func endedBehindAChannel(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	ctx, span := tracer.Start(ctx, "ids")
	defer span.End() // want `span is ended here, but the stream that leaves the function still works under it`
	return ids(ctx, fetch)
}

func endedBehindAChannelInAVariable(ctx context.Context, fetch func(context.Context, int) (string, error)) (<-chan string, error) {
	ctx, span := tracer.Start(ctx, "ids")
	defer span.End() // want `the stream that leaves the function still works under it`
	ch := ids(ctx, fetch)
	return ch, nil
}

func silentWhenDrained(ctx context.Context, fetch func(context.Context, int) (string, error)) []string {
	ctx, span := tracer.Start(ctx, "ids")
	defer span.End()
	var all []string
	for id := range ids(ctx, fetch) {
		all = append(all, id)
	}
	return all
}

func silentWithTheOldContext(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	_, span := tracer.Start(ctx, "ids")
	defer span.End()
	return ids(ctx, fetch)
}

func tracedIDs(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	out := make(chan string)
	go func() {
		ctx, span := tracer.Start(ctx, "fill")
		defer span.End()
		defer close(out)
		for i := range 10 {
			id, err := fetch(ctx, i)
			if err != nil {
				return
			}
			out <- id
		}
	}()
	return out
}

// The work has a span of its own.
func silentAboveASpanOfItsOwn(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	ctx, span := tracer.Start(ctx, "ids")
	defer span.End()
	return tracedIDs(ctx, fetch)
}

func allIDs(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	out := make(chan string, 10)
	defer close(out)
	for i := range 10 {
		id, err := fetch(ctx, i)
		if err != nil {
			break
		}
		out <- id
	}
	return out
}

// All is in the channel when it is returned.
func silentWhenFilled(ctx context.Context, fetch func(context.Context, int) (string, error)) <-chan string {
	ctx, span := tracer.Start(ctx, "ids")
	defer span.End()
	return allIDs(ctx, fetch)
}

func ticks(ctx context.Context) <-chan struct{} {
	out := make(chan struct{})
	go func() {
		<-ctx.Done()
		close(out)
	}()
	return out
}

// What only waits for its end traces nothing.
func silentForAWatcher(ctx context.Context) <-chan struct{} {
	ctx, span := tracer.Start(ctx, "watch")
	defer span.End()
	return ticks(ctx)
}

package untracked

import (
	"context"
	"errors"

	"src/orphanspan/helpers/forkjoin"
)

// The first answer is enough, and the others are told to end.
func first[O any](ctx context.Context, ids []string, ask forkjoin.Work[string, O]) (O, error) {
	run := func(ids []string) (O, error) {
		var none O
		fork, join, cancel := forkjoin.New(ctx, ask)
		defer cancel()
		for _, id := range ids {
			fork(id)
		}
		var err error
		for r := range join() {
			if r.Err == nil {
				return r.Out, nil
			}
			err = errors.Join(err, r.Err)
		}
		return none, err
	}
	if text, err := run(ids[:1]); err == nil {
		return text, nil
	}
	return run(ids[1:])
}

func (s *server) joinedByCollector(ctx context.Context, ids []string) (string, error) {
	return first(ctx, ids, func(ctx context.Context, id string) (string, error) { return id, work(ctx) })
}

// Nobody collects.
func (s *server) forgets(ctx context.Context, ids []string) {
	fork, _, _ := forkjoin.New(ctx, func(ctx context.Context, id string) (string, error) { return id, work(ctx) }) // want `nobody can wait for this goroutine`
	for _, id := range ids {
		fork(id)
	}
}

// Package forkjoin does work in workers, and hands out how to give them more
// and how to collect what comes of it.
package forkjoin

import (
	"context"
	"sync"
)

type Result[O any] struct {
	Out O
	Err error
}

type (
	Fork[I any]    func(I)
	Results[O any] <-chan Result[O]
	Join[O any]    func() Results[O]
	Work[I, O any] func(context.Context, I) (O, error)
)

func New[I, O any](ctx context.Context, work Work[I, O]) (Fork[I], Join[O], context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	var none O
	var wg sync.WaitGroup
	input, results, dropped := make(chan I, 10), make(chan Result[O]), make(chan struct{})
	answer := func(out O, err error) {
		go func() {
			select {
			case results <- Result[O]{out, err}:
			case <-dropped:
			}
			wg.Done()
		}()
	}
	for range 3 {
		go func() {
			for in := range input {
				if ctx.Err() != nil {
					answer(none, ctx.Err())
					continue
				}
				out, err := work(ctx, in)
				if err != nil {
					cancel()
				}
				answer(out, err)
			}
		}()
	}
	fork := func(in I) {
		added := false
		defer func() {
			if !added {
				wg.Done()
			}
		}()
		wg.Add(1)
		select {
		case input <- in:
			added = true
		case <-ctx.Done():
		}
	}
	join := func() Results[O] {
		close(input)
		go func() {
			wg.Wait()
			close(results)
		}()
		return Results[O](results)
	}
	return fork, join, func() { close(dropped); cancel() }
}

package contexts

import "context"

// A job keeps a context in a field.
//
//bench:wrong a context in a field
type job struct {
	ctx context.Context
	key string
}

func (j *job) run() { save(j.ctx, j.key) }

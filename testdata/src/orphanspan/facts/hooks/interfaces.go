package hooks

import (
	"context"
	"net/http"
	"sync"
)

// What a handler calls through an interface of its package serves a request.
type pusher interface {
	Push(ctx context.Context, id string)
	Count(n int)
}

type server struct{ pusher pusher }

func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	s.pusher.Push(r.Context(), "id")
}

type direct struct{ pushed chan string }

func (d *direct) Push(ctx context.Context, id string) {
	go save(ctx, id) // want `goroutine outlives the request`
}

func (d *direct) Count(n int) {}

// A method of that name does not make a pusher.
type other struct{}

func (other) Push(ctx context.Context, id string) { go save(ctx, id) }

func (other) run() { other{}.Push(context.Background(), "id") }

// An answer is data, whatever it is made from.
type answer struct {
	id    string
	parts []int
}

type peer struct {
	mu sync.Mutex
	id string
}

func (p *peer) answer() *answer { return &answer{id: p.id} }

func answerTo(p *peer) (*answer, error) { return p.answer(), nil }

func canceledAnswered(ctx context.Context, id string) (*answer, error) {
	p := &peer{id: id}
	go func() { // want `goroutine outlives canceledAnswered`
		p.mu.Lock()
		defer p.mu.Unlock()
		save(ctx, p.id)
	}()
	result, err := answerTo(p)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// The peer is in what is returned, and can tell when the work is done.
type session struct{ inner *inner }

type inner struct{ peer *peer }

func silentReturned(ctx context.Context, id string) *session {
	p := &peer{id: id}
	s := &session{inner: &inner{peer: p}}
	go func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		save(ctx, p.id)
	}()
	return s
}

package fixes

import (
	"context"
	"net/http"
	"sync"
)

// Where the span starts: after trackers and recovers, before all work.

func afterRecover(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		defer func() { _ = recover() }()
		_ = save(ctx, o)
	}()
}

var wg sync.WaitGroup

func afterTrackers(ctx context.Context, o order) {
	wg.Add(1)
	go func() { // want `goroutine outlives`
		defer wg.Done()
		defer func() {
			_ = recover()
		}() // whatever it was

		_ = save(ctx, o)
	}()
}

func keepsComments(ctx context.Context, o order) {
	// Saved later.
	go save(ctx, o) // want `goroutine outlives`
	// Done.
}

func keepsInnerComments(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		// First of all.
		_ = save(ctx, o) // saved
		// Last of all.
	}()
}

func oneLine(ctx context.Context, o order) { go save(ctx, o) } // want `goroutine outlives`

func oneLineLiteral(ctx context.Context, o order) { go func() { _ = save(ctx, o) }() } // want `goroutine outlives`

func emptyLine(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`

		_ = save(ctx, o)
	}()
}

func inCase(ctx context.Context, o order, kind int, stop chan bool) {
	switch kind {
	case 1:
		go save(ctx, o) // want `goroutine outlives`
	default:
		go func() { // want `goroutine outlives`
			_ = save(ctx, o)
		}()
	}
	select {
	case <-stop:
		go save(ctx, o) // want `goroutine outlives`
	default:
	}
}

func labelledLiteral(ctx context.Context, o order) {
	if o.id == "" {
		goto start
	}
	_ = save(ctx, o)
start:
	go func() { // want `goroutine outlives`
		_ = save(ctx, o)
	}()
}

func nested(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		_ = save(ctx, o)
		go func() { // want `goroutine outlives`
			_ = save(ctx, o)
		}()
	}()
}

func twoInARow(ctx context.Context, o order) {
	go save(ctx, o) // want `goroutine outlives`
	go save(ctx, o) // want `goroutine outlives`
}

// Groups in reach that somebody waits for.

func (s *service) trackedByField(ctx context.Context, o order) {
	go s.save(ctx, o) // want `goroutine outlives`
}

func (s *service) trackedByFieldInLiteral(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		_ = s.save(ctx, o)
	}()
}

// The recover sees what the span has seen.
func (s *service) trackedWithRecover(ctx context.Context, o order) {
	go func() { // want `goroutine outlives`
		defer func() { _ = recover() }()
		_ = s.save(ctx, o)
	}()
}

// The work is counted already.
func (s *service) trackedAlready(ctx context.Context, o order) {
	s.ignored.Add(1)
	go func() { // want `goroutine outlives`
		defer s.ignored.Done()
		_ = s.save(ctx, o)
	}()
}

func (s *service) trackedInHandler(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		go func() { // want `goroutine outlives`
			_ = s.save(r.Context(), order{})
		}()
	}
}

func trackedByParameter(ctx context.Context, group *sync.WaitGroup, o order) {
	go save(ctx, o) // want `goroutine outlives`
}

// unwatched has a group that nobody waits for.
type unwatched struct{ wg sync.WaitGroup }

func (u *unwatched) notTracked(ctx context.Context, o order) {
	go save(ctx, o) // want `goroutine outlives`
}

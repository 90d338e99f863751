// Package safe launches and waits for other packages.
package safe

import "sync"

// Go launches and forgets.
func Go(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

var background sync.WaitGroup

// Tracked is waited for by Wait.
func Tracked(f func()) {
	background.Add(1)
	go func() {
		defer background.Done()
		f()
	}()
}

func Wait() { background.Wait() }

func WaitFor(wg *sync.WaitGroup) { waitFor(wg) }

func waitFor(wg *sync.WaitGroup) { wg.Wait() }

func Now(f func()) { f() }

// A Registry counts what begins and ends.
type Registry struct {
	mu      sync.Mutex
	changed *sync.Cond
	running int
}

// Begin returns what ends it.
func (r *Registry) Begin() (release func()) {
	r.mu.Lock()
	r.running++
	r.mu.Unlock()
	return func() {
		r.mu.Lock()
		r.running--
		r.mu.Unlock()
		r.changed.Broadcast()
	}
}

func (r *Registry) Drain() {
	r.mu.Lock()
	for r.running > 0 {
		r.changed.Wait()
	}
	r.mu.Unlock()
}

// Poll returns what stops it.
func Poll(f func()) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				f()
			}
		}
	})
	return func() { close(done); wg.Wait() }
}

// Each returns the group that counts its work.
func Each(ids []string, f func(string)) *sync.WaitGroup {
	wg := new(sync.WaitGroup)
	for _, id := range ids {
		wg.Go(func() { f(id) })
	}
	return wg
}

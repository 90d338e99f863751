// Package service has a group for all that a process does.
package service

import (
	"context"
	"net/http"
	"sync"
)

var inFlight sync.WaitGroup

// Run is waited for by Drain, and so it is silent here and in other packages.
func Run(f func()) {
	inFlight.Add(1)
	go func() {
		defer inFlight.Done()
		f()
	}()
}

func Drain() { inFlight.Wait() }

// A Group launches, counts and waits.
type Group struct{ wg sync.WaitGroup }

func (g *Group) Run(f func()) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f()
	}()
}

func (g *Group) Wait() { g.wg.Wait() }

// Safely tracks nothing, and is no fault by itself.
func Safely(f func()) {
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

func work(ctx context.Context) error { return ctx.Err() }

func handle(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go work(ctx) // want `inFlight, which Drain waits for, does not count it`
}

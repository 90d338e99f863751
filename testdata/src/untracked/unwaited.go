package untracked

import (
	"context"
	"log/slog"
	"sync"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"src/untracked/service"
)

type counted struct {
	wg    sync.WaitGroup
	tasks errgroup.Group
	late  sync.WaitGroup
	dead  sync.WaitGroup
	ptr   *sync.WaitGroup
}

func (c *counted) fieldNobodyWaitsFor() {
	c.wg.Add(1)
	go func() { // want `c.wg counts this work, but nobody waits for it \(untracked.unwaited\)`
		defer c.wg.Done()
		slog.Info("even this")
	}()
}

func (c *counted) byName() {
	c.wg.Add(1)
	go c.loop() // want `c.wg counts this work, but nobody waits for it`
}

func (c *counted) loop() { defer c.wg.Done(); slog.Info("loop") }

func (c *counted) byGo() {
	c.wg.Go(func() { slog.Info("go") }) // want `c.wg counts this work`
	c.wg.Go(func() { slog.Info("once is enough") })
}

func (c *counted) errgroupField() {
	c.tasks.Go(func() error { return nil }) // want `c.tasks counts this work`
}

func (c *counted) UncalledWait() {
	c.dead.Add(1)
	go func() { // want `c.dead counts this work, but drainAll, which waits for it, is never called`
		defer c.dead.Done()
		slog.Info("counted")
	}()
}

func (c *counted) drain() { c.drainAll() }

func (c *counted) drainAll() { c.dead.Wait() }

func newCounted() *counted {
	c := &counted{ptr: &sync.WaitGroup{}}
	c.ptr.Go(func() { slog.Info("pointer") }) // want `ptr counts this work, but nobody waits for it`
	return c
}

var global sync.WaitGroup

func countedGlobally() {
	global.Add(1)
	go func() { // want `global counts this work, but nobody waits for it`
		defer global.Done()
		slog.Info("global")
	}()
}

func local() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // want `wg counts this work, but nobody waits for it`
		defer wg.Done()
		slog.Info("local")
	}()
}

func handedToTheWork() {
	var wg sync.WaitGroup
	wg.Add(1)
	go release(&wg) // want `wg counts this work, but nobody waits for it`
}

func release(wg *sync.WaitGroup) { defer wg.Done(); slog.Info("released") }

func methodValue() {
	var wg sync.WaitGroup
	wg.Add(1)
	go then(wg.Done) // want `wg counts this work, but nobody waits for it`
}

func then(f func()) { f() }

func concGroup() {
	var wg conc.WaitGroup
	wg.Go(func() { slog.Info("conc") }) // want `wg counts this work, but nobody waits for it`
}

// A group of the user's own.
type bounded struct {
	wg    sync.WaitGroup
	slots chan struct{}
}

func (b *bounded) Add(n int) { b.wg.Add(n) }
func (b *bounded) Done()     { b.wg.Done() }
func (b *bounded) Wait()     { b.wg.Wait() }

func lookAlike() {
	b := &bounded{slots: make(chan struct{}, 4)}
	b.Add(1)
	go func() { // want `b counts this work, but nobody waits for it`
		defer b.Done()
		slog.Info("look-alike")
	}()
}

// An early return jumps over Wait.

func earlyReturn(ids []string) error {
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Add(1)
		go func() { // want `wg counts this work, but an early return leaves it running without a wait`
			defer wg.Done()
			slog.Info("id", "id", id)
		}()
	}
	if err := check(ids); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func earlyInLoop(ctx context.Context, ids []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, id := range ids {
		if err := check([]string{id}); err != nil {
			return err
		}
		g.Go(func() error { return work(ctx) }) // want `g counts this work, but an early return leaves it running without a wait`
	}
	return g.Wait()
}

func earlyInSwitch(n int) {
	p := pool.New().WithMaxGoroutines(2)
	p.Go(func() { slog.Info("pool") }) // want `p counts this work, but an early return leaves it running without a wait`
	switch {
	case n > 3:
		p.Wait()
	case n > 2:
		return
	default:
		p.Wait()
	}
}

func check(ids []string) error { return nil }

func waitedBefore(ids []string) {
	var wg sync.WaitGroup
	wg.Wait()
	for range ids {
		wg.Add(1)
		go func() { // want `wg counts this work, but is waited for only before it is launched`
			defer wg.Done()
			slog.Info("after")
		}()
	}
}

// A group of another package, which has its own name for Go.
type served struct {
	group service.Group
	other service.Group
}

func (s *served) Handle() {
	s.group.Run(func() { slog.Info("group") }) // want `s.group counts this work, but nobody waits for it`
	s.other.Run(func() { slog.Info("other") })
}

func (s *served) Close() { s.other.Wait() }

// Groups that are there for tests, and say so.

type observed struct {
	// only used by tests
	seen sync.WaitGroup

	inTests sync.WaitGroup // for testing purposes
	contest sync.WaitGroup // who wins the contest is told last
	plain   sync.WaitGroup
}

// Tests wait for this.
var settled sync.WaitGroup

func (o *observed) silentForTests() {
	o.seen.Go(func() { slog.Info("seen") })
	o.inTests.Add(1)
	go func() {
		defer o.inTests.Done()
		slog.Info("seen")
	}()
	settled.Go(func() { slog.Info("settled") })
}

func (o *observed) notForTests() {
	o.contest.Go(func() { slog.Info("won") }) // want `o.contest counts this work, but nobody waits for it`
	// for tests
	o.plain.Go(func() { slog.Info("said elsewhere") }) // want `o.plain counts this work, but nobody waits for it`
}

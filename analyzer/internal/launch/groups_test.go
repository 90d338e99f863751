package launch_test

import (
	"fmt"
	"go/ast"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
)

const groups = `package p

import "sync"

type T struct {
	never, called, dead, alias, given, helped sync.WaitGroup
	Seen                                      sync.WaitGroup
	ptr, foreign                              *sync.WaitGroup
}

func (t *T) Close() {
	t.called.Wait()
	wait(&t.helped)
	a := &t.alias
	a.Wait()
}
func (t *T) drain()             { t.dead.Wait() }
func wait(wg *sync.WaitGroup)   { wg.Wait() }
func New(wg *sync.WaitGroup) *T { return &T{foreign: wg, ptr: new(sync.WaitGroup)} }
var keep func(any)
func run()                      {}
func done(f func())             { defer f() }
func release(wg *sync.WaitGroup) { wg.Done() }
func (t *T) loop()              { defer t.never.Done() }

func (t *T) Never()   { go func() { defer t.never.Done(); run() }() } // is: never nowhere
func (t *T) Called()  { go func() { defer t.called.Done(); run() }() } // is: called somewhere
func (t *T) Dead()    { go func() { defer t.dead.Done(); run() }() } // is: dead uncalled
func (t *T) Alias()   { go func() { defer t.alias.Done(); run() }() } // is: alias somewhere
func (t *T) Helped()  { go func() { defer t.helped.Done(); run() }() } // is: helped somewhere
func (t *T) Exported() { go func() { defer t.Seen.Done(); run() }() } // is: Seen elsewhere
func (t *T) Pointer() { t.ptr.Go(run) } // is: ptr nowhere
func (t *T) Foreign() { t.foreign.Go(run) } // is: foreign elsewhere
func (t *T) ByName()  { go t.loop() } // is: never nowhere
func (t *T) Value()   { go done(t.never.Done) } // is: never nowhere
func (t *T) Given()   { go release(&t.given) } // is: given nowhere
func (t *T) Helper()  { go func() { run(); release(&t.given) }() } // is: given nowhere
func (t *T) Local()   { f := func() { t.never.Done() }; go func() { defer f(); run() }() } // is: never nowhere
func Param(wg *sync.WaitGroup) { go func() { defer wg.Done(); run() }() } // is: wg elsewhere
func Kept()           { var wg sync.WaitGroup; keep(&wg); wg.Go(run) } // is: wg elsewhere
func Own()            { go func() { var wg sync.WaitGroup; wg.Add(1); wg.Done() }() } // is: none
func Uncounted()      { go run() } // is: none
`

func TestCountedAndAwaited(t *testing.T) {
	names := map[launch.Await]string{launch.Nowhere: "nowhere", launch.Uncalled: "uncalled", launch.Somewhere: "somewhere", launch.Elsewhere: "elsewhere"}
	answers(t, groups, func(x *launch.Index, l *launch.Launch) string {
		counted, _ := l.CountedBy()
		if len(counted) == 0 {
			return "none"
		}
		return counted[0].Name() + " " + names[x.Awaited(counted[0]).Await]
	})
}

const waits = `package p

type T struct {
	polled, looped, stored, silent, named chan struct{}
	Seen                                  chan struct{}
}

func (t *T) name() chan struct{}   { return t.named }
func (t *T) called()               { <-t.name(); close(t.name()) }
func (t *T) ask() bool             { select { case <-t.polled: return true; default: return false } }
func (t *T) loop()                 { for range t.looped {}; ch := t.looped; <-ch }
func (t *T) Give() <-chan struct{} { return t.stored }
func one()                         { done := make(chan struct{}); inner(done); <-done }
func inner(done chan struct{})     { given(done) }
func loose(done chan struct{})     {}

func (t *T) Polled() { go func() { close(t.polled) }() } // is: polled 1 false
func (t *T) Looped() { go func() { close(t.looped) }() } // is: looped 2 false
func (t *T) Stored() { go func() { close(t.stored) }() } // is: stored 0 true
func (t *T) Named() { go func() { close(t.named) }() } // is: named 1 false
func (t *T) Silent() { go func() { close(t.silent) }() } // is: silent 0 false
func (t *T) Outside() { go func() { close(t.Seen) }() } // is: Seen 0 true
func given(ch chan struct{}) { go func() { close(ch) }() } // is: ch 1 false
func Param(ch chan struct{}) { go func() { close(ch) }() } // is: ch 0 true
func Literal() { ch := make(chan struct{}); go func(own chan struct{}) { close(own) }(ch); <-ch } // is: own 1 false
`

func TestWaits(t *testing.T) {
	answers(t, waits, func(x *launch.Index, l *launch.Launch) string {
		closed := l.Body.Body.List[0].(*ast.ExprStmt).X.(*ast.CallExpr).Args[0]
		v := l.Body.Pkg.VarOf(closed)
		at, elsewhere := x.Waits(v)
		return fmt.Sprint(v.Name(), " ", len(at), " ", elsewhere)
	})
}

const skips = `package p

import "sync"

func ok() bool { return true }
func run()     {}

func Early() { // is: skipped
	var wg sync.WaitGroup
	wg.Go(run)
	if ok() {
		return
	}
	wg.Wait()
}
func Always() { // is: waited
	var wg sync.WaitGroup
	wg.Go(run)
	if ok() {
		wg.Wait()
		return
	}
	wg.Wait()
}
func Closer(ch chan int) { // is: waited
	var wg sync.WaitGroup
	wg.Go(run)
	go func() { wg.Wait(); close(ch) }()
	if ok() {
		return
	}
	<-ch
}
func Closure() { // is: waited
	var wg sync.WaitGroup
	wait := func() { wg.Wait() }
	wg.Go(run)
	if ok() {
		wait()
		return
	}
	wg.Wait()
}
func Condition(on bool) { // is: waited
	var wg sync.WaitGroup
	if on {
		wg.Go(run)
	}
	if !on {
		return
	}
	wg.Wait()
}
func Deferred() { // is: waited
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(run)
	if ok() {
		return
	}
	wg.Wait()
}
func Before() { // is: before
	var wg sync.WaitGroup
	wg.Wait()
	wg.Go(run)
}
func Loop(n int) { // is: waited
	var wg sync.WaitGroup
	for range n {
		wg.Wait()
		wg.Go(run)
	}
}
`

func TestSkipped(t *testing.T) {
	answers(t, skips, func(_ *launch.Index, l *launch.Launch) string {
		counted, _ := l.CountedBy()
		if l.WaitedBefore(counted[0]) {
			return "before"
		}
		if _, ok := l.Skipped(counted[0]); ok {
			return "skipped"
		}
		return "waited"
	})
}

func TestLive(t *testing.T) {
	x, launches := launchesByFunc(t, `package main

type T struct{}

func (T) Wait()  { go run() }
func (T) Used()  { go run() }
func (T) quiet() { go run() }
func Unused()    { go run() }
func helper()    { go run() }
func run()       {}

var hook = hooked

func hooked() { go run() }

type quieter interface{ quiet() }

func main() {
	T{}.Used()
	helper()
	var q quieter = T{}
	q.quiet()
	_ = hook
}
`)
	for name, want := range map[string]bool{"Wait": false, "Used": true, "quiet": true, "Unused": false, "helper": true, "hooked": true} {
		if got := x.Live(launches[name].Func); got != want {
			t.Errorf("%s: live %v, want %v", name, got, want)
		}
	}
}

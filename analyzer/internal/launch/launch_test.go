package launch_test

import (
	"go/ast"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

const joins = `package p

import (
	"context"
	"io"
	"sync"
	"time"
)

func run()                            {}
func ok() bool                        { return true }
func do(f func())                     { f() }
func wait(wg *sync.WaitGroup)         { wg.Wait() }
func mayWait(wg *sync.WaitGroup, b bool) { if b { wg.Wait() } }
func fill(out chan int)               { out <- 1 }

type group struct{ wg sync.WaitGroup }

func (g *group) Wait() { g.wg.Wait() }

type task struct{ done chan struct{}; n int }

func (t *task) run() { close(t.done) }

type kept struct{ tasks map[string]*task; out chan int; all []chan int }

func Waited()       { var wg sync.WaitGroup; wg.Go(run); wg.Wait() } // is: joined
func Deferred()     { var wg sync.WaitGroup; defer wg.Wait(); wg.Go(run) } // is: joined
func Closure()      { var wg sync.WaitGroup; defer func() { wg.Wait() }(); wg.Go(run) } // is: joined
func ByHelper()     { var wg sync.WaitGroup; wg.Go(run); wait(&wg) } // is: joined
func ByMayHelper(b bool) { var wg sync.WaitGroup; wg.Go(run); mayWait(&wg, b) } // is: outlives
func ByVariable()   { var wg sync.WaitGroup; w := func() { wg.Wait() }; wg.Go(run); w() } // is: joined
func Recursive()    { var wg sync.WaitGroup; var w func(); w = func() { w(); wg.Wait() }; wg.Go(run); w() } // is: joined
func Inline()       { var wg sync.WaitGroup; wg.Go(run); do(func() { wg.Wait() }) } // is: joined
func InGo()         { var wg sync.WaitGroup; defer func() { go func() { wg.Wait() }() }(); wg.Go(run) } // is: outlives
func Jumped()       { var wg sync.WaitGroup; wg.Go(run); if ok() { return }; wg.Wait() } // is: may join
func Branches()     { var wg sync.WaitGroup; wg.Go(run); if ok() { wg.Wait(); return }; wg.Wait() } // is: joined
func Panics()       { var wg sync.WaitGroup; wg.Go(run); if ok() { panic("") }; wg.Wait() } // is: joined
func Other()        { var wg, other sync.WaitGroup; wg.Go(run); other.Wait() } // is: outlives
func OwnType()      { g := &group{}; g.wg.Go(run); g.Wait() } // is: joined
func Received()     { c := make(chan int); go fill(c); <-c } // is: joined
func Ranged()       { c := make(chan int); go func() { c <- 1; close(c) }(); for range c { } } // is: joined
func Counted()      { c := make(chan int); for range 3 { go fill(c) }; for range 3 { <-c } } // is: joined
func Sent()         { c := make(chan int); go fill(c); c <- 1 } // is: outlives
func Selected(ctx context.Context) { c := make(chan int); go fill(c); select { case <-c: case <-ctx.Done(): } } // is: joined
func TimedOut()     { c := make(chan int); go fill(c); select { case <-c: case <-time.After(1): } } // is: may join
func Polled()       { c := make(chan int); go fill(c); select { case <-c: default: } } // is: may join
func ContextEnds(ctx context.Context) { go run(); <-ctx.Done() } // is: joined
func InObject()     { t := &task{}; go t.run(); <-t.done } // is: joined
func Returned() error { var wg sync.WaitGroup; return func() error { wg.Go(run); wg.Wait(); return nil }() } // is: joined
func Dead()         { return; go run() } // is: joined
func Alone()        { go run() } // is: outlives
func Generator() chan int { c := make(chan int); go fill(c); return c } // is: outlives, handed out
func Filled(c chan int) { go fill(c) } // is: outlives, handed out
func Named() (c chan int) { c = make(chan int); go fill(c); return } // is: outlives, handed out
func Pipe() io.Reader { r, w := io.Pipe(); go func() { w.Close() }(); return r } // is: outlives, handed out
func InResult() *task { t := &task{}; go t.run(); return t } // is: outlives, handed out
func InStruct() struct{ c chan int } { c := make(chan int); go fill(c); return struct{ c chan int }{c} } // is: outlives, handed out
func InClosure() func() { c := make(chan int); go fill(c); return func() { <-c } } // is: outlives, handed out
func Data() int     { t := &task{}; go t.run(); return t.n } // is: outlives
func (k *kept) Keeps(id string) { t := &task{}; k.tasks[id] = t; go t.run() } // is: outlives, kept
func InSlice()      { var cs []chan int; c := make(chan int); cs = append(cs, c); go fill(c); for _, c := range cs { <-c } } // is: joined
func InMap()        { cs := map[int]chan int{}; c := make(chan int); cs[1] = c; go fill(c); <-cs[1] } // is: joined
func InElement()    { ts := make([]task, 1); c := make(chan struct{}); ts[0].done = c; go func() { close(c) }(); <-ts[0].done } // is: joined
func OfSlice()      { cs := []chan int{make(chan int)}; for _, c := range cs { go fill(c) }; for _, c := range cs { <-c } } // is: joined
func OtherSlice()   { var cs, others []chan int; c := make(chan int); cs = append(cs, c); go fill(c); for _, c := range others { <-c }; _ = cs } // is: outlives
func InQueue()      { cs := make(chan chan int, 1); c := make(chan int); cs <- c; go fill(c); <-<-cs } // is: joined
func ByElement()    { var ws []func(); c := make(chan int); go fill(c); ws = append(ws, func() { <-c }); for _, w := range ws { w() } } // is: joined
func NotCalled()    { var ws []func(); c := make(chan int); go fill(c); ws = append(ws, func() { <-c }); _ = ws } // is: outlives
func FilledAgain()  { sem := make(chan int, 2); sem <- 1; go func() { <-sem }(); for range cap(sem) { sem <- 1 } } // is: joined
func PipeRead()     { r, w := io.Pipe(); go func() { w.Close() }(); io.ReadAll(r) } // is: joined
func PipeClosed()   { r, w := io.Pipe(); go func() { w.Close() }(); r.Close() } // is: outlives
func SliceReturned() []*task { var ts []*task; c := make(chan struct{}); ts = append(ts, &task{done: c}); go func() { close(c) }(); return ts } // is: outlives, handed out
func (k *kept) Appends(c chan int) { k.all = append(k.all, c); go k.empty() } // is: outlives, handed out, kept
func (k *kept) empty() { for _, c := range k.all { close(c) } }
func (k *kept) Feeds() { go func() { k.out <- 1 }() } // is: outlives, feeds
`

func TestJoins(t *testing.T) {
	answers(t, joins, func(_ *launch.Index, l *launch.Launch) string {
		if l.JoinedIn() != nil {
			return "joined"
		}
		words := []string{"outlives"}
		if l.MayJoin() {
			words[0] = "may join"
		}
		if l.HandedOut() {
			words = append(words, "handed out")
		}
		if l.Kept() {
			words = append(words, "kept")
		}
		if l.Feeds() && !l.HandedOut() {
			words = append(words, "feeds")
		}
		return strings.Join(words, ", ")
	})
}

const orders = `package p

import "sync"

func run() {}
func end() {}
func ok() bool { return true }

func Before()        { var wg sync.WaitGroup; wg.Go(run); wg.Wait(); end() } // is: by hand
func After()         { var wg sync.WaitGroup; wg.Go(run); end(); wg.Wait() } // is: too late
func OnSomePath()    { var wg sync.WaitGroup; wg.Go(run); if ok() { wg.Wait() }; end() } // is: too late
func DeferredLater() { defer end(); var wg sync.WaitGroup; defer wg.Wait(); wg.Go(run) } // is: deferred
func DeferredBefore() { var wg sync.WaitGroup; defer wg.Wait(); defer end(); wg.Go(run) } // is: too late
func WaitedByHand()  { defer end(); var wg sync.WaitGroup; wg.Go(run); wg.Wait() } // is: deferred
func WaitedByHalf()  { defer end(); var wg sync.WaitGroup; wg.Go(run); if ok() { return }; wg.Wait() } // is: too late
`

func TestJoinedBeforeTheEnd(t *testing.T) {
	answers(t, orders, func(_ *launch.Index, l *launch.Launch) string {
		answer := "no end"
		ast.Inspect(l.Func.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				d, ok := n.(*ast.DeferStmt)
				if !ok || !calls(d.Call, "end") {
					return true
				}
				if answer = "too late"; l.JoinedBefore(d) {
					answer = "deferred"
				}
				return false
			}
			if calls(call, "end") {
				if answer = "too late"; l.WaitBefore(call) {
					answer = "by hand"
				}
			}
			return true
		})
		return answer
	})
}

func calls(call *ast.CallExpr, name string) bool {
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == name
}

const ends = `package p

import (
	"context"
	"net/http"
	"time"
)

func work(context.Context) {}
func forever(ctx context.Context) { for { select { case <-ctx.Done(): return; case <-time.After(1): } } }
func deeper(ctx context.Context) { forever(ctx) }
func each(f func()) { f() }

func Once(ctx context.Context)      { go work(ctx) } // is: ends
func Forever(ctx context.Context)   { go forever(ctx) } // is: endless
func Deeper(ctx context.Context)    { go deeper(ctx) } // is: endless
func Literal(ctx context.Context)   { go func() { for { time.Sleep(1); work(ctx) } }() } // is: endless
func Inline(ctx context.Context)    { go func() { each(func() { forever(ctx) }) }() } // is: endless
func Asks(ctx context.Context)      { go func() { for ctx.Err() == nil { work(ctx) } }() } // is: endless
func Bounded(ctx context.Context)   { go func() { for range 3 { work(ctx) } }() } // is: ends
func Retries(ctx context.Context, try func() error) { go func() { for { if err := try(); err == nil { return } } }() } // is: ends
func Drains(ctx context.Context, in chan int) { go func() { for range in { work(ctx) } }() } // is: endless
func DrainsOwn(ctx context.Context) { go func() { c := make(chan int); close(c); for range c { work(ctx) } }() } // is: ends
func Watches(ctx context.Context)   { go func() { <-ctx.Done(); work(ctx) }() } // is: endless
func Serves(s *http.Server)         { go s.ListenAndServe() } // is: endless
func Blocks()                       { go func() { select {} }() } // is: endless
`

func TestEndless(t *testing.T) {
	answers(t, ends, func(_ *launch.Index, l *launch.Launch) string {
		if l.Endless() {
			return "endless"
		}
		return "ends"
	})
}

const requests = `package p

import (
	"context"
	"net/http"
)

type T struct { ctx context.Context; cancel context.CancelFunc }

func run(context.Context) {}

func handler(w http.ResponseWriter, r *http.Request) { called(r.Context()); both(r.Context()); ask(r) }

func Handler(w http.ResponseWriter, r *http.Request) { go run(r.Context()) } // is: proven
func Outgoing(r *http.Request)       { go run(r.Context()) } // is: not
func Uncalled(ctx context.Context)   { go run(ctx) } // is: presumed
func called(ctx context.Context)     { twice(ctx); go run(ctx) } // is: proven
func twice(ctx context.Context)      { go run(ctx) } // is: proven
func ask(r *http.Request)            { go run(r.Context()) } // is: proven
func (t *T) Stores(ctx context.Context) { t.ctx = ctx; go run(ctx) } // is: not
func (t *T) Starts(ctx context.Context) { ctx, t.cancel = context.WithCancel(ctx); go run(ctx) } // is: not
func Cancels(ctx context.Context) context.CancelFunc { ctx, c := context.WithCancel(ctx); go run(ctx); return c } // is: not
func Waits(ctx context.Context)      { go run(ctx); <-ctx.Done() } // is: not
func Serves(ctx context.Context)     { go run(ctx); http.ListenAndServe("", nil) } // is: not
func main()                          { lasting(context.Background()); both(context.Background()) }
func lasting(ctx context.Context)    { go run(ctx) } // is: not
func both(ctx context.Context)       { go run(ctx) } // is: proven
func Detaches(ctx context.Context)   { cut(context.WithoutCancel(ctx)) }
func cut(ctx context.Context)        { go run(ctx) } // is: not
func Recurses(ctx context.Context)   { go run(ctx); Recurses(ctx) } // is: presumed
`

func TestRequest(t *testing.T) {
	names := map[launch.Request]string{launch.NotRequest: "not", launch.Presumed: "presumed", launch.Proven: "proven"}
	answers(t, requests, func(x *launch.Index, l *launch.Launch) string {
		f := l.Func.Root()
		for i := range f.Sig.Params().Len() {
			if p := f.Slot(i); strings.HasSuffix(p.Type().String(), "Context") || strings.HasSuffix(p.Type().String(), "Request") {
				return names[x.Request(f, p)]
			}
		}
		return "no context"
	})
}

const uses = `package p

import (
	"context"
	"errors"
	"net/http"
)

type key struct{}
type job struct{ ctx context.Context }

func (j job) run() { work(j.ctx) }

type DB interface{ Save(context.Context) error }

func work(ctx context.Context)             { ext.Save(ctx) }
func later(ctx context.Context)            { go work(ctx) }
func cut(ctx context.Context)              { work(context.WithoutCancel(ctx)) }
func reads(ctx context.Context) any        { return ctx.Value(key{}) }
func ignores(context.Context)              {}
func logs(ctx context.Context, s string, args ...any) {}
func derive(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, 1) }

var ext DB

func Works(ctx context.Context)     { go func() { work(ctx) }() } // is: works
func Calls(ctx context.Context)     { go work(ctx) } // is: works
func Interface(ctx context.Context) { go ext.Save(ctx) } // is: works
func Value(ctx context.Context, f func(context.Context)) { go f(ctx) } // is: works
func Outlives(ctx context.Context)  { go func() { later(ctx) }() } // is: outlives
func Detaches(ctx context.Context)  { go func() { cut(ctx) }() } // is: detaches
func Reads(ctx context.Context)     { go func() { reads(ctx) }() } // is: reads
func Ignores(ctx context.Context)   { go func() { ignores(ctx) }() } // is: nothing
func Derives(ctx context.Context)   { go func() { work(derive(ctx)) }() } // is: works
func Both(ctx context.Context)      { go func() { reads(ctx); work(ctx) }() } // is: reads works
func Awaits(ctx context.Context)    { go func() { <-ctx.Done() }() } // is: awaits
func Asks(ctx context.Context)      { go func() { if ctx.Err() != nil { return } }() } // is: reads
func Is(ctx context.Context)        { go func() { if errors.Is(ctx.Err(), context.Canceled) { return } }() } // is: reads
func Gives(ctx context.Context, out chan error) { go func() { out <- ctx.Err() }() } // is: works
func Struct(ctx context.Context)    { j := job{ctx}; go j.run() } // is: works
func Nested(ctx context.Context)    { go func() { go work(ctx) }() } // is: nothing
func Arguments(ctx context.Context) { go func() { go ignores(derive(ctx)) }() } // is: nothing
func Sends(r *http.Request)         { go func() { http.DefaultClient.Do(r) }() } // is: works
func Looks(r *http.Request, f func(*http.Request)) { go func() { f(r) }() } // is: nothing
`

func TestUses(t *testing.T) {
	names := []struct {
		does summary.CtxUse
		name string
	}{{summary.Reads, "reads"}, {summary.Works, "works"}, {summary.Outlives, "outlives"}, {summary.Awaits, "awaits"}, {summary.Detaches, "detaches"}}
	answers(t, uses, func(_ *launch.Index, l *launch.Launch) string {
		var words []string
		for _, u := range l.Uses() {
			for _, n := range names {
				if u.Does&n.does != 0 {
					words = append(words, n.name)
				}
			}
		}
		if len(words) == 0 {
			return "nothing"
		}
		return strings.Join(words, " ")
	})
}

// A launch in a literal is confined to what the function around it waits for.
func TestOutlivesByFunction(t *testing.T) {
	_, launches := launchesByFunc(t, `package p

import "sync"

func run() {}

func Around() { // is: x
	var wg sync.WaitGroup
	func() { wg.Go(run) }()
	wg.Wait()
}
`)
	l := launches["Around"]
	if l == nil {
		t.Fatal("no launch")
	}
	if lit := l.Func; lit.Outer == nil || !l.Outlives(lit) || l.Outlives(lit.Outer) {
		t.Error("the work outlives the literal, and not the function around it")
	}
}

package launch_test

import (
	"regexp"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

// launchesByFunc returns the first launch of each declared function of a
// package with this source, which imports nothing but the standard library.
func launchesByFunc(t *testing.T, src string) (*launch.Index, map[string]*launch.Launch) {
	t.Helper()
	pkg := scopetest.Package(t, "", src)
	x := launch.Of(summary.Build(pkg, nil, launch.Contributor()))
	byFunc := make(map[string]*launch.Launch)
	for _, l := range x.Launches() {
		if root := l.Func.Root(); root.Obj != nil && byFunc[root.Obj.Name()] == nil {
			byFunc[root.Obj.Name()] = l
		}
	}
	return x, byFunc
}

var declared = regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?(\w+)\(.*// is: (.*)$`)

// answers compares what is asked about each launch with the comment behind
// the function that launches.
func answers(t *testing.T, src string, ask func(*launch.Index, *launch.Launch) string) {
	t.Helper()
	x, launches := launchesByFunc(t, src)
	for _, m := range declared.FindAllStringSubmatch(src, -1) {
		name, want := m[1], m[2]
		l := launches[name]
		if l == nil {
			t.Errorf("%s: no launch", name)
			continue
		}
		if got := ask(x, l); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

const trackers = `package p

import (
	"context"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

type T struct {
	n     atomic.Int64
	gauge atomic.Int64
	jobs  map[string]bool
	slots chan struct{}
	tight chan struct{}
	done  chan struct{}
	never chan struct{}
	mu    sync.Mutex
}

func (t *T) Close() {
	for t.n.Load() > 0 {
		time.Sleep(1)
	}
	for {
		if len(t.jobs) == 0 {
			break
		}
	}
	for range cap(t.slots) {
		t.slots <- struct{}{}
	}
	<-t.done
}

func (t *T) begin(id string) {}
func (t *T) end(id string)   {}
func acquire() (release func()) { return func() {} }
func run() {}

func (t *T) Polled() { // is: true
	t.n.Add(1)
	go func() { defer t.n.Add(-1); run() }()
}
func (t *T) Gauge() { // is: false
	t.gauge.Add(1)
	go func() { defer t.gauge.Add(-1); run() }()
}
func (t *T) Registry(id string) { // is: true
	t.jobs[id] = true
	go func() { run(); delete(t.jobs, id) }()
}
func (t *T) Drained() { // is: true
	t.slots <- struct{}{}
	go func() { defer func() { <-t.slots }(); run() }()
}
func (t *T) Bounded() { // is: false
	t.tight <- struct{}{}
	go func() { defer func() { <-t.tight }(); run() }()
}
func (t *T) Received() { // is: true
	go func() { defer close(t.done); run() }()
}
func (t *T) NotReceived() { // is: false
	go func() { defer close(t.never); run() }()
}
func (t *T) Pair(id string) { // is: true
	t.begin(id)
	go func() { defer t.end(id); run() }()
}
func (t *T) OtherPair(id, other string) { // is: false
	t.begin(other)
	go func() { defer t.end(id); run() }()
}
func Release() { // is: true
	release := acquire()
	go func() { defer release(); run() }()
}
func Cancel(ctx context.Context) { // is: false
	_, cancel := context.WithCancel(ctx)
	go func() { defer cancel(); run() }()
}
func Callers(done func()) { // is: true
	go func() { defer done(); run() }()
}
func (t *T) Locked() { // is: false
	t.mu.Lock()
	t.mu.Unlock()
	go func() { t.mu.Lock(); defer t.mu.Unlock(); run() }()
}
func File(f *os.File) { // is: false
	_, _ = f.Seek(0, 0)
	go func() { defer f.Close(); run() }()
}

var _ io.Reader
var _ http.Handler
`

func TestTracked(t *testing.T) {
	answers(t, trackers, func(_ *launch.Index, l *launch.Launch) string {
		if l.Tracked() {
			return "true"
		}
		return "false"
	})
}

const efforts = `package p

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

type store interface {
	Get(id string) (string, error)
	Len() int
	With(ctx context.Context) error
}

func works(ctx context.Context) error { return ctx.Err() }
func writes() error                   { return os.WriteFile("x", nil, 0) }
func wraps() error                    { return writes() }

func Logs(ctx context.Context)          { go slog.InfoContext(ctx, "x") } // is: nothing
func Memory(m map[string]int)           { go func() { m["x"]++ }() } // is: nothing
func Reads(s store)                     { go s.Len() } // is: nothing
func Interface(s store)                 { go s.Get("x") } // is: io
func File()                             { go wraps() } // is: io
func Post(c *http.Client, r io.Reader)  { go func() { _, _ = c.Post("x", "y", r) }() } // is: io
func Context(ctx context.Context)       { go works(ctx) } // is: context
func Own(s store)                       { go func() { _ = s.With(context.Background()) }() } // is: context
func Watches(ctx context.Context)       { go func() { <-ctx.Done(); _ = writes() }() } // is: io watches
func Select(stop chan struct{})         { go func() { select { case <-stop: case <-time.After(1): }; _ = writes() }() } // is: io watches
func Waits(ch chan int)                 { go func() { <-ch; _ = writes() }() } // is: io
func Pumps(a, b net.Conn)               { go io.Copy(a, b) } // is: nothing
func PumpsInside(a, b net.Conn)         { go func() { _, _ = io.Copy(a, b) }() } // is: nothing pumps
func Drains(ch <-chan string, s store)  { go func() { for x := range ch { _, _ = s.Get(x) } }() } // is: io pumps
func Given(f func() error)              { go func() { _ = f() }() } // is: nothing given
func GivenAlone(f func())               { go f() } // is: nothing given
`

func TestEffort(t *testing.T) {
	answers(t, efforts, func(_ *launch.Index, l *launch.Launch) string {
		out := map[launch.Effort]string{launch.Trivial: "nothing", launch.DoesIO: "io", launch.TakesContext: "context"}[l.Effort()]
		if l.Watches() {
			out += " watches"
		}
		if l.Pumps() {
			out += " pumps"
		}
		if l.Given() {
			out += " given"
		}
		return out
	})
}

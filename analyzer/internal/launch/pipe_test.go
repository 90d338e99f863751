package launch_test

import (
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
)

const pipes = `package p

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

type part struct { name string; r *io.PipeReader; w *io.PipeWriter }
type job struct { name string; w io.WriteCloser }

func run(w io.Writer) error { return nil }
func ok() bool { return true }
func acquire(f func(int) error) error { return f(1) }
func produce(w *io.PipeWriter) { defer w.Close(); run(w) }
func consume(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }

func Read()       { r, w := io.Pipe(); go func() { defer w.Close(); run(w) }(); io.ReadAll(r) } // is: joined
func Given()      { r, w := io.Pipe(); go produce(w); io.Copy(io.Discard, r) } // is: joined
func WithError()  { r, w := io.Pipe(); go func() { w.CloseWithError(run(w)) }(); io.Copy(io.Discard, r) } // is: joined
func Helper()     { r, w := io.Pipe(); go produce(w); consume(r) } // is: joined
func Returned() error { r, w := io.Pipe(); go produce(w); return consume(r) } // is: joined
func Scanned()    { r, w := io.Pipe(); go produce(w); for s := bufio.NewScanner(r); s.Scan(); { run(nil) } } // is: joined
func Decoded()    { r, w := io.Pipe(); go produce(w); d := json.NewDecoder(r); for { var v int; if err := d.Decode(&v); errors.Is(err, io.EOF) { break } } } // is: joined
func ByHand()     { r, w := io.Pipe(); go produce(w); b := make([]byte, 9); for { if _, err := r.Read(b); err != nil { return } } } // is: joined
func Inline()     { r, w := io.Pipe(); go produce(w); func() { io.ReadAll(r) }() } // is: joined
func Deferred()   { r, w := io.Pipe(); go produce(w); defer io.Copy(io.Discard, r) } // is: joined
func AsReader()   { r, w := io.Pipe(); var in io.Reader = r; go produce(w); io.ReadAll(in) } // is: joined
func Both(out io.Writer) { r1, w1 := io.Pipe(); r2, w2 := io.Pipe(); go func() { defer w1.Close(); defer w2.Close(); run(io.MultiWriter(w1, w2)) }(); io.Copy(out, io.MultiReader(r1, r2)) } // is: joined

func InSlice(n int)   { var rs []io.Reader; for range n { r, w := io.Pipe(); rs = append(rs, r); go produce(w) }; for _, r := range rs { io.ReadAll(r) } } // is: joined
func ByIndex(n int)   { rs := make([]*io.PipeReader, n); for i := range n { r, w := io.Pipe(); rs[i] = r; go produce(w) }; for i := range rs { io.ReadAll(rs[i]) } } // is: joined
func InChannel(n int) { rs := make(chan io.Reader, n); for range n { r, w := io.Pipe(); rs <- r; go produce(w) }; close(rs); for r := range rs { io.ReadAll(r) } } // is: joined
func InMap(n int)     { rs := map[int]*io.PipeReader{}; for i := range n { r, w := io.Pipe(); rs[i] = r; go produce(w) }; for _, r := range rs { io.ReadAll(r) } } // is: joined
func AllAtOnce(n int) { var rs []io.Reader; for range n { r, w := io.Pipe(); rs = append(rs, r); go produce(w) }; io.ReadAll(io.MultiReader(rs...)) } // is: joined
func InObject()       { p := &part{}; p.r, p.w = io.Pipe(); go func() { defer p.w.Close(); run(p.w) }(); io.ReadAll(p.r) } // is: joined
func OfObjects(ps []*part) { for _, p := range ps { p.r, p.w = io.Pipe(); go func() { defer p.w.Close(); run(p.w) }() }; for _, p := range ps { io.ReadAll(p.r) } } // is: joined
func InLiteral()      { r, w := io.Pipe(); p := part{"p", r, w}; go func() { defer p.w.Close(); run(p.w) }(); io.ReadAll(p.r) } // is: joined
func WriterInLiteral() { r, w := io.Pipe(); j := job{"j", w}; go func() { defer j.w.Close(); run(j.w) }(); io.ReadAll(r) } // is: joined

func ThroughChannels(n int) { // is: joined
	rs, js := make(chan io.Reader, n), make(chan job, n)
	for range n {
		r, w := io.Pipe()
		rs <- r
		js <- job{"j", w}
		go func() { j := <-js; defer j.w.Close(); run(j.w) }()
	}
	close(rs)
	for r := range rs { if err := consume(r); err != nil { return } }
}

func InAcquired(n int) { // is: joined
	rs, js := make(chan io.Reader, n), make(chan job, n)
	for range n {
		r, w := io.Pipe()
		rs <- r
		js <- job{name: "j", w: w}
		go func() {
			err := acquire(func(int) error {
				j := <-js
				b := bufio.NewWriter(j.w)
				if err := run(b); err != nil { return err }
				defer j.w.Close()
				return b.Flush()
			})
			if err != nil { panic(err) }
		}()
	}
	close(rs)
	for r := range rs { if _, err := io.Copy(io.Discard, r); err != nil { return } }
}

func JobsInSlice(n int) { // is: joined
	var rs []io.Reader
	var js []job
	for range n { r, w := io.Pipe(); rs = append(rs, r); js = append(js, job{"j", w}) }
	go func() { for _, j := range js { run(j.w); j.w.Close() } }()
	for _, r := range rs { io.ReadAll(r) }
}

func Closed()       { r, w := io.Pipe(); go produce(w); r.Close() } // is: outlives
func NotRead()      { r, w := io.Pipe(); go produce(w); _ = r } // is: outlives
func Once()         { r, w := io.Pipe(); go produce(w); b := make([]byte, 9); r.Read(b); r.Close() } // is: outlives
func OnOnePath()    { r, w := io.Pipe(); go produce(w); if ok() { return }; io.ReadAll(r) } // is: may join
func OtherPipe()    { r, w := io.Pipe(); r2, _ := io.Pipe(); go produce(w); io.ReadAll(r2); _ = r } // is: outlives
func OtherChannel(n int) { // is: outlives
	rs, js, others := make(chan io.Reader, n), make(chan job, n), make(chan io.Reader)
	r, w := io.Pipe()
	rs <- r
	js <- job{"j", w}
	go func() { j := <-js; defer j.w.Close(); run(j.w) }()
	for r := range others { io.ReadAll(r) }
}
func ObjectClosed()  { p := &part{}; p.r, p.w = io.Pipe(); go func() { defer p.w.Close(); run(p.w) }(); p.r.Close() } // is: outlives
func ObjectNoPipe(p *part)  { go func() { println(p.name) }(); io.ReadAll(p.r) } // is: outlives
func ReadsItself(p *part)   { go func() { io.ReadAll(p.r) }(); run(p.w) } // is: outlives
func InGroup()       { var wg sync.WaitGroup; r, w := io.Pipe(); go produce(w); wg.Go(func() { io.ReadAll(r) }); wg.Wait() } // is: joined
func InGroupHalf()   { var wg sync.WaitGroup; r, w := io.Pipe(); go produce(w); wg.Go(func() { io.ReadAll(r) }); if ok() { wg.Wait() } } // is: outlives
func ReaderOnPath()  { var wg sync.WaitGroup; r, w := io.Pipe(); go produce(w); if ok() { return }; wg.Go(func() { io.ReadAll(r) }); wg.Wait() } // is: outlives
func Crossed()       { r, w := io.Pipe(); r2, w2 := io.Pipe(); go func() { defer w.Close(); io.Copy(w, r2) }(); go func() { defer w2.Close(); io.Copy(w2, r) }() } // is: outlives
func InBackground()  { r, w := io.Pipe(); go produce(w); go func() { io.ReadAll(r) }() } // is: outlives
`

func TestPipes(t *testing.T) {
	answers(t, pipes, func(_ *launch.Index, l *launch.Launch) string {
		switch {
		case l.JoinedIn() != nil:
			return "joined"
		case l.MayJoin():
			return "may join"
		}
		return "outlives"
	})
}

package launch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spanlint/spanlint/analyzer/internal/launch"
	"github.com/spanlint/spanlint/analyzer/internal/scope/scopetest"
	"github.com/spanlint/spanlint/analyzer/internal/summary"
)

const failures = `package p

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var places = make(chan int)

func Never(ctx context.Context) error                { return nil } // is: 0
func Asks(ctx context.Context) error                 { return ctx.Err() } // is: 0
func Cause(n int, ctx context.Context) (int, error)  { return n, context.Cause(ctx) } // is: 1
func Tail(ctx context.Context) error                 { return Asks(ctx) } // is: 0
func TailOfTwo(ctx context.Context) (int, error)     { return Cause(1, ctx) } // is: 0
func Wraps(ctx context.Context) error                { if err := Asks(ctx); err != nil { return fmt.Errorf("x: %w", err) }; return nil } // is: 0
func Variable(ctx context.Context) error             { err := Asks(ctx); return err } // is: 0
func Branches(ctx context.Context, b bool) error     { var err error; if b { err = Asks(ctx) }; return err } // is: 0
func Selects(ctx context.Context) error              { select { case <-ctx.Done(): return errors.New("late"); case <-places: return nil } } // is: 0
func Channel(ctx context.Context) error              { d := ctx.Done(); select { case <-d: return errors.New("late"); case <-places: }; return nil } // is: 0
func Loops(ctx context.Context) error                { for ctx.Err() == nil { if len(places) > 0 { return nil } }; return errors.New("late") } // is: 0
func Not(ctx context.Context) error                  { if !(ctx.Err() == nil) { return errors.New("late") }; return nil } // is: 0
func And(ctx context.Context, b bool) error          { if b && ctx.Err() != nil { return errors.New("late") }; return nil } // is: 0
func Valued(ctx context.Context) error               { return Asks(context.WithValue(ctx, 1, 2)) } // is: 0
func Both(ctx, other context.Context) error          { if ctx.Err() != nil && other.Err() != nil { return errors.New("late") }; return nil } // is: 0 1

func Fails(ctx context.Context) error                { return errors.New("fails") } // is:
func Or(ctx context.Context, b bool) error           { if b || ctx.Err() != nil { return errors.New("or") }; return nil } // is:
func Else(ctx context.Context) error                 { if ctx.Err() != nil { return nil }; return errors.New("else") } // is:
func Limit(ctx context.Context) error                { ctx, cancel := context.WithTimeout(ctx, time.Second); defer cancel(); return Asks(ctx) } // is:
func Cut(ctx context.Context) error                  { return Asks(context.WithoutCancel(ctx)) } // is:
func Either(ctx, other context.Context) error        { if err := Asks(ctx); err != nil { return err }; return Asks(other) } // is:
func Mixed(ctx context.Context, b bool) error        { err := Asks(ctx); if b { err = errors.New("b") }; return err } // is:
func Bare(ctx context.Context) (err error)           { err = errors.New("bare"); return } // is:
func Closure(ctx context.Context) error              { var err error; func() { err = errors.New("c") }(); return err } // is:
func Given(ctx context.Context, err error) error     { if err != nil { return err }; return ctx.Err() } // is:
func Result(ctx context.Context) (error, int)        { return ctx.Err(), 0 } // is:
func Blocks(ctx context.Context) error               { <-places; return errors.New("x") } // is:
`

// A function fails only if a context is done.
func TestFailsDone(t *testing.T) {
	pkg := scopetest.Package(t, "", failures)
	table := summary.Build(pkg, nil, launch.Contributor())
	funcs := make(map[string][]string)
	for _, f := range pkg.Funcs {
		if f.Obj == nil {
			continue
		}
		for i := range f.Sig.Params().Len() {
			if table.Of(f).SlotAt(i).FailsDone {
				funcs[f.Obj.Name()] = append(funcs[f.Obj.Name()], fmt.Sprint(i))
			}
		}
	}
	for line := range strings.Lines(failures) {
		head, want, ok := strings.Cut(strings.TrimSpace(line), " // is:")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(head, "func "), "(")
		if got := strings.Join(funcs[name], " "); got != strings.TrimSpace(want) {
			t.Errorf("%s: fails for the end of %q only, want %q", name, got, strings.TrimSpace(want))
		}
	}
}

const rounds = `package p

import "time"

func use(func()) {}

func Select(f func(), stop chan bool) { t := time.NewTicker(1); for { select { case <-t.C: f(); case <-stop: return } } } // is: true
func Range(f func())                  { for range time.Tick(1) { f() } } // is: true
func After(f func())                  { for { <-time.After(1); f() } } // is: true
func Launched(f func())               { go func() { for range time.Tick(1) { f() } }() } // is: true
func Handed(f func())                 { Select(f, nil) } // is: true
func Once(f func())                   { <-time.After(1); f() } // is: false
func Jobs(f func(), c chan int)       { for range c { f() } } // is: false
func Counted(f func())                { for i := 0; i < 3; i++ { <-time.After(1); f() } } // is: false
func Retry(f func(), g func() error)  { for { f(); if err := g(); err == nil { return }; <-time.After(1) } } // is: false
func Beside(f func())                 { for range time.Tick(1) { println() }; f() } // is: false
`

// A ticker's loop calls what it is given.
func TestLoops(t *testing.T) {
	pkg := scopetest.Package(t, "", rounds)
	table := summary.Build(pkg, nil, launch.Contributor())
	for _, f := range pkg.Funcs {
		if f.Obj == nil || f.Obj.Name() == "use" {
			continue
		}
		_, rest, _ := strings.Cut(rounds, "func "+f.Obj.Name()+"(")
		line, _, _ := strings.Cut(rest, "\n")
		_, want, _ := strings.Cut(line, "// is: ")
		if got := fmt.Sprint(table.Of(f).SlotAt(0).Func&summary.Loops != 0); got != want {
			t.Errorf("%s: %s, want %s", f.Obj.Name(), got, want)
		}
	}
}

package otelapi

import (
	"go/types"
	"strings"
	"testing"
)

// What a semaphore can stand behind, and what is given a listener.
func TestSemaphoresAndServers(t *testing.T) {
	pkg := check(t, `package p

import (
	"context"
	"net"
)

type isLimiter interface {
	Acquire(context.Context, int64) error
	Release(int64)
}

type isWhole interface {
	Acquire(ctx context.Context, n int64) error
	TryAcquire(n int64) bool
	Release(n int64)
}

type oneMethod interface{ Acquire(context.Context, int64) error }

type otherNumber interface {
	Acquire(context.Context, int) error
	Release(int)
}

type more interface {
	Acquire(context.Context, int64) error
	Release(int64)
	Close() error
}

type lock interface {
	Acquire(ctx context.Context, name string) error
	Release(name string)
}

func isServe(net.Listener) error                    { return nil }
func isServeOf(context.Context, net.Listener) error { return nil }
func notNothing(net.Listener)                       {}
func notWrapper(net.Listener) (net.Listener, error) { return nil, nil }
func notConn(net.Conn) error                        { return nil }
func notMany([]net.Listener) error                  { return nil }
`)
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.TypeName:
			m, _, _ := types.LookupFieldOrMethod(obj.Type(), false, pkg, "Acquire")
			if got, want := FailsDone(m.(*types.Func)), strings.HasPrefix(name, "is"); got != want {
				t.Errorf("%s is a semaphore: %v", name, got)
			}
		case *types.Func:
			if got, want := Accepts(obj.Signature()), strings.HasPrefix(name, "is"); got != want {
				t.Errorf("%s serves: %v", name, got)
			}
		}
	}
	if FailsDone(nil) {
		t.Error("nothing fails only for the end of a context")
	}
}

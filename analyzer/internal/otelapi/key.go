package otelapi

import (
	"go/types"
	"hash/maphash"
	"sync/atomic"
)

// key returns fn's FullName, by which the tables know it.
//
// Each table is asked about the same few functions, and to put a name together
// takes longer than to look it up. So the last ones are kept: few enough that
// it does no harm to hold on to their packages.
func key(fn *types.Func) string {
	slot := &recent[maphash.Comparable(keySeed, fn)%uint64(len(recent))]
	if k := slot.Load(); k != nil && k.fn == fn {
		return k.name
	}
	k := &keyed{fn, fn.FullName()}
	slot.Store(k)
	return k.name
}

type keyed struct {
	fn   *types.Func
	name string
}

var (
	recent  [1 << 13]atomic.Pointer[keyed]
	keySeed = maphash.MakeSeed()
)

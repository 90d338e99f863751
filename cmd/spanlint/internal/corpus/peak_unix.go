//go:build unix

package corpus

import (
	"os"
	"runtime"
	"syscall"
)

// peak returns the largest resident set of a process, or of one that it waited
// for, in bytes.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss) // elsewhere it is kilobytes
	}
	return int64(usage.Maxrss) * 1024
}

// Package elsewhere counts work with groups that another package declares:
// whoever imports that may wait for them, as main does.
package elsewhere

import (
	"os/exec"
	"sync"

	"src/untracked/elsewhere/groups"
)

func run(env []string) {
	defer groups.Running.Done()
	_ = exec.Command("x", env...).Run()
}

func silentVariableOfOtherPackage(env []string) {
	groups.Running.Add(1)
	go run(env)
}

func silentInLiteral(env []string) {
	groups.Running.Add(1)
	go func() {
		defer groups.Running.Done()
		_ = exec.Command("x", env...).Run()
	}()
}

func silentGo(env []string) {
	groups.Running.Go(func() { _ = exec.Command("x", env...).Run() })
}

func silentFieldOfOtherPackage(env []string) {
	groups.Default.Group.Add(1)
	go func() {
		defer groups.Default.Group.Done()
		_ = exec.Command("x", env...).Run()
	}()
}

func silentAlias(env []string) {
	wg := &groups.Running
	wg.Add(1)
	go func() {
		defer wg.Done()
		_ = exec.Command("x", env...).Run()
	}()
}

var own sync.WaitGroup

// Nobody else can wait for this one.
func unwaitedOwn(env []string) {
	own.Add(1)
	go func() { // want `own counts this work, but nobody waits for it`
		defer own.Done()
		_ = exec.Command("x", env...).Run()
	}()
}

// Spanlint finds and repairs the ways in which concurrent code breaks its
// OpenTelemetry traces.
package main

import (
	"os"

	"github.com/spanlint/spanlint/cmd/spanlint/internal/cli"
	"github.com/spanlint/spanlint/cmd/spanlint/internal/vet"
)

func main() {
	args := os.Args[1:]
	if vet.IsCall(args) {
		os.Exit(vet.Main(args, os.Stdout, os.Stderr))
	}
	os.Exit(cli.Main(args, os.Stdout, os.Stderr))
}

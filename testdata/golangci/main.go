// A golangci-lint with the spanlint plugin in it, as golangci-lint custom
// would build it from .custom-gcl.example.yml, but from this tree.
package main

import (
	"fmt"
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/spanlint/spanlint/analyzer/gclplugin"
)

func main() {
	// Without a version golangci-lint keys its cache by the content of the
	// program. With a constant one it would answer for an older plugin.
	if err := commands.Execute(commands.BuildInfo{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitcodes.Failure)
	}
}

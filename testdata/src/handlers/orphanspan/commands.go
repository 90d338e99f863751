package orphanspan

import (
	"context"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
	cli2 "github.com/urfave/cli/v2"
	"github.com/urfave/cli/v3"
)

// The context of a command is that of the process: nobody waits for an answer,
// and it ends when a signal says so.

func command() *cobra.Command {
	return &cobra.Command{
		Use: "serve",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			go work(ctx)
			go work(cmd.Context())
			return launched(ctx, args)
		},
		PreRunE: prepare,
	}
}

func prepare(cmd *cobra.Command, args []string) error {
	return inner(cmd.Context())
}

// Who calls these has the context of a command.
func launched(ctx context.Context, args []string) error {
	go work(ctx)
	return inner(ctx)
}

func inner(ctx context.Context) error {
	go work(ctx)
	return nil
}

// Neither is there a request where a command makes a context in ways of its
// own.
func attach() *cli2.Command {
	return &cli2.Command{Action: func(c *cli2.Context) error {
		ctx, done := dial(c)
		defer done()
		return resize(ctx)
	}}
}

var dial func(c *cli2.Context) (context.Context, func())

func resize(ctx context.Context) error {
	go work(ctx)
	return work(ctx)
}

// Signals come for as long as there is a process.
func onSignal(ctx context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		for range signals {
			_ = work(ctx)
		}
	}()
}

// A context beside a command is the command's.
func withCommand(ctx context.Context, cmd *cobra.Command) error {
	go work(ctx)
	return nil
}

func actions() (*cli.Command, *cli2.Command) {
	return &cli.Command{Action: act}, &cli2.Command{Action: act2}
}

func act(ctx context.Context, cmd *cli.Command) error {
	go work(ctx)
	return nil
}

func act2(c *cli2.Context) error {
	go work(c.Context)
	return nil
}

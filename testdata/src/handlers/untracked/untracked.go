// Package untracked has work that a server's handlers launch, where handing
// out a request and a context are different things.
package untracked

import (
	"context"
	"os"
	"sync"

	"github.com/IBM/sarama"
	"github.com/alecthomas/kong"
	"github.com/gin-gonic/gin"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/robfig/cron/v3"
	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"
)

type store interface{ Save(id string) error }

var db store

func save(id string) { _ = os.WriteFile(id, nil, 0o600) }

func subscribe(nc *nats.Conn, c jetstream.Consumer) {
	_, _ = nc.Subscribe("orders", func(m *nats.Msg) {
		go save(m.Subject) // want `nobody can wait for this goroutine`
	})
	_, _ = c.Consume(func(m jetstream.Msg) {
		go save(m.Subject()) // want `nobody can wait for this goroutine`
	})
	_ = micro.HandlerFunc(func(r micro.Request) {
		go save(r.Subject()) // want `nobody can wait for this goroutine`
	})
}

// Stop of the scheduler waits for jobs, and not for what they leave behind.
func schedule(c *cron.Cron) {
	_, _ = c.AddFunc("@hourly", func() {
		go save("report") // want `nobody can wait for this goroutine`
	})
	_, _ = c.AddFunc("@daily", cleanUp)
	_, _ = c.AddJob("@weekly", &job{})
	_, _ = c.AddFunc("@yearly", func() { save("year") })
}

// Stop returns at once; its result says when the jobs are done.

type schedules struct{ c *cron.Cron }

func (s *schedules) Close() {
	s.c.Stop() // want `Stop returns the context that is done when its jobs are, which is dropped here, so nobody can wait for them`
}

func (s *schedules) closeBlank() {
	_ = s.c.Stop() // want `Stop returns the context that is done when its jobs are`
}

// An entry is replaced, or taken out, while the others go on: that is no shutdown.

type timers struct {
	byKey map[string]*schedules
	crons map[string]*cron.Cron
}

func (t *timers) silentReplaced(key string) {
	if entry, ok := t.byKey[key]; ok {
		entry.c.Stop()
	}
	t.crons[key].Stop()
	t.crons[key] = cron.New()
}

func (t *timers) last(one *schedules) {
	t.byKey = nil
	entry := one
	entry.c.Stop() // want `Stop returns the context that is done when its jobs are`
}

func (s *schedules) silentAwaited() { <-s.c.Stop().Done() }

func (s *schedules) silentAwaitedFor(ctx context.Context) error {
	stopped := s.c.Stop()
	select {
	case <-stopped.Done():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *schedules) silentReturned() context.Context { return s.c.Stop() }

func cleanUp() {
	go save("old") // want `nobody can wait for this goroutine`
}

type job struct{}

func (*job) Run() {
	go save("week") // want `nobody can wait for this goroutine`
}

// Other methods of a job are nobody's handlers.
func (*job) Start() {
	go save("start")
}

// A claim is left while what it has begun still works on its messages.
type group struct{}

func (group) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (group) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (group) ConsumeClaim(s sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for msg := range claim.Messages() {
		go save(string(msg.Key)) // want `nobody can wait for this goroutine`
		s.MarkMessage(msg, "")
	}
	return nil
}

// Loops that fetch: nothing tells a request from the life of the program.
func fetch(ctx context.Context, r *kafka.Reader, deliveries <-chan amqp.Delivery) error {
	go func() {
		for d := range deliveries {
			go save(d.RoutingKey)
		}
	}()
	for {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		go save(string(m.Key))
	}
}

func ginHandler(c *gin.Context) {
	id := c.Param("id")
	go save(id) // want `nobody can wait for this goroutine`
}

func run(cmd *cobra.Command, args []string) error {
	go save(args[0])
	return nil
}

// A command that fails ends the process.

func silentCommands() []*cobra.Command {
	return []*cobra.Command{
		{RunE: func(cmd *cobra.Command, args []string) error {
			var wg sync.WaitGroup
			wg.Go(func() { save("early") })
			if err := os.Chdir(args[0]); err != nil {
				return err
			}
			wg.Wait()
			return serve(args)
		}},
		{Run: func(cmd *cobra.Command, args []string) {
			var wg sync.WaitGroup
			wg.Go(func() { save("early") })
			if err := os.Chdir(args[0]); err != nil {
				cmd.PrintErrln(err)
				return
			}
			wg.Wait()
		}},
		{Args: func(cmd *cobra.Command, args []string) error {
			var wg sync.WaitGroup
			wg.Go(func() { save("early") }) // want `wg counts this work, but an early return leaves it running without a wait`
			if len(args) == 0 {
				return nil
			}
			wg.Wait()
			return nil
		}},
	}
}

func serve(args []string) error {
	var wg sync.WaitGroup
	wg.Go(func() { save("served") })
	if err := os.Chdir(args[0]); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// A command of kong.
type put struct {
	Path string `arg:"" help:"What to put."`
}

func (p *put) Run(ctx *kong.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { save("early") })
	if err := os.Chdir(p.Path); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// Others call this.
func (p *put) Close() error {
	var wg sync.WaitGroup
	wg.Go(func() { save("early") }) // want `wg counts this work, but an early return leaves it running without a wait`
	if err := os.Chdir(p.Path); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// Other packages may call this as well.
func Serve(args []string) error {
	var wg sync.WaitGroup
	wg.Go(func() { save("served") }) // want `wg counts this work, but an early return leaves it running without a wait`
	if err := os.Chdir(args[0]); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func exported() *cobra.Command {
	return &cobra.Command{RunE: func(cmd *cobra.Command, args []string) error { return Serve(args) }}
}

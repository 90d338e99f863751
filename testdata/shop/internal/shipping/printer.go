package shipping

import (
	"context"
	"log/slog"

	"shop/internal/rest"
)

// Printer prints labels one after the other.
type Printer struct {
	rest   *rest.Client
	labels chan label
	done   chan struct{}
}

type label struct {
	ctx   context.Context
	order string
}

// NewPrinter starts a printer.
func NewPrinter(client *rest.Client) *Printer {
	p := &Printer{rest: client, labels: make(chan label, 16), done: make(chan struct{})}
	go p.run()
	return p
}

// Add queues the label of an order.
func (p *Printer) Add(ctx context.Context, order string) {
	p.labels <- label{ctx: ctx, order: order}
}

// Close prints what is queued and stops.
func (p *Printer) Close() {
	close(p.labels)
	<-p.done
}

func (p *Printer) run() {
	defer close(p.done)
	for l := range p.labels {
		if err := p.print(l.ctx, l.order); err != nil {
			slog.ErrorContext(l.ctx, "label not printed", "order", l.order, "err", err)
		}
	}
}

func (p *Printer) print(ctx context.Context, order string) error {
	ctx, span := tracer.Start(ctx, "label.print")
	defer span.End()
	return p.rest.Post(ctx, "/labels", order)
}

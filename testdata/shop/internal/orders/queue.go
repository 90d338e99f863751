package orders

import (
	"context"
	"log/slog"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"shop/internal/rest"
)

type message struct {
	order  Order
	header propagation.MapCarrier
}

// Queue holds accepted orders until a worker fulfils them.
type Queue struct {
	rest       *rest.Client
	messages   chan message
	cancel     context.CancelFunc
	workers    sync.WaitGroup
	background sync.WaitGroup
}

// NewQueue starts the given number of workers.
func NewQueue(gateway string, workers int) *Queue {
	ctx, cancel := context.WithCancel(context.Background())
	q := &Queue{rest: rest.New(gateway), messages: make(chan message, 64), cancel: cancel}
	for range workers {
		q.workers.Add(1)
		go func() {
			defer q.workers.Done()
			for m := range q.messages {
				q.process(otel.GetTextMapPropagator().Extract(ctx, m.header), m.order)
			}
		}()
	}
	return q
}

// Close takes no more orders, and returns when those accepted are fulfilled.
func (q *Queue) Close() {
	close(q.messages)
	q.workers.Wait()
	q.background.Wait()
	q.cancel()
}

// Publish puts an order into the queue.
func (q *Queue) Publish(ctx context.Context, o Order) error {
	ctx, span := tracer.Start(ctx, "orders.publish", trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	header := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, header)
	select {
	case q.messages <- message{order: o, header: header}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q *Queue) process(ctx context.Context, o Order) {
	ctx, span := tracer.Start(ctx, "orders.process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	if err := q.rest.Post(ctx, "/warehouse", o); err != nil {
		slog.ErrorContext(ctx, "order not fulfilled", "order", o.ID, "err", err)
		return
	}
	q.background.Add(1)
	go func() {
		defer q.background.Done()
		q.index(ctx, o)
	}()
}

func (q *Queue) index(ctx context.Context, o Order) {
	for _, line := range o.Lines {
		if err := q.indexLine(ctx, line); err != nil {
			slog.ErrorContext(ctx, "line not indexed", "order", o.ID, "sku", line.SKU, "err", err)
		}
	}
}

func (q *Queue) indexLine(ctx context.Context, line Line) error {
	ctx, span := tracer.Start(ctx, "search.index")
	defer span.End()
	return q.rest.Post(ctx, "/index", line)
}

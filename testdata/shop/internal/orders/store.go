// Package orders keeps orders and stock, and works through accepted orders.
package orders

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"shop/internal/telemetry"
)

var tracer = otel.Tracer("shop/internal/orders")

// What can be wrong with an order.
var (
	ErrSoldOut  = errors.New("sold out")
	ErrNotFound = errors.New("no such order")
	ErrState    = errors.New("order is not in a state for this")
)

// Order is what a customer bought.
type Order struct {
	ID, Customer, Status string
	Lines                []Line
	Total                int64
}

// Line is one article of an order.
type Line struct {
	SKU      string
	Quantity int
}

// Store keeps orders and stock in memory.
type Store struct {
	mu     sync.Mutex
	orders map[string]Order
	stock  map[string]int
}

// NewStore returns a store with the given stock.
func NewStore(stock map[string]int) *Store {
	return &Store{orders: map[string]Order{}, stock: maps.Clone(stock)}
}

// Reserve takes the articles of an order from stock.
func (s *Store) Reserve(ctx context.Context, o Order) error {
	_, span := tracer.Start(ctx, "stock.reserve")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range o.Lines {
		if s.stock[line.SKU] < line.Quantity {
			return fmt.Errorf("%w: %s", ErrSoldOut, line.SKU)
		}
	}
	for _, line := range o.Lines {
		s.stock[line.SKU] -= line.Quantity
	}
	span.SetAttributes(attribute.Int("stock.lines", len(o.Lines)))
	span.End()
	return nil
}

// Release puts the articles of an order back.
func (s *Store) Release(ctx context.Context, o Order) {
	_, span := tracer.Start(ctx, "stock.release")
	defer span.End()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range o.Lines {
		s.stock[line.SKU] += line.Quantity
	}
}

// Save keeps an order.
func (s *Store) Save(ctx context.Context, o Order) (err error) {
	_, span := telemetry.Start(ctx, "orders.save", o.ID)
	defer telemetry.End(span, &err)
	if o.ID == "" {
		return ErrNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders[o.ID] = o
	return nil
}

// Load finds an order.
func (s *Store) Load(ctx context.Context, id string) (Order, error) {
	_, span := tracer.Start(ctx, "orders.load")
	defer func() { span.End() }()
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orders[id]
	if !ok {
		return Order{}, ErrNotFound
	}
	return o, nil
}

// Transition moves an order from one status to the next.
func (s *Store) Transition(ctx context.Context, id, from, to string) (Order, error) {
	ctx, span := tracer.Start(ctx, "orders.transition")
	o, err := s.Load(ctx, id)
	switch {
	case err != nil:
		span.SetStatus(codes.Error, err.Error())
		span.End()
		return Order{}, err
	case o.Status != from:
		return Order{}, fmt.Errorf("%w: %s", ErrState, o.Status)
	}
	o.Status = to
	err = s.Save(ctx, o)
	span.End()
	return o, err
}

// Import saves a batch and counts the orders it had to refuse.
func (s *Store) Import(ctx context.Context, batch []Order) int {
	refused := 0
	for _, o := range batch {
		ctx, span := tracer.Start(ctx, "orders.import")
		defer span.End()
		if err := s.Save(ctx, o); err != nil {
			span.SetStatus(codes.Error, err.Error())
			refused++
			continue
		}
		span.SetAttributes(attribute.String("order.id", o.ID))
	}
	return refused
}

// Recount adds up all stock, article by article.
func (s *Store) Recount(ctx context.Context) int {
	total := 0
	for n := range s.counts(ctx) {
		func() {
			_, span := tracer.Start(ctx, "stock.recount")
			defer span.End()
			total += n
		}()
	}
	return total
}

func (s *Store) counts(ctx context.Context) <-chan int {
	s.mu.Lock()
	stock := maps.Clone(s.stock)
	s.mu.Unlock()
	out := make(chan int)
	go func() {
		defer close(out)
		for _, n := range stock {
			select {
			case out <- n:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

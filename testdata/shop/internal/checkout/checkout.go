// Package checkout turns carts into orders.
package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"shop/internal/catalog"
	"shop/internal/mail"
	"shop/internal/orders"
	"shop/internal/payment"
)

var tracer = otel.Tracer("shop/internal/checkout")

// Service takes orders.
type Service struct {
	Catalog *catalog.Catalog
	Orders  *orders.Store
	Queue   *orders.Queue
	Payment *payment.Client
	Mail    *mail.Client

	number     atomic.Int64
	background sync.WaitGroup
}

// Shutdown waits until no work is left, or until ctx is done.
func (s *Service) Shutdown(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.background.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) place(ctx context.Context, order *orders.Order) (err error) {
	ctx, span := tracer.Start(ctx, "checkout.place")
	defer span.End()
	if err := s.Mail.Verify(ctx, order.Customer); err != nil {
		return err
	}
	if err := s.Orders.Reserve(ctx, *order); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.Orders.Release(context.WithoutCancel(ctx), *order)
		}
	}()
	if order.Total, err = s.total(ctx, order.Lines); err != nil {
		return err
	}
	order.ID = fmt.Sprintf("order-%d", s.number.Add(1))
	order.Status = "placed"
	if err := s.Payment.Charge(ctx, order.ID, order.Total); err != nil {
		return err
	}
	if err := s.Orders.Save(ctx, *order); err != nil {
		return err
	}
	return s.Queue.Publish(ctx, *order)
}

func (s *Service) total(ctx context.Context, lines []orders.Line) (int64, error) {
	ctx, _ = tracer.Start(ctx, "checkout.total")
	var sum int64
	for _, line := range lines {
		price, err := s.Catalog.Price(ctx, line.SKU)
		if err != nil {
			return 0, err
		}
		sum += price * int64(line.Quantity)
	}
	return sum, nil
}

func decode(w http.ResponseWriter, r *http.Request) (order orders.Order, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return order, false
	}
	return order, true
}

func fail(ctx context.Context, w http.ResponseWriter, err error) {
	span := trace.SpanFromContext(ctx)
	span.SetStatus(codes.Error, err.Error())
	span.End()
	status := http.StatusBadGateway
	switch {
	case errors.Is(err, orders.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, orders.ErrSoldOut):
		status = http.StatusConflict
	}
	http.Error(w, err.Error(), status)
}

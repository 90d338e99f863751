// Package loyalty books points with the partner who runs the programme.
package loyalty

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"shop/internal/orders"
	"shop/internal/rest"
)

// Service books points.
type Service struct {
	Orders  *orders.Store
	Partner *rest.Client

	running sync.WaitGroup
}

// Stop waits for bookings under way.
func (s *Service) Stop() { s.running.Wait() }

// Award serves POST /orders/{id}/points.
func (s *Service) Award(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, err := s.Orders.Load(ctx, r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		if err := s.book(ctx, order); err != nil {
			slog.ErrorContext(ctx, "points not booked", "order", order.ID, "err", err)
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (s *Service) book(ctx context.Context, order orders.Order) error {
	return s.Partner.Post(ctx, "/points", map[string]any{"customer": order.Customer, "points": order.Total / 100})
}

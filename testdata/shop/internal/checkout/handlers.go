package checkout

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"shop/internal/orders"
	"shop/internal/rest"
)

// Checkout serves POST /checkout.
func (s *Service) Checkout(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, ok := decode(w, r)
	if !ok {
		return
	}
	if err := s.place(ctx, &order); err != nil {
		fail(ctx, w, err)
		return
	}
	go func() {
		if err := s.notify(ctx, order); err != nil {
			slog.Error("customer not notified", "order", order.ID, "err", err)
		}
	}()
	rest.Reply(w, http.StatusAccepted, order)
}

// Gift serves POST /gifts. Somebody looks at large orders for others.
func (s *Service) Gift(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	order, ok := decode(w, r)
	if !ok {
		return
	}
	if err := s.place(ctx, &order); err != nil {
		fail(ctx, w, err)
		return
	}
	if order.Total > 100_00 {
		go s.escalate(ctx, order)
	}
	rest.Reply(w, http.StatusAccepted, order)
}

// Resend serves POST /orders/{id}/confirmation.
func (s *Service) Resend(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, err := s.Orders.Load(ctx, r.PathValue("id"))
	if err != nil {
		fail(ctx, w, err)
		return
	}
	s.background.Add(1)
	go func() {
		defer s.background.Done()
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "confirmation.resend",
			trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)))
		defer span.End()
		if err := s.notify(ctx, order); err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	rest.Reply(w, http.StatusAccepted, order)
}

func (s *Service) notify(ctx context.Context, order orders.Order) error {
	body := confirmation(ctx, order)
	return s.Mail.Send(ctx, order.Customer, "Your order", body)
}

func confirmation(ctx context.Context, order orders.Order) string {
	_, span := tracer.Start(ctx, "confirmation.render")
	defer span.End()
	return fmt.Sprintf("%s: %d articles", order.ID, len(order.Lines))
}

func (s *Service) escalate(ctx context.Context, order orders.Order) {
	score := fraud(ctx, order)
	if err := s.Mail.Send(ctx, "fraud@shop.example", "Please check", fmt.Sprint(order.ID, score)); err != nil {
		slog.ErrorContext(ctx, "order not escalated", "order", order.ID, "err", err)
	}
}

func fraud(ctx context.Context, order orders.Order) int64 {
	_, span := tracer.Start(ctx, "fraud.score")
	defer span.End()
	return order.Total / int64(len(order.Lines))
}

// Package returns takes back what customers do not want.
package returns

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"shop/internal/audit"
	"shop/internal/mail"
	"shop/internal/orders"
	"shop/internal/payment"
)

// Service cancels orders and handles returns.
type Service struct {
	Tracer  trace.Tracer
	Orders  *orders.Store
	Payment *payment.Client
	Mail    *mail.Client
	Audit   *audit.Log
	Dir     string

	tasks sync.WaitGroup
}

// Close waits for everything that was begun.
func (s *Service) Close() { s.tasks.Wait() }

// Cancel serves DELETE /orders/{id}.
func (s *Service) Cancel(w http.ResponseWriter, r *http.Request) {
	order, err := s.Orders.Transition(r.Context(), r.PathValue("id"), "placed", "cancelled")
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	go s.refund(r.Context(), order, "you cancelled it")
	w.WriteHeader(http.StatusAccepted)
}

// Return serves POST /orders/{id}/return.
func (s *Service) Return(w http.ResponseWriter, r *http.Request) {
	order, err := s.Orders.Transition(context.TODO(), r.PathValue("id"), "delivered", "returned")
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	s.announce(r.Context(), order)
	w.WriteHeader(http.StatusAccepted)
}

// Rate serves POST /orders/{id}/rating.
func (s *Service) Rate(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, err := s.Orders.Load(ctx, r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	go s.survey(context.WithoutCancel(ctx), order)
	w.WriteHeader(http.StatusAccepted)
}

// Dispute serves POST /orders/{id}/dispute.
func (s *Service) Dispute(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.tasks.Go(func() {
		if err := s.Audit.Record(context.Background(), "dispute", id); err != nil {
			slog.Error("dispute not recorded", "order", id, "err", err)
		}
	})
	w.WriteHeader(http.StatusAccepted)
}

// Slip serves POST /orders/{id}/slip.
func (s *Service) Slip(w http.ResponseWriter, r *http.Request) {
	go s.writeSlip(r.PathValue("id"))
	w.WriteHeader(http.StatusAccepted)
}

func (s *Service) announce(ctx context.Context, order orders.Order) {
	go func() {
		if err := s.Audit.Record(ctx, "return", order.ID); err != nil {
			slog.Error("return not recorded", "order", order.ID, "err", err)
			return
		}
		if err := s.Mail.Send(ctx, order.Customer, "We expect your parcel", order.ID); err != nil {
			slog.Error("return not announced", "order", order.ID, "err", err)
		}
	}()
}

func (s *Service) refund(ctx context.Context, order orders.Order, reason string) {
	if err := s.Payment.Refund(ctx, order.ID); err != nil {
		slog.ErrorContext(ctx, "no refund", "order", order.ID, "err", err)
		return
	}
	if err := s.Mail.Send(ctx, order.Customer, "Your refund", reason); err != nil {
		slog.ErrorContext(ctx, "refund without mail", "order", order.ID, "err", err)
	}
}

func (s *Service) survey(ctx context.Context, order orders.Order) {
	question := s.ask(ctx, order)
	if err := s.Mail.Send(ctx, order.Customer, "How was it?", question); err != nil {
		slog.ErrorContext(ctx, "survey not sent", "order", order.ID, "err", err)
	}
}

func (s *Service) ask(ctx context.Context, order orders.Order) string {
	_, span := s.Tracer.Start(ctx, "survey.ask")
	defer span.End()
	return fmt.Sprintf("Are you happy with your %d articles?", len(order.Lines))
}

func (s *Service) writeSlip(id string) {
	if err := os.WriteFile(filepath.Join(s.Dir, filepath.Base(id)+".txt"), []byte(id), 0o600); err != nil {
		slog.Error("return slip", "order", id, "err", err)
	}
}

// Package shipping packs orders and sends them off.
package shipping

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"shop/internal/mail"
	"shop/internal/orders"
	"shop/internal/rest"
)

var tracer = otel.Tracer("shop/internal/shipping")

// Service ships orders.
type Service struct {
	Orders  *orders.Store
	Mail    *mail.Client
	Rest    *rest.Client
	Printer *Printer
	// Dir holds what the carriers write.
	Dir string

	group sync.WaitGroup
}

// Close waits for deliveries under way and prints what is still to print.
func (s *Service) Close() {
	s.group.Wait()
	s.Printer.Close()
}

// Ship serves POST /orders/{id}/ship.
func (s *Service) Ship(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, err := s.Orders.Load(ctx, r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	pack(ctx, order)
	weigh(ctx, order)
	s.Printer.Add(ctx, order.ID)
	w.WriteHeader(http.StatusAccepted)
}

// Invoice serves POST /orders/{id}/invoice.
func (s *Service) Invoice(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, err := s.Orders.Load(ctx, r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	s.group.Go(func() {
		ctx, span := tracer.Start(ctx, "invoice")
		defer span.End()
		if err := s.Mail.Send(ctx, order.Customer, "Your invoice", fmt.Sprint(order.Total)); err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	})
	w.WriteHeader(http.StatusAccepted)
}

// Deliver serves POST /orders/{id}/delivered.
func (s *Service) Deliver(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	order, err := s.Orders.Transition(ctx, r.PathValue("id"), "placed", "delivered")
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	s.group.Add(1)
	go func() {
		defer s.group.Done()
		ctx := context.WithoutCancel(ctx)
		for _, line := range order.Lines {
			s.closeParcel(ctx, line)
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}

// Damage serves POST /orders/{id}/damage.
func (s *Service) Damage(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	id := r.PathValue("id")
	s.group.Add(1)
	go func() {
		defer s.group.Done()
		ctx, span := tracer.Start(context.WithoutCancel(ctx), "damage.report")
		defer span.End()
		if err := s.Rest.Post(ctx, "/damages", id); err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}

// Track serves GET /orders/{id}/track until the client has seen enough.
func (s *Service) Track(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	feed, err := os.Open(filepath.Join(s.Dir, filepath.Base(r.PathValue("id"))))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	go func() {
		<-ctx.Done()
		feed.Close()
	}()
	_, _ = io.Copy(w, feed)
}

func pack(ctx context.Context, order orders.Order) {
	for _, line := range order.Lines {
		_, span := tracer.Start(ctx, "pack.line")
		defer span.End()
		span.SetAttributes(attribute.String("sku", line.SKU), attribute.Int("quantity", line.Quantity))
	}
}

func weigh(ctx context.Context, order orders.Order) {
	grams := 0
	_, span := tracer.Start(ctx, "weigh.articles")
	for _, line := range order.Lines {
		grams += 100 * line.Quantity
	}
	span.End()
	_, span = tracer.Start(ctx, "weigh.parcel")
	grams += 250
	span.SetAttributes(attribute.Int("grams", grams))
	span.End()
}

func (s *Service) closeParcel(ctx context.Context, line orders.Line) {
	ctx, span := tracer.Start(ctx, "parcel.close")
	defer span.End()
	if err := s.Rest.Post(ctx, "/parcels", line); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}

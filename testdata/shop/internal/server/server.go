// Package server puts the shop together.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"

	"shop/internal/audit"
	"shop/internal/catalog"
	"shop/internal/checkout"
	"shop/internal/loyalty"
	"shop/internal/mail"
	"shop/internal/orders"
	"shop/internal/payment"
	"shop/internal/rest"
	"shop/internal/returns"
	"shop/internal/shipping"
)

// Config is what a shop needs from outside.
type Config struct {
	Gateway string // base URL of all services the shop calls
	Dir     string // where the shop keeps files
	Stock   map[string]int
	Rules   map[string]catalog.Rule
	Orders  []orders.Order // there from the start
}

// Server is the whole shop.
type Server struct {
	mux      *http.ServeMux
	log      *audit.Log
	queue    *orders.Queue
	catalog  *catalog.Catalog
	checkout *checkout.Service
	returns  *returns.Service
	loyalty  *loyalty.Service
	shipping *shipping.Service
}

// New builds a shop and starts its workers.
func New(ctx context.Context, cfg Config) (*Server, error) {
	log, err := audit.Open(cfg.Gateway, filepath.Join(cfg.Dir, "journal"))
	if err != nil {
		return nil, err
	}
	store := orders.NewStore(cfg.Stock)
	refused := store.Import(ctx, cfg.Orders)
	slog.InfoContext(ctx, "shop opens", "stock", store.Recount(ctx), "refused", refused)
	client, mailer, pay := rest.New(cfg.Gateway), mail.New(cfg.Gateway), payment.New(cfg.Gateway)
	s := &Server{mux: http.NewServeMux(), log: log}
	s.queue = orders.NewQueue(cfg.Gateway, 2)
	s.catalog = &catalog.Catalog{Rest: client, Audit: log, Shards: 3, Rules: cfg.Rules, Dir: cfg.Dir}
	s.checkout = &checkout.Service{Catalog: s.catalog, Orders: store, Queue: s.queue, Payment: pay, Mail: mailer}
	s.returns = &returns.Service{Tracer: otel.Tracer("shop/internal/returns"),
		Orders: store, Payment: pay, Mail: mailer, Audit: log, Dir: cfg.Dir}
	s.loyalty = &loyalty.Service{Orders: store, Partner: client}
	s.shipping = &shipping.Service{Orders: store, Mail: mailer, Rest: client,
		Printer: shipping.NewPrinter(client), Dir: cfg.Dir}
	for pattern, handler := range map[string]http.HandlerFunc{
		"POST /checkout":                 s.checkout.Checkout,
		"POST /gifts":                    s.checkout.Gift,
		"POST /orders/{id}/confirmation": s.checkout.Resend,
		"GET /search":                    s.catalog.Search,
		"GET /stock":                     s.catalog.Stock,
		"GET /catalog/{sku}/price":       s.catalog.Quote,
		"POST /catalog/refresh":          s.catalog.Refresh,
		"POST /catalog/images":           s.catalog.Images,
		"POST /catalog/feeds":            s.catalog.Feeds,
		"DELETE /orders/{id}":            s.returns.Cancel,
		"POST /orders/{id}/return":       s.returns.Return,
		"POST /orders/{id}/rating":       s.returns.Rate,
		"POST /orders/{id}/dispute":      s.returns.Dispute,
		"POST /orders/{id}/slip":         s.returns.Slip,
		"POST /orders/{id}/points":       s.loyalty.Award,
		"POST /orders/{id}/ship":         s.shipping.Ship,
		"POST /orders/{id}/invoice":      s.shipping.Invoice,
		"POST /orders/{id}/delivered":    s.shipping.Deliver,
		"POST /orders/{id}/damage":       s.shipping.Damage,
		"GET /orders/{id}/track":         s.shipping.Track,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.log.Note(r.Method, r.URL.Path)
			handler(w, r)
		})
	}
	return s, nil
}

// Handler serves the shop, with a server span for every request.
func (s *Server) Handler() http.Handler { return otelhttp.NewHandler(s.mux, "shop") }

// Shutdown waits for the work that requests have left behind. No request may
// come in any more by then.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.checkout.Shutdown(ctx)
	s.catalog.Close()
	s.returns.Close()
	s.loyalty.Stop()
	s.shipping.Close()
	s.queue.Close()
	return errors.Join(err, s.log.Close())
}

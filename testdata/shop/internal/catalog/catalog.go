// Package catalog answers what the shop sells, and for how much.
package catalog

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"shop/internal/audit"
	"shop/internal/rest"
)

var tracer = otel.Tracer("shop/internal/catalog")

// Catalog reads articles from several shards.
type Catalog struct {
	Rest   *rest.Client
	Audit  *audit.Log
	Shards int
	Rules  map[string]Rule
	// Dir holds images and price lists.
	Dir string

	prices     singleflight.Group
	background sync.WaitGroup
}

// Close waits for work that requests have left behind.
func (c *Catalog) Close() { c.background.Wait() }

// Search serves GET /search.
func (c *Catalog) Search(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query().Get("q")
	hits, err := c.query(r.Context(), query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	c.background.Add(1)
	go func() {
		defer c.background.Done()
		ctx, span := tracer.Start(context.Background(), "search.audit")
		defer span.End()
		if err := c.Audit.Record(ctx, "search", query); err != nil {
			slog.ErrorContext(ctx, "search not recorded", "err", err)
		}
	}()
	rest.Reply(w, http.StatusOK, hits)
}

func (c *Catalog) query(ctx context.Context, query string) ([]string, error) {
	ctx, span := tracer.Start(ctx, "catalog.query")
	defer span.End()
	results := make([][]string, c.Shards)
	g, ctx := errgroup.WithContext(ctx)
	for shard := range c.Shards {
		g.Go(func() error {
			ctx, span := tracer.Start(ctx, "catalog.shard", trace.WithAttributes(attribute.Int("db.shard", shard)))
			defer span.End()
			return c.Rest.Get(ctx, fmt.Sprintf("/shards/%d?q=%s", shard, url.QueryEscape(query)), &results[shard])
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(results...), nil
}

// Stock serves GET /stock.
func (c *Catalog) Stock(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	skus := r.URL.Query()["sku"]
	counts := make([]int, len(skus))
	var wg sync.WaitGroup
	for i, sku := range skus {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := c.Rest.Get(ctx, "/stock/"+url.PathEscape(sku), &counts[i]); err != nil {
				slog.ErrorContext(ctx, "stock unknown", "sku", sku, "err", err)
			}
		}()
	}
	wg.Wait()
	rest.Reply(w, http.StatusOK, counts)
}

// Refresh serves POST /catalog/refresh.
func (c *Catalog) Refresh(w http.ResponseWriter, r *http.Request) {
	suppliers := r.URL.Query()["supplier"]
	c.refresh(r.Context(), suppliers)
	rest.Reply(w, http.StatusOK, suppliers)
}

func (c *Catalog) refresh(ctx context.Context, suppliers []string) {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, span := tracer.Start(ctx, "catalog.refresh")
	defer span.End()
	for _, supplier := range suppliers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := c.Rest.Post(ctx, "/suppliers", supplier); err != nil {
				slog.ErrorContext(ctx, "no answer", "supplier", supplier, "err", err)
			}
		}()
	}
}

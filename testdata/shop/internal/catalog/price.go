package catalog

import (
	"context"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel/attribute"

	"shop/internal/rest"
)

// Rule takes Percent off, divided by Per.
type Rule struct{ Percent, Per int64 }

// Quote serves GET /catalog/{sku}/price.
func (c *Catalog) Quote(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	sku := r.PathValue("sku")
	price, err := c.Price(ctx, sku)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	rest.Reply(w, http.StatusOK, c.discount(ctx, sku, price))
}

// Price looks up what an article costs. Callers that ask for the same article
// at the same time share one call.
func (c *Catalog) Price(ctx context.Context, sku string) (int64, error) {
	price, err, _ := c.prices.Do(sku, func() (any, error) {
		return c.fetchPrice(ctx, sku)
	})
	if err != nil {
		return 0, err
	}
	return price.(int64), nil
}

func (c *Catalog) fetchPrice(ctx context.Context, sku string) (price int64, err error) {
	ctx, span := tracer.Start(ctx, "price.fetch")
	defer span.End()
	err = c.Rest.Get(ctx, "/prices/"+url.PathEscape(sku), &price)
	return price, err
}

func (c *Catalog) discount(ctx context.Context, sku string, price int64) int64 {
	_, span := tracer.Start(ctx, "price.discount")
	if rule, ok := c.Rules[sku]; ok {
		price -= price * rule.Percent / 100 / rule.Per
	}
	span.SetAttributes(attribute.Int64("price.final", price))
	span.End()
	return price
}

package catalog

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"shop/internal/rest"
)

// Images serves POST /catalog/images.
func (c *Catalog) Images(w http.ResponseWriter, r *http.Request) {
	skus := r.URL.Query()["sku"]
	if err := c.render(skus); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	rest.Reply(w, http.StatusOK, skus)
}

func (c *Catalog) render(skus []string) error {
	var wg sync.WaitGroup
	for _, sku := range skus {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := c.write(sku+".svg", "<svg/>"); err != nil {
				slog.Error("image", "sku", sku, "err", err)
			}
		}()
	}
	if err := c.write("index.txt", strings.Join(skus, "\n")); err != nil {
		return err
	}
	wg.Wait()
	return nil
}

// Feeds serves POST /catalog/feeds.
func (c *Catalog) Feeds(w http.ResponseWriter, r *http.Request) {
	partners := r.URL.Query()["partner"]
	var g errgroup.Group
	for _, partner := range partners {
		g.Go(func() error { return c.write(partner+".csv", "sku;price\n") })
	}
	rest.Reply(w, http.StatusAccepted, partners)
}

func (c *Catalog) write(name, text string) error {
	return os.WriteFile(filepath.Join(c.Dir, filepath.Base(name)), []byte(text), 0o600)
}

// Command shop serves the order service.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"

	"shop/internal/server"
	"shop/internal/telemetry"
)

func main() {
	if err := run(); err != nil {
		slog.Error("shop", "err", err)
		os.Exit(1)
	}
}

func run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	exporter, err := stdouttrace.New()
	if err != nil {
		return err
	}
	flush, err := telemetry.Setup(exporter)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, flush(ctx))
	}()

	shop, err := server.New(ctx, server.Config{
		Gateway: os.Getenv("SHOP_GATEWAY"),
		Dir:     os.TempDir(),
		Stock:   map[string]int{"mug": 500, "shirt": 120, "poster": 40},
	})
	if err != nil {
		return err
	}
	web := &http.Server{Addr: ":8080", Handler: shop.Handler(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- web.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return errors.Join(web.Shutdown(ctx), shop.Shutdown(ctx))
}
